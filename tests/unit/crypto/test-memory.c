/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation fails in turn, ours and OpenSSL's: each function then says
 * so, takes nothing for malformed or forged that is not, and leaves nothing
 * of its own behind, nor in the host's error queue.
 */

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include "conf/log.h"
#include "crypto/crl.h"
#include "crypto/profile.h"
#include "crypto/trust.h"
#include "tests/unit/crypto/pki.h"
#include "tests/unit/crypto/sample.h"

#define LOG "test-memory.log"
#define POINT "Test-shi CRLDP"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool counting;
static bool for_ever;   /* all after the failing one fail too */
static size_t until;    /* allocations before the failing one */
static size_t failures; /* how many were refused */
static size_t room;     /* bytes that OpenSSL may have more; 0: any number */
static size_t used;     /* bytes that OpenSSL has, in so many */
static size_t blocks;   /* blocks */

static bool refused(size_t size)
{
    if (!counting)
        return false;
    if (room > 0) {
        if (size <= room && used <= room - size)
            return false;
        failures++;
        return true;
    }
    if (until > 0) {
        until--;
        return false;
    }
    if (failures > 0 && !for_ever)
        return false;
    failures++;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return refused(size) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refused(size) ? NULL : __real_calloc(count, size);
}

/*
 * OpenSSL's blocks hang in a ring: it loses some when it cannot build a
 * context, and a leak detector must not take them for ours.
 */
struct block {
    struct block *next;
    struct block *previous;
    size_t size;
    max_align_t data[];
};

static struct block ring = {&ring, &ring, 0};

static void *join(struct block *block, size_t size)
{
    block->size = size;
    used += size;
    blocks++;
    block->next = ring.next;
    block->previous = &ring;
    block->next->previous = block;
    ring.next = block;
    return block->data;
}

static struct block *leave(void *data)
{
    struct block *block =
        (struct block *)(void *)((char *)data - offsetof(struct block, data));

    block->next->previous = block->previous;
    block->previous->next = block->next;
    used -= block->size;
    blocks--;
    return block;
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    struct block *block =
        refused(size) ? NULL : __real_malloc(sizeof *block + size);

    (void)file;
    (void)line;
    return block ? join(block, size) : NULL;
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    if (old)
        free(leave(old));
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    if (!old)
        return openssl_malloc(size, file, line);
    if (refused(size))
        return NULL;
    return join(realloc(leave(old), sizeof(struct block) + size), size);
}

static struct sample sample;
static struct pki_cert ca, leaf, listed;
static char *folder;
static char ca_path[512];

static enum crypt_err try_context(void)
{
    struct crypto *other = NULL;
    enum crypt_err err = crypto_new(&other);

    crypto_free(other);
    return err;
}

static enum crypt_err try_digest(void)
{
    uint8_t hash[DIGEST_MAX];
    size_t len = 0;

    return digest_once(
        sample.crypto, DIGEST_SHA384, sample.sig, 256, hash, &len);
}

static enum crypt_err try_parse(void)
{
    struct cert *other = NULL;
    enum crypt_err err =
        cert_parse(sample.crypto, sample.made.der, sample.made.len, &other);

    /* What is parsed is whole: no key is taken for one of another kind. */
    if (err == CRYPT_OK && cert_key_bits(other) != 2048)
        err = CRYPT_UNSUPPORTED;
    cert_free(other);
    return err;
}

static enum crypt_err try_verify(void)
{
    return sample_verify(&sample);
}

static enum crypt_err try_issuer(void)
{
    return cert_is_signed_by(sample.cert, sample.cert) ? CRYPT_OK : CRYPT_NOMEM;
}

static enum crypt_err try_trust(void)
{
    struct trust_store *store = NULL;
    enum crypt_err err = trust_store_new(sample.crypto, &store);
    const struct cert *issuer = NULL;

    if (err == CRYPT_OK)
        err = trust_store_add_file(store, ca_path);
    /* Short of memory a CA's reads as something else: nothing is trusted. */
    if (err == CRYPT_MALFORMED || err == CRYPT_UNSUPPORTED)
        err = CRYPT_NOMEM;
    if (err == CRYPT_OK &&
        trust_find_issuer(store, leaf.cert, NULL, &issuer) == TRUST_NONE)
        err = CRYPT_NOMEM;
    trust_store_free(store);
    return err;
}

static enum crypt_err try_profile(void)
{
    struct cert_profile profile;

    profile_read(leaf.cert, &profile);
    return profile.policy == CERT_POLICY_SIGNING &&
                   profile.birth.kind == BIRTH_FULL
               ? CRYPT_OK
               : CRYPT_NOMEM;
}

/*
 * Want of memory may hide a revocation for as long as it lasts, but makes
 * nothing good.
 */
static enum crypt_err try_crl(void)
{
    struct crl_store *store = NULL;
    enum crypt_err err = crl_store_new(sample.crypto, folder, &store);
    struct revocation revocation;

    if (err != CRYPT_OK)
        return err;
    crl_store_lookup(store, listed.cert, ca.cert, PKI_NOW, &revocation);
    if (revocation.status != REVOCATION_REVOKED)
        err = CRYPT_NOMEM;
    assert_int_not_equal(revocation.status, REVOCATION_GOOD);
    counting = false;
    crl_store_lookup(store, listed.cert, ca.cert, PKI_NOW, &revocation);
    assert_int_equal(revocation.status, REVOCATION_REVOKED);
    crl_store_free(store);
    return err;
}

struct trial {
    enum crypt_err (*run)(void);
    bool leaks;   /* OpenSSL's fault, when its memory runs out */
    size_t apart; /* one in so many of its allocations fails */
};

static const struct trial trials[] = {
    {try_context, true, 7},
    {try_digest, false, 1},
    {try_parse, false, 1},
    {try_verify, false, 1},
    {try_issuer, false, 1},
    {try_trust, false, 1},
    {try_profile, false, 1},
    {try_crl, false, 1},
};
#define TRIALS (COUNT(trials))

/* OpenSSL keeps the texts of its last 16 errors: now it has all of them. */
static void fill_error_texts(void)
{
    int i;

    for (i = 0; i < 32; i++)
        ERR_raise_data(ERR_LIB_USER, 1, "%s", "text");
}

static void run_short_of_memory(const struct trial *trial)
{
    unsigned long error;
    enum crypt_err err;

    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 1);
    failures = 0;
    counting = true;
    err = trial->run();
    counting = false;
    assert_true(failures > 0 || err == CRYPT_OK);
    /* Where some memory is left OpenSSL may fail half-way time and again. */
    if (room == 0)
        assert_true(
            err == CRYPT_OK || err == CRYPT_NOMEM || err == CRYPT_FAILED);
    /* OpenSSL may push the host's error out, but none of its own stays. */
    error = ERR_get_error();
    assert_true(error == 0 ? failures > 0 : ERR_GET_REASON(error) == 1);
    assert_int_equal(ERR_get_error(), 0);
}

/* What OpenSSL caches it caches once; what leaks, leaks each time. */
static void assert_no_leak(const struct trial *trial, size_t first)
{
    size_t before;
    int runs = 0;

    do {
        assert_in_range(++runs, 1, 4);
        before = blocks;
        until = first;
        run_short_of_memory(trial);
    } while (!trial->leaks && blocks > before);
}

static void fail_each(const struct trial *trial, bool all_after)
{
    size_t first = 0;

    assert_int_equal(trial->run(), CRYPT_OK);
    for_ever = all_after;
    do {
        assert_no_leak(trial, first);
        first += trial->apart;
    } while (failures > 0);
    assert_in_range(first, 2, 100000);
}

static void test_every_allocation_may_fail(void **state)
{
    size_t i;

    fill_error_texts();
    for (i = 0; i < TRIALS; i++) {
        fail_each(&trials[i], false);
        fail_each(&trials[i], true);
    }
}

/* Unlike above, what is freed can be had again: as under a limit. */
static void test_memory_may_be_tight(void **state)
{
    size_t i;

    for (i = 0; i < TRIALS; i++) {
        size_t more = 0;

        assert_int_equal(trials[i].run(), CRYPT_OK);
        do {
            room = used + more;
            run_short_of_memory(&trials[i]);
            more += 128 * trials[i].apart;
        } while (failures > 0);
        assert_true(more > 128);
        room = 0;
    }
}

static enum crypt_err parse_and_verify(struct crypto *crypto)
{
    struct sample own = sample;
    enum crypt_err err =
        cert_parse(crypto, sample.made.der, sample.made.len, &own.cert);

    if (err != CRYPT_OK)
        return err;
    err = sample_verify(&own);
    cert_free(own.cert);
    return err;
}

/* At its first use, for all that the caller knows. */
static void test_a_context_survives_a_shortage(void **state)
{
    size_t first = 0;

    for_ever = false;
    do {
        struct crypto *crypto = NULL;

        assert_int_equal(crypto_new(&crypto), CRYPT_OK);
        until = first;
        failures = 0;
        counting = true;
        (void)parse_and_verify(crypto);
        counting = false;
        assert_int_equal(parse_and_verify(crypto), CRYPT_OK);
        crypto_free(crypto);
        first += 5;
    } while (failures > 0);
    assert_true(first > 5);
}

static void add_names(X509 *x509)
{
    maker_add_readable(x509, NID_subject_alt_name,
        "otherName:1.2.392.200149.8.5.5.4;UTF8:319800217");
    maker_add_readable(
        x509, NID_certificate_policies, "1.2.392.200149.8.5.1.1.20");
}

static void make_list(void)
{
    struct pki_list list = {
        .ca = 1,
        .named = 1,
        .point = POINT,
        .only_users = true,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .entries = {{"01E240", 3}},
    };
    struct made made = pki_crl(&list);

    pki_write(folder, "list", &made, NULL);
    made_free(&made);
}

static int set_up(void **state)
{
    sample_open(&sample);
    folder = pki_make_folder();
    ca = pki_ca(sample.crypto, 1);
    leaf = pki_open(sample.crypto, maker_certificate(&(struct recipe){
                                       .key = pki_key(0),
                                       .signer = pki_key(1),
                                       .serial = "01E240",
                                       .authority_key_id = pki_key_id(1),
                                       .change = add_names,
                                   }));
    listed = pki_leaf(sample.crypto, 1, "01E240", POINT);
    make_list();
    pki_write(folder, ".ca", &ca.made, "CERTIFICATE");
    snprintf(ca_path, sizeof ca_path, "%s/.ca", folder);
    return log_open(LOG_LEVEL_ERROR, LOG);
}

/* What a test that failed has left on. */
static int have_memory(void **state)
{
    counting = false;
    for_ever = false;
    room = 0;
    return 0;
}

static int tear_down(void **state)
{
    log_close();
    pki_close_all();
    pki_remove_folder(folder);
    sample_close(&sample);
    return remove(LOG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_allocation_may_fail, have_memory),
        cmocka_unit_test_setup(test_memory_may_be_tight, have_memory),
        cmocka_unit_test_setup(test_a_context_survives_a_shortage, have_memory),
    };

    /* OpenSSL takes these only before its own first allocation. */
    if (CRYPTO_set_mem_functions(
            openssl_malloc, openssl_realloc, openssl_free) != 1)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

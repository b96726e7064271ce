/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include "tests/module/card_process.h"
#include "tests/module/memory_scan.h"
#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * What is left in memory of the signing certificate, which has the holder's
 * name and address. This program gives OpenSSL functions that overwrite what is
 * freed, as a module must not: what is found after the end is the module's own.
 */

enum {
    NAME,
    ADDRESS,
    SUBJECT,   /* of the certificate, its end */
    KEY,       /* a part of the modulus */
    SIGNATURE, /* its end */
    SECRETS,
};

static const char *const names[SECRETS] = {
    "the name", "the address", "the subject", "the key", "the signature"};

/* Of the persona "adult", as far as a secret is long. */
#define HOLDER "公的　花子"
#define TOWN "清瀬市架空"

static struct secret secrets[SECRETS];

/* How often OpenSSL freed something that still had the name in it. */
static unsigned freed_with_name;

static void *clear_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return malloc(size);
}

static void clear_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block) {
        size_t size = malloc_usable_size(block);

        if (secrets[NAME].len > 0 && secret_is_in(&secrets[NAME], block, size))
            freed_with_name++;
        explicit_bzero(block, size);
    }
    free(block);
}

static void *clear_realloc(void *block, size_t size, const char *file, int line)
{
    size_t was = block ? malloc_usable_size(block) : 0;
    void *grown = malloc(size);

    if (!grown)
        return NULL;
    if (block)
        memcpy(grown, block, was < size ? was : size);
    clear_free(block, file, line);
    return grown;
}

/* The signing certificate of the persona in FOLDER; the card's file goes on. */
static size_t read_certificate(const char *folder, uint8_t ret_der[4096])
{
    char path[VCARD_PERSONA_FOLDER_SIZE + 16];
    ssize_t len;
    int fd;

    (void)snprintf(path, sizeof path, "%s/ef/0001", folder);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    len = read(fd, ret_der, 4096);
    close(fd);
    return len < 4 ? 0 : 4u + ((size_t)ret_der[2] << 8 | ret_der[3]);
}

/* A card, and what to look for; made in a process that ends with it. */
struct issued {
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    struct secret secrets[SECRETS];
    size_t openssls[SECRETS]; /* how many copies OpenSSL has of each */
};

static X509 *describe(struct issued *issued)
{
    static uint8_t der[4096], modulus[512];
    const uint8_t *at = der, *name;
    size_t len = read_certificate(issued->folder, der), name_len = 0;
    X509 *cert = d2i_X509(NULL, &at, (long)len);
    BIGNUM *n = NULL;

    if (!cert ||
        X509_NAME_get0_der(X509_get_subject_name(cert), &name, &name_len) !=
            1 ||
        EVP_PKEY_get_bn_param(
            X509_get0_pubkey(cert), OSSL_PKEY_PARAM_RSA_N, &n) != 1)
        _exit(1);
    (void)BN_bn2bin(n, modulus);
    secret_of(HOLDER, strlen(HOLDER), &issued->secrets[NAME]);
    secret_of(TOWN, strlen(TOWN), &issued->secrets[ADDRESS]);
    secret_of(
        name + name_len - SECRET_MAX, SECRET_MAX, &issued->secrets[SUBJECT]);
    secret_of(modulus + 100, SECRET_MAX, &issued->secrets[KEY]);
    secret_of(der + len - SECRET_MAX, SECRET_MAX, &issued->secrets[SIGNATURE]);
    BN_clear_free(n);
    explicit_bzero(modulus, sizeof modulus);
    explicit_bzero(der, sizeof der);
    return cert;
}

/* How many places each is in. */
static void count(const struct secret *of, size_t ret_counts[SECRETS])
{
    struct find finds[FINDS_MAX];
    size_t i;

    for (i = 0; i < SECRETS; i++)
        ret_counts[i] = scan_memory(&of[i], 1, finds);
}

static _Noreturn void issue(int pipe_end)
{
    struct issued issued;
    X509 *cert;

    memset(&issued, 0, sizeof issued);
    if (vcard_persona_copy("adult", issued.folder) != 0)
        _exit(1);
    cert = describe(&issued);
    count(issued.secrets, issued.openssls);
    X509_free(cert);
    _exit(write(pipe_end, &issued, sizeof issued) == (ssize_t)sizeof issued
              ? 0
              : 1);
}

static struct issued adult;

/* Once; the folder of copies is this process's, which removes it. */
static void issue_adult(void)
{
    char other[VCARD_PERSONA_FOLDER_SIZE];
    int ends[2], status = 0;
    pid_t child;

    if (adult.folder[0])
        return;
    assert_int_equal(vcard_persona_copy("foreign", other), 0);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        issue(ends[1]);
    assert_int_equal(
        read(ends[0], &adult, sizeof adult), (ssize_t)sizeof adult);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    memcpy(secrets, adult.secrets, sizeof secrets);
}

static int begin(const char *conf)
{
    int reader;

    issue_adult();
    reader = start(NULL, conf);
    assert_int_equal(vcontrol_insert(reader, adult.folder), 0);
    return reader;
}

/* Nothing of the holder may be anywhere. */
static void scanned(const char *file, int line)
{
    struct find finds[FINDS_MAX];
    size_t i, all = scan_memory(secrets, SECRETS, finds);

    for (i = 0; i < all && i < FINDS_MAX; i++)
        print_error("%s, as %s, at %#zx in %s\n", names[finds[i].secret],
            finds[i].form, (size_t)finds[i].address, finds[i].mapping);
    if (all > 0)
        _fail(file, line);
}
#define SCAN() scanned(__FILE__, __LINE__)

/* All that brings the certificate into memory. */
static CK_SESSION_HANDLE use(void)
{
    CK_SESSION_HANDLE session = open_session(SIGN);

    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    assert_int_equal(count_objects(session), 3);
    (void)status_text(session);
    assert_int_equal(sign_data(session), CKR_OK);
    return session;
}

static char no_lists[] = P_tmpdir "/jpki-holder-XXXXXX";

static void test_no_holder_data_after_removal(void **state)
{
    size_t counts[SECRETS];
    char conf[128];
    int way;

    assert_non_null(mkdtemp(no_lists));
    (void)snprintf(conf, sizeof conf, "[policy]\ncrl = %s\n", no_lists);
    for (way = 0; way < 6; way++) {
        /* With revocation asked about, and without. */
        int reader = begin(way < 3 ? NULL : conf);
        CK_SESSION_HANDLE session;
        CK_SLOT_INFO info;

        SCAN();
        session = use();
        count(secrets, counts);
        assert_true(counts[NAME] > 0 && counts[ADDRESS] > 0);
        if (way % 3 == 0) {
            EXPECT(CKR_OK, C_Finalize, NULL);
            SCAN();
            EXPECT(CKR_OK, C_Initialize, NULL);
        }
        if (way % 3 == 1)
            EXPECT(CKR_OK, C_Logout, session);
        vcontrol_remove(reader);
        EXPECT(CKR_OK, C_GetSlotInfo, SIGN, &info);
        SCAN();
        end_test(state);
    }
    assert_int_equal(rmdir(no_lists), 0);
}

/*
 * What was read from the card goes when it has been parsed: one copy at most
 * beside OpenSSL's, whose freed ones a sanitizer keeps for a while.
 */
static void test_one_copy_beside_openssls(void **state)
{
    CK_SESSION_HANDLE session;
    size_t counts[SECRETS];
    int i;

    begin(NULL);
    session = use();
    for (i = 0; i < 2; i++) {
        count(secrets, counts);
        assert_in_range(counts[NAME], 1, adult.openssls[NAME] + 1);
        assert_in_range(counts[ADDRESS], 1, adult.openssls[ADDRESS] + 1);
        assert_in_range(counts[SIGNATURE], 1, adult.openssls[SIGNATURE] + 1);
        if (i == 0)
            EXPECT(CKR_OK, C_Logout, session);
    }
}

/* Without such functions it is what stays in the host's heap. */
static void test_openssl_frees_only_the_encoding(void **state)
{
    CK_SESSION_HANDLE session;
    int i;

    begin(NULL);
    freed_with_name = 0;
    session = use();
    for (i = 0; i < 3; i++)
        (void)status_text(session);
    assert_int_equal(freed_with_name, 0);
    EXPECT(CKR_OK, C_Finalize, NULL);
    assert_true(freed_with_name <= 1);
}

/* The card goes at each command of a log-in. */
static void test_no_holder_data_after_an_interrupted_read(void **state)
{
    CK_SLOT_INFO info;
    CK_RV rv = CKR_DEVICE_REMOVED;
    unsigned at;
    int reader = begin(NULL);

    for (at = 0; rv != CKR_OK; at++) {
        CK_SESSION_HANDLE session = open_session(SIGN);

        vcontrol_fault(reader, at, VFAULT_REMOVE, 0);
        rv = login(session, CKU_USER, SIGN_PIN);
        vcontrol_fault(reader, 0, VFAULT_NONE, 0);
        vcontrol_remove(reader);
        EXPECT(CKR_OK, C_GetSlotInfo, SIGN, &info);
        SCAN();
        assert_int_equal(vcontrol_insert(reader, adult.folder), 0);
    }
    assert_true(at > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_holder_data_after_removal),
        TEST(test_one_copy_beside_openssls),
        TEST(test_openssl_frees_only_the_encoding),
        TEST(test_no_holder_data_after_an_interrupted_read),
    };

    if (is_emulated()) {
        puts("skipped: an emulator may keep the program's memory elsewhere");
        return 77;
    }
    if (CRYPTO_set_mem_functions(clear_malloc, clear_realloc, clear_free) != 1)
        abort();
    card_process_start();
    return cmocka_run_group_tests(tests, load_module, unload_module);
}

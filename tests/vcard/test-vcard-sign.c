/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "tests/vcard/persona.h"
#include "tests/vcard/script.h"

/*
 * docs/card.md section 2: every P1, its block recovered with the public key
 * of the certificate on the same card.
 */

static const struct step log_in[] = STEPS(OK(SELECT_JPKI), OK(SELECT_SIGN_PIN),
    OK(VERIFY_SIGN), OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH));

/* The public key in the certificate of the file whose short id is SFI. */
static EVP_PKEY *card_key(struct vcard *card, unsigned sfi)
{
    uint8_t der[2048];
    char command[32];
    size_t len = 0, n = 0;
    snprintf(command, sizeof command, "00B0%02X0000", 0x80 | sfi);
    assert_int_equal(script_send(card, command, der, &n), 0x9000);
    for (len = n; len < sizeof der; len += n) {
        snprintf(command, sizeof command, "00B0%04zX00", len);
        assert_int_equal(script_send(card, command, der + len, &n), 0x9000);
    }
    const unsigned char *at = der;
    X509 *cert = d2i_X509(NULL, &at, (long)sizeof der);
    assert_non_null(cert);
    EVP_PKEY *key = X509_get_pubkey(cert);
    X509_free(cert);
    assert_non_null(key);
    return key;
}

/* Signs LEN bytes of DATA with the signing key. */
static unsigned sign(struct vcard *card, unsigned p1, const uint8_t *data,
    size_t len, uint8_t ret_sig[256])
{
    char command[600];
    size_t n = 0;
    int at = snprintf(command, sizeof command, "802A%02X9A%02zX", p1, len);
    for (size_t i = 0; i < len; i++) {
        at += snprintf(command + at, sizeof command - (size_t)at, "%02X",
            (unsigned)data[i]);
    }
    snprintf(command + at, sizeof command - (size_t)at, "00");
    unsigned sw = script_send(card, command, ret_sig, &n);
    assert_int_equal(n, sw == 0x9000 ? 256 : 0);
    return sw;
}

/* What lies under the padding of block type 1. */
static size_t recover(EVP_PKEY *key, const uint8_t sig[256], uint8_t *ret_data)
{
    size_t len = 256;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_verify_recover_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_verify_recover(ctx, ret_data, &len, sig, 256), 1);
    EVP_PKEY_CTX_free(ctx);
    return len;
}

static void test_p1_00_pads_arbitrary_bytes(void **state)
{
    static const size_t lengths[] = {1, 6, 32, 51, 244, 245};
    uint8_t data[256], sig[256], block[256];
    struct vcard *card = script_card("adult");
    script_run(card, log_in);
    EVP_PKEY *key = card_key(card, 0x01);
    memset(data, 0xA5, sizeof data);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_int_equal(sign(card, 0x00, data, lengths[i], sig), 0x9000);
        assert_int_equal(recover(key, sig, block), lengths[i]);
        assert_memory_equal(block, data, lengths[i]);
    }
    assert_int_equal(sign(card, 0x00, data, 246, sig), 0x6985);
    assert_int_equal(sign(card, 0x00, data, 255, sig), 0x6985);
    EVP_PKEY_free(key);
    vcard_free(card);
}

static void test_p1_01_to_03_hash_and_wrap(void **state)
{
    static const uint8_t prefix[19] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
        0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t message[255], hash[32], sig[256], block[256];
    struct vcard *card = script_card("adult");
    script_run(card, log_in);
    EVP_PKEY *key = card_key(card, 0x01);
    memset(message, 'm', sizeof message);
    SHA256(message, sizeof message, hash);

    assert_int_equal(sign(card, 0x01, message, 255, sig), 0x9000);
    assert_int_equal(recover(key, sig, block), 32);
    assert_memory_equal(block, hash, 32);

    assert_int_equal(sign(card, 0x02, hash, 32, sig), 0x9000);
    assert_int_equal(recover(key, sig, block), 51);
    assert_memory_equal(block, prefix, 19);
    assert_memory_equal(block + 19, hash, 32);
    assert_int_equal(sign(card, 0x02, hash, 31, sig), 0x6985);

    assert_int_equal(sign(card, 0x03, message, 255, sig), 0x9000);
    assert_int_equal(recover(key, sig, block), 51);
    assert_memory_equal(block + 19, hash, 32);
    EVP_PKEY_free(key);
    vcard_free(card);
}

static int pss_fits(
    EVP_PKEY *key, const uint8_t sig[256], const uint8_t hash[32], int salt)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256());
    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt);
    int fits = EVP_PKEY_verify(ctx, sig, 256, hash, 32) == 1;
    EVP_PKEY_CTX_free(ctx);
    return fits;
}

static void check_pss(const char *persona, int salt)
{
    uint8_t message[100], hash[32], sig[256], again[256];
    struct vcard *card = script_card(persona);
    script_run(card, log_in);
    EVP_PKEY *key = card_key(card, 0x01);
    memset(message, 'p', sizeof message);
    SHA256(message, sizeof message, hash);
    assert_int_equal(sign(card, 0x04, hash, 32, sig), 0x9000);
    assert_true(pss_fits(key, sig, hash, salt));
    assert_int_equal(sign(card, 0x04, hash, 32, again), 0x9000);
    assert_memory_not_equal(sig, again, 256);
    assert_int_equal(sign(card, 0x05, message, sizeof message, sig), 0x9000);
    assert_true(pss_fits(key, sig, hash, salt));
    assert_int_equal(sign(card, 0x04, hash, 1, sig), 0x6985);
    EVP_PKEY_free(key);
    vcard_free(card);
}

static void test_p1_04_and_05_are_pss(void **state)
{
    check_pss("adult", 32);
}

static void test_quirk_salt20(void **state)
{
    check_pss("quirk-salt20", 20);
}

static void test_which_key(void **state)
{
    uint8_t data[3] = {1, 2, 3}, sig[256], block[256];
    struct vcard *card = script_card("adult");
    script_run(card, log_in);
    EVP_PKEY *auth = card_key(card, 0x0A);
    static const struct step no_key[] =
        STEPS(SW("802A008003 010203 00", 6A88), OK(SELECT_AUTH_KEY));
    script_run(card, no_key);
    /* By P2 = 80 the current EF, with the Le byte and without. */
    assert_int_equal(
        script_send(card, "802A008003 010203 00", sig, NULL), 0x9000);
    assert_int_equal(recover(auth, sig, block), 3);
    assert_memory_equal(block, data, 3);
    assert_int_equal(script_send(card, "802A008003 010203", sig, NULL), 0x9000);
    assert_int_equal(recover(auth, sig, block), 3);
    assert_int_equal(script_send(card, SIGN_AUTH, sig, NULL), 0x9000);
    assert_int_equal(recover(auth, sig, block), 3);
    EVP_PKEY_free(auth);
    vcard_free(card);
}

static void test_order_of_checks(void **state)
{
    script_persona(
        "adult", SCRIPT(OK(SELECT_JPKI), SW("802A008001 00 00", 6986),
                     /* P1, then access, then data; no PIN was given. */
                     SW("802A0F9701 00 00", 6A86), SW("802A069701 00 00", 6A86),
                     SW("802A049701 00 00", 6982), SW("802A009701 00 00", 6982),
                     SW("802A009901 00 00", 6A88), SW("802A001701 00 00", 6A86),
                     OK(SELECT_AUTH_PIN), OK(VERIFY_AUTH),
                     SW("802A0F9701 00 00", 6A86), SW("802A049701 00 00", 6985),
                     SW("802A0097", 6700), SW("802A009A01 00 00", 6982)));
}

static void test_adults_have_keys_of_their_own(void **state)
{
    struct vcard *one = script_card("adult");
    struct vcard *two = script_card("adult2");
    assert_int_equal(script_send(one, SELECT_JPKI, NULL, NULL), 0x9000);
    assert_int_equal(script_send(two, SELECT_JPKI, NULL, NULL), 0x9000);
    EVP_PKEY *key1 = card_key(one, 0x0A);
    EVP_PKEY *key2 = card_key(two, 0x0A);
    assert_int_not_equal(EVP_PKEY_eq(key1, key2), 1);
    EVP_PKEY_free(key1);
    EVP_PKEY_free(key2);
    vcard_free(one);
    vcard_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_p1_00_pads_arbitrary_bytes),
        cmocka_unit_test(test_p1_01_to_03_hash_and_wrap),
        cmocka_unit_test(test_p1_04_and_05_are_pss),
        cmocka_unit_test(test_quirk_salt20),
        cmocka_unit_test(test_which_key),
        cmocka_unit_test(test_order_of_checks),
        cmocka_unit_test(test_adults_have_keys_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

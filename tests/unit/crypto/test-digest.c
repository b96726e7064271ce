/* SPDX-License-Identifier: Apache-2.0 */

#include "crypto/digest.h"
#include "tests/unit/crypto/check.h"

/* FIPS 180-4 examples: "abc", and nothing. */
static const struct {
    enum digest_alg alg;
    size_t size;
    const char *abc;
    const char *empty;
} answers[] = {
    {DIGEST_SHA1, 20, "a9993e364706816aba3e25717850c26c9cd0d89d",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {DIGEST_SHA224, 28,
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
    {DIGEST_SHA256, 32,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {DIGEST_SHA384, 48,
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        "8086072ba1e7cc2358baeca134c825a7",
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
        "274edebfe76f65fbd51ad2f14898b95b"},
    {DIGEST_SHA512, 64,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
};
#define ANSWERS (COUNT(answers))

static const uint8_t abc[] = {'a', 'b', 'c'};

static int set_up(void **state)
{
    return crypto_new((struct crypto **)state) == CRYPT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    crypto_free(*state);
    return 0;
}

static void assert_hex(const uint8_t *bytes, size_t len, const char *hex)
{
    char text[2 * DIGEST_MAX + 1] = "";
    size_t i;

    for (i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, hex);
}

static void test_known_answers_at_once(void **state)
{
    size_t i;

    for (i = 0; i < ANSWERS; i++) {
        uint8_t hash[DIGEST_MAX];
        size_t len = 0;

        assert_int_equal(digest_size(answers[i].alg), answers[i].size);
        assert_int_equal(
            digest_once(*state, answers[i].alg, abc, 3, hash, &len), CRYPT_OK);
        assert_int_equal(len, answers[i].size);
        assert_hex(hash, len, answers[i].abc);
        assert_int_equal(
            digest_once(*state, answers[i].alg, NULL, 0, hash, &len), CRYPT_OK);
        assert_hex(hash, len, answers[i].empty);
    }
}

/* Two running at a time, fed byte by byte, do not mix. */
static void test_known_answers_in_pieces(void **state)
{
    size_t i;
    size_t j;

    for (i = 0; i < ANSWERS; i++) {
        struct digest *first = NULL;
        struct digest *second = NULL;
        uint8_t hash[DIGEST_MAX];
        size_t len = 0;

        assert_int_equal(digest_new(*state, answers[i].alg, &first), CRYPT_OK);
        assert_int_equal(digest_new(*state, answers[i].alg, &second), CRYPT_OK);
        for (j = 0; j < 3; j++) {
            assert_int_equal(digest_update(first, abc + j, 1), CRYPT_OK);
            assert_int_equal(digest_update(second, NULL, 0), CRYPT_OK);
        }
        assert_int_equal(digest_final(first, hash, &len), CRYPT_OK);
        assert_hex(hash, len, answers[i].abc);
        assert_int_equal(digest_final(second, hash, &len), CRYPT_OK);
        assert_hex(hash, len, answers[i].empty);
        digest_free(first);
        digest_free(second);
    }
}

/* The third example of FIPS 180-4: more than one block at any size. */
static void test_million_times_a(void **state)
{
    struct digest *digest = NULL;
    uint8_t hash[DIGEST_MAX];
    uint8_t piece[1000];
    size_t len = 0;
    int i;

    memset(piece, 'a', sizeof piece);
    assert_int_equal(digest_new(*state, DIGEST_SHA256, &digest), CRYPT_OK);
    for (i = 0; i < 1000; i++)
        assert_int_equal(digest_update(digest, piece, 1000), CRYPT_OK);
    assert_int_equal(digest_final(digest, hash, &len), CRYPT_OK);
    assert_hex(hash, len,
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    digest_free(digest);
}

static void test_unfinished_is_freed(void **state)
{
    struct digest *digest = NULL;

    assert_int_equal(digest_new(*state, DIGEST_SHA512, &digest), CRYPT_OK);
    assert_int_equal(digest_update(digest, abc, 3), CRYPT_OK);
    digest_free(digest);
    digest_free(NULL);
    crypto_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers_at_once),
        cmocka_unit_test(test_known_answers_in_pieces),
        cmocka_unit_test(test_million_times_a),
        cmocka_unit_test(test_unfinished_is_freed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include "crypto/digestinfo.h"

/* RFC 8017 section 9.2, note 1. */
static const struct {
    enum digest_alg alg;
    const char *prefix;
    size_t hash_len;
} rows[] = {
    {DIGEST_SHA1, "3021300906052b0e03021a05000414", 20},
    {DIGEST_SHA224, "302d300d06096086480165030402040500041c", 28},
    {DIGEST_SHA256, "3031300d060960864801650304020105000420", 32},
    {DIGEST_SHA384, "3041300d060960864801650304020205000430", 48},
    {DIGEST_SHA512, "3051300d060960864801650304020305000440", 64},
};
#define ROWS (sizeof rows / sizeof *rows)

static void prefix_of_rfc_8017(void **state)
{
    uint8_t hash[DIGEST_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof hash; i++)
        hash[i] = (uint8_t)(0xa0 + i);
    for (i = 0; i < ROWS; i++) {
        uint8_t info[DIGESTINFO_MAX];
        size_t len = 0;
        long prefix_len = 0;
        unsigned char *prefix = OPENSSL_hexstr2buf(rows[i].prefix, &prefix_len);

        assert_int_equal(
            digestinfo_build(rows[i].alg, hash, rows[i].hash_len, info, &len),
            CRYPT_OK);
        assert_int_equal(len, (size_t)prefix_len + rows[i].hash_len);
        assert_memory_equal(info, prefix, (size_t)prefix_len);
        assert_memory_equal(info + prefix_len, hash, rows[i].hash_len);
        OPENSSL_free(prefix);
    }
}

static void other_lengths_are_refused(void **state)
{
    uint8_t hash[DIGEST_MAX + 1] = {0};
    size_t i;
    size_t len;

    (void)state;
    for (i = 0; i < ROWS; i++) {
        for (len = 0; len <= sizeof hash; len++) {
            uint8_t info[DIGESTINFO_MAX] = {0x55};
            size_t info_len = 4711;

            if (len == rows[i].hash_len)
                continue;
            assert_int_equal(
                digestinfo_build(rows[i].alg, hash, len, info, &info_len),
                CRYPT_MALFORMED);
            assert_int_equal(info_len, 4711);
            assert_int_equal(info[0], 0x55);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefix_of_rfc_8017),
        cmocka_unit_test(other_lengths_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

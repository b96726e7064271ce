/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void sample_open(struct sample *ret_sample)
{
    struct sample sample = {.made = maker_read_ca("jpki-sign03.der")};
    const uint8_t *der = sample.made.der;
    uint8_t hash[DIGEST_MAX];
    size_t hash_len = 0;

    assert_int_equal(crypto_new(&sample.crypto), CRYPT_OK);
    assert_int_equal(
        cert_parse(sample.crypto, der, sample.made.len, &sample.cert),
        CRYPT_OK);
    /* TBSCertificate stands behind four bytes, the signature at the end. */
    assert_int_equal(digest_once(sample.crypto, DIGEST_SHA256, der + 4,
                         4 + (size_t)(der[6] << 8 | der[7]), hash, &hash_len),
        CRYPT_OK);
    assert_int_equal(sigalg_input(&sigalgs[SIGALG_RSA_PKCS1], DIGEST_SHA256,
                         hash, hash_len, sample.info, &sample.info_len),
        CRYPT_OK);
    memcpy(sample.sig, der + sample.made.len - 256, 256);
    *ret_sample = sample;
}

void sample_close(struct sample *sample)
{
    cert_free(sample->cert);
    crypto_free(sample->crypto);
    made_free(&sample->made);
}

enum crypt_err sample_verify(const struct sample *sample)
{
    return sigalg_verify(&sigalgs[SIGALG_RSA_PKCS1], sample->cert, sample->info,
        sample->info_len, sample->sig, sizeof sample->sig);
}

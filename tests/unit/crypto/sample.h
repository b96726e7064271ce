/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_SAMPLE_H
#define TESTS_UNIT_CRYPTO_SAMPLE_H

#include "crypto/cert.h"
#include "crypto/sigalg.h"
#include "tests/unit/crypto/maker.h"

/*
 * A certificate that signs itself, and what its signature is of: made without
 * any help of OpenSSL's that would disturb what is tested.
 */
struct sample {
    struct crypto *crypto;
    struct made made;
    struct cert *cert;
    uint8_t info[SIGALG_INPUT_MAX];
    size_t info_len;
    uint8_t sig[256];
};

void sample_open(struct sample *ret_sample);
void sample_close(struct sample *sample);

/* What sigalg_verify says of the signature. */
enum crypt_err sample_verify(const struct sample *sample);

#endif

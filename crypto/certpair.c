/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certpair.h"

#include <string.h>

static enum crypt_err hash(struct crypto *crypto, const struct cert *cert,
    uint8_t ret_digest[DIGEST_MAX])
{
    size_t len = 0;
    const uint8_t *der = cert_field(cert, CERT_DER, &len);

    return digest_once(crypto, DIGEST_SHA256, der, len, ret_digest, &len);
}

enum crypt_err certpair_make(struct crypto *crypto, const struct cert *cert,
    const struct cert *issuer, struct certpair *ret_pair)
{
    struct certpair pair = {{{0}}};
    enum crypt_err err = hash(crypto, cert, pair.digests[0]);

    if (err == CRYPT_OK)
        err = hash(crypto, issuer, pair.digests[1]);
    if (err == CRYPT_OK)
        *ret_pair = pair;
    return err;
}

bool certpair_equal(const struct certpair *a, const struct certpair *b)
{
    return memcmp(a->digests, b->digests, sizeof a->digests) == 0;
}

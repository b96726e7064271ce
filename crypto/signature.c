/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signature.h"

#include <stddef.h>

#include <openssl/objects.h>

static const int strong_digests[] = {
    NID_sha224, NID_sha256, NID_sha384, NID_sha512};

bool signature_is_strong(int algorithm, int *ret_digest)
{
    int digest = NID_undef;
    size_t i;

    if (OBJ_find_sigid_algs(algorithm, &digest, NULL) != 1)
        return false;
    for (i = 0; i < sizeof strong_digests / sizeof *strong_digests; i++) {
        if (digest == strong_digests[i]) {
            if (ret_digest)
                *ret_digest = digest;
            return true;
        }
    }
    return false;
}

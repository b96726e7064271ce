/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signature_nid.h"

#include <stddef.h>

#include <openssl/objects.h>

bool signature_nid_is_strong(int nid, int *ret_digest)
{
    static const int strong[] = {
        NID_sha224, NID_sha256, NID_sha384, NID_sha512};
    int digest = NID_undef;
    size_t i;

    if (OBJ_find_sigid_algs(nid, &digest, NULL) != 1)
        return false;
    for (i = 0; i < sizeof strong / sizeof *strong; i++) {
        if (digest == strong[i]) {
            if (ret_digest)
                *ret_digest = digest;
            return true;
        }
    }
    return false;
}

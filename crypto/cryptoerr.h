/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRYPTOERR_H
#define CRYPTO_CRYPTOERR_H

/* Error codes of crypto/. */
enum crypt_err {
    CRYPT_OK = 0,
    CRYPT_NOMEM,
    CRYPT_FAILED,      /* OpenSSL refused for a reason of its own */
    CRYPT_MALFORMED,   /* not the structure it should be */
    CRYPT_UNSUPPORTED, /* well formed, but not a kind we handle */
    CRYPT_MISMATCH,    /* a signature that does not verify */
};

#endif

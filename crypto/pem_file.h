/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_PEM_FILE_H
#define CRYPTO_PEM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <openssl/types.h>
#include "crypto/cryptoerr.h"

/*
 * For the files of this folder only: a file in memory that holds ASN.1 objects
 * of one kind one after the other, in DER or in PEM.
 */
struct pem_file {
    uint8_t *data;
    size_t len;
    size_t at;        /* DER: where the next object begins */
    BIO *pem;         /* PEM: the rest; NULL for DER */
    uint8_t *decoded; /* PEM: the last object */
    const char *refusal;
};

#define PEM_FILE_MAX (32u << 20) /* bytes of a file */

enum pem_file_step {
    PEM_FILE_OBJECT,
    PEM_FILE_END,
    PEM_FILE_BROKEN, /* what follows is neither; or no memory */
};

/*
 * Reads NAME, relative to FOLDER (or AT_FDCWD), as a whole, if it is a regular
 * file or a symbolic link to one: others, such as devices, are not opened,
 * which may have effects of its own. REFUSE, which may be NULL, says why a file
 * is not to be read, or NULL; its answer is kept in RET_FILE.
 * CRYPT_UNSUPPORTED: no regular file, or longer than PEM_FILE_MAX.
 * CRYPT_FAILED: it cannot be read, or is refused. CRYPT_NOMEM: out of memory or
 * descriptors. The caller passes RET_FILE to pem_file_done whatever the result
 * is.
 */
enum crypt_err pem_file_read(int folder, const char *name,
    const char *(*refuse)(const struct stat *st), struct pem_file *ret_file);

/* True when ERROR, an errno, says out of memory or descriptors. */
bool pem_file_is_shortage(int error);
void pem_file_done(struct pem_file *file);

/*
 * Finds the next object; in PEM the next block with LABEL, others are passed
 * over. RET_DER, the whole object, holds until the next call.
 */
enum pem_file_step pem_file_next(struct pem_file *file, const char *label,
    const uint8_t **ret_der, size_t *ret_len);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_H
#define CRYPTO_CRL_H

#include "crypto/cert.h"
#include "crypto/revocation.h"

/*
 * Certificate revocation lists in a file or in the files of a folder. Only the
 * last answers are kept, each with an id of all files (names, device, inode,
 * size, times): a later lookup asks the file system only, unless a file has
 * come, gone or changed, or one is malformed.
 *
 * The lock of a store is held for a whole lookup, which may take seconds where
 * it reads a large folder. Any thread may look up; the caller holds no lock
 * that others need meanwhile, a reader's state above all.
 */
struct crl_store;

/*
 * Makes a store of the file or folder PATH, which is copied; nothing is read
 * yet, and nothing need be there. The caller frees it with crl_store_free.
 */
enum crypt_err crl_store_new(
    struct crypto *crypto, const char *path, struct crl_store **ret_store);
void crl_store_free(struct crl_store *store); /* NULL is fine */

/*
 * Looks up CERT, which the trusted CA ISSUER has signed.
 *
 * A list counts when ISSUER's key has signed it (names do not matter), with
 * SHA-2, and its issuingDistributionPoint names no distribution point, or one
 * of CERT's. It revokes CERT if it names its serial number, whatever the list's
 * dates are and whatever the reason is but removeFromCRL; certificateHold
 * counts. It says that CERT is good if it does not name it, covers all reasons,
 * is no delta list, has no critical extension that is not understood, and NOW
 * is between its thisUpdate and nextUpdate. Where no list does either, the
 * status is unknown. Indirect lists do not count.
 *
 * Files that cannot be read or are no CRLs are passed over, and logged when the
 * files have changed. A folder's subfolders, and files whose name begins with a
 * dot, are ignored. A file may hold DER or PEM, and several lists. Short of
 * memory or descriptors the last answer stands, else the status is unknown
 * unless a list revokes CERT.
 */
void crl_store_lookup(struct crl_store *store, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation);

#endif

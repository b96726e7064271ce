/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_H
#define CRYPTO_CRL_H

#include "crypto/cert.h"
#include "crypto/revocation.h"

/*
 * Certificate revocation lists in a file or in the files of a folder. A store
 * keeps of each list only what it is about, and notices at the next look-up
 * files that have come, gone, been replaced or changed. (In a folder of more
 * than 200 files, one that was written over where it stands and had no list
 * about the certificate has its turn within as many look-ups as there are 200
 * files. Lists are best replaced by renaming.)
 *
 * A store has a lock of its own, held for a whole look-up: the first one reads
 * every file, which may take seconds. So any thread may look up, and no caller
 * may hold a lock that others need meanwhile, a reader's state above all.
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
 * Looks CERT, which the trusted CA ISSUER has signed, up in the lists.
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
 * Files that cannot be read or are no CRLs are logged once and passed over. A
 * folder's subfolders, and files whose name begins with a dot, are not looked
 * at. A file may hold DER or PEM, and several lists.
 */
void crl_store_lookup(struct crl_store *store, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation);

#endif

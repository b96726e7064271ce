/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_MECH_H
#define PKCS11_MECH_H

#include <stdbool.h>
#include <stddef.h>
#include "crypto/digest.h"
#include "crypto/sigalg.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/mech_rows.h"

/* A mechanism; the table in mech_rows.h is the only place that knows one. */
struct mech {
    CK_MECHANISM_TYPE type;
    CK_FLAGS flags;
    const struct sigalg *alg; /* NULL: a digest */
    bool hashes;              /* the input is digested by DIGEST */
    enum digest_alg digest;
};

/*
 * Which mechanisms a key has depends on its certificate, CERT; NULL, where that
 * was not read yet, counts as one of RSA. PSS says that the card can do
 * RSASSA-PSS.
 */

/* True for a mechanism that only cards with RSASSA-PSS have. */
bool mech_is_pss(CK_MECHANISM_TYPE type);

/* True when the mechanisms of the key depend on PSS. */
bool mech_depends_on_pss(const struct cert *cert);

/* As many as there are rows. */
#define MECH_COUNT(...) +1
enum { MECHS = MECH_ROWS(MECH_COUNT) };

/* What mechanisms of keys can do, the one or the other. */
#define MECH_OF_KEY (CKF_SIGN | CKF_VERIFY)

/* The mechanisms that can do one of NEEDS (CKF_); returns how many. */
size_t mech_types(const struct cert *cert, bool pss, CK_FLAGS needs,
    CK_MECHANISM_TYPE ret_types[MECHS]);

/* C_GetMechanismInfo: CKR_MECHANISM_INVALID. */
CK_RV mech_info(const struct cert *cert, bool pss, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO *ret_info);

/*
 * The row for MECHANISM, if it can do NEEDS (CKF_SIGN, CKF_VERIFY, CKF_DIGEST),
 * whatever the card says of PSS: CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID,
 * CKR_MECHANISM_PARAM_INVALID.
 */
CK_RV mech_find(const struct cert *cert, const CK_MECHANISM *mechanism,
    CK_FLAGS needs, const struct mech **ret_mech);

#endif

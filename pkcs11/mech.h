/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_MECH_H
#define PKCS11_MECH_H

#include <stdbool.h>
#include <stddef.h>
#include "crypto/digest.h"
#include "crypto/sigalg.h"
#include "pkcs11/cryptoki.h"

/* A mechanism; the table in mech.c is the only place that knows one. */
struct mech {
    CK_MECHANISM_TYPE type;
    CK_FLAGS flags;
    const struct sigalg *alg; /* NULL: a digest */
    bool hashes;              /* the input is digested by DIGEST */
    enum digest_alg digest;
};

/* What the mechanisms of a token depend on. */
struct mech_scope {
    const struct cert *cert; /* NULL: not read yet; taken for one of RSA */
    bool pss;                /* the card can do RSASSA-PSS */
};

/* True for a mechanism that only cards with RSASSA-PSS have. */
bool mech_is_pss(CK_MECHANISM_TYPE type);

/* True when the mechanisms of a token with CERT depend on RSASSA-PSS. */
bool mech_depends_on_pss(const struct cert *cert);

#define MECHS_MAX 16

/* What a mechanism of keys can do, the one or the other. */
#define MECH_OF_KEY (CKF_SIGN | CKF_VERIFY)

/* The mechanisms that can do one of NEEDS (CKF_); returns how many. */
size_t mech_types(const struct mech_scope *scope, CK_FLAGS needs,
    CK_MECHANISM_TYPE ret_types[MECHS_MAX]);

/* C_GetMechanismInfo: CKR_MECHANISM_INVALID. */
CK_RV mech_info(const struct mech_scope *scope, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO *ret_info);

/*
 * The row for MECHANISM, if it can do NEEDS (CKF_SIGN, CKF_VERIFY, CKF_DIGEST):
 * CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID.
 */
CK_RV mech_find(const struct mech_scope *scope, const CK_MECHANISM *mechanism,
    CK_FLAGS needs, const struct mech **ret_mech);

#endif

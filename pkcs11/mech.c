/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/mech.h"

#define SIGNS (CKF_HW | CKF_SIGN | CKF_VERIFY)
#define VERIFIES \
    (CKF_VERIFY | CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)
#define PKCS1 (&sigalgs[SIGALG_RSA_PKCS1])
#define PSS (&sigalgs[SIGALG_RSA_PSS])
#define ECDSA (&sigalgs[SIGALG_ECDSA_P384])

#define ROW(...) {__VA_ARGS__},

static const struct mech mechs[MECHS] = {MECH_ROWS(ROW)};

static bool fits_key(const struct mech *mech, const struct cert *cert)
{
    const struct sigalg *known = cert ? sigalg_of(cert) : NULL;

    return !mech->alg ||
           mech->alg->key_type == (known ? known->key_type : CERT_KEY_RSA);
}

/* The row of TYPE, NULL when the key has no such mechanism. */
static const struct mech *find(const struct cert *cert, CK_MECHANISM_TYPE type)
{
    size_t i;

    for (i = 0; i < MECHS; i++)
        if (mechs[i].type == type)
            return fits_key(&mechs[i], cert) ? &mechs[i] : NULL;
    return NULL;
}

bool mech_is_pss(CK_MECHANISM_TYPE type)
{
    const struct mech *mech = find(NULL, type);

    return mech && mech->alg == PSS;
}

bool mech_depends_on_pss(const struct cert *cert)
{
    return find(cert, CKM_RSA_PKCS_PSS) != NULL;
}

size_t mech_types(const struct cert *cert, bool pss, CK_FLAGS needs,
    CK_MECHANISM_TYPE ret_types[MECHS])
{
    size_t found = 0, i;

    for (i = 0; i < MECHS; i++)
        if (mechs[i].flags & needs && fits_key(&mechs[i], cert) &&
            (pss || mechs[i].alg != PSS))
            ret_types[found++] = mechs[i].type;
    return found;
}

CK_RV mech_info(const struct cert *cert, bool pss, CK_MECHANISM_TYPE type,
    CK_MECHANISM_INFO *ret_info)
{
    const struct mech *mech = find(cert, type);

    if (!mech || (mech->alg == PSS && !pss))
        return CKR_MECHANISM_INVALID;
    ret_info->ulMinKeySize = mech->alg ? mech->alg->key_bits : 0;
    ret_info->ulMaxKeySize = ret_info->ulMinKeySize;
    ret_info->flags = mech->flags;
    return CKR_OK;
}

/* PSS wants its one set of parameters spelled out, the others want none. */
static bool parameter_fits(
    const struct mech *mech, const CK_MECHANISM *mechanism)
{
    const CK_RSA_PKCS_PSS_PARAMS *pss = mechanism->pParameter;

    if (mech->alg != PSS)
        return !mechanism->pParameter && mechanism->ulParameterLen == 0;
    return pss && mechanism->ulParameterLen == sizeof *pss &&
           pss->hashAlg == CKM_SHA256 && pss->mgf == CKG_MGF1_SHA256 &&
           pss->sLen == digest_size(DIGEST_SHA256);
}

CK_RV mech_find(const struct cert *cert, const CK_MECHANISM *mechanism,
    CK_FLAGS needs, const struct mech **ret_mech)
{
    const struct mech *mech;

    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    mech = find(cert, mechanism->mechanism);
    if (!mech || !(mech->flags & needs))
        return CKR_MECHANISM_INVALID;
    if (!parameter_fits(mech, mechanism))
        return CKR_MECHANISM_PARAM_INVALID;
    *ret_mech = mech;
    return CKR_OK;
}

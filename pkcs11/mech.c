/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/mech.h"

#include "pkcs11/out.h"

#define SIGNS (CKF_HW | CKF_SIGN | CKF_VERIFY)
#define HASHED 0, 0 /* input of any length */
#define PSS_HASH 32 /* SHA-256, the only one that the card knows */

/* clang-format off */
static const struct mech mechs[] = {
    {CKM_RSA_PKCS, SIGNS, 2048, false, DIGEST_COUNT, CARD_PKCS1,
        1, CARD_SIGN_INPUT_MAX},
    {CKM_SHA1_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA1, CARD_PKCS1, HASHED},
    {CKM_SHA224_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA224, CARD_PKCS1, HASHED},
    {CKM_SHA256_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA256, CARD_PKCS1, HASHED},
    {CKM_SHA384_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA384, CARD_PKCS1, HASHED},
    {CKM_SHA512_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA512, CARD_PKCS1, HASHED},
    {CKM_RSA_PKCS_PSS, SIGNS, 2048, false, DIGEST_COUNT, CARD_PSS,
        PSS_HASH, PSS_HASH},
    {CKM_SHA256_RSA_PKCS_PSS, SIGNS, 2048, true, DIGEST_SHA256, CARD_PSS,
        HASHED},
    {CKM_SHA_1, CKF_DIGEST, 0, true, DIGEST_SHA1, CARD_PKCS1, HASHED},
    {CKM_SHA224, CKF_DIGEST, 0, true, DIGEST_SHA224, CARD_PKCS1, HASHED},
    {CKM_SHA256, CKF_DIGEST, 0, true, DIGEST_SHA256, CARD_PKCS1, HASHED},
    {CKM_SHA384, CKF_DIGEST, 0, true, DIGEST_SHA384, CARD_PKCS1, HASHED},
    {CKM_SHA512, CKF_DIGEST, 0, true, DIGEST_SHA512, CARD_PKCS1, HASHED},
};
/* clang-format on */

#define MECHS (sizeof mechs / sizeof *mechs)

/* The row of TYPE, NULL when there is none on this card. */
static const struct mech *find(bool with_pss, CK_MECHANISM_TYPE type)
{
    size_t i;

    for (i = 0; i < MECHS; i++)
        if (mechs[i].type == type)
            return mechs[i].padding == CARD_PSS && !with_pss ? NULL : &mechs[i];
    return NULL;
}

bool mech_is_pss(CK_MECHANISM_TYPE type)
{
    const struct mech *mech = find(true, type);

    return mech && mech->padding == CARD_PSS;
}

CK_RV mech_list(bool with_pss, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    CK_MECHANISM_TYPE types[MECHS];
    size_t found = 0, i;
    bool go;
    CK_RV rv;

    for (i = 0; i < MECHS; i++)
        if (find(with_pss, mechs[i].type))
            types[found++] = mechs[i].type;
    rv = out_begin(list, count, found, &go);
    for (i = 0; go && i < found; i++)
        list[i] = types[i];
    return rv;
}

CK_RV mech_info(
    bool with_pss, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *ret_info)
{
    const struct mech *mech = find(with_pss, type);

    if (!mech)
        return CKR_MECHANISM_INVALID;
    ret_info->ulMinKeySize = mech->key_bits;
    ret_info->ulMaxKeySize = mech->key_bits;
    ret_info->flags = mech->flags;
    return CKR_OK;
}

/* PSS wants its one set of parameters spelled out, the others want none. */
static bool parameter_fits(
    const struct mech *mech, const CK_MECHANISM *mechanism)
{
    const CK_RSA_PKCS_PSS_PARAMS *pss = mechanism->pParameter;

    if (mech->padding != CARD_PSS)
        return !mechanism->pParameter && mechanism->ulParameterLen == 0;
    return pss && mechanism->ulParameterLen == sizeof *pss &&
           pss->hashAlg == CKM_SHA256 && pss->mgf == CKG_MGF1_SHA256 &&
           pss->sLen == PSS_HASH;
}

CK_RV mech_find(bool with_pss, const CK_MECHANISM *mechanism, CK_FLAGS needs,
    const struct mech **ret_mech)
{
    const struct mech *mech;

    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    mech = find(with_pss, mechanism->mechanism);
    if (!mech || !(mech->flags & needs))
        return CKR_MECHANISM_INVALID;
    if (!parameter_fits(mech, mechanism))
        return CKR_MECHANISM_PARAM_INVALID;
    *ret_mech = mech;
    return CKR_OK;
}

size_t mech_of_keys(
    bool with_pss, CK_MECHANISM_TYPE ret_types[MECH_OF_KEYS_MAX])
{
    size_t found = 0, i;

    for (i = 0; i < MECHS && found < MECH_OF_KEYS_MAX; i++)
        if (mechs[i].key_bits > 0 && find(with_pss, mechs[i].type))
            ret_types[found++] = mechs[i].type;
    return found;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/mech.h"

#include "pkcs11/out.h"

#define SIGNS (CKF_HW | CKF_SIGN | CKF_VERIFY)

static const struct mech mechs[] = {
    {CKM_RSA_PKCS, SIGNS, 2048, false, DIGEST_COUNT},
    {CKM_SHA1_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA1},
    {CKM_SHA224_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA224},
    {CKM_SHA256_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA256},
    {CKM_SHA384_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA384},
    {CKM_SHA512_RSA_PKCS, SIGNS, 2048, true, DIGEST_SHA512},
    {CKM_SHA_1, CKF_DIGEST, 0, true, DIGEST_SHA1},
    {CKM_SHA224, CKF_DIGEST, 0, true, DIGEST_SHA224},
    {CKM_SHA256, CKF_DIGEST, 0, true, DIGEST_SHA256},
    {CKM_SHA384, CKF_DIGEST, 0, true, DIGEST_SHA384},
    {CKM_SHA512, CKF_DIGEST, 0, true, DIGEST_SHA512},
};

#define MECHS (sizeof mechs / sizeof *mechs)

static const struct mech *find(CK_MECHANISM_TYPE type)
{
    size_t i;

    for (i = 0; i < MECHS; i++)
        if (mechs[i].type == type)
            return &mechs[i];
    return NULL;
}

CK_RV mech_list(CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    size_t i;
    bool go;
    CK_RV rv = out_begin(list, count, MECHS, &go);

    for (i = 0; go && i < MECHS; i++)
        list[i] = mechs[i].type;
    return rv;
}

CK_RV mech_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *ret_info)
{
    const struct mech *mech = find(type);

    if (!mech)
        return CKR_MECHANISM_INVALID;
    ret_info->ulMinKeySize = mech->key_bits;
    ret_info->ulMaxKeySize = mech->key_bits;
    ret_info->flags = mech->flags;
    return CKR_OK;
}

CK_RV mech_find(
    const CK_MECHANISM *mechanism, CK_FLAGS needs, const struct mech **ret_mech)
{
    const struct mech *mech;

    if (!mechanism)
        return CKR_ARGUMENTS_BAD;
    mech = find(mechanism->mechanism);
    if (!mech || !(mech->flags & needs))
        return CKR_MECHANISM_INVALID;
    if (mechanism->pParameter || mechanism->ulParameterLen > 0)
        return CKR_MECHANISM_PARAM_INVALID;
    *ret_mech = mech;
    return CKR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "pkcs11/call.h"
#include "pkcs11/out.h"

/* The function lists and the three symbols that the module exports. */

#define EXPORT __attribute__((visibility("default")))

/* C_GetInfo: a program hears the version of the list that it called through. */
static CK_RV get_info(CK_INFO *info, CK_BYTE major, CK_BYTE minor)
{
    struct call call;
    CK_RV rv = call_enter(&call, "C_GetInfo");
    int version_major = 0, version_minor = 0;

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK) {
        (void)sscanf(JPKI_VERSION, "%d.%d", &version_major, &version_minor);
        memset(info, 0, sizeof *info);
        info->cryptokiVersion.major = major;
        info->cryptokiVersion.minor = minor;
        out_text(
            info->manufacturerID, sizeof info->manufacturerID, "jpki-pkcs11");
        out_text(info->libraryDescription, sizeof info->libraryDescription,
            "My Number Card (JPKI)");
        info->libraryVersion.major = (CK_BYTE)version_major;
        info->libraryVersion.minor = (CK_BYTE)version_minor;
    }
    return call_leave(&call, rv);
}

CK_RV C_GetInfo(CK_INFO *info)
{
    return get_info(info, 2, 40);
}

static CK_RV get_info_3_0(CK_INFO *info)
{
    return get_info(info, 3, 0);
}

/* clang-format off */
#define LIST_2_40(major, minor, get_info) \
    {{(major), (minor)}, \
    C_Initialize, C_Finalize, get_info, C_GetFunctionList, \
    C_GetSlotList, C_GetSlotInfo, C_GetTokenInfo, \
    C_GetMechanismList, C_GetMechanismInfo, \
    C_InitToken, C_InitPIN, C_SetPIN, \
    C_OpenSession, C_CloseSession, C_CloseAllSessions, C_GetSessionInfo, \
    C_GetOperationState, C_SetOperationState, C_Login, C_Logout, \
    C_CreateObject, C_CopyObject, C_DestroyObject, C_GetObjectSize, \
    C_GetAttributeValue, C_SetAttributeValue, \
    C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal, \
    C_EncryptInit, C_Encrypt, C_EncryptUpdate, C_EncryptFinal, \
    C_DecryptInit, C_Decrypt, C_DecryptUpdate, C_DecryptFinal, \
    C_DigestInit, C_Digest, C_DigestUpdate, C_DigestKey, C_DigestFinal, \
    C_SignInit, C_Sign, C_SignUpdate, C_SignFinal, \
    C_SignRecoverInit, C_SignRecover, \
    C_VerifyInit, C_Verify, C_VerifyUpdate, C_VerifyFinal, \
    C_VerifyRecoverInit, C_VerifyRecover, \
    C_DigestEncryptUpdate, C_DecryptDigestUpdate, \
    C_SignEncryptUpdate, C_DecryptVerifyUpdate, \
    C_GenerateKey, C_GenerateKeyPair, C_WrapKey, C_UnwrapKey, C_DeriveKey, \
    C_SeedRandom, C_GenerateRandom, C_GetFunctionStatus, C_CancelFunction, \
    C_WaitForSlotEvent}

static CK_FUNCTION_LIST list_2_40 = LIST_2_40(2, 40, C_GetInfo);

#define NAME(name, ...) name,
static struct cryptoki_list_3_0 list_3_0 = {
    LIST_2_40(3, 0, get_info_3_0),
    C_GetInterfaceList, C_GetInterface, C_LoginUser, C_SessionCancel,
    NOT_SUPPORTED_3_0(NAME)
};
/* clang-format on */

static char interface_name[] = "PKCS 11";

/*
 * The first is the default one (PKCS #11 3.0, 5.4.6). The name points to
 * CK_UTF8CHAR in the standard and to char in p11-kit 0.25.
 */
static CK_INTERFACE interfaces[] = {
    {(void *)interface_name, &list_3_0, 0},
    {(void *)interface_name, &list_2_40, 0},
};

#define INTERFACES (sizeof interfaces / sizeof *interfaces)

EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    if (!list)
        return CKR_ARGUMENTS_BAD;
    *list = &list_2_40;
    return CKR_OK;
}

EXPORT CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
    bool go;
    CK_RV rv = out_begin(list, count, INTERFACES, &go);

    if (go)
        memcpy(list, interfaces, sizeof interfaces);
    return rv;
}

EXPORT CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **interface, CK_FLAGS flags)
{
    size_t i;

    if (!interface)
        return CKR_ARGUMENTS_BAD;
    if (name && strcmp((const char *)name, interface_name) != 0)
        return CKR_ARGUMENTS_BAD;
    for (i = 0; i < INTERFACES; i++) {
        const CK_VERSION *has = interfaces[i].pFunctionList;
        if (version &&
            (version->major != has->major || version->minor != has->minor))
            continue;
        if ((flags & interfaces[i].flags) != flags)
            continue;
        *interface = &interfaces[i];
        return CKR_OK;
    }
    return CKR_ARGUMENTS_BAD;
}

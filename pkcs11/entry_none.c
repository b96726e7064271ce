/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"
#include "pkcs11/entry.h"

/*
 * The functions of 2.40 that a card which only signs has not. Each still
 * answers whether the module is initialised and, but for the two legacy ones,
 * whether the slot or session is one of ours.
 */

CK_RV entry_refuse(const char *name, CK_SESSION_HANDLE session, CK_RV rv)
{
    struct call call;
    CK_RV entered = call_enter_session(&call, name, session, NEED_NOTHING);

    return call_leave(&call, entered == CKR_OK ? rv : entered);
}

CK_RV C_InitToken(CK_SLOT_ID slot_id, unsigned char *pin, CK_ULONG pin_len,
    unsigned char *label)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_NOTHING);

    (void)pin;
    (void)pin_len;
    (void)label;
    return call_leave(&call, rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE session, CK_BYTE *pin, CK_ULONG pin_len)
{
    (void)pin;
    (void)pin_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_CreateObject(CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ,
    CK_ULONG count, CK_OBJECT_HANDLE *object)
{
    (void)templ;
    (void)count;
    (void)object;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_CopyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count, CK_OBJECT_HANDLE *new_object)
{
    (void)object;
    (void)templ;
    (void)count;
    (void)new_object;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    (void)object;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
    (void)object;
    (void)templ;
    (void)count;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_Encrypt(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *encrypted_data, CK_ULONG *encrypted_data_len)
{
    (void)data;
    (void)data_len;
    (void)encrypted_data;
    (void)encrypted_data_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
    CK_ULONG part_len, CK_BYTE *encrypted_part, CK_ULONG *encrypted_part_len)
{
    (void)part;
    (void)part_len;
    (void)encrypted_part;
    (void)encrypted_part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE session, CK_BYTE *last_encrypted_part,
    CK_ULONG *last_encrypted_part_len)
{
    (void)last_encrypted_part;
    (void)last_encrypted_part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE *encrypted_data,
    CK_ULONG encrypted_data_len, CK_BYTE *data, CK_ULONG *data_len)
{
    (void)encrypted_data;
    (void)encrypted_data_len;
    (void)data;
    (void)data_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *encrypted_part,
    CK_ULONG encrypted_part_len, CK_BYTE *part, CK_ULONG *part_len)
{
    (void)encrypted_part;
    (void)encrypted_part_len;
    (void)part;
    (void)part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptFinal(
    CK_SESSION_HANDLE session, CK_BYTE *last_part, CK_ULONG *last_part_len)
{
    (void)last_part;
    (void)last_part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignRecoverInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignRecover(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len)
{
    (void)data;
    (void)data_len;
    (void)signature;
    (void)signature_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyRecoverInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyRecover(CK_SESSION_HANDLE session, CK_BYTE *signature,
    CK_ULONG signature_len, CK_BYTE *data, CK_ULONG *data_len)
{
    (void)signature;
    (void)signature_len;
    (void)data;
    (void)data_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
    CK_ULONG part_len, CK_BYTE *encrypted_part, CK_ULONG *encrypted_part_len)
{
    (void)part;
    (void)part_len;
    (void)encrypted_part;
    (void)encrypted_part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE *encrypted_part,
    CK_ULONG encrypted_part_len, CK_BYTE *part, CK_ULONG *part_len)
{
    (void)encrypted_part;
    (void)encrypted_part_len;
    (void)part;
    (void)part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
    CK_ULONG part_len, CK_BYTE *encrypted_part, CK_ULONG *encrypted_part_len)
{
    (void)part;
    (void)part_len;
    (void)encrypted_part;
    (void)encrypted_part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE *encrypted_part,
    CK_ULONG encrypted_part_len, CK_BYTE *part, CK_ULONG *part_len)
{
    (void)encrypted_part;
    (void)encrypted_part_len;
    (void)part;
    (void)part_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_GenerateKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_ATTRIBUTE *templ, CK_ULONG count, CK_OBJECT_HANDLE *key)
{
    (void)mechanism;
    (void)templ;
    (void)count;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_ATTRIBUTE *public_key_template, CK_ULONG public_key_attribute_count,
    CK_ATTRIBUTE *private_key_template, CK_ULONG private_key_attribute_count,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    (void)mechanism;
    (void)public_key_template;
    (void)public_key_attribute_count;
    (void)private_key_template;
    (void)private_key_attribute_count;
    (void)public_key;
    (void)private_key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_WrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, CK_BYTE *wrapped_key,
    CK_ULONG *wrapped_key_len)
{
    (void)mechanism;
    (void)wrapping_key;
    (void)key;
    (void)wrapped_key;
    (void)wrapped_key_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_UnwrapKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE unwrapping_key, CK_BYTE *wrapped_key,
    CK_ULONG wrapped_key_len, CK_ATTRIBUTE *templ, CK_ULONG attribute_count,
    CK_OBJECT_HANDLE *key)
{
    (void)mechanism;
    (void)unwrapping_key;
    (void)wrapped_key;
    (void)wrapped_key_len;
    (void)templ;
    (void)attribute_count;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE base_key, CK_ATTRIBUTE *templ, CK_ULONG attribute_count,
    CK_OBJECT_HANDLE *key)
{
    (void)mechanism;
    (void)base_key;
    (void)templ;
    (void)attribute_count;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SeedRandom(CK_SESSION_HANDLE session, CK_BYTE *seed, CK_ULONG seed_len)
{
    (void)seed;
    (void)seed_len;
    return entry_refuse(__func__, session, CKR_RANDOM_NO_RNG);
}

CK_RV C_GenerateRandom(
    CK_SESSION_HANDLE session, CK_BYTE *random_data, CK_ULONG random_len)
{
    (void)random_data;
    (void)random_len;
    return entry_refuse(__func__, session, CKR_RANDOM_NO_RNG);
}

/* A legacy function: the session does not count (PKCS #11 3.0, 5.20). */
static CK_RV refuse_parallel(const char *name)
{
    struct call call;
    CK_RV rv = call_enter(&call, name);

    return call_leave(&call, rv == CKR_OK ? CKR_FUNCTION_NOT_PARALLEL : rv);
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
    (void)session;
    return refuse_parallel(__func__);
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE session)
{
    (void)session;
    return refuse_parallel(__func__);
}

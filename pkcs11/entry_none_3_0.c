/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/entry.h"

/* The functions for messages, which 3.0 adds and a card that signs has not. */

CK_RV C_MessageEncryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len,
    CK_BYTE *plaintext, CK_ULONG plaintext_len, CK_BYTE *ciphertext,
    CK_ULONG *ciphertext_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)associated;
    (void)associated_len;
    (void)plaintext;
    (void)plaintext_len;
    (void)ciphertext;
    (void)ciphertext_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)associated;
    (void)associated_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *plaintext, CK_ULONG plaintext_len,
    CK_BYTE *ciphertext, CK_ULONG *ciphertext_len, CK_FLAGS flags)
{
    (void)parameter;
    (void)parameter_len;
    (void)plaintext;
    (void)plaintext_len;
    (void)ciphertext;
    (void)ciphertext_len;
    (void)flags;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE session)
{
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageDecryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len,
    CK_BYTE *ciphertext, CK_ULONG ciphertext_len, CK_BYTE *plaintext,
    CK_ULONG *plaintext_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)associated;
    (void)associated_len;
    (void)ciphertext;
    (void)ciphertext_len;
    (void)plaintext;
    (void)plaintext_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)associated;
    (void)associated_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *ciphertext, CK_ULONG ciphertext_len,
    CK_BYTE *plaintext, CK_ULONG *plaintext_len, CK_FLAGS flags)
{
    (void)parameter;
    (void)parameter_len;
    (void)ciphertext;
    (void)ciphertext_len;
    (void)plaintext;
    (void)plaintext_len;
    (void)flags;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE session)
{
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageSignInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)data;
    (void)data_len;
    (void)signature;
    (void)signature_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessageBegin(
    CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len)
{
    (void)parameter;
    (void)parameter_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)data;
    (void)data_len;
    (void)signature;
    (void)signature_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageSignFinal(CK_SESSION_HANDLE session)
{
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageVerifyInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    (void)mechanism;
    (void)key;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG signature_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)data;
    (void)data_len;
    (void)signature;
    (void)signature_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessageBegin(
    CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len)
{
    (void)parameter;
    (void)parameter_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG signature_len)
{
    (void)parameter;
    (void)parameter_len;
    (void)data;
    (void)data_len;
    (void)signature;
    (void)signature_len;
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE session)
{
    return entry_refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_STUB_ROWS_H
#define PKCS11_STUB_ROWS_H

/*
 * The functions that a read-only card has not, each as X(NAME, PARAMETERS...),
 * those of 3.0 in the order of the function list. P_ are parameters that
 * several have.
 */

/* clang-format off */
#define P_SESSION CK_SESSION_HANDLE session
#define P_KEY_INIT P_SESSION, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key
#define P_IN CK_BYTE *in, CK_ULONG in_len
#define P_OUT CK_BYTE *out, CK_ULONG *out_len
#define P_TEMPLATE CK_ATTRIBUTE *templ, CK_ULONG count
#define P_MESSAGE P_SESSION, void *parameter, CK_ULONG parameter_len
#define P_ASSOCIATED CK_BYTE *associated, CK_ULONG associated_len
#define P_SIGNATURE CK_BYTE *signature, CK_ULONG signature_len

#define NOT_SUPPORTED_2_40(X) \
    X(C_InitPIN, P_SESSION, CK_BYTE *pin, CK_ULONG pin_len) \
    X(C_CreateObject, P_SESSION, P_TEMPLATE, CK_OBJECT_HANDLE *object) \
    X(C_CopyObject, P_SESSION, CK_OBJECT_HANDLE object, P_TEMPLATE, \
        CK_OBJECT_HANDLE *new_object) \
    X(C_DestroyObject, P_SESSION, CK_OBJECT_HANDLE object) \
    X(C_SetAttributeValue, P_SESSION, CK_OBJECT_HANDLE object, P_TEMPLATE) \
    X(C_EncryptInit, P_KEY_INIT) \
    X(C_Encrypt, P_SESSION, P_IN, P_OUT) \
    X(C_EncryptUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_EncryptFinal, P_SESSION, P_OUT) \
    X(C_DecryptInit, P_KEY_INIT) \
    X(C_Decrypt, P_SESSION, P_IN, P_OUT) \
    X(C_DecryptUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_DecryptFinal, P_SESSION, P_OUT) \
    X(C_SignRecoverInit, P_KEY_INIT) \
    X(C_SignRecover, P_SESSION, P_IN, P_OUT) \
    X(C_VerifyRecoverInit, P_KEY_INIT) \
    X(C_VerifyRecover, P_SESSION, P_IN, P_OUT) \
    X(C_DigestEncryptUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_DecryptDigestUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_SignEncryptUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_DecryptVerifyUpdate, P_SESSION, P_IN, P_OUT) \
    X(C_GenerateKey, P_SESSION, CK_MECHANISM *mechanism, P_TEMPLATE, \
        CK_OBJECT_HANDLE *key) \
    X(C_GenerateKeyPair, P_SESSION, CK_MECHANISM *mechanism, \
        CK_ATTRIBUTE *public_templ, CK_ULONG public_count, \
        CK_ATTRIBUTE *private_templ, CK_ULONG private_count, \
        CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key) \
    X(C_WrapKey, P_SESSION, CK_MECHANISM *mechanism, \
        CK_OBJECT_HANDLE wrapping_key, CK_OBJECT_HANDLE key, P_OUT) \
    X(C_UnwrapKey, P_SESSION, CK_MECHANISM *mechanism, \
        CK_OBJECT_HANDLE unwrapping_key, P_IN, P_TEMPLATE, \
        CK_OBJECT_HANDLE *key) \
    X(C_DeriveKey, P_SESSION, CK_MECHANISM *mechanism, \
        CK_OBJECT_HANDLE base_key, P_TEMPLATE, CK_OBJECT_HANDLE *key)

#define NOT_SUPPORTED_3_0(X) \
    X(C_MessageEncryptInit, P_KEY_INIT) \
    X(C_EncryptMessage, P_MESSAGE, P_ASSOCIATED, P_IN, P_OUT) \
    X(C_EncryptMessageBegin, P_MESSAGE, P_ASSOCIATED) \
    X(C_EncryptMessageNext, P_MESSAGE, P_IN, P_OUT, CK_FLAGS flags) \
    X(C_MessageEncryptFinal, P_SESSION) \
    X(C_MessageDecryptInit, P_KEY_INIT) \
    X(C_DecryptMessage, P_MESSAGE, P_ASSOCIATED, P_IN, P_OUT) \
    X(C_DecryptMessageBegin, P_MESSAGE, P_ASSOCIATED) \
    X(C_DecryptMessageNext, P_MESSAGE, P_IN, P_OUT, CK_FLAGS flags) \
    X(C_MessageDecryptFinal, P_SESSION) \
    X(C_MessageSignInit, P_KEY_INIT) \
    X(C_SignMessage, P_MESSAGE, P_IN, P_OUT) \
    X(C_SignMessageBegin, P_MESSAGE) \
    X(C_SignMessageNext, P_MESSAGE, P_IN, P_OUT) \
    X(C_MessageSignFinal, P_SESSION) \
    X(C_MessageVerifyInit, P_KEY_INIT) \
    X(C_VerifyMessage, P_MESSAGE, P_IN, P_SIGNATURE) \
    X(C_VerifyMessageBegin, P_MESSAGE) \
    X(C_VerifyMessageNext, P_MESSAGE, P_IN, P_SIGNATURE) \
    X(C_MessageVerifyFinal, P_SESSION)

/* A card has random numbers, but no command for them. */
#define RANDOM_FUNCTIONS(X) \
    X(C_SeedRandom, P_SESSION, P_IN) \
    X(C_GenerateRandom, P_SESSION, CK_BYTE *out, CK_ULONG out_len)

/* Legacy functions, for which the session does not count (3.0, 5.20). */
#define LEGACY_FUNCTIONS(X) \
    X(C_GetFunctionStatus, P_SESSION) \
    X(C_CancelFunction, P_SESSION)
/* clang-format on */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_CRYPTOKI_H
#define PKCS11_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

/*
 * The names of PKCS #11 3.0 that p11-kit's header lacks while it describes 2.40
 * (OASIS PKCS #11 Base Specification 3.0, sections 3 and 5). The prototypes
 * stand here under any header, so that the list below is complete by itself.
 */
#if CRYPTOKI_VERSION_MAJOR < 3

typedef struct ck_interface {
    CK_UTF8CHAR *pInterfaceName;
    void *pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;

#define CKF_INTERFACE_FORK_SAFE (0x1UL)
#define CKF_FIND_OBJECTS (0x40UL)

#define CKO_PROFILE (0x9UL)
#define CKA_PROFILE_ID (0x601UL)
#define CKP_PUBLIC_CERTIFICATES_TOKEN (0x4UL)

#endif

#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID (0x4UL)
#endif
#ifndef CKP_BASELINE_PROVIDER
#define CKP_BASELINE_PROVIDER (0x1UL)
#endif

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **interface, CK_FLAGS flags);
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *username,
    CK_ULONG username_len);
CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags);

CK_RV C_MessageEncryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV C_EncryptMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len,
    CK_BYTE *plaintext, CK_ULONG plaintext_len, CK_BYTE *ciphertext,
    CK_ULONG *ciphertext_len);
CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len);
CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *plaintext, CK_ULONG plaintext_len,
    CK_BYTE *ciphertext, CK_ULONG *ciphertext_len, CK_FLAGS flags);
CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE session);

CK_RV C_MessageDecryptInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV C_DecryptMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len,
    CK_BYTE *ciphertext, CK_ULONG ciphertext_len, CK_BYTE *plaintext,
    CK_ULONG *plaintext_len);
CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *associated, CK_ULONG associated_len);
CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *ciphertext, CK_ULONG ciphertext_len,
    CK_BYTE *plaintext, CK_ULONG *plaintext_len, CK_FLAGS flags);
CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE session);

CK_RV C_MessageSignInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV C_SignMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len);
CK_RV C_SignMessageBegin(
    CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len);
CK_RV C_SignMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len);
CK_RV C_MessageSignFinal(CK_SESSION_HANDLE session);

CK_RV C_MessageVerifyInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
CK_RV C_VerifyMessage(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG signature_len);
CK_RV C_VerifyMessageBegin(
    CK_SESSION_HANDLE session, void *parameter, CK_ULONG parameter_len);
CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE session, void *parameter,
    CK_ULONG parameter_len, CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG signature_len);
CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE session);

/*
 * CK_FUNCTION_LIST_3_0: the list of 2.40, and after it what 3.0 adds. Written
 * as one struct inside another, so that the older part is filled in once.
 */
struct cryptoki_list_3_0 {
    CK_FUNCTION_LIST base;
    __typeof__(&C_GetInterfaceList) C_GetInterfaceList;
    __typeof__(&C_GetInterface) C_GetInterface;
    __typeof__(&C_LoginUser) C_LoginUser;
    __typeof__(&C_SessionCancel) C_SessionCancel;
    __typeof__(&C_MessageEncryptInit) C_MessageEncryptInit;
    __typeof__(&C_EncryptMessage) C_EncryptMessage;
    __typeof__(&C_EncryptMessageBegin) C_EncryptMessageBegin;
    __typeof__(&C_EncryptMessageNext) C_EncryptMessageNext;
    __typeof__(&C_MessageEncryptFinal) C_MessageEncryptFinal;
    __typeof__(&C_MessageDecryptInit) C_MessageDecryptInit;
    __typeof__(&C_DecryptMessage) C_DecryptMessage;
    __typeof__(&C_DecryptMessageBegin) C_DecryptMessageBegin;
    __typeof__(&C_DecryptMessageNext) C_DecryptMessageNext;
    __typeof__(&C_MessageDecryptFinal) C_MessageDecryptFinal;
    __typeof__(&C_MessageSignInit) C_MessageSignInit;
    __typeof__(&C_SignMessage) C_SignMessage;
    __typeof__(&C_SignMessageBegin) C_SignMessageBegin;
    __typeof__(&C_SignMessageNext) C_SignMessageNext;
    __typeof__(&C_MessageSignFinal) C_MessageSignFinal;
    __typeof__(&C_MessageVerifyInit) C_MessageVerifyInit;
    __typeof__(&C_VerifyMessage) C_VerifyMessage;
    __typeof__(&C_VerifyMessageBegin) C_VerifyMessageBegin;
    __typeof__(&C_VerifyMessageNext) C_VerifyMessageNext;
    __typeof__(&C_MessageVerifyFinal) C_MessageVerifyFinal;
};

#endif

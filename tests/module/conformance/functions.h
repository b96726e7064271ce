/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CONFORMANCE_FUNCTIONS_H
#define TESTS_MODULE_CONFORMANCE_FUNCTIONS_H

#include "pkcs11/cryptoki.h"

/* The functions of Cryptoki in the order of the lists. */

/* clang-format off */
#define FUNCTIONS_2_40(X) \
    X(C_Initialize) X(C_Finalize) X(C_GetInfo) X(C_GetFunctionList) \
    X(C_GetSlotList) X(C_GetSlotInfo) X(C_GetTokenInfo) \
    X(C_GetMechanismList) X(C_GetMechanismInfo) \
    X(C_InitToken) X(C_InitPIN) X(C_SetPIN) \
    X(C_OpenSession) X(C_CloseSession) X(C_CloseAllSessions) \
    X(C_GetSessionInfo) X(C_GetOperationState) X(C_SetOperationState) \
    X(C_Login) X(C_Logout) \
    X(C_CreateObject) X(C_CopyObject) X(C_DestroyObject) X(C_GetObjectSize) \
    X(C_GetAttributeValue) X(C_SetAttributeValue) \
    X(C_FindObjectsInit) X(C_FindObjects) X(C_FindObjectsFinal) \
    X(C_EncryptInit) X(C_Encrypt) X(C_EncryptUpdate) X(C_EncryptFinal) \
    X(C_DecryptInit) X(C_Decrypt) X(C_DecryptUpdate) X(C_DecryptFinal) \
    X(C_DigestInit) X(C_Digest) X(C_DigestUpdate) X(C_DigestKey) \
    X(C_DigestFinal) \
    X(C_SignInit) X(C_Sign) X(C_SignUpdate) X(C_SignFinal) \
    X(C_SignRecoverInit) X(C_SignRecover) \
    X(C_VerifyInit) X(C_Verify) X(C_VerifyUpdate) X(C_VerifyFinal) \
    X(C_VerifyRecoverInit) X(C_VerifyRecover) \
    X(C_DigestEncryptUpdate) X(C_DecryptDigestUpdate) \
    X(C_SignEncryptUpdate) X(C_DecryptVerifyUpdate) \
    X(C_GenerateKey) X(C_GenerateKeyPair) \
    X(C_WrapKey) X(C_UnwrapKey) X(C_DeriveKey) \
    X(C_SeedRandom) X(C_GenerateRandom) \
    X(C_GetFunctionStatus) X(C_CancelFunction) X(C_WaitForSlotEvent)

#define FUNCTIONS_3_0(X) \
    X(C_GetInterfaceList) X(C_GetInterface) X(C_LoginUser) X(C_SessionCancel) \
    X(C_MessageEncryptInit) X(C_EncryptMessage) X(C_EncryptMessageBegin) \
    X(C_EncryptMessageNext) X(C_MessageEncryptFinal) \
    X(C_MessageDecryptInit) X(C_DecryptMessage) X(C_DecryptMessageBegin) \
    X(C_DecryptMessageNext) X(C_MessageDecryptFinal) \
    X(C_MessageSignInit) X(C_SignMessage) X(C_SignMessageBegin) \
    X(C_SignMessageNext) X(C_MessageSignFinal) \
    X(C_MessageVerifyInit) X(C_VerifyMessage) X(C_VerifyMessageBegin) \
    X(C_VerifyMessageNext) X(C_MessageVerifyFinal)

#define FUNCTION_NUMBER(name) F_##name,

enum function {
    FUNCTIONS_2_40(FUNCTION_NUMBER)
    FIRST_OF_3_0,
    BEFORE_3_0 = FIRST_OF_3_0 - 1, /* the next is FIRST_OF_3_0 again */
    FUNCTIONS_3_0(FUNCTION_NUMBER)
    FUNCTIONS,
};
/* clang-format on */

/* What an argument is: a literal number, NULL, or something of the desk. */
enum token {
    END, /* of the arguments */
    NUMBER,
    NIL,
    SOMETHING, /* a pointer to bytes of no meaning */
    /* Handles and slots. */
    SLOT,
    SESSION,
    CLOSED,        /* a session that is no more */
    OTHER_SESSION, /* on the other slot */
    KEY,           /* the private key */
    PUBLIC_KEY,
    CERTIFICATE,
    STATUS_OBJECT,
    OTHER_CERTIFICATE, /* of the other slot */
    /* Inputs. */
    INIT_ARGS,
    MECHANISM,
    DIGEST_MECHANISM,
    DATA,
    SIGNATURE,
    PIN,
    PIN_LEN,
    NEW_PIN,
    NEW_PIN_LEN,
    TEMPLATE,
    VERSION,
    INTERFACE_NAME,
    /* In and out. */
    ATTRIBUTE,      /* with room for the value */
    ATTRIBUTE_SIZE, /* with NULL for it */
    /* Outputs. */
    INFO,        /* a struct */
    OUT,         /* bytes */
    OUT_NUMBERS, /* slot ids, mechanisms, handles */
    OUT_INTERFACES,
    OUT_LENGTH, /* of the three before; says what room there is */
    OUT_NUMBER, /* one CK_ULONG */
    OUT_POINTER,
    TOKENS,
};

struct value {
    enum token token;
    CK_ULONG number;
};

union arg {
    CK_ULONG n;
    void *p;
};

#define ARGS_MAX 10

struct function_row {
    const char *name;
    CK_RV (*call)(CK_FUNCTION_LIST *list, const union arg *args);
    CK_RV off;     /* the answer before C_Initialize */
    CK_RV refusal; /* what a card that only signs says; CKR_OK: it can */
    /*
     * Which conditions apply, in the order of enum condition: '+', or a letter
     * of function_reasons why not.
     */
    const char *applies;
    /* Of a call that is good. */
    struct value args[ARGS_MAX];
};

extern const struct function_row function_rows[FUNCTIONS];

struct reason {
    char letter;
    const char *text;
};

extern const struct reason function_reasons[];
extern const size_t function_reasons_count;

#endif

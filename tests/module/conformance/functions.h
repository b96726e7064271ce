/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CONFORMANCE_FUNCTIONS_H
#define TESTS_MODULE_CONFORMANCE_FUNCTIONS_H

#include "pkcs11/cryptoki.h"

/*
 * The functions of Cryptoki in the order of the lists: whether the module has
 * it and what it answers otherwise, which conditions apply in the order of enum
 * condition ('+', or a letter of function_reasons why not), the call, and the
 * arguments of a good one. functions.c has the words; a SHAPE is the last three
 * for all that take the same arguments.
 */

/* clang-format off */
#define FUNCTIONS_2_40(X) \
    X(C_Initialize, FREE, "+++hioooo+k++", (P(0)), (I(INIT_ARGS))) \
    X(C_Finalize, HAS, "+n+hioooowk++", (P(0)), (I(NIL))) \
    X(C_GetInfo, HAS, "++mhioooowka+", (P(0)), (I(INFO))) \
    X(C_GetFunctionList, FREE, "++mhioooowka+", (P(0)), (I(OUT_POINTER))) \
    X(C_GetSlotList, HAS, "+++hi++++wka+", ((CK_BBOOL)N(0), P(1), P(2)), \
        (LIT(CK_FALSE), I(OUT_NUMBERS), I(OUT_LENGTH))) \
    X(C_GetSlotInfo, HAS, "++mh+oooowka+", (N(0), P(1)), (I(SLOT), I(INFO))) \
    X(C_GetTokenInfo, HAS, "++mh+oooo+ka+", (N(0), P(1)), (I(SLOT), I(INFO))) \
    X(C_GetMechanismList, HAS, "+++h++++++ka+", (N(0), P(1), P(2)), (I(SLOT), \
        I(OUT_NUMBERS), I(OUT_LENGTH))) \
    X(C_GetMechanismInfo, HAS, "++mh+oooo+k++", (N(0), N(1), P(2)), (I(SLOT), \
        LIT(CKM_RSA_PKCS), I(INFO))) \
    X(C_InitToken, NOT_SUPPORTED, "++rh+oooor+rr", (N(0), P(1), N(2), P(3)), \
        (I(SLOT), I(PIN), I(PIN_LEN), I(DATA))) \
    X(C_InitPIN, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), N(2)), \
        (I(SESSION), I(PIN), I(PIN_LEN))) \
    X(C_SetPIN, HAS, "++m+ioooo+k++", (N(0), P(1), N(2), P(3), N(4)), \
        (I(SESSION), I(PIN), I(PIN_LEN), I(NEW_PIN), I(NEW_PIN_LEN))) \
    X(C_OpenSession, HAS, "+++h+oooo+k++", (N(0), N(1), P(2), NULL, \
        P(4)), (I(SLOT), LIT(CKF_SERIAL_SESSION), I(NIL), I(NIL), \
        I(OUT_NUMBER))) \
    X(C_CloseSession, HAS, "+pp+ioooowka+", (N(0)), (I(SESSION))) \
    X(C_CloseAllSessions, HAS, "+pph+oooowka+", (N(0)), (I(SLOT))) \
    X(C_GetSessionInfo, HAS, "++m+ioooowka+", (N(0), P(1)), (I(SESSION), \
        I(INFO))) \
    X(C_GetOperationState, HAS, "++x+i+xxx+kax", (N(0), P(1), P(2)), \
        (I(SESSION), I(OUT), I(OUT_LENGTH))) \
    X(C_SetOperationState, HAS, "++m+ioooowk+x", (N(0), P(1), N(2), N(3), \
        N(4)), (I(SESSION), I(DATA), LIT(32), LIT(0), LIT(0))) \
    X(C_Login, HAS, "++m+ioooo+k++", (N(0), N(1), P(2), N(3)), (I(SESSION), \
        LIT(CKU_USER), I(PIN), I(PIN_LEN))) \
    X(C_Logout, HAS, "+pp+ioooo+ka+", (N(0)), (I(SESSION))) \
    X(C_CreateObject, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), N(2), \
        P(3)), (I(SESSION), I(TEMPLATE), LIT(1), I(OUT_NUMBER))) \
    X(C_CopyObject, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), N(1), P(2), N(3), \
        P(4)), (I(SESSION), I(CERTIFICATE), I(TEMPLATE), LIT(1), \
        I(OUT_NUMBER))) \
    X(C_DestroyObject, NOT_SUPPORTED, "+pp+ioooor+rr", (N(0), N(1)), \
        (I(SESSION), I(CERTIFICATE))) \
    X(C_GetObjectSize, HAS, "++m+ioooowka+", (N(0), N(1), P(2)), (I(SESSION), \
        I(CERTIFICATE), I(OUT_NUMBER))) \
    X(C_GetAttributeValue, HAS, "++++i++++wk++", (N(0), N(1), P(2), N(3)), \
        (I(SESSION), I(CERTIFICATE), I(ATTRIBUTE), LIT(1))) \
    X(C_SetAttributeValue, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), N(1), P(2), \
        N(3)), (I(SESSION), I(CERTIFICATE), I(TEMPLATE), LIT(1))) \
    X(C_FindObjectsInit, HAS, "++++ioooo+ka+", (N(0), P(1), N(2)), \
        (I(SESSION), I(TEMPLATE), LIT(1))) \
    X(C_FindObjects, HAS, "++++io++++ka+", (N(0), P(1), N(2), P(3)), \
        (I(SESSION), I(OUT_NUMBERS), LIT(16), I(OUT_LENGTH))) \
    X(C_FindObjectsFinal, HAS, "+pp+ioooo+ka+", (N(0)), (I(SESSION))) \
    X(C_EncryptInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_Encrypt, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_EncryptUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_EncryptFinal, NOT_SUPPORTED, FINAL_SHAPE) \
    X(C_DecryptInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_Decrypt, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_DecryptUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_DecryptFinal, NOT_SUPPORTED, FINAL_SHAPE) \
    X(C_DigestInit, HAS, "+n++ioooo+k++", (N(0), P(1)), (I(SESSION), \
        I(DIGEST_MECHANISM))) \
    X(C_Digest, HAS, "++++i+++++ka+", (N(0), P(1), N(2), P(3), P(4)), \
        (I(SESSION), I(DATA), LIT(32), I(OUT), I(OUT_LENGTH))) \
    X(C_DigestUpdate, HAS, "++++ioooo+ka+", (N(0), P(1), N(2)), (I(SESSION), \
        I(DATA), LIT(32))) \
    X(C_DigestKey, HAS, "+pp+ioooo+k+x", (N(0), N(1)), (I(SESSION), I(KEY))) \
    X(C_DigestFinal, HAS, "++++i+++++ka+", (N(0), P(1), P(2)), (I(SESSION), \
        I(OUT), I(OUT_LENGTH))) \
    X(C_SignInit, HAS, "+n++ioooo+k++", (N(0), P(1), N(2)), (I(SESSION), \
        I(MECHANISM), I(KEY))) \
    X(C_Sign, HAS, "++++i+++++k++", (N(0), P(1), N(2), P(3), P(4)), \
        (I(SESSION), I(DATA), LIT(32), I(OUT), I(OUT_LENGTH))) \
    X(C_SignUpdate, HAS, "++++ioooo+k++", (N(0), P(1), N(2)), (I(SESSION), \
        I(DATA), LIT(32))) \
    X(C_SignFinal, HAS, "++++i+++++k++", (N(0), P(1), P(2)), (I(SESSION), \
        I(OUT), I(OUT_LENGTH))) \
    X(C_SignRecoverInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_SignRecover, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_VerifyInit, HAS, "+n++ioooo+k++", (N(0), P(1), N(2)), (I(SESSION), \
        I(MECHANISM), I(PUBLIC_KEY))) \
    X(C_Verify, HAS, "++++ioooo+k++", (N(0), P(1), N(2), P(3), N(4)), \
        (I(SESSION), I(DATA), LIT(32), I(SIGNATURE), LIT(SIGNATURE_SIZE))) \
    X(C_VerifyUpdate, HAS, "++++ioooo+k++", (N(0), P(1), N(2)), (I(SESSION), \
        I(DATA), LIT(32))) \
    X(C_VerifyFinal, HAS, "++m+ioooo+k++", (N(0), P(1), N(2)), (I(SESSION), \
        I(SIGNATURE), LIT(SIGNATURE_SIZE))) \
    X(C_VerifyRecoverInit, NOT_SUPPORTED, VERIFY_INIT_SHAPE) \
    X(C_VerifyRecover, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_DigestEncryptUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_DecryptDigestUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_SignEncryptUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_DecryptVerifyUpdate, NOT_SUPPORTED, CRYPT_SHAPE) \
    X(C_GenerateKey, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), P(2), N(3), \
        P(4)), (I(SESSION), I(MECHANISM), I(TEMPLATE), LIT(1), I(OUT_NUMBER))) \
    X(C_GenerateKeyPair, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), P(2), \
        N(3), P(4), N(5), P(6), P(7)), (I(SESSION), I(MECHANISM), I(TEMPLATE), \
        LIT(1), I(TEMPLATE), LIT(1), I(OUT_NUMBER), I(OUT_NUMBER))) \
    X(C_WrapKey, NOT_SUPPORTED, "++r+irrrrr+rr", (N(0), P(1), N(2), N(3), \
        P(4), P(5)), (I(SESSION), I(MECHANISM), I(PUBLIC_KEY), I(KEY), I(OUT), \
        I(OUT_LENGTH))) \
    X(C_UnwrapKey, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), N(2), P(3), \
        N(4), P(5), N(6), P(7)), (I(SESSION), I(MECHANISM), I(KEY), I(DATA), \
        LIT(32), I(TEMPLATE), LIT(1), I(OUT_NUMBER))) \
    X(C_DeriveKey, NOT_SUPPORTED, "++r+ioooor+rr", (N(0), P(1), N(2), P(3), \
        N(4), P(5)), (I(SESSION), I(MECHANISM), I(KEY), I(TEMPLATE), LIT(1), \
        I(OUT_NUMBER))) \
    X(C_SeedRandom, NO_RNG, "++r+ioooor+rr", (N(0), P(1), N(2)), (I(SESSION), \
        I(DATA), LIT(32))) \
    X(C_GenerateRandom, NO_RNG, "++r+ioooor+rr", (N(0), P(1), N(2)), \
        (I(SESSION), I(OUT), LIT(32))) \
    X(C_GetFunctionStatus, NOT_PARALLEL, SESSION_SHAPE) \
    X(C_CancelFunction, NOT_PARALLEL, SESSION_SHAPE) \
    X(C_WaitForSlotEvent, HAS, "+++hioooowk++", (N(0), P(1), P(2)), \
        (LIT(CKF_DONT_BLOCK), I(OUT_NUMBER), I(NIL)))

#define FUNCTIONS_3_0(X) \
    X(C_GetInterfaceList, FREE, "+++hi++++wka+", (P(0), P(1)), \
        (I(OUT_INTERFACES), I(OUT_LENGTH))) \
    X(C_GetInterface, FREE, "+++hioooowk++", (P(0), P(1), P(2), N(3)), \
        (I(INTERFACE_NAME), I(VERSION), I(OUT_POINTER), LIT(0))) \
    X(C_LoginUser, HAS, "++++ioooo+k++", (N(0), N(1), P(2), N(3), P(4), N(5)), \
        (I(SESSION), LIT(CKU_USER), I(PIN), I(PIN_LEN), I(NIL), LIT(0))) \
    X(C_SessionCancel, HAS, "+pp+ioooo+k++", (N(0), N(1)), (I(SESSION), \
        LIT(CKF_SIGN))) \
    X(C_MessageEncryptInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_EncryptMessage, NOT_SUPPORTED, MESSAGE_SHAPE) \
    X(C_EncryptMessageBegin, NOT_SUPPORTED, MESSAGE_BEGIN_SHAPE) \
    X(C_EncryptMessageNext, NOT_SUPPORTED, MESSAGE_NEXT_SHAPE) \
    X(C_MessageEncryptFinal, NOT_SUPPORTED, SESSION_SHAPE) \
    X(C_MessageDecryptInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_DecryptMessage, NOT_SUPPORTED, MESSAGE_SHAPE) \
    X(C_DecryptMessageBegin, NOT_SUPPORTED, MESSAGE_BEGIN_SHAPE) \
    X(C_DecryptMessageNext, NOT_SUPPORTED, MESSAGE_NEXT_SHAPE) \
    X(C_MessageDecryptFinal, NOT_SUPPORTED, SESSION_SHAPE) \
    X(C_MessageSignInit, NOT_SUPPORTED, INIT_SHAPE) \
    X(C_SignMessage, NOT_SUPPORTED, SIGN_MESSAGE_SHAPE) \
    X(C_SignMessageBegin, NOT_SUPPORTED, PARAMETER_SHAPE) \
    X(C_SignMessageNext, NOT_SUPPORTED, SIGN_MESSAGE_SHAPE) \
    X(C_MessageSignFinal, NOT_SUPPORTED, SESSION_SHAPE) \
    X(C_MessageVerifyInit, NOT_SUPPORTED, VERIFY_INIT_SHAPE) \
    X(C_VerifyMessage, NOT_SUPPORTED, VERIFY_MESSAGE_SHAPE) \
    X(C_VerifyMessageBegin, NOT_SUPPORTED, PARAMETER_SHAPE) \
    X(C_VerifyMessageNext, NOT_SUPPORTED, VERIFY_MESSAGE_SHAPE) \
    X(C_MessageVerifyFinal, NOT_SUPPORTED, SESSION_SHAPE)

#define FUNCTION_NUMBER(name, ...) F_##name,

enum function {
    FUNCTIONS_2_40(FUNCTION_NUMBER)
    FIRST_OF_3_0,
    BEFORE_3_0 = FIRST_OF_3_0 - 1, /* the next is FIRST_OF_3_0 again */
    FUNCTIONS_3_0(FUNCTION_NUMBER)
    FUNCTIONS,
};
/* clang-format on */

/* What an argument is: a literal number, NULL, or something of the fixture. */
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
    const char *applies;
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

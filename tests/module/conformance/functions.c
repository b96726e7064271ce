/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/functions.h"

#include "tests/module/support.h"

/* C_OpenSession may be given a callback, which is never called. */
static CK_RV notify(
    CK_SESSION_HANDLE session, CK_NOTIFICATION event, void *application)
{
    (void)session;
    (void)event;
    (void)application;
    return CKR_OK;
}

/* clang-format off */
#define N(i) args[i].n
#define P(i) args[i].p

#define CALL_2_40(name, ...) \
    static CK_RV call_##name(CK_FUNCTION_LIST *list, const union arg *args) \
    { \
        return list->name(__VA_ARGS__); \
    }
#define CALL_3_0(name, ...) \
    static CK_RV call_##name(CK_FUNCTION_LIST *list, const union arg *args) \
    { \
        return ((struct cryptoki_list_3_0 *)(void *)list)->name(__VA_ARGS__); \
    }

CALL_2_40(C_Initialize, P(0))
CALL_2_40(C_Finalize, P(0))
CALL_2_40(C_GetInfo, P(0))
CALL_2_40(C_GetFunctionList, P(0))
CALL_2_40(C_GetSlotList, (CK_BBOOL)N(0), P(1), P(2))
CALL_2_40(C_GetSlotInfo, N(0), P(1))
CALL_2_40(C_GetTokenInfo, N(0), P(1))
CALL_2_40(C_GetMechanismList, N(0), P(1), P(2))
CALL_2_40(C_GetMechanismInfo, N(0), N(1), P(2))
CALL_2_40(C_InitToken, N(0), P(1), N(2), P(3))
CALL_2_40(C_InitPIN, N(0), P(1), N(2))
CALL_2_40(C_SetPIN, N(0), P(1), N(2), P(3), N(4))
CALL_2_40(C_OpenSession, N(0), N(1), P(2), N(3) ? notify : NULL, P(4))
CALL_2_40(C_CloseSession, N(0))
CALL_2_40(C_CloseAllSessions, N(0))
CALL_2_40(C_GetSessionInfo, N(0), P(1))
CALL_2_40(C_GetOperationState, N(0), P(1), P(2))
CALL_2_40(C_SetOperationState, N(0), P(1), N(2), N(3), N(4))
CALL_2_40(C_Login, N(0), N(1), P(2), N(3))
CALL_2_40(C_Logout, N(0))
CALL_2_40(C_CreateObject, N(0), P(1), N(2), P(3))
CALL_2_40(C_CopyObject, N(0), N(1), P(2), N(3), P(4))
CALL_2_40(C_DestroyObject, N(0), N(1))
CALL_2_40(C_GetObjectSize, N(0), N(1), P(2))
CALL_2_40(C_GetAttributeValue, N(0), N(1), P(2), N(3))
CALL_2_40(C_SetAttributeValue, N(0), N(1), P(2), N(3))
CALL_2_40(C_FindObjectsInit, N(0), P(1), N(2))
CALL_2_40(C_FindObjects, N(0), P(1), N(2), P(3))
CALL_2_40(C_FindObjectsFinal, N(0))
CALL_2_40(C_EncryptInit, N(0), P(1), N(2))
CALL_2_40(C_Encrypt, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_EncryptUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_EncryptFinal, N(0), P(1), P(2))
CALL_2_40(C_DecryptInit, N(0), P(1), N(2))
CALL_2_40(C_Decrypt, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DecryptUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DecryptFinal, N(0), P(1), P(2))
CALL_2_40(C_DigestInit, N(0), P(1))
CALL_2_40(C_Digest, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DigestUpdate, N(0), P(1), N(2))
CALL_2_40(C_DigestKey, N(0), N(1))
CALL_2_40(C_DigestFinal, N(0), P(1), P(2))
CALL_2_40(C_SignInit, N(0), P(1), N(2))
CALL_2_40(C_Sign, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_SignUpdate, N(0), P(1), N(2))
CALL_2_40(C_SignFinal, N(0), P(1), P(2))
CALL_2_40(C_SignRecoverInit, N(0), P(1), N(2))
CALL_2_40(C_SignRecover, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_VerifyInit, N(0), P(1), N(2))
CALL_2_40(C_Verify, N(0), P(1), N(2), P(3), N(4))
CALL_2_40(C_VerifyUpdate, N(0), P(1), N(2))
CALL_2_40(C_VerifyFinal, N(0), P(1), N(2))
CALL_2_40(C_VerifyRecoverInit, N(0), P(1), N(2))
CALL_2_40(C_VerifyRecover, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DigestEncryptUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DecryptDigestUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_SignEncryptUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_DecryptVerifyUpdate, N(0), P(1), N(2), P(3), P(4))
CALL_2_40(C_GenerateKey, N(0), P(1), P(2), N(3), P(4))
CALL_2_40(C_GenerateKeyPair, N(0), P(1), P(2), N(3), P(4), N(5), P(6), P(7))
CALL_2_40(C_WrapKey, N(0), P(1), N(2), N(3), P(4), P(5))
CALL_2_40(C_UnwrapKey, N(0), P(1), N(2), P(3), N(4), P(5), N(6), P(7))
CALL_2_40(C_DeriveKey, N(0), P(1), N(2), P(3), N(4), P(5))
CALL_2_40(C_SeedRandom, N(0), P(1), N(2))
CALL_2_40(C_GenerateRandom, N(0), P(1), N(2))
CALL_2_40(C_GetFunctionStatus, N(0))
CALL_2_40(C_CancelFunction, N(0))
CALL_2_40(C_WaitForSlotEvent, N(0), P(1), P(2))
CALL_3_0(C_GetInterfaceList, P(0), P(1))
CALL_3_0(C_GetInterface, P(0), P(1), P(2), N(3))
CALL_3_0(C_LoginUser, N(0), N(1), P(2), N(3), P(4), N(5))
CALL_3_0(C_SessionCancel, N(0), N(1))
CALL_3_0(C_MessageEncryptInit, N(0), P(1), N(2))
CALL_3_0(C_EncryptMessage, N(0), P(1), N(2), P(3), N(4), P(5), N(6), P(7),
    P(8))
CALL_3_0(C_EncryptMessageBegin, N(0), P(1), N(2), P(3), N(4))
CALL_3_0(C_EncryptMessageNext, N(0), P(1), N(2), P(3), N(4), P(5), P(6), N(7))
CALL_3_0(C_MessageEncryptFinal, N(0))
CALL_3_0(C_MessageDecryptInit, N(0), P(1), N(2))
CALL_3_0(C_DecryptMessage, N(0), P(1), N(2), P(3), N(4), P(5), N(6), P(7),
    P(8))
CALL_3_0(C_DecryptMessageBegin, N(0), P(1), N(2), P(3), N(4))
CALL_3_0(C_DecryptMessageNext, N(0), P(1), N(2), P(3), N(4), P(5), P(6), N(7))
CALL_3_0(C_MessageDecryptFinal, N(0))
CALL_3_0(C_MessageSignInit, N(0), P(1), N(2))
CALL_3_0(C_SignMessage, N(0), P(1), N(2), P(3), N(4), P(5), P(6))
CALL_3_0(C_SignMessageBegin, N(0), P(1), N(2))
CALL_3_0(C_SignMessageNext, N(0), P(1), N(2), P(3), N(4), P(5), P(6))
CALL_3_0(C_MessageSignFinal, N(0))
CALL_3_0(C_MessageVerifyInit, N(0), P(1), N(2))
CALL_3_0(C_VerifyMessage, N(0), P(1), N(2), P(3), N(4), P(5), N(6))
CALL_3_0(C_VerifyMessageBegin, N(0), P(1), N(2))
CALL_3_0(C_VerifyMessageNext, N(0), P(1), N(2), P(3), N(4), P(5), N(6))
CALL_3_0(C_MessageVerifyFinal, N(0))

#undef N
#undef P

const struct reason function_reasons[] = {
    {'p', "takes no pointer"},
    {'m', "every pointer has to be given"},
    {'n', "every pointer may be NULL"},
    {'h', "takes no handle"},
    {'i', "takes no slot"},
    {'o', "gives nothing of variable length"},
    {'w', "answers alike in every state"},
    {'k', "the card has it"},
    {'r', "refused, whatever its arguments and the state are"},
    {'x', "never succeeds on this card"},
    {'a', "no other argument that could be wrong"},
};

const size_t function_reasons_count =
    sizeof function_reasons / sizeof *function_reasons;

#define NOT_SUPPORTED CKR_FUNCTION_NOT_SUPPORTED
#define NO_RNG CKR_RANDOM_NO_RNG
#define NOT_PARALLEL CKR_FUNCTION_NOT_PARALLEL
#define OFF_RV CKR_CRYPTOKI_NOT_INITIALIZED

#define ENTRY(name, applies, off, refusal, ...) \
    [F_##name] = {#name, call_##name, off, refusal, applies, {__VA_ARGS__}}
/* That may be called before C_Initialize. */
#define FREE(name, applies, ...) \
    ENTRY(name, applies, CKR_OK, CKR_OK, __VA_ARGS__)
#define HAS(name, applies, ...) \
    ENTRY(name, applies, OFF_RV, CKR_OK, __VA_ARGS__)
/* That a card which only signs refuses. */
#define LACKS(name, applies, refusal, ...) \
    ENTRY(name, applies, OFF_RV, refusal, __VA_ARGS__)
#define I(token) {token, 0}
#define N(number) {NUMBER, (number)}

/*
 * In the order of enum condition: uninitialised, NULL illegal, NULL legal, bad
 * handle, bad slot, size query, too small, exact, oversize, wrong state,
 * unsupported, bad argument, succeeds.
 */
const struct function_row function_rows[FUNCTIONS] = {
    FREE(C_Initialize, "+++hioooo+k++", I(INIT_ARGS)),
    HAS(C_Finalize, "+n+hioooowk++", I(NIL)),
    HAS(C_GetInfo, "++mhioooowka+", I(INFO)),
    FREE(C_GetFunctionList, "++mhioooowka+", I(OUT_POINTER)),
    HAS(C_GetSlotList, "+++hi++++wka+", N(CK_FALSE), I(OUT_NUMBERS),
        I(OUT_LENGTH)),
    HAS(C_GetSlotInfo, "++mh+oooowka+", I(SLOT), I(INFO)),
    HAS(C_GetTokenInfo, "++mh+oooo+ka+", I(SLOT), I(INFO)),
    HAS(C_GetMechanismList, "+++h++++++ka+", I(SLOT), I(OUT_NUMBERS),
        I(OUT_LENGTH)),
    HAS(C_GetMechanismInfo, "++mh+oooo+k++", I(SLOT), N(CKM_RSA_PKCS),
        I(INFO)),
    LACKS(C_InitToken, "++rh+oooor+rr", NOT_SUPPORTED, I(SLOT), I(PIN),
        I(PIN_LEN), I(DATA)),
    LACKS(C_InitPIN, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION), I(PIN),
        I(PIN_LEN)),
    HAS(C_SetPIN, "++m+ioooo+k++", I(SESSION), I(PIN), I(PIN_LEN), I(NEW_PIN),
        I(NEW_PIN_LEN)),
    HAS(C_OpenSession, "+++h+oooo+k++", I(SLOT), N(CKF_SERIAL_SESSION), I(NIL),
        I(NIL), I(OUT_NUMBER)),
    HAS(C_CloseSession, "+pp+ioooowka+", I(SESSION)),
    HAS(C_CloseAllSessions, "+pph+oooowka+", I(SLOT)),
    HAS(C_GetSessionInfo, "++m+ioooowka+", I(SESSION), I(INFO)),
    HAS(C_GetOperationState, "++x+i+xxx+kax", I(SESSION), I(OUT),
        I(OUT_LENGTH)),
    HAS(C_SetOperationState, "++m+ioooowk+x", I(SESSION), I(DATA), N(32), N(0),
        N(0)),
    HAS(C_Login, "++m+ioooo+k++", I(SESSION), N(CKU_USER), I(PIN), I(PIN_LEN)),
    HAS(C_Logout, "+pp+ioooo+ka+", I(SESSION)),
    LACKS(C_CreateObject, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(TEMPLATE), N(1), I(OUT_NUMBER)),
    LACKS(C_CopyObject, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(CERTIFICATE), I(TEMPLATE), N(1), I(OUT_NUMBER)),
    LACKS(C_DestroyObject, "+pp+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(CERTIFICATE)),
    HAS(C_GetObjectSize, "++m+ioooowka+", I(SESSION), I(CERTIFICATE),
        I(OUT_NUMBER)),
    HAS(C_GetAttributeValue, "++++i++++wk++", I(SESSION), I(CERTIFICATE),
        I(ATTRIBUTE), N(1)),
    LACKS(C_SetAttributeValue, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(CERTIFICATE), I(TEMPLATE), N(1)),
    HAS(C_FindObjectsInit, "++++ioooo+ka+", I(SESSION), I(TEMPLATE), N(1)),
    HAS(C_FindObjects, "++++io++++ka+", I(SESSION), I(OUT_NUMBERS), N(16),
        I(OUT_LENGTH)),
    HAS(C_FindObjectsFinal, "+pp+ioooo+ka+", I(SESSION)),
    LACKS(C_EncryptInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_Encrypt, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_EncryptUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_EncryptFinal, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(OUT),
        I(OUT_LENGTH)),
    LACKS(C_DecryptInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_Decrypt, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_DecryptUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_DecryptFinal, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(OUT),
        I(OUT_LENGTH)),
    HAS(C_DigestInit, "+n++ioooo+k++", I(SESSION), I(DIGEST_MECHANISM)),
    HAS(C_Digest, "++++i+++++ka+", I(SESSION), I(DATA), N(32), I(OUT),
        I(OUT_LENGTH)),
    HAS(C_DigestUpdate, "++++ioooo+ka+", I(SESSION), I(DATA), N(32)),
    HAS(C_DigestKey, "+pp+ioooo+k+x", I(SESSION), I(KEY)),
    HAS(C_DigestFinal, "++++i+++++ka+", I(SESSION), I(OUT), I(OUT_LENGTH)),
    HAS(C_SignInit, "+n++ioooo+k++", I(SESSION), I(MECHANISM), I(KEY)),
    HAS(C_Sign, "++++i+++++k++", I(SESSION), I(DATA), N(32), I(OUT),
        I(OUT_LENGTH)),
    HAS(C_SignUpdate, "++++ioooo+k++", I(SESSION), I(DATA), N(32)),
    HAS(C_SignFinal, "++++i+++++k++", I(SESSION), I(OUT), I(OUT_LENGTH)),
    LACKS(C_SignRecoverInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_SignRecover, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    HAS(C_VerifyInit, "+n++ioooo+k++", I(SESSION), I(MECHANISM),
        I(PUBLIC_KEY)),
    HAS(C_Verify, "++++ioooo+k++", I(SESSION), I(DATA), N(32), I(SIGNATURE),
        N(SIGNATURE_SIZE)),
    HAS(C_VerifyUpdate, "++++ioooo+k++", I(SESSION), I(DATA), N(32)),
    HAS(C_VerifyFinal, "++m+ioooo+k++", I(SESSION), I(SIGNATURE),
        N(SIGNATURE_SIZE)),
    LACKS(C_VerifyRecoverInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(PUBLIC_KEY)),
    LACKS(C_VerifyRecover, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(DATA),
        N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_DigestEncryptUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_DecryptDigestUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_SignEncryptUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_DecryptVerifyUpdate, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_GenerateKey, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(TEMPLATE), N(1), I(OUT_NUMBER)),
    LACKS(C_GenerateKeyPair, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(TEMPLATE), N(1), I(TEMPLATE), N(1), I(OUT_NUMBER),
        I(OUT_NUMBER)),
    LACKS(C_WrapKey, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION), I(MECHANISM),
        I(PUBLIC_KEY), I(KEY), I(OUT), I(OUT_LENGTH)),
    LACKS(C_UnwrapKey, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY), I(DATA), N(32), I(TEMPLATE), N(1),
        I(OUT_NUMBER)),
    LACKS(C_DeriveKey, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY), I(TEMPLATE), N(1), I(OUT_NUMBER)),
    LACKS(C_SeedRandom, "++r+ioooor+rr", NO_RNG, I(SESSION), I(DATA), N(32)),
    LACKS(C_GenerateRandom, "++r+ioooor+rr", NO_RNG, I(SESSION), I(OUT),
        N(32)),
    LACKS(C_GetFunctionStatus, "+pp+ioooor+rr", NOT_PARALLEL, I(SESSION)),
    LACKS(C_CancelFunction, "+pp+ioooor+rr", NOT_PARALLEL, I(SESSION)),
    HAS(C_WaitForSlotEvent, "+++hioooowk++", N(CKF_DONT_BLOCK), I(OUT_NUMBER),
        I(NIL)),
    FREE(C_GetInterfaceList, "+++hi++++wka+", I(OUT_INTERFACES),
        I(OUT_LENGTH)),
    FREE(C_GetInterface, "+++hioooowk++", I(INTERFACE_NAME), I(VERSION),
        I(OUT_POINTER), N(0)),
    HAS(C_LoginUser, "++++ioooo+k++", I(SESSION), N(CKU_USER), I(PIN),
        I(PIN_LEN), I(NIL), N(0)),
    HAS(C_SessionCancel, "+pp+ioooo+k++", I(SESSION), N(CKF_SIGN)),
    LACKS(C_MessageEncryptInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_EncryptMessage, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(SOMETHING), N(16), I(DATA), N(32), I(OUT),
        I(OUT_LENGTH)),
    LACKS(C_EncryptMessageBegin, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(SOMETHING), N(16)),
    LACKS(C_EncryptMessageNext, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(OUT), I(OUT_LENGTH), N(0)),
    LACKS(C_MessageEncryptFinal, "+pp+ioooor+rr", NOT_SUPPORTED, I(SESSION)),
    LACKS(C_MessageDecryptInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_DecryptMessage, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(SOMETHING), N(16), I(DATA), N(32), I(OUT),
        I(OUT_LENGTH)),
    LACKS(C_DecryptMessageBegin, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(SOMETHING), N(16)),
    LACKS(C_DecryptMessageNext, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(OUT), I(OUT_LENGTH), N(0)),
    LACKS(C_MessageDecryptFinal, "+pp+ioooor+rr", NOT_SUPPORTED, I(SESSION)),
    LACKS(C_MessageSignInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(KEY)),
    LACKS(C_SignMessage, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_SignMessageBegin, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16)),
    LACKS(C_SignMessageNext, "++r+irrrrr+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(OUT), I(OUT_LENGTH)),
    LACKS(C_MessageSignFinal, "+pp+ioooor+rr", NOT_SUPPORTED, I(SESSION)),
    LACKS(C_MessageVerifyInit, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(MECHANISM), I(PUBLIC_KEY)),
    LACKS(C_VerifyMessage, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(SIGNATURE), N(SIGNATURE_SIZE)),
    LACKS(C_VerifyMessageBegin, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16)),
    LACKS(C_VerifyMessageNext, "++r+ioooor+rr", NOT_SUPPORTED, I(SESSION),
        I(SOMETHING), N(16), I(DATA), N(32), I(SIGNATURE), N(SIGNATURE_SIZE)),
    LACKS(C_MessageVerifyFinal, "+pp+ioooor+rr", NOT_SUPPORTED, I(SESSION)),
};
/* clang-format on */

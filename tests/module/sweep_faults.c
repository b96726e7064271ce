/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/sweep.h"

#define SW_ROW(sw, kind)        \
    {                           \
        VFAULT_SW, (sw), (kind) \
    }
#define CODE_ROW(how, code)       \
    {                             \
        (how), (code), FAULT_LINK \
    }

const struct fault sweep_faults[] = {
    /* What SCardTransmit of pcsc-lite may return. */
    CODE_ROW(VFAULT_PCSC, 0x80100001), /* SCARD_F_INTERNAL_ERROR */
    CODE_ROW(VFAULT_PCSC, 0x80100003), /* SCARD_E_INVALID_HANDLE */
    CODE_ROW(VFAULT_PCSC, 0x80100004), /* SCARD_E_INVALID_PARAMETER */
    CODE_ROW(VFAULT_PCSC, 0x80100006), /* SCARD_E_NO_MEMORY */
    /* SCARD_E_INSUFFICIENT_BUFFER: it did answer, with too much */
    {VFAULT_PCSC, 0x80100008, FAULT_WORD},
    CODE_ROW(VFAULT_PCSC, 0x80100009), /* SCARD_E_UNKNOWN_READER */
    CODE_ROW(VFAULT_PCSC, 0x8010000a), /* SCARD_E_TIMEOUT */
    CODE_ROW(VFAULT_PCSC, 0x8010000b), /* SCARD_E_SHARING_VIOLATION */
    CODE_ROW(VFAULT_PCSC, 0x8010000c), /* SCARD_E_NO_SMARTCARD */
    CODE_ROW(VFAULT_PCSC, 0x8010000f), /* SCARD_E_PROTO_MISMATCH */
    CODE_ROW(VFAULT_PCSC, 0x80100011), /* SCARD_E_INVALID_VALUE */
    CODE_ROW(VFAULT_PCSC, 0x80100013), /* SCARD_F_COMM_ERROR */
    CODE_ROW(VFAULT_PCSC, 0x80100016), /* SCARD_E_NOT_TRANSACTED */
    CODE_ROW(VFAULT_PCSC, 0x80100017), /* SCARD_E_READER_UNAVAILABLE */
    CODE_ROW(VFAULT_PCSC, 0x8010001d), /* SCARD_E_NO_SERVICE */
    CODE_ROW(VFAULT_PCSC, 0x8010002f), /* SCARD_E_COMM_DATA_LOST */
    CODE_ROW(VFAULT_PCSC, 0x80100066), /* SCARD_W_UNRESPONSIVE_CARD */
    CODE_ROW(VFAULT_PCSC, 0x80100067), /* SCARD_W_UNPOWERED_CARD */
    CODE_ROW(VFAULT_PCSC, 0x80100068), /* SCARD_W_RESET_CARD */
    CODE_ROW(VFAULT_PCSC, 0x80100069), /* SCARD_W_REMOVED_CARD */
    CODE_ROW(VFAULT_PCSC_AFTER, 0x80100013),
    CODE_ROW(VFAULT_PCSC_AFTER, 0x80100016),
    CODE_ROW(VFAULT_PCSC_AFTER, 0x8010001d),
    CODE_ROW(VFAULT_PCSC_AFTER, 0x8010002f),
    CODE_ROW(VFAULT_PCSC_AFTER, 0x80100068),
    CODE_ROW(VFAULT_PCSC_AFTER, 0x80100069),

    SW_ROW(0x6300, FAULT_WORD),
    SW_ROW(0x6281, FAULT_WORD),
    SW_ROW(0x6283, FAULT_WORD),
    SW_ROW(0x63c0, FAULT_WORD),
    SW_ROW(0x63c1, FAULT_WORD),
    SW_ROW(0x63c2, FAULT_WORD),
    SW_ROW(0x63c3, FAULT_WORD),
    SW_ROW(0x63c4, FAULT_WORD),
    SW_ROW(0x63c5, FAULT_WORD),
    SW_ROW(0x6581, FAULT_SICK),
    SW_ROW(0x6700, FAULT_WORD),
    SW_ROW(0x6881, FAULT_WORD),
    SW_ROW(0x6982, FAULT_WORD),
    SW_ROW(0x6983, FAULT_WORD),
    SW_ROW(0x6984, FAULT_WORD),
    SW_ROW(0x6985, FAULT_WORD),
    SW_ROW(0x6a82, FAULT_WORD),
    SW_ROW(0x6a86, FAULT_WORD),
    SW_ROW(0x6b00, FAULT_WORD),
    SW_ROW(0x6d00, FAULT_WORD),
    SW_ROW(0x6e00, FAULT_WORD),
    SW_ROW(0x6f00, FAULT_SICK),
    SW_ROW(0x6110, FAULT_WORD),
    SW_ROW(0x6100, FAULT_WORD),
    SW_ROW(0x6c10, FAULT_WORD),
    SW_ROW(0x6c00, FAULT_WORD),
    /* No 9000 without the command done: a lost log-out would go unnoticed. */
    {VFAULT_SW_AFTER, 0x9000, FAULT_BODY},
    {VFAULT_SW_AFTER, 0x6f00, FAULT_SICK},
    {VFAULT_SW_AFTER, 0x6581, FAULT_SICK},
    {VFAULT_SW_AFTER, 0x6700, FAULT_WORD},
    {VFAULT_SW_AFTER, 0x6982, FAULT_WORD},
    {VFAULT_SW_AFTER, 0x63c2, FAULT_WORD},
    {VFAULT_SW_BODY, 0x6281, FAULT_WORD},
    {VFAULT_SW_BODY, 0x6283, FAULT_WORD},
    {VFAULT_SW_BODY, 0x63c2, FAULT_WORD},
    {VFAULT_SW_BODY, 0x6f00, FAULT_SICK},
    {VFAULT_SW_BODY, 0x6110, FAULT_BODY},
    {VFAULT_SW_BODY, 0x6c10, FAULT_WORD},

    {VFAULT_CUT, 0, FAULT_BODY},
    {VFAULT_CUT, 1, FAULT_BODY},
    {VFAULT_LESS, 1, FAULT_BODY},
    {VFAULT_MORE, 1, FAULT_BODY},
    {VFAULT_LENGTH, 254, FAULT_BODY}, /* 256 bytes with the status word */
    {VFAULT_LENGTH, 255, FAULT_BODY},
    {VFAULT_LENGTH, 256, FAULT_BODY},
    {VFAULT_LENGTH, 257, FAULT_BODY},
    {VFAULT_LENGTH, 258, FAULT_BODY},
    {VFAULT_FILL, 0x00, FAULT_BODY},
    {VFAULT_FILL, 0xff, FAULT_BODY},
    {VFAULT_AGAIN, 0, FAULT_BODY},
    {VFAULT_FLIP, 0, FAULT_BODY},
    {VFAULT_FLIP, 77, FAULT_BODY},
    {VFAULT_FLIP, 1000, FAULT_BODY},

    {VFAULT_REMOVE, 0, FAULT_CARD},
    {VFAULT_REMOVE_AFTER, 0, FAULT_CARD},
    {VFAULT_RESET, 0, FAULT_CARD},
    {VFAULT_RESET_AFTER, 0, FAULT_CARD},
    {VFAULT_SWAP, 0, FAULT_CARD},
    {VFAULT_SWAP_AFTER, 0, FAULT_CARD},
    {VFAULT_REPLUG, 0, FAULT_CARD},
};

const size_t sweep_fault_count = sizeof sweep_faults / sizeof *sweep_faults;

bool sweep_loses_answer(const struct fault *fault)
{
    return fault->kind == FAULT_LINK || fault->how == VFAULT_RESET ||
           fault->how == VFAULT_RESET_AFTER;
}

bool sweep_is_transient(const struct fault *fault)
{
    return fault->value == 0x80100016 || fault->value == 0x8010002f;
}

bool sweep_moves_card(const struct fault *fault)
{
    return fault->kind == FAULT_CARD && fault->how != VFAULT_RESET &&
           fault->how != VFAULT_RESET_AFTER;
}

static bool is_sw(const struct fault *fault)
{
    return fault->how == VFAULT_SW || fault->how == VFAULT_SW_AFTER ||
           fault->how == VFAULT_SW_BODY;
}

/* Each tells whether FAULT explains an answer. */

static bool always(const struct fault *fault)
{
    return true;
}

static bool says_wrong(const struct fault *fault)
{
    return (is_sw(fault) && fault->value >> 8 == 0x63) ||
           fault->how == VFAULT_AGAIN;
}

static bool says_locked(const struct fault *fault)
{
    return is_sw(fault) && (fault->value == 0x63c0 || fault->value == 0x6983 ||
                               fault->value == 0x6984);
}

static bool says_last(const struct fault *fault)
{
    return is_sw(fault) && fault->value == 0x63c1;
}

static bool speaks(const struct fault *fault)
{
    return fault->kind == FAULT_WORD || fault->kind == FAULT_BODY ||
           fault->kind == FAULT_SICK;
}

/* Of no other card is it known that the PIN is wrong, or the chip older. */
static bool swaps(const struct fault *fault)
{
    return sweep_moves_card(fault);
}

static bool no_memory(const struct fault *fault)
{
    return fault->value == 0x80100006;
}

#define ANY "" /* every function */

/*
 * A card counts as another, and is gone with its sessions, when it cannot be
 * compared with what it was: so any fault may end in that.
 */
static const struct {
    const char *function;
    CK_RV rv;
    bool (*explained_by)(const struct fault *fault);
} answers[] = {
    {ANY, CKR_OK, always},
    {"C_GetTokenInfo", CKR_DEVICE_ERROR, always},
    {"C_GetTokenInfo", CKR_DEVICE_REMOVED, always},
    {"C_GetTokenInfo", CKR_TOKEN_NOT_PRESENT, always},
    {"C_GetTokenInfo", CKR_TOKEN_NOT_RECOGNIZED, speaks},
    {"C_GetTokenInfo", CKR_HOST_MEMORY, no_memory},
    {"C_GetMechanismList", CKR_DEVICE_ERROR, always},
    {"C_GetMechanismList", CKR_DEVICE_REMOVED, always},
    {"C_GetMechanismList", CKR_TOKEN_NOT_PRESENT, always},
    {"C_GetMechanismList", CKR_TOKEN_NOT_RECOGNIZED, speaks},
    {"C_GetMechanismList", CKR_HOST_MEMORY, no_memory},
    {"C_OpenSession", CKR_DEVICE_ERROR, always},
    {"C_OpenSession", CKR_DEVICE_REMOVED, always},
    {"C_OpenSession", CKR_TOKEN_NOT_PRESENT, always},
    {"C_OpenSession", CKR_TOKEN_NOT_RECOGNIZED, speaks},
    {"C_OpenSession", CKR_HOST_MEMORY, no_memory},
    {"C_GetSessionInfo", CKR_SESSION_HANDLE_INVALID, always},
    {"C_CloseSession", CKR_SESSION_HANDLE_INVALID, always},
    {"C_FindObjectsInit", CKR_DEVICE_ERROR, always},
    {"C_FindObjectsInit", CKR_DEVICE_REMOVED, always},
    {"C_FindObjectsInit", CKR_SESSION_HANDLE_INVALID, always},
    {"C_FindObjectsInit", CKR_HOST_MEMORY, no_memory},
    {"C_FindObjects", CKR_SESSION_HANDLE_INVALID, always},
    {"C_FindObjectsFinal", CKR_SESSION_HANDLE_INVALID, always},
    {"C_GetAttributeValue", CKR_SESSION_HANDLE_INVALID, always},
    {"C_Login", CKR_DEVICE_ERROR, always},
    {"C_Login", CKR_DEVICE_REMOVED, always},
    {"C_Login", CKR_SESSION_HANDLE_INVALID, always},
    /* Refused, or seemingly one of another card. */
    {"C_Login", CKR_PIN_INCORRECT, speaks},
    {"C_Login", CKR_PIN_INCORRECT, swaps},
    {"C_Login", CKR_PIN_LOCKED, says_locked},
    {"C_Login", CKR_FUNCTION_FAILED, says_last},
    {"C_Login", CKR_USER_PIN_NOT_INITIALIZED, speaks},
    {"C_Login", CKR_HOST_MEMORY, no_memory},
    {"C_Logout", CKR_SESSION_HANDLE_INVALID, always},
    {"C_SignInit", CKR_DEVICE_ERROR, always},
    {"C_SignInit", CKR_DEVICE_REMOVED, always},
    {"C_SignInit", CKR_SESSION_HANDLE_INVALID, always},
    {"C_SignInit", CKR_MECHANISM_INVALID, speaks},
    {"C_SignInit", CKR_HOST_MEMORY, no_memory},
    {"C_Sign", CKR_DEVICE_ERROR, always},
    {"C_Sign", CKR_DEVICE_REMOVED, always},
    {"C_Sign", CKR_SESSION_HANDLE_INVALID, always},
    {"C_Sign", CKR_USER_NOT_LOGGED_IN, says_wrong},
    {"C_Sign", CKR_USER_NOT_LOGGED_IN, says_locked},
    {"C_Sign", CKR_HOST_MEMORY, no_memory},
    {"C_SetPIN", CKR_DEVICE_ERROR, always},
    {"C_SetPIN", CKR_DEVICE_REMOVED, always},
    {"C_SetPIN", CKR_SESSION_HANDLE_INVALID, always},
    {"C_SetPIN", CKR_PIN_INCORRECT, says_wrong},
    {"C_SetPIN", CKR_PIN_LOCKED, says_locked},
    {"C_SetPIN", CKR_FUNCTION_FAILED, says_last},
    {"C_SetPIN", CKR_USER_PIN_NOT_INITIALIZED, speaks},
    {"C_SetPIN", CKR_HOST_MEMORY, no_memory},
    /* Of the scenarios' own making. */
    {"the search for a key", CKR_KEY_HANDLE_INVALID, speaks},
    {"the search for a certificate", CKR_OBJECT_HANDLE_INVALID, speaks},
};

bool sweep_allows(const struct fault *fault, const char *function, CK_RV rv)
{
    size_t i;

    for (i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answers[i].rv == rv && answers[i].explained_by(fault) &&
            (answers[i].function[0] == '\0' ||
                strcmp(answers[i].function, function) == 0))
            return true;
    return false;
}

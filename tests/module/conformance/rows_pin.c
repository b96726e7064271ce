/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/steps.h"

/* C_SetPIN (PKCS #11 5.5.10, docs/design.md section 4, rule 6). */

#define OLD .pin
#define NEW .new_pin

/* An old PIN whose form cannot be right, and a new one that cannot be. */
#define OLD_FORM(what, state, text) \
    ROW(C_SetPIN, BAD_ARGUMENT, what, state, CKR_PIN_INCORRECT, OLD = (text))
#define NEW_LEN(what, state, text) \
    ROW(C_SetPIN, BAD_ARGUMENT, what, state, CKR_PIN_LEN_RANGE, NEW = (text))
#define NEW_FORM(what, state, text) \
    ROW(C_SetPIN, BAD_ARGUMENT, what, state, CKR_PIN_INVALID, NEW = (text))

static const struct row rows[] = {
    ROW(C_SetPIN, NULL_ILLEGAL, "no old PIN", PUBLIC_RW, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    ROW(C_SetPIN, NULL_ILLEGAL, "no old PIN of no length", PUBLIC_RW,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL), NUM(2, 0))),
    ROW(C_SetPIN, NULL_ILLEGAL, "no new PIN", PUBLIC_RW, CKR_ARGUMENTS_BAD,
        WITH(SET(3, NIL))),
    ROW(C_SetPIN, NULL_ILLEGAL, "no new PIN of no length", PUBLIC_RW,
        CKR_ARGUMENTS_BAD, WITH(SET(3, NIL), NUM(4, 0))),
    ROW(C_SetPIN, NULL_ILLEGAL, "no PIN at all", SIGN_PUBLIC_RW,
        CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL), NUM(2, 0), SET(3, NIL), NUM(4, 0))),
    ROW(C_SetPIN, NULL_ILLEGAL, "in an R/O session", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),

    PULLED(C_SetPIN, PUBLIC_RW, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    ROW(C_SetPIN, WRONG_STATE, "an R/O session", PUBLIC, CKR_SESSION_READ_ONLY),
    ROW(C_SetPIN, WRONG_STATE, "an R/O session, logged in", USER,
        CKR_SESSION_READ_ONLY),
    ROW(C_SetPIN, WRONG_STATE, "an R/O session beside an R/W one", USER,
        CKR_SESSION_READ_ONLY, FIRST(open_rw)),
    ROW(C_SetPIN, WRONG_STATE, "an R/O session, sign", SIGN_PUBLIC,
        CKR_SESSION_READ_ONLY),
    ROW(C_SetPIN, WRONG_STATE, "an R/O session and malformed PINs", PUBLIC,
        CKR_SESSION_READ_ONLY, OLD = "1", NEW = "2"),
    ROW(C_SetPIN, WRONG_STATE, "no certificate issued", NOT_ISSUED_RW,
        CKR_USER_PIN_NOT_INITIALIZED),
    ROW(C_SetPIN, WRONG_STATE, "the PIN is locked", LOCKED_RW, CKR_PIN_LOCKED,
        COSTS(ASKS)),

    OLD_FORM("old PIN empty", PUBLIC_RW, ""),
    OLD_FORM("old PIN too short", PUBLIC_RW, "123"),
    OLD_FORM("old PIN too long", PUBLIC_RW, "12345"),
    OLD_FORM("old PIN not of digits", PUBLIC_RW, "123a"),
    OLD_FORM("old PIN is the password", PUBLIC_RW, SIGN_PIN),
    OLD_FORM("old password empty", SIGN_PUBLIC_RW, ""),
    OLD_FORM("old password too short", SIGN_PUBLIC_RW, "ABC12"),
    OLD_FORM("old password too long", SIGN_PUBLIC_RW, "ABCDEF12345678901"),
    OLD_FORM("old password has a hyphen", SIGN_PUBLIC_RW, "ABC-123"),
    OLD_FORM("old password is the PIN", SIGN_PUBLIC_RW, AUTH_PIN),
    ROW(C_SetPIN, BAD_ARGUMENT, "old PIN malformed and offered before",
        PUBLIC_RW, CKR_FUNCTION_FAILED, FIRST(offer_pin), OLD = "123"),
    NEW_LEN("new PIN empty", PUBLIC_RW, ""),
    NEW_LEN("new PIN too short", PUBLIC_RW, "123"),
    NEW_LEN("new PIN too long", PUBLIC_RW, "12345"),
    NEW_FORM("new PIN not of digits", PUBLIC_RW, "12a4"),
    NEW_FORM("new PIN with a newline", PUBLIC_RW, "123\n"),
    NEW_LEN("new password empty", SIGN_PUBLIC_RW, ""),
    NEW_LEN("new password too short", SIGN_PUBLIC_RW, "ABC12"),
    NEW_LEN("new password too long", SIGN_PUBLIC_RW, "ABCDEF12345678901"),
    NEW_FORM("new password has a hyphen", SIGN_PUBLIC_RW, "ABC-123"),
    NEW_FORM("new password not ASCII", SIGN_PUBLIC_RW, "ABC12\xc3\xa9"),
    NEW_LEN("new PIN malformed, logged in", USER_RW, "1"),
    ROW(C_SetPIN, BAD_ARGUMENT, "old PIN wrong", PUBLIC_RW, CKR_PIN_INCORRECT,
        OLD = "0000", COSTS(WRONG)),
    ROW(C_SetPIN, BAD_ARGUMENT, "old password wrong", SIGN_PUBLIC_RW,
        CKR_PIN_INCORRECT, OLD = "WRONG1", COSTS(WRONG)),
    ROW(C_SetPIN, BAD_ARGUMENT, "old PIN wrong and offered before", PUBLIC_RW,
        CKR_PIN_INCORRECT, FIRST(offer_pin), OLD = "0000", COSTS(ASKS)),

    ROW(C_SetPIN, SUCCEEDS, "auth", PUBLIC_RW, CKR_OK, COSTS(CHANGES)),
    ROW(C_SetPIN, SUCCEEDS, "auth, logged in", USER_RW, CKR_OK, COSTS(CHANGES)),
    ROW(C_SetPIN, SUCCEEDS, "sign", SIGN_PUBLIC_RW, CKR_OK, COSTS(CHANGES)),
    ROW(C_SetPIN, SUCCEEDS, "sign, logged in", SIGN_USER_RW, CKR_OK,
        COSTS(CHANGES)),
    ROW(C_SetPIN, SUCCEEDS, "sign, in lower case", SIGN_PUBLIC_RW, CKR_OK,
        OLD = "abc123", NEW = "xyz789", COSTS(CHANGES)),
    ROW(C_SetPIN, SUCCEEDS, "sign, the longest", SIGN_PUBLIC_RW, CKR_OK,
        NEW = "ABCDEF1234567890", COSTS(CHANGES)),
};

const struct rows rows_pin = ROWS(rows);

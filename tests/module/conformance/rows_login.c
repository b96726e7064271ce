/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/steps.h"

/*
 * C_Login and C_Logout (PKCS #11 5.6.8 to 5.6.10), and C_LoginUser of 3.0,
 * which without a user name is C_Login.
 */

#define CONTEXT CKU_CONTEXT_SPECIFIC

/* A row of C_Login and the same of C_LoginUser. */
#define LOGIN(condition, what, state, ...)             \
    ROW(C_Login, condition, what, state, __VA_ARGS__), \
        ROW(C_LoginUser, condition, what, state, __VA_ARGS__)

static bool is_logged_in(struct fixture *f)
{
    CK_SESSION_INFO info;

    return f->list->C_GetSessionInfo(f->session, &info) == CKR_OK &&
           (info.state == CKS_RO_USER_FUNCTIONS ||
               info.state == CKS_RW_USER_FUNCTIONS);
}

static bool is_logged_out(struct fixture *f)
{
    return !is_logged_in(f);
}

static CK_RV sign_now(struct fixture *f)
{
    CK_BYTE sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;

    return f->list->C_Sign(f->session, f->data, 32, sig, &len);
}

static bool can_still_sign(struct fixture *f)
{
    return sign_now(f) == CKR_OK;
}

/* Not with that of C_Login: the program showed that it asks. */
static bool needs_a_pin(struct fixture *f)
{
    return sign_now(f) == CKR_USER_NOT_LOGGED_IN;
}

static const struct row rows[] = {
    LOGIN(NULL_ILLEGAL, "no PIN", PUBLIC, CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    LOGIN(NULL_ILLEGAL, "no PIN of no length", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL), NUM(3, 0))),
    LOGIN(NULL_ILLEGAL, "no PIN, sign", SIGN_PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL), NUM(3, 0))),
    LOGIN(NULL_ILLEGAL, "no PIN, logged in", USER, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    LOGIN(NULL_ILLEGAL, "no PIN, none issued", NOT_ISSUED, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    LOGIN(NULL_ILLEGAL, "no PIN for a signature", SIGN_USER, CKR_ARGUMENTS_BAD,
        FIRST(begin_sign), WITH(NUM(1, CONTEXT), SET(2, NIL))),
    LOGIN(NULL_ILLEGAL, "no PIN for no signature", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(NUM(1, CONTEXT), SET(2, NIL))),

    PULLED(C_Login, PUBLIC, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    PULLED(C_LoginUser, PUBLIC, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    LOGIN(WRONG_STATE, "logged in", USER, CKR_USER_ALREADY_LOGGED_IN),
    LOGIN(WRONG_STATE, "logged in, another PIN", USER,
        CKR_USER_ALREADY_LOGGED_IN, .pin = "0000"),
    LOGIN(WRONG_STATE, "logged in, a malformed PIN", USER,
        CKR_USER_ALREADY_LOGGED_IN, .pin = "1"),
    LOGIN(
        WRONG_STATE, "logged in, sign", SIGN_USER, CKR_USER_ALREADY_LOGGED_IN),
    LOGIN(WRONG_STATE, "no certificate issued", NOT_ISSUED,
        CKR_USER_PIN_NOT_INITIALIZED),
    LOGIN(
        WRONG_STATE, "the PIN is locked", LOCKED, CKR_PIN_LOCKED, COSTS(ASKS)),
    LOGIN(WRONG_STATE, "the last try is spared", SPARED, CKR_FUNCTION_FAILED,
        COSTS(ASKS)),
    LOGIN(WRONG_STATE, "for no signature", USER, CKR_OPERATION_NOT_INITIALIZED,
        WITH(NUM(1, CONTEXT))),
    LOGIN(WRONG_STATE, "for no signature, sign", SIGN_USER,
        CKR_OPERATION_NOT_INITIALIZED, WITH(NUM(1, CONTEXT))),
    LOGIN(WRONG_STATE, "for no signature, not logged in", SIGN_PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, WITH(NUM(1, CONTEXT))),
    LOGIN(WRONG_STATE, "for a signature that does not ask", USER,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_sign), WITH(NUM(1, CONTEXT)),
        .then = can_still_sign),
    LOGIN(WRONG_STATE, "for a digest", SIGN_USER, CKR_OPERATION_NOT_INITIALIZED,
        FIRST(begin_digest), WITH(NUM(1, CONTEXT))),
    LOGIN(WRONG_STATE, "for a signature given up", SIGN_USER,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_sign, null_sign),
        WITH(NUM(1, CONTEXT))),
    LOGIN(WRONG_STATE, "for a signature that is made", SIGN_USER,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(make_sign), WITH(NUM(1, CONTEXT))),

    LOGIN(BAD_ARGUMENT, "the security officer", PUBLIC, CKR_USER_TYPE_INVALID,
        WITH(NUM(1, CKU_SO))),
    LOGIN(BAD_ARGUMENT, "the security officer, R/W", PUBLIC_RW,
        CKR_USER_TYPE_INVALID, WITH(NUM(1, CKU_SO))),
    LOGIN(BAD_ARGUMENT, "a user type of nobody", PUBLIC, CKR_USER_TYPE_INVALID,
        WITH(NUM(1, 3))),
    LOGIN(BAD_ARGUMENT, "the greatest user type", PUBLIC, CKR_USER_TYPE_INVALID,
        WITH(NUM(1, ~0UL))),
    LOGIN(BAD_ARGUMENT, "an empty PIN", PUBLIC, CKR_PIN_INCORRECT, .pin = ""),
    LOGIN(BAD_ARGUMENT, "a PIN of length 0", PUBLIC, CKR_PIN_INCORRECT,
        WITH(NUM(3, 0))),
    LOGIN(BAD_ARGUMENT, "too short", PUBLIC, CKR_PIN_INCORRECT, .pin = "123"),
    LOGIN(BAD_ARGUMENT, "too long", PUBLIC, CKR_PIN_INCORRECT, .pin = "12345"),
    LOGIN(BAD_ARGUMENT, "not of digits", PUBLIC, CKR_PIN_INCORRECT,
        .pin = "12x4"),
    LOGIN(BAD_ARGUMENT, "the password", PUBLIC, CKR_PIN_INCORRECT,
        .pin = SIGN_PIN),
    LOGIN(BAD_ARGUMENT, "sign, too short", SIGN_PUBLIC, CKR_PIN_INCORRECT,
        .pin = "ABC12"),
    LOGIN(BAD_ARGUMENT, "sign, too long", SIGN_PUBLIC, CKR_PIN_INCORRECT,
        .pin = "ABCDEF12345678901"),
    LOGIN(BAD_ARGUMENT, "sign, a hyphen", SIGN_PUBLIC, CKR_PIN_INCORRECT,
        .pin = "ABC-123"),
    LOGIN(BAD_ARGUMENT, "sign, the PIN", SIGN_PUBLIC, CKR_PIN_INCORRECT,
        .pin = AUTH_PIN),
    LOGIN(BAD_ARGUMENT, "malformed, a second time", PUBLIC, CKR_FUNCTION_FAILED,
        FIRST(offer_pin), .pin = "123"),
    LOGIN(BAD_ARGUMENT, "wrong", PUBLIC, CKR_PIN_INCORRECT, .pin = "0000",
        COSTS(WRONG), .then = is_logged_out),
    LOGIN(BAD_ARGUMENT, "wrong, sign", SIGN_PUBLIC, CKR_PIN_INCORRECT,
        .pin = "WRONG1", COSTS(WRONG), .then = is_logged_out),
    LOGIN(BAD_ARGUMENT, "wrong, a second time", PUBLIC, CKR_PIN_INCORRECT,
        FIRST(offer_pin), .pin = "0000", COSTS(ASKS)),
    LOGIN(BAD_ARGUMENT, "wrong, a third time", PUBLIC, CKR_FUNCTION_FAILED,
        FIRST(offer_pin, offer_pin), .pin = "0000", COSTS(ASKS)),
    LOGIN(BAD_ARGUMENT, "malformed for a signature", SIGN_USER,
        CKR_PIN_INCORRECT, FIRST(begin_sign), WITH(NUM(1, CONTEXT)), .pin = "1",
        .then = needs_a_pin),
    LOGIN(BAD_ARGUMENT, "wrong for a signature", SIGN_USER, CKR_PIN_INCORRECT,
        FIRST(begin_sign), WITH(NUM(1, CONTEXT)), .pin = "WRONG1", COSTS(WRONG),
        .then = needs_a_pin),

    LOGIN(SUCCEEDS, "auth", PUBLIC, CKR_OK, COSTS(VERIFIES),
        .then = is_logged_in),
    LOGIN(SUCCEEDS, "auth, R/W", PUBLIC_RW, CKR_OK, COSTS(VERIFIES),
        .then = is_logged_in),
    LOGIN(SUCCEEDS, "sign", SIGN_PUBLIC, CKR_OK, COSTS(VERIFIES),
        .then = is_logged_in),
    LOGIN(SUCCEEDS, "sign, in lower case", SIGN_PUBLIC, CKR_OK, .pin = "abc123",
        COSTS(VERIFIES), .then = is_logged_in),
    LOGIN(SUCCEEDS, "after logging out", USER, CKR_OK, FIRST(log_out),
        COSTS(VERIFIES), .then = is_logged_in),
    LOGIN(SUCCEEDS, "for a signature", SIGN_USER, CKR_OK, FIRST(begin_sign),
        WITH(NUM(1, CONTEXT)), .then = can_still_sign),
    LOGIN(SUCCEEDS, "for a signature, after its size", SIGN_USER, CKR_OK,
        FIRST(begin_sign, ask_sign), WITH(NUM(1, CONTEXT)),
        .then = can_still_sign),
    LOGIN(SUCCEEDS, "for each signature", EVERY_USER, CKR_OK, FIRST(begin_sign),
        WITH(NUM(1, CONTEXT)), COSTS(VERIFIES), .then = can_still_sign),
    LOGIN(SUCCEEDS, "for one signature twice", SIGN_USER, CKR_OK,
        FIRST(begin_sign, authorise), WITH(NUM(1, CONTEXT)),
        .then = can_still_sign),

    ROW(C_LoginUser, NULL_ILLEGAL, "no user name of some length", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(NUM(5, 4))),
    ROW(C_LoginUser, NULL_LEGAL, "no user name", PUBLIC, CKR_OK,
        WITH(SET(4, NIL), NUM(5, 0)), COSTS(VERIFIES)),
    ROW(C_LoginUser, BAD_ARGUMENT, "a user name", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(4, SOMETHING), NUM(5, 4)), .then = is_logged_out),
    ROW(C_LoginUser, BAD_ARGUMENT, "a user name, logged in", USER,
        CKR_ARGUMENTS_BAD, WITH(SET(4, SOMETHING), NUM(5, 4))),
    ROW(C_LoginUser, SUCCEEDS, "an empty user name", PUBLIC, CKR_OK,
        WITH(SET(4, SOMETHING), NUM(5, 0)), COSTS(VERIFIES),
        .then = is_logged_in),

    ROW(C_Logout, WRONG_STATE, "not logged in", PUBLIC, CKR_USER_NOT_LOGGED_IN),
    ROW(C_Logout, WRONG_STATE, "not logged in, sign", SIGN_PUBLIC,
        CKR_USER_NOT_LOGGED_IN),
    ROW(C_Logout, WRONG_STATE, "a second time", USER, CKR_USER_NOT_LOGGED_IN,
        FIRST(log_out)),
    ROW(C_Logout, WRONG_STATE, "logged in on the other slot", USER,
        CKR_USER_NOT_LOGGED_IN, FIRST(open_other), WITH(SET(0, OTHER_SESSION)),
        .then = is_logged_in),
    PULLED(C_Logout, USER, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    ROW(C_Logout, SUCCEEDS, "auth", USER, CKR_OK, .then = is_logged_out),
    ROW(C_Logout, SUCCEEDS, "auth, R/W", USER_RW, CKR_OK,
        .then = is_logged_out),
    ROW(C_Logout, SUCCEEDS, "sign", SIGN_USER, CKR_OK, .then = is_logged_out),
    ROW(C_Logout, SUCCEEDS, "during a signature", USER, CKR_OK,
        FIRST(begin_sign), .then = is_logged_out),
};

const struct rows rows_login = ROWS(rows);

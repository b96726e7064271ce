/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* Signing (PKCS #11 5.11; 5.13 of 3.0). */

#define goes_on sign_goes_on
#define is_over sign_is_over

/* Whether the output is a signature over the first LEN bytes of the data. */
static bool is_signature_of(struct fixture *f, CK_ULONG len)
{
    begin_verify(f);
    return f->list->C_Verify(
               f->session, f->data, len, f->out, SIGNATURE_SIZE) == CKR_OK;
}

static bool is_signature(struct fixture *f)
{
    return is_signature_of(f, 32);
}

static bool is_signature_of_nothing(struct fixture *f)
{
    return is_signature_of(f, 0);
}

/* As the four rows of a digest, for a signature by TYPE. */
#define SIZES(name, out, type, ...)                                            \
    ROW(name, SIZE_QUERY, #type, USER, CKR_OK, __VA_ARGS__, MECH(type),        \
        WITH(SET(out, NIL)), ROOM(0), GIVES(SIGNATURE_SIZE), .then = goes_on), \
        ROW(name, TOO_SMALL, #type, USER, CKR_BUFFER_TOO_SMALL, __VA_ARGS__,   \
            MECH(type), ROOM(SIGNATURE_SIZE - 1), GIVES(SIGNATURE_SIZE),       \
            .then = goes_on),                                                  \
        ROW(name, EXACT, #type, USER, CKR_OK, __VA_ARGS__, MECH(type),         \
            ROOM(SIGNATURE_SIZE), GIVES(SIGNATURE_SIZE), COSTS(SIGNS),         \
            .then = is_signature),                                             \
        ROW(name, OVERSIZE, #type, USER, CKR_OK, __VA_ARGS__, MECH(type),      \
            ROOM(SIGNATURE_SIZE + 1), GIVES(SIGNATURE_SIZE), COSTS(SIGNS),     \
            .then = is_signature)

#define SIZES_OF_PARTS(name, out, ...)                      \
    SIZES(name, out, CKM_RSA_PKCS, __VA_ARGS__),            \
        SIZES(name, out, CKM_SHA1_RSA_PKCS, __VA_ARGS__),   \
        SIZES(name, out, CKM_SHA224_RSA_PKCS, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA256_RSA_PKCS, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA384_RSA_PKCS, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA512_RSA_PKCS, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA256_RSA_PKCS_PSS, __VA_ARGS__)

#define INIT(condition, what, state, ...) \
    ROW(C_SignInit, condition, what, state, __VA_ARGS__)
#define SIGN_ROW(condition, what, ...) \
    ROW(C_Sign, condition, what, USER, __VA_ARGS__)
#define UPDATE(condition, what, ...) \
    ROW(C_SignUpdate, condition, what, USER, __VA_ARGS__)
#define FINAL(condition, what, ...) \
    ROW(C_SignFinal, condition, what, USER, __VA_ARGS__)

#define NONE_ACTIVE(name)                                                      \
    ROW(name, WRONG_STATE, "no signature", USER, NOT_BEGUN),                   \
        ROW(name, WRONG_STATE, "after a signature", USER, NOT_BEGUN,           \
            FIRST(make_sign)),                                                 \
        ROW(name, WRONG_STATE, "given up by C_SessionCancel", USER, NOT_BEGUN, \
            FIRST(begin_sign, cancel_sign)),                                   \
        ROW(name, WRONG_STATE, "given up by C_SignInit(NULL)", USER,           \
            NOT_BEGUN, FIRST(begin_sign, null_sign)),                          \
        ROW(name, WRONG_STATE, "ended by C_Sign's NULL", USER, NOT_BEGUN,      \
            FIRST(begin_sign, invalid_sign)),                                  \
        ROW(name, WRONG_STATE, "ended by C_SignUpdate's NULL", USER,           \
            NOT_BEGUN, FIRST(begin_sign, invalid_sign_update)),                \
        ROW(name, WRONG_STATE, "ended by C_SignFinal's NULL", USER, NOT_BEGUN, \
            FIRST(begin_sign, add_sign, invalid_sign_final)),                  \
        ROW(name, WRONG_STATE, "ended by C_Sign after a part", USER,           \
            NOT_BEGUN, FIRST(begin_sign, add_sign, late_sign)),                \
        ROW(name, WRONG_STATE, "ended by C_Logout", USER, NOT_BEGUN,           \
            FIRST(begin_sign, log_out)),                                       \
        ROW(name, WRONG_STATE, "during a digest", USER, NOT_BEGUN,             \
            FIRST(begin_digest)),                                              \
        ROW(name, WRONG_STATE, "during a verification", USER, NOT_BEGUN,       \
            FIRST(begin_verify))

#define NO_MECHANISM(type, state) \
    INIT(BAD_ARGUMENT, #type, state, CKR_MECHANISM_INVALID, MECH(type))
#define NO_PSS_HERE(type)                                          \
    INIT(BAD_ARGUMENT, #type ", unknown to the card", NO_PSS_USER, \
        CKR_MECHANISM_INVALID, MECH(type), COSTS(ASKS), .then = is_over)
#define BAD_PARAMETER(what, type, step)                                     \
    INIT(BAD_ARGUMENT, what, USER, CKR_MECHANISM_PARAM_INVALID, MECH(type), \
        FIRST(step), .then = is_over)
/* The card may have to be asked first whether it knows the mechanism. */
#define BAD_PSS_PARAMETER(what, type, step)                                 \
    INIT(BAD_ARGUMENT, what, USER, CKR_MECHANISM_PARAM_INVALID, MECH(type), \
        FIRST(step), COSTS(ASKS), .then = is_over)
#define BAD_PSS(type)                                                     \
    BAD_PSS_PARAMETER("no parameter of " #type, type, no_parameter),      \
        BAD_PSS_PARAMETER("only a length of " #type, type, stray_length), \
        BAD_PSS_PARAMETER(                                                \
            "a short parameter of " #type, type, short_parameter),        \
        BAD_PSS_PARAMETER("SHA-1 in " #type, type, wrong_hash),           \
        BAD_PSS_PARAMETER("MGF1 with SHA-1 in " #type, type, wrong_mgf),  \
        BAD_PSS_PARAMETER("a salt of 20 in " #type, type, wrong_salt)
#define BEGINS(type) \
    INIT(SUCCEEDS, #type, USER, CKR_OK, MECH(type), .then = goes_on)
#define BEGINS_PSS(type)                                         \
    INIT(SUCCEEDS, #type, USER, CKR_OK, MECH(type), COSTS(ASKS), \
        .then = goes_on)
#define NO_KEY(what, state, ...) \
    INIT(BAD_HANDLE, what, state, CKR_KEY_HANDLE_INVALID, __VA_ARGS__)

static const struct row rows[] = {
    INIT(NULL_LEGAL, "gives the signature up", USER, CKR_OK, FIRST(begin_sign),
        WITH(SET(1, NIL)), .then = is_over),
    INIT(NULL_LEGAL, "gives a signature in parts up", USER, CKR_OK,
        FIRST(begin_sign, add_sign), WITH(SET(1, NIL)), .then = is_over),
    INIT(NULL_LEGAL, "gives it up without a key", USER, CKR_OK,
        FIRST(begin_sign), WITH(SET(1, NIL), NUM(2, 0)), .then = is_over),
    NO_KEY("key 0", USER, WITH(NUM(2, 0))),
    NO_KEY("a key never given", USER, WITH(NUM(2, ~0UL))),
    NO_KEY("a session for a key", USER, WITH(SET(2, SESSION))),
    NO_KEY("a certificate for a key", USER, WITH(SET(2, CERTIFICATE))),
    NO_KEY("the status for a key", USER, WITH(SET(2, STATUS_OBJECT))),
    NO_KEY("the private key, logged out", USER, FIRST(log_out)),
    NO_KEY("the private key, logged out, sign", SIGN_USER, FIRST(log_out)),
    NO_KEY("a key of the other slot", USER, FIRST(open_other),
        WITH(SET(0, OTHER_SESSION))),
    PULLED(C_SignInit, USER, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    INIT(WRONG_STATE, "during a signature", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_sign), .then = goes_on),
    INIT(WRONG_STATE, "during a signature in parts", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, add_sign), .then = goes_on),
    INIT(WRONG_STATE, "after its size was asked", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, ask_sign), .then = goes_on),
    INIT(WRONG_STATE, "after too little room", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, short_sign), .then = goes_on),
    INIT(BAD_ARGUMENT, "the public key", USER, CKR_KEY_FUNCTION_NOT_PERMITTED,
        WITH(SET(2, PUBLIC_KEY)), .then = is_over),
    NO_MECHANISM(CKM_SHA256, USER),
    NO_MECHANISM(CKM_RSA_X_509, USER),
    NO_MECHANISM(CKM_RSA_9796, USER),
    NO_MECHANISM(CKM_MD5_RSA_PKCS, USER),
    NO_MECHANISM(CKM_SHA1_RSA_PKCS_PSS, USER),
    NO_MECHANISM(CKM_SHA512_RSA_PKCS_PSS, USER),
    NO_MECHANISM(CKM_ECDSA, USER),
    NO_MECHANISM(CKM_VENDOR_DEFINED, USER),
    NO_MECHANISM(~0UL, USER),
    NO_PSS_HERE(CKM_RSA_PKCS_PSS),
    NO_PSS_HERE(CKM_SHA256_RSA_PKCS_PSS),
    BAD_PARAMETER("a parameter of CKM_RSA_PKCS", CKM_RSA_PKCS, stray_parameter),
    BAD_PARAMETER(
        "a parameter's length of CKM_RSA_PKCS", CKM_RSA_PKCS, stray_length),
    BAD_PARAMETER("a parameter of CKM_SHA256_RSA_PKCS", CKM_SHA256_RSA_PKCS,
        stray_parameter),
    BAD_PARAMETER("a parameter's length of CKM_SHA256_RSA_PKCS",
        CKM_SHA256_RSA_PKCS, stray_length),
    BAD_PSS(CKM_RSA_PKCS_PSS),
    BAD_PSS(CKM_SHA256_RSA_PKCS_PSS),
    BEGINS(CKM_RSA_PKCS),
    BEGINS(CKM_SHA1_RSA_PKCS),
    BEGINS(CKM_SHA224_RSA_PKCS),
    BEGINS(CKM_SHA256_RSA_PKCS),
    BEGINS(CKM_SHA384_RSA_PKCS),
    BEGINS(CKM_SHA512_RSA_PKCS),
    BEGINS_PSS(CKM_RSA_PKCS_PSS),
    BEGINS_PSS(CKM_SHA256_RSA_PKCS_PSS),
    INIT(SUCCEEDS, "on the sign slot", SIGN_USER, CKR_OK, .then = goes_on),
    INIT(SUCCEEDS, "on the sign slot, the PIN to come", EVERY_USER, CKR_OK),
    INIT(SUCCEEDS, "during a digest", USER, CKR_OK, FIRST(begin_digest),
        .then = goes_on),
    INIT(SUCCEEDS, "during a search", USER, CKR_OK, FIRST(begin_find),
        .then = goes_on),

    SIGN_ROW(NULL_ILLEGAL, "no data of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_sign), WITH(SET(1, NIL)), .then = is_over),
    SIGN_ROW(NULL_ILLEGAL, "no length", CKR_ARGUMENTS_BAD, FIRST(begin_sign),
        WITH(SET(4, NIL)), .then = is_over),
    SIGN_ROW(NULL_ILLEGAL, "neither room nor length", CKR_ARGUMENTS_BAD,
        FIRST(begin_sign), WITH(SET(3, NIL), SET(4, NIL)), .then = is_over),
    SIGN_ROW(NULL_ILLEGAL, "no length and no signature", CKR_ARGUMENTS_BAD,
        WITH(SET(4, NIL))),
    SIGN_ROW(NULL_ILLEGAL, "no data and no signature", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    SIGN_ROW(NULL_LEGAL, "no data of no length", CKR_OK, FIRST(begin_sign),
        WITH(SET(1, NIL), NUM(2, 0)), COSTS(SIGNS),
        .then = is_signature_of_nothing),
    SIGN_ROW(NULL_LEGAL, "no room, and some length", CKR_OK, FIRST(begin_sign),
        WITH(SET(3, NIL)), ROOM(5), GIVES(SIGNATURE_SIZE), .then = goes_on),
    SIGN_ROW(SIZE_QUERY, "of no data", CKR_OK, FIRST(begin_sign),
        WITH(SET(1, NIL), NUM(2, 0), SET(3, NIL)), GIVES(SIGNATURE_SIZE),
        .then = goes_on),
    SIGN_ROW(TOO_SMALL, "no room at all", CKR_BUFFER_TOO_SMALL,
        FIRST(begin_sign), ROOM(0), GIVES(SIGNATURE_SIZE), .then = goes_on),
    SIZES_OF_PARTS(C_Sign, 3, FIRST(begin_sign)),
    SIZES(C_Sign, 3, CKM_RSA_PKCS_PSS, FIRST(begin_sign)),
    PULLED(C_Sign, USER, CKR_DEVICE_REMOVED, FIRST(begin_sign, pull_card)),
    NONE_ACTIVE(C_Sign),
    SIGN_ROW(WRONG_STATE, "after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, add_sign), .then = is_over),
    SIGN_ROW(WRONG_STATE, "its size, after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, add_sign), WITH(SET(3, NIL)), ROOM(5), GIVES(5),
        .then = is_over),
    SIGN_ROW(WRONG_STATE, "too little room, after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_sign, add_sign), ROOM(5), GIVES(5), .then = is_over),
    ROW(C_Sign, WRONG_STATE, "after a part, the PIN came", EVERY_USER,
        CKR_OPERATION_ACTIVE, FIRST(begin_sign, authorise, add_sign),
        .then = is_over),
    ROW(C_Sign, WRONG_STATE, "the PIN did not come", EVERY_USER,
        CKR_USER_NOT_LOGGED_IN, FIRST(begin_sign), .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "no bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 0)),
        .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "too many bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 246)),
        .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "the greatest length, CKM_RSA_PKCS",
        CKR_DATA_LEN_RANGE, FIRST(begin_sign), MECH(CKM_RSA_PKCS),
        WITH(NUM(2, ~0UL)), .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "31 bytes, CKM_RSA_PKCS_PSS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS_PSS), WITH(NUM(2, 31)),
        .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "33 bytes, CKM_RSA_PKCS_PSS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS_PSS), WITH(NUM(2, 33)),
        .then = is_over),
    SIGN_ROW(BAD_ARGUMENT, "no bytes, CKM_RSA_PKCS_PSS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS_PSS), WITH(NUM(2, 0)),
        .then = is_over),
    SIGN_ROW(SUCCEEDS, "one byte, CKM_RSA_PKCS", CKR_OK, FIRST(begin_sign),
        MECH(CKM_RSA_PKCS), WITH(NUM(2, 1)), COSTS(SIGNS)),
    SIGN_ROW(SUCCEEDS, "the most bytes, CKM_RSA_PKCS", CKR_OK,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 245)), COSTS(SIGNS)),
    SIGN_ROW(SUCCEEDS, "after its size", CKR_OK, FIRST(begin_sign, ask_sign),
        COSTS(SIGNS), .then = is_signature),
    SIGN_ROW(SUCCEEDS, "after too little room", CKR_OK,
        FIRST(begin_sign, short_sign), COSTS(SIGNS), .then = is_signature),
    SIGN_ROW(SUCCEEDS, "a second signature", CKR_OK,
        FIRST(make_sign, begin_sign), COSTS(SIGNS), .then = is_signature),
    ROW(C_Sign, SUCCEEDS, "on the sign slot", SIGN_USER, CKR_OK,
        FIRST(begin_sign), COSTS(SIGNS), .then = is_signature),
    ROW(C_Sign, SUCCEEDS, "on the sign slot, with its PIN", SIGN_USER, CKR_OK,
        FIRST(begin_sign, authorise), COSTS(SIGNS), .then = is_signature),
    ROW(C_Sign, SUCCEEDS, "the PIN came", EVERY_USER, CKR_OK,
        FIRST(begin_sign, authorise), COSTS(SIGNS), .then = is_signature),
    ROW(C_Sign, SUCCEEDS, "the PIN came, and the size was asked", EVERY_USER,
        CKR_OK, FIRST(begin_sign, authorise, ask_sign), COSTS(SIGNS),
        .then = is_signature),
    ROW(C_Sign, SUCCEEDS, "the PIN came, and too little room", EVERY_USER,
        CKR_OK, FIRST(begin_sign, authorise, short_sign), COSTS(SIGNS),
        .then = is_signature),

    UPDATE(NULL_ILLEGAL, "no part of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_sign), WITH(SET(1, NIL)), .then = is_over),
    UPDATE(NULL_ILLEGAL, "no part and no signature", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    UPDATE(NULL_LEGAL, "no part of no length", CKR_OK, FIRST(begin_sign),
        WITH(SET(1, NIL), NUM(2, 0)), .then = goes_on),
    NONE_ACTIVE(C_SignUpdate),
    UPDATE(BAD_ARGUMENT, "too many bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 246)),
        .then = is_over),
    UPDATE(BAD_ARGUMENT, "too many in all, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign, add_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 214)),
        .then = is_over),
    UPDATE(SUCCEEDS, "a part", CKR_OK, FIRST(begin_sign), .then = goes_on),
    UPDATE(SUCCEEDS, "another part", CKR_OK, FIRST(begin_sign, add_sign),
        .then = goes_on),
    UPDATE(SUCCEEDS, "as many as fit, CKM_RSA_PKCS", CKR_OK,
        FIRST(begin_sign, add_sign), MECH(CKM_RSA_PKCS), WITH(NUM(2, 213)),
        .then = goes_on),
    UPDATE(SUCCEEDS, "after its size was asked", CKR_OK,
        FIRST(begin_sign, add_sign, ask_sign_final), .then = goes_on),

    FINAL(NULL_ILLEGAL, "no length", CKR_ARGUMENTS_BAD,
        FIRST(begin_sign, add_sign), WITH(SET(2, NIL)), .then = is_over),
    FINAL(NULL_ILLEGAL, "neither room nor length", CKR_ARGUMENTS_BAD,
        FIRST(begin_sign, add_sign), WITH(SET(1, NIL), SET(2, NIL)),
        .then = is_over),
    FINAL(NULL_ILLEGAL, "no length and no signature", CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    FINAL(NULL_LEGAL, "no room, and some length", CKR_OK,
        FIRST(begin_sign, add_sign), WITH(SET(1, NIL)), ROOM(5),
        GIVES(SIGNATURE_SIZE), .then = goes_on),
    FINAL(TOO_SMALL, "no room at all", CKR_BUFFER_TOO_SMALL,
        FIRST(begin_sign, add_sign), ROOM(0), GIVES(SIGNATURE_SIZE),
        .then = goes_on),
    SIZES_OF_PARTS(C_SignFinal, 1, FIRST(begin_sign, add_sign)),
    PULLED(C_SignFinal, USER, CKR_DEVICE_REMOVED,
        FIRST(begin_sign, add_sign, pull_card)),
    NONE_ACTIVE(C_SignFinal),
    ROW(C_SignFinal, WRONG_STATE, "the PIN did not come", EVERY_USER,
        CKR_USER_NOT_LOGGED_IN, FIRST(begin_sign, add_sign), .then = is_over),
    FINAL(BAD_ARGUMENT, "no bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_sign), MECH(CKM_RSA_PKCS), .then = is_over),
    FINAL(SUCCEEDS, "of no parts", CKR_OK, FIRST(begin_sign), COSTS(SIGNS),
        .then = is_signature_of_nothing),
    FINAL(SUCCEEDS, "after its size", CKR_OK,
        FIRST(begin_sign, add_sign, ask_sign_final), COSTS(SIGNS),
        .then = is_signature),
    FINAL(SUCCEEDS, "after too little room", CKR_OK,
        FIRST(begin_sign, add_sign, short_sign_final), COSTS(SIGNS),
        .then = is_signature),
    ROW(C_SignFinal, SUCCEEDS, "the PIN came", EVERY_USER, CKR_OK,
        FIRST(begin_sign, authorise, add_sign), COSTS(SIGNS),
        .then = is_signature),
};

const struct rows rows_sign = ROWS(rows);

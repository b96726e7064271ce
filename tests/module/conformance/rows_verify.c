/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/steps.h"

/* Verifying (PKCS #11 5.13; 5.15 of 3.0): by the certificate, not the card. */

#define goes_on verify_goes_on
#define is_over verify_is_over

/* One bit of the signature is another. */
static void flip_bit(struct fixture *f)
{
    f->sig[SIGNATURE_SIZE / 2] ^= 1;
}

#define INIT(condition, what, state, ...) \
    ROW(C_VerifyInit, condition, what, state, __VA_ARGS__)
#define VERIFY(condition, what, ...) \
    ROW(C_Verify, condition, what, USER, __VA_ARGS__)
#define UPDATE(condition, what, ...) \
    ROW(C_VerifyUpdate, condition, what, USER, __VA_ARGS__)
#define FINAL(condition, what, ...) \
    ROW(C_VerifyFinal, condition, what, USER, __VA_ARGS__)

#define NONE_ACTIVE(name)                                                      \
    ROW(name, WRONG_STATE, "no verification", USER, NOT_BEGUN),                \
        ROW(name, WRONG_STATE, "after a verification", USER, NOT_BEGUN,        \
            FIRST(make_sign, begin_verify, make_verify)),                      \
        ROW(name, WRONG_STATE, "given up by C_SessionCancel", USER, NOT_BEGUN, \
            FIRST(begin_verify, cancel_verify)),                               \
        ROW(name, WRONG_STATE, "given up by C_VerifyInit(NULL)", USER,         \
            NOT_BEGUN, FIRST(begin_verify, null_verify)),                      \
        ROW(name, WRONG_STATE, "ended by C_Verify's NULL", USER, NOT_BEGUN,    \
            FIRST(begin_verify, invalid_verify)),                              \
        ROW(name, WRONG_STATE, "ended by C_VerifyUpdate's NULL", USER,         \
            NOT_BEGUN, FIRST(begin_verify, invalid_verify_update)),            \
        ROW(name, WRONG_STATE, "ended by C_VerifyFinal's NULL", USER,          \
            NOT_BEGUN, FIRST(begin_verify, add_verify, invalid_verify_final)), \
        ROW(name, WRONG_STATE, "ended by C_Verify after a part", USER,         \
            NOT_BEGUN, FIRST(begin_verify, add_verify, late_verify)),          \
        ROW(name, WRONG_STATE, "during a signature", USER, NOT_BEGUN,          \
            FIRST(begin_sign))

#define NO_MECHANISM(type, state) \
    INIT(BAD_ARGUMENT, #type, state, CKR_MECHANISM_INVALID, MECH(type))
/* The card may have to be asked first whether it knows RSA-PSS. */
#define NO_PSS_HERE(type)                                          \
    INIT(BAD_ARGUMENT, #type ", unknown to the card", NO_PSS_USER, \
        CKR_MECHANISM_INVALID, MECH(type), COSTS(ASKS), .then = is_over)
#define BAD_PARAMETER(what, type, step)                                        \
    INIT(BAD_ARGUMENT, what " of " #type, PUBLIC, CKR_MECHANISM_PARAM_INVALID, \
        MECH(type), FIRST(step), COSTS(ASKS), .then = is_over)
#define NO_KEY(what, state, ...) \
    INIT(BAD_HANDLE, what, state, CKR_KEY_HANDLE_INVALID, __VA_ARGS__)

/* What each mechanism signed, at once and in parts, and a bit of it wrong. */
#define VERIFIES_BY(type)                                          \
    INIT(SUCCEEDS, #type, PUBLIC, CKR_OK, MECH(type), COSTS(ASKS), \
        .then = goes_on),                                          \
        VERIFY(SUCCEEDS, #type, CKR_OK, MECH(type),                \
            FIRST(make_sign, begin_verify), .then = is_over),      \
        VERIFY(BAD_ARGUMENT, "another signature, " #type,          \
            CKR_SIGNATURE_INVALID, MECH(type),                     \
            FIRST(make_sign, flip_bit, begin_verify), .then = is_over)
#define VERIFIES_PARTS_BY(type)                                       \
    FINAL(SUCCEEDS, #type, CKR_OK, MECH(type),                        \
        FIRST(make_sign, begin_verify, add_verify), .then = is_over), \
        FINAL(BAD_ARGUMENT, "another signature, " #type,              \
            CKR_SIGNATURE_INVALID, MECH(type),                        \
            FIRST(make_sign, flip_bit, begin_verify, add_verify),     \
            .then = is_over)

#define LENGTH(name, arg, n, what, ...)                          \
    ROW(name, BAD_ARGUMENT, what, USER, CKR_SIGNATURE_LEN_RANGE, \
        WITH(NUM(arg, n)), __VA_ARGS__, .then = is_over)
#define LENGTHS(name, arg, ...)                                        \
    LENGTH(name, arg, 0, "a signature of no bytes", __VA_ARGS__),      \
        LENGTH(name, arg, 255, "a signature one short", __VA_ARGS__),  \
        LENGTH(name, arg, 257, "a signature one longer", __VA_ARGS__), \
        LENGTH(name, arg, ~0UL, "a signature without end", __VA_ARGS__)

static const struct row rows[] = {
    INIT(NULL_LEGAL, "gives the verification up", USER, CKR_OK,
        FIRST(begin_verify), WITH(SET(1, NIL)), .then = is_over),
    INIT(NULL_LEGAL, "gives one in parts up", USER, CKR_OK,
        FIRST(begin_verify, add_verify), WITH(SET(1, NIL)), .then = is_over),
    NO_KEY("key 0", USER, WITH(NUM(2, 0))),
    NO_KEY("a key never given", USER, WITH(NUM(2, ~0UL))),
    NO_KEY("a session for a key", USER, WITH(SET(2, SESSION))),
    NO_KEY("a certificate for a key", USER, WITH(SET(2, CERTIFICATE))),
    NO_KEY("the status for a key", USER, WITH(SET(2, STATUS_OBJECT))),
    NO_KEY("the public key, logged out, sign", SIGN_USER, FIRST(log_out)),
    NO_KEY("a key of the other slot", USER, FIRST(open_other),
        WITH(SET(0, OTHER_SESSION))),
    PULLED(C_VerifyInit, USER, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    INIT(WRONG_STATE, "during a verification", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_verify), .then = goes_on),
    INIT(WRONG_STATE, "during one in parts", USER, CKR_OPERATION_ACTIVE,
        FIRST(begin_verify, add_verify), .then = goes_on),
    INIT(BAD_ARGUMENT, "the private key", USER, CKR_KEY_FUNCTION_NOT_PERMITTED,
        WITH(SET(2, KEY)), .then = is_over),
    NO_MECHANISM(CKM_SHA256, PUBLIC),
    NO_MECHANISM(CKM_RSA_X_509, PUBLIC),
    NO_MECHANISM(CKM_MD5_RSA_PKCS, PUBLIC),
    NO_MECHANISM(CKM_ECDSA, PUBLIC),
    NO_MECHANISM(~0UL, PUBLIC),
    NO_PSS_HERE(CKM_RSA_PKCS_PSS),
    NO_PSS_HERE(CKM_SHA256_RSA_PKCS_PSS),
    BAD_PARAMETER("a parameter", CKM_SHA256_RSA_PKCS, stray_parameter),
    BAD_PARAMETER("a parameter's length", CKM_SHA256_RSA_PKCS, stray_length),
    BAD_PARAMETER("no parameter", CKM_RSA_PKCS_PSS, no_parameter),
    BAD_PARAMETER("SHA-1", CKM_RSA_PKCS_PSS, wrong_hash),
    BAD_PARAMETER("MGF1 with SHA-1", CKM_SHA256_RSA_PKCS_PSS, wrong_mgf),
    BAD_PARAMETER("a salt of 20", CKM_SHA256_RSA_PKCS_PSS, wrong_salt),
    INIT(SUCCEEDS, "on the sign slot", SIGN_USER, CKR_OK, .then = goes_on),
    INIT(SUCCEEDS, "during a signature", USER, CKR_OK, FIRST(begin_sign),
        .then = goes_on),

    VERIFIES_BY(CKM_RSA_PKCS),
    VERIFIES_BY(CKM_SHA1_RSA_PKCS),
    VERIFIES_BY(CKM_SHA224_RSA_PKCS),
    VERIFIES_BY(CKM_SHA256_RSA_PKCS),
    VERIFIES_BY(CKM_SHA384_RSA_PKCS),
    VERIFIES_BY(CKM_SHA512_RSA_PKCS),
    VERIFIES_BY(CKM_RSA_PKCS_PSS),
    VERIFIES_BY(CKM_SHA256_RSA_PKCS_PSS),
    VERIFIES_PARTS_BY(CKM_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA1_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA224_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA256_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA384_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA512_RSA_PKCS),
    VERIFIES_PARTS_BY(CKM_SHA256_RSA_PKCS_PSS),

    VERIFY(NULL_ILLEGAL, "no data of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_verify), WITH(SET(1, NIL)), .then = is_over),
    VERIFY(NULL_ILLEGAL, "no signature", CKR_ARGUMENTS_BAD, FIRST(begin_verify),
        WITH(SET(3, NIL)), .then = is_over),
    VERIFY(NULL_ILLEGAL, "no signature of no length", CKR_ARGUMENTS_BAD,
        FIRST(begin_verify), WITH(SET(3, NIL), NUM(4, 0)), .then = is_over),
    VERIFY(NULL_ILLEGAL, "no signature, no verification", CKR_ARGUMENTS_BAD,
        WITH(SET(3, NIL))),
    VERIFY(NULL_LEGAL, "no data of no length", CKR_SIGNATURE_INVALID,
        FIRST(make_sign, begin_verify), WITH(SET(1, NIL), NUM(2, 0)),
        .then = is_over),
    NONE_ACTIVE(C_Verify),
    VERIFY(WRONG_STATE, "after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_verify, add_verify), .then = is_over),
    LENGTHS(C_Verify, 4, FIRST(make_sign, begin_verify)),
    VERIFY(BAD_ARGUMENT, "other data", CKR_SIGNATURE_INVALID,
        FIRST(make_sign, begin_verify), WITH(NUM(2, 31)), .then = is_over),
    VERIFY(BAD_ARGUMENT, "no bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(make_sign, begin_verify), MECH(CKM_RSA_PKCS), WITH(NUM(2, 0)),
        .then = is_over),
    VERIFY(BAD_ARGUMENT, "too many bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(make_sign, begin_verify), MECH(CKM_RSA_PKCS), WITH(NUM(2, 246)),
        .then = is_over),
    VERIFY(BAD_ARGUMENT, "31 bytes, CKM_RSA_PKCS_PSS", CKR_DATA_LEN_RANGE,
        FIRST(make_sign, begin_verify), MECH(CKM_RSA_PKCS_PSS),
        WITH(NUM(2, 31)), .then = is_over),
    VERIFY(SUCCEEDS, "logged out meanwhile", CKR_OK,
        FIRST(make_sign, begin_verify, log_out), .then = is_over),

    UPDATE(NULL_ILLEGAL, "no part of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_verify), WITH(SET(1, NIL)), .then = is_over),
    UPDATE(NULL_ILLEGAL, "no part, no verification", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    UPDATE(NULL_LEGAL, "no part of no length", CKR_OK, FIRST(begin_verify),
        WITH(SET(1, NIL), NUM(2, 0)), .then = goes_on),
    NONE_ACTIVE(C_VerifyUpdate),
    UPDATE(BAD_ARGUMENT, "too many bytes, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(begin_verify), MECH(CKM_RSA_PKCS), WITH(NUM(2, 246)),
        .then = is_over),
    UPDATE(SUCCEEDS, "a part", CKR_OK, FIRST(begin_verify), .then = goes_on),
    UPDATE(SUCCEEDS, "another part", CKR_OK, FIRST(begin_verify, add_verify),
        .then = goes_on),

    FINAL(NULL_ILLEGAL, "no signature", CKR_ARGUMENTS_BAD,
        FIRST(begin_verify, add_verify), WITH(SET(1, NIL)), .then = is_over),
    FINAL(NULL_ILLEGAL, "no signature of no length", CKR_ARGUMENTS_BAD,
        FIRST(begin_verify, add_verify), WITH(SET(1, NIL), NUM(2, 0)),
        .then = is_over),
    FINAL(NULL_ILLEGAL, "no signature, no verification", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    NONE_ACTIVE(C_VerifyFinal),
    LENGTHS(C_VerifyFinal, 2, FIRST(make_sign, begin_verify, add_verify)),
    FINAL(BAD_ARGUMENT, "of no parts", CKR_SIGNATURE_INVALID,
        FIRST(make_sign, begin_verify), .then = is_over),
    FINAL(BAD_ARGUMENT, "of no parts, CKM_RSA_PKCS", CKR_DATA_LEN_RANGE,
        FIRST(make_sign, begin_verify), MECH(CKM_RSA_PKCS), .then = is_over),
};

const struct rows rows_verify = ROWS(rows);

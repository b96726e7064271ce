/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* Message digesting (PKCS #11 5.10; 5.12 of 3.0). */

#define SHA256_SIZE 32
/* SHA-256 of nothing at all (FIPS 180-4). */
static const CK_BYTE empty_sha256[] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c,
    0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8,
    0x55};

static bool is_of_nothing(struct fixture *f)
{
    return memcmp(f->out, empty_sha256, sizeof empty_sha256) == 0;
}

static bool is_of_data(struct fixture *f)
{
    CK_BYTE digest[SHA256_SIZE];
    CK_ULONG len = sizeof digest;

    begin_digest(f);
    return f->list->C_Digest(f->session, f->data, 32, digest, &len) == CKR_OK &&
           memcmp(f->out, digest, sizeof digest) == 0;
}

#define goes_on digest_goes_on
#define is_over digest_is_over

/*
 * The four lengths of NAME, whose output is argument OUT, after STEPS, for a
 * digest of NEED bytes by TYPE.
 */
#define SIZES(name, out, type, need, ...)                                      \
    ROW(name, SIZE_QUERY, #type, PUBLIC, CKR_OK, __VA_ARGS__, MECH(type),      \
        WITH(SET(out, NIL)), ROOM(0), GIVES(need), .then = goes_on),           \
        ROW(name, TOO_SMALL, #type, PUBLIC, CKR_BUFFER_TOO_SMALL, __VA_ARGS__, \
            MECH(type), ROOM((need)-1), GIVES(need), .then = goes_on),         \
        ROW(name, EXACT, #type, PUBLIC, CKR_OK, __VA_ARGS__, MECH(type),       \
            ROOM(need), GIVES(need), .then = is_over),                         \
        ROW(name, OVERSIZE, #type, PUBLIC, CKR_OK, __VA_ARGS__, MECH(type),    \
            ROOM((need) + 1), GIVES(need), .then = is_over)

#define SIZES_OF_ALL(name, out, ...)                   \
    SIZES(name, out, CKM_SHA_1, 20, __VA_ARGS__),      \
        SIZES(name, out, CKM_SHA224, 28, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA256, 32, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA384, 48, __VA_ARGS__), \
        SIZES(name, out, CKM_SHA512, 64, __VA_ARGS__)

#define INIT(condition, what, ...) \
    ROW(C_DigestInit, condition, what, PUBLIC, __VA_ARGS__)
#define DIGEST(condition, what, ...) \
    ROW(C_Digest, condition, what, PUBLIC, __VA_ARGS__)
#define UPDATE(condition, what, ...) \
    ROW(C_DigestUpdate, condition, what, PUBLIC, __VA_ARGS__)
#define FINAL(condition, what, ...) \
    ROW(C_DigestFinal, condition, what, PUBLIC, __VA_ARGS__)

/* NAME where no digest is active, for every way of coming there. */
#define NONE_ACTIVE(name)                                                      \
    ROW(name, WRONG_STATE, "no digest", PUBLIC, NOT_BEGUN),                    \
        ROW(name, WRONG_STATE, "after a digest", PUBLIC, NOT_BEGUN,            \
            FIRST(begin_digest, make_digest)),                                 \
        ROW(name, WRONG_STATE, "given up by C_SessionCancel", PUBLIC,          \
            NOT_BEGUN, FIRST(begin_digest, cancel_digest)),                    \
        ROW(name, WRONG_STATE, "given up by C_DigestInit(NULL)", PUBLIC,       \
            NOT_BEGUN, FIRST(begin_digest, null_digest)),                      \
        ROW(name, WRONG_STATE, "ended by C_Digest's NULL", PUBLIC, NOT_BEGUN,  \
            FIRST(begin_digest, invalid_digest)),                              \
        ROW(name, WRONG_STATE, "ended by C_DigestUpdate's NULL", PUBLIC,       \
            NOT_BEGUN, FIRST(begin_digest, invalid_digest_update)),            \
        ROW(name, WRONG_STATE, "ended by C_DigestFinal's NULL", PUBLIC,        \
            NOT_BEGUN, FIRST(begin_digest, add_digest, invalid_digest_final)), \
        ROW(name, WRONG_STATE, "ended by C_Digest after a part", PUBLIC,       \
            NOT_BEGUN, FIRST(begin_digest, add_digest, late_digest)),          \
        ROW(name, WRONG_STATE, "during a signature", USER, NOT_BEGUN,          \
            FIRST(begin_sign))

#define NO_MECHANISM(type) \
    INIT(BAD_ARGUMENT, #type, CKR_MECHANISM_INVALID, MECH(type))

static const struct row rows[] = {
    INIT(NULL_LEGAL, "gives the digest up", CKR_OK, FIRST(begin_digest),
        WITH(SET(1, NIL)), .then = is_over),
    INIT(NULL_LEGAL, "gives a digest in parts up", CKR_OK,
        FIRST(begin_digest, add_digest), WITH(SET(1, NIL)), .then = is_over),
    INIT(WRONG_STATE, "during a digest", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest), .then = goes_on),
    INIT(WRONG_STATE, "during a digest in parts", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest, add_digest), .then = goes_on),
    INIT(WRONG_STATE, "after its size was asked", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest, ask_digest), .then = goes_on),
    NO_MECHANISM(CKM_RSA_PKCS),
    NO_MECHANISM(CKM_SHA256_RSA_PKCS),
    NO_MECHANISM(CKM_RSA_PKCS_PSS),
    NO_MECHANISM(CKM_MD5),
    NO_MECHANISM(CKM_SHA256_HMAC),
    NO_MECHANISM(CKM_VENDOR_DEFINED),
    NO_MECHANISM(~0UL),
    INIT(BAD_ARGUMENT, "a parameter", CKR_MECHANISM_PARAM_INVALID,
        FIRST(stray_parameter), .then = is_over),
    INIT(BAD_ARGUMENT, "a parameter's length", CKR_MECHANISM_PARAM_INVALID,
        FIRST(stray_length), .then = is_over),
    INIT(SUCCEEDS, "SHA-1", CKR_OK, MECH(CKM_SHA_1), .then = goes_on),
    INIT(SUCCEEDS, "SHA-224", CKR_OK, MECH(CKM_SHA224), .then = goes_on),
    INIT(SUCCEEDS, "SHA-256", CKR_OK, MECH(CKM_SHA256), .then = goes_on),
    INIT(SUCCEEDS, "SHA-384", CKR_OK, MECH(CKM_SHA384), .then = goes_on),
    INIT(SUCCEEDS, "SHA-512", CKR_OK, MECH(CKM_SHA512), .then = goes_on),
    INIT(SUCCEEDS, "during a search", CKR_OK, FIRST(begin_find),
        .then = goes_on),
    ROW(C_DigestInit, SUCCEEDS, "during a signature", USER, CKR_OK,
        FIRST(begin_sign), .then = goes_on),
    INIT(SUCCEEDS, "after one given up", CKR_OK,
        FIRST(begin_digest, null_digest), .then = goes_on),

    DIGEST(NULL_ILLEGAL, "no data of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_digest), WITH(SET(1, NIL)), .then = is_over),
    DIGEST(NULL_ILLEGAL, "no length", CKR_ARGUMENTS_BAD, FIRST(begin_digest),
        WITH(SET(4, NIL)), .then = is_over),
    DIGEST(NULL_ILLEGAL, "neither room nor length", CKR_ARGUMENTS_BAD,
        FIRST(begin_digest), WITH(SET(3, NIL), SET(4, NIL)), .then = is_over),
    DIGEST(NULL_ILLEGAL, "no length and no digest", CKR_ARGUMENTS_BAD,
        WITH(SET(4, NIL))),
    DIGEST(NULL_ILLEGAL, "no data and no digest", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    DIGEST(NULL_LEGAL, "no data of no length", CKR_OK, FIRST(begin_digest),
        WITH(SET(1, NIL), NUM(2, 0)), .then = is_of_nothing),
    DIGEST(NULL_LEGAL, "no room, and some length", CKR_OK, FIRST(begin_digest),
        WITH(SET(3, NIL)), ROOM(5), GIVES(SHA256_SIZE), .then = goes_on),
    DIGEST(SIZE_QUERY, "of no data", CKR_OK, FIRST(begin_digest),
        WITH(SET(1, NIL), NUM(2, 0), SET(3, NIL)), GIVES(SHA256_SIZE),
        .then = goes_on),
    DIGEST(TOO_SMALL, "no room at all", CKR_BUFFER_TOO_SMALL,
        FIRST(begin_digest), ROOM(0), GIVES(SHA256_SIZE), .then = goes_on),
    SIZES_OF_ALL(C_Digest, 3, FIRST(begin_digest)),
    NONE_ACTIVE(C_Digest),
    DIGEST(WRONG_STATE, "after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest, add_digest), .then = is_over),
    DIGEST(WRONG_STATE, "its size, after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest, add_digest), WITH(SET(3, NIL)), ROOM(5), GIVES(5),
        .then = is_over),
    DIGEST(WRONG_STATE, "too little room, after a part", CKR_OPERATION_ACTIVE,
        FIRST(begin_digest, add_digest), ROOM(5), GIVES(5), .then = is_over),
    DIGEST(SUCCEEDS, "data of no length", CKR_OK, FIRST(begin_digest),
        WITH(NUM(2, 0)), .then = is_of_nothing),
    DIGEST(SUCCEEDS, "after its size", CKR_OK, FIRST(begin_digest, ask_digest),
        GIVES(SHA256_SIZE), .then = is_of_data),
    DIGEST(SUCCEEDS, "after too little room", CKR_OK,
        FIRST(begin_digest, short_digest), GIVES(SHA256_SIZE),
        .then = is_of_data),

    UPDATE(NULL_ILLEGAL, "no part of some length", CKR_ARGUMENTS_BAD,
        FIRST(begin_digest), WITH(SET(1, NIL)), .then = is_over),
    UPDATE(NULL_ILLEGAL, "no part and no digest", CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    UPDATE(NULL_LEGAL, "no part of no length", CKR_OK, FIRST(begin_digest),
        WITH(SET(1, NIL), NUM(2, 0)), .then = goes_on),
    NONE_ACTIVE(C_DigestUpdate),
    UPDATE(SUCCEEDS, "a part", CKR_OK, FIRST(begin_digest), .then = goes_on),
    UPDATE(SUCCEEDS, "another part", CKR_OK, FIRST(begin_digest, add_digest),
        .then = goes_on),
    UPDATE(SUCCEEDS, "after its size was asked", CKR_OK,
        FIRST(begin_digest, add_digest, ask_digest_final), .then = goes_on),

    ROW(C_DigestKey, BAD_HANDLE, "key 0", PUBLIC, CKR_KEY_HANDLE_INVALID,
        FIRST(begin_digest), WITH(NUM(1, 0))),
    ROW(C_DigestKey, BAD_HANDLE, "a certificate", PUBLIC,
        CKR_KEY_HANDLE_INVALID, FIRST(begin_digest), WITH(SET(1, CERTIFICATE))),
    ROW(C_DigestKey, BAD_HANDLE, "a session for a key", PUBLIC,
        CKR_KEY_HANDLE_INVALID, FIRST(begin_digest), WITH(SET(1, SESSION))),
    ROW(C_DigestKey, BAD_HANDLE, "the private key, logged out", USER,
        CKR_KEY_HANDLE_INVALID, FIRST(begin_digest, log_out)),
    NONE_ACTIVE(C_DigestKey),
    ROW(C_DigestKey, BAD_ARGUMENT, "the private key", USER,
        CKR_KEY_INDIGESTIBLE, FIRST(begin_digest), .then = is_over),
    ROW(C_DigestKey, BAD_ARGUMENT, "the public key", PUBLIC,
        CKR_KEY_INDIGESTIBLE, FIRST(begin_digest), WITH(SET(1, PUBLIC_KEY)),
        .then = is_over),

    FINAL(NULL_ILLEGAL, "no length", CKR_ARGUMENTS_BAD,
        FIRST(begin_digest, add_digest), WITH(SET(2, NIL)), .then = is_over),
    FINAL(NULL_ILLEGAL, "neither room nor length", CKR_ARGUMENTS_BAD,
        FIRST(begin_digest, add_digest), WITH(SET(1, NIL), SET(2, NIL)),
        .then = is_over),
    FINAL(NULL_ILLEGAL, "no length and no digest", CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    FINAL(NULL_LEGAL, "no room, and some length", CKR_OK,
        FIRST(begin_digest, add_digest), WITH(SET(1, NIL)), ROOM(5),
        GIVES(SHA256_SIZE), .then = goes_on),
    FINAL(TOO_SMALL, "no room at all", CKR_BUFFER_TOO_SMALL,
        FIRST(begin_digest, add_digest), ROOM(0), GIVES(SHA256_SIZE),
        .then = goes_on),
    SIZES_OF_ALL(C_DigestFinal, 1, FIRST(begin_digest, add_digest)),
    NONE_ACTIVE(C_DigestFinal),
    FINAL(SUCCEEDS, "of no parts", CKR_OK, FIRST(begin_digest),
        .then = is_of_nothing),
    FINAL(SUCCEEDS, "after its size", CKR_OK,
        FIRST(begin_digest, add_digest, ask_digest_final), .then = is_of_data),
    FINAL(SUCCEEDS, "after too little room", CKR_OK,
        FIRST(begin_digest, add_digest, short_digest_final),
        .then = is_of_data),
};

const struct rows rows_digest = ROWS(rows);

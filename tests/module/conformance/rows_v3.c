/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* What PKCS #11 3.0 adds, but for C_LoginUser and for messages. */

#define INTERFACES 2

static bool gave_both(struct fixture *f)
{
    CK_INTERFACE found[INTERFACES];
    const CK_VERSION *first, *second;

    memcpy(found, f->out, sizeof found);
    first = found[0].pFunctionList;
    second = found[1].pFunctionList;
    return strcmp((char *)found[0].pInterfaceName, "PKCS 11") == 0 &&
           first->major == 3 && first->minor == 0 && found[0].flags == 0 &&
           strcmp((char *)found[1].pInterfaceName, "PKCS 11") == 0 &&
           second->major == 2 && second->minor == 40 && found[1].flags == 0;
}

static bool gave(const struct fixture *f, CK_BYTE major, CK_BYTE minor)
{
    const CK_INTERFACE *found = f->pointer;
    const CK_VERSION *version = found->pFunctionList;

    return version->major == major && version->minor == minor;
}

static bool gave_2_40(struct fixture *f)
{
    return gave(f, 2, 40);
}

static bool gave_3_0(struct fixture *f)
{
    return gave(f, 3, 0);
}

static CK_RV get(struct fixture *f, const char *name, CK_BYTE major,
    CK_BYTE minor, CK_FLAGS flags)
{
    struct cryptoki_list_3_0 *list = (void *)f->list;
    CK_VERSION version = {major, minor};
    CK_INTERFACE *found = f->pointer;
    CK_UTF8CHAR copy[64];
    CK_RV rv;

    memcpy(copy, name, strlen(name) + 1);
    rv = list->C_GetInterface(copy, &version, &found, flags);
    f->pointer = found;
    return rv;
}

#define GETS(function, name, major, minor, flags)   \
    static CK_RV function(struct fixture *f)        \
    {                                               \
        return get(f, name, major, minor, (flags)); \
    }

GETS(get_2_40, "PKCS 11", 2, 40, 0)
GETS(get_3_0, "PKCS 11", 3, 0, 0)
GETS(get_3_1, "PKCS 11", 3, 1, 0)
GETS(get_2_20, "PKCS 11", 2, 20, 0)
GETS(get_0_0, "PKCS 11", 0, 0, 0)
GETS(get_fork_safe, "PKCS 11", 3, 0, CKF_INTERFACE_FORK_SAFE)
GETS(get_unknown_flag, "PKCS 11", 3, 0, 0x80000000UL)
GETS(get_nameless, "", 3, 0, 0)
GETS(get_shorter, "PKCS 1", 3, 0, 0)
GETS(get_longer, "PKCS 11 ", 3, 0, 0)
GETS(get_lower_case, "pkcs 11", 3, 0, 0)
GETS(get_vendor, "Vendor NSS FIPS Interface", 3, 0, 0)

/* What C_SessionCancel shall have ended or let be. */
static bool find_is_over(struct fixture *f)
{
    return f->list->C_FindObjectsFinal(f->session) ==
           CKR_OPERATION_NOT_INITIALIZED;
}

static bool find_goes_on(struct fixture *f)
{
    return f->list->C_FindObjectsFinal(f->session) == CKR_OK;
}

static bool both_are_over(struct fixture *f)
{
    return sign_is_over(f) && digest_is_over(f);
}

static bool only_digest_is_over(struct fixture *f)
{
    return sign_goes_on(f) && digest_is_over(f);
}

static bool only_sign_is_over(struct fixture *f)
{
    return sign_is_over(f) && digest_goes_on(f);
}

#define EVERYTHING (CKF_SIGN | CKF_VERIFY | CKF_DIGEST | CKF_FIND_OBJECTS)

#define CANCEL(condition, what, flags, ...)                                  \
    ROW(C_SessionCancel, condition, what, USER, CKR_OK, WITH(NUM(1, flags)), \
        __VA_ARGS__)

#define LIST(condition, what, state, ...) \
    ROW(C_GetInterfaceList, condition, what, state, __VA_ARGS__)
#define GET(condition, what, ...) \
    ROW(C_GetInterface, condition, what, READY, __VA_ARGS__)
#define NOT_THERE(what, function) \
    GET(BAD_ARGUMENT, what, CKR_ARGUMENTS_BAD, .call = (function))

static const struct row rows[] = {
    LIST(NULL_ILLEGAL, "no count", READY, CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    LIST(NULL_ILLEGAL, "neither list nor count", READY, CKR_ARGUMENTS_BAD,
        WITH(SET(0, NIL), SET(1, NIL))),
    LIST(NULL_ILLEGAL, "no count, before C_Initialize", OFF, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    LIST(NULL_LEGAL, "no list, and some count", READY, CKR_OK,
        WITH(SET(0, NIL)), ROOM(1), GIVES(INTERFACES)),
    LIST(SIZE_QUERY, "all", READY, CKR_OK, WITH(SET(0, NIL)), ROOM(0),
        GIVES(INTERFACES)),
    LIST(SIZE_QUERY, "all, before C_Initialize", OFF, CKR_OK, WITH(SET(0, NIL)),
        ROOM(0), GIVES(INTERFACES)),
    LIST(TOO_SMALL, "none", READY, CKR_BUFFER_TOO_SMALL, ROOM(0),
        GIVES(INTERFACES)),
    LIST(TOO_SMALL, "one short", READY, CKR_BUFFER_TOO_SMALL, ROOM(1),
        GIVES(INTERFACES)),
    LIST(EXACT, "both", READY, CKR_OK, ROOM(INTERFACES), GIVES(INTERFACES),
        .then = gave_both),
    LIST(OVERSIZE, "one more", READY, CKR_OK, ROOM(INTERFACES + 1),
        GIVES(INTERFACES), .then = gave_both),
    LIST(OVERSIZE, "many more", USER, CKR_OK, ROOM(40), GIVES(INTERFACES),
        .then = gave_both),
    LIST(SUCCEEDS, "before C_Initialize", OFF, CKR_OK, GIVES(INTERFACES),
        .then = gave_both),

    GET(NULL_ILLEGAL, "nowhere to write", CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    GET(NULL_ILLEGAL, "nothing at all", CKR_ARGUMENTS_BAD,
        WITH(SET(0, NIL), SET(1, NIL), SET(2, NIL))),
    GET(NULL_LEGAL, "no name", CKR_OK, WITH(SET(0, NIL)), .then = gave_2_40),
    GET(NULL_LEGAL, "no version", CKR_OK, WITH(SET(1, NIL)), .then = gave_3_0),
    GET(NULL_LEGAL, "neither name nor version", CKR_OK,
        WITH(SET(0, NIL), SET(1, NIL)), .then = gave_3_0),
    NOT_THERE("3.1", get_3_1),
    NOT_THERE("2.20", get_2_20),
    NOT_THERE("0.0", get_0_0),
    NOT_THERE("one that is safe to fork", get_fork_safe),
    NOT_THERE("a flag of nobody", get_unknown_flag),
    NOT_THERE("an empty name", get_nameless),
    NOT_THERE("the beginning of the name", get_shorter),
    NOT_THERE("the name and a space", get_longer),
    NOT_THERE("the name in lower case", get_lower_case),
    NOT_THERE("a vendor's name", get_vendor),
    GET(BAD_ARGUMENT, "any that is safe to fork", CKR_ARGUMENTS_BAD,
        WITH(SET(0, NIL), SET(1, NIL), NUM(3, CKF_INTERFACE_FORK_SAFE))),
    GET(SUCCEEDS, "2.40", CKR_OK, .call = get_2_40, .then = gave_2_40),
    GET(SUCCEEDS, "3.0", CKR_OK, .call = get_3_0, .then = gave_3_0),

    CANCEL(WRONG_STATE, "no signature", CKF_SIGN, .then = sign_is_over),
    CANCEL(WRONG_STATE, "nothing of everything", EVERYTHING,
        .then = both_are_over),
    CANCEL(WRONG_STATE, "another operation", CKF_VERIFY, FIRST(begin_sign),
        .then = sign_goes_on),
    CANCEL(WRONG_STATE, "a signature given up before", CKF_SIGN,
        FIRST(begin_sign, cancel_sign), .then = sign_is_over),
    CANCEL(
        BAD_ARGUMENT, "no flags", 0, FIRST(begin_sign), .then = sign_goes_on),
    CANCEL(BAD_ARGUMENT, "flags of nobody", 0x80000000UL, FIRST(begin_sign),
        .then = sign_goes_on),
    CANCEL(BAD_ARGUMENT, "operations that are not had",
        CKF_ENCRYPT | CKF_DERIVE, FIRST(begin_sign), .then = sign_goes_on),
    CANCEL(BAD_ARGUMENT, "all flags", ~0UL, FIRST(begin_digest_and_sign),
        .then = both_are_over),
    CANCEL(SUCCEEDS, "a signature", CKF_SIGN, FIRST(begin_sign),
        .then = sign_is_over),
    CANCEL(SUCCEEDS, "a signature in parts", CKF_SIGN,
        FIRST(begin_sign, add_sign), .then = sign_is_over),
    CANCEL(SUCCEEDS, "a digest", CKF_DIGEST, FIRST(begin_digest),
        .then = digest_is_over),
    CANCEL(SUCCEEDS, "a verification", CKF_VERIFY, FIRST(begin_verify),
        .then = verify_is_over),
    CANCEL(SUCCEEDS, "a search", CKF_FIND_OBJECTS, FIRST(begin_find),
        .then = find_is_over),
    CANCEL(SUCCEEDS, "no search", CKF_SIGN, FIRST(begin_find),
        .then = find_goes_on),
    CANCEL(SUCCEEDS, "everything", EVERYTHING, FIRST(begin_digest_and_sign),
        .then = both_are_over),
    CANCEL(SUCCEEDS, "the digest, not the signature", CKF_DIGEST,
        FIRST(begin_digest_and_sign), .then = only_digest_is_over),
    CANCEL(SUCCEEDS, "the signature, not the digest", CKF_SIGN,
        FIRST(begin_digest_and_sign), .then = only_sign_is_over),
    ROW(C_SessionCancel, SUCCEEDS, "a signature and its PIN", EVERY_USER,
        CKR_OK, FIRST(begin_sign, authorise), .then = sign_is_over),
};

const struct rows rows_v3 = ROWS(rows);

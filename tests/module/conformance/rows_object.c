/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* Object management (PKCS #11 5.7). */

#define LABEL "User Authentication"
#define LABEL_LEN (sizeof LABEL - 1)
#define WITHHELD CK_UNAVAILABLE_INFORMATION

/* What is seen on each slot (docs/design.md section 3). */
#define AUTH_PUBLIC 5 /* certificate, public key, status, two profiles */
#define AUTH_USER 6   /* and the private key */
#define SIGN_OUT 3    /* status, two profiles */
#define SIGN_IN 7     /* and three of the signer's, and his CA */

#define ATTR(type) .attribute = (type)
#define GET(condition, what, state, ...) \
    ROW(C_GetAttributeValue, condition, what, state, __VA_ARGS__)

/*
 * Three attributes of one object, with room of LEN for the one in the middle,
 * which must say that it has the length SHOWN.
 */
static CK_RV get_three(struct fixture *f, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE second, CK_ULONG len, CK_ULONG shown)
{
    CK_OBJECT_CLASS class = ~0UL;
    CK_BBOOL token = 0x77;
    CK_BYTE value[256];
    CK_ATTRIBUTE templ[] = {{CKA_CLASS, &class, sizeof class},
        {second, len ? value : NULL, len}, {CKA_TOKEN, &token, sizeof token}};
    CK_RV rv = f->list->C_GetAttributeValue(f->session, object, templ, 3);

    /* The others are answered whatever becomes of one (5.7.5). */
    if (class == ~0UL || token != CK_TRUE || templ[1].ulValueLen != shown ||
        templ[0].ulValueLen != sizeof class)
        return CKR_GENERAL_ERROR;
    return rv;
}

#define GETS_THREE(name, object, type, len, shown)            \
    static CK_RV name(struct fixture *f)                      \
    {                                                         \
        return get_three(f, f->object, (type), (len), shown); \
    }

GETS_THREE(get_beside_unknown, certificate, CKA_VENDOR_DEFINED, 8, WITHHELD)
GETS_THREE(get_beside_sensitive, key, CKA_PRIVATE_EXPONENT, 256, WITHHELD)
GETS_THREE(get_beside_short, certificate, CKA_LABEL, 4, WITHHELD)
GETS_THREE(get_beside_size, certificate, CKA_LABEL, 0, LABEL_LEN)

static bool gave_label(struct fixture *f)
{
    return memcmp(f->out, LABEL, LABEL_LEN) == 0;
}

/* A Name in DER, which begins as a SEQUENCE. */
static bool gave_name(struct fixture *f)
{
    return f->out[0] == 0x30;
}

/* How many objects the search that was begun will find. */
static CK_ULONG count_found(struct fixture *f)
{
    CK_OBJECT_HANDLE found[16];
    CK_ULONG count = 0;

    if (f->list->C_FindObjects(f->session, found, 16, &count) != CKR_OK)
        return ~0UL;
    return count;
}

#define FINDS(n)                             \
    static bool finds_##n(struct fixture *f) \
    {                                        \
        return count_found(f) == (n);        \
    }

FINDS(0)
FINDS(1)
FINDS(AUTH_PUBLIC)
FINDS(AUTH_USER)
FINDS(SIGN_OUT)
FINDS(SIGN_IN)

static CK_RV init_with_null_value(struct fixture *f)
{
    CK_ATTRIBUTE templ = {CKA_LABEL, NULL, 5};

    return f->list->C_FindObjectsInit(f->session, &templ, 1);
}

static CK_RV init_with_empty_value(struct fixture *f)
{
    CK_ATTRIBUTE templ = {CKA_LABEL, NULL, 0};

    return f->list->C_FindObjectsInit(f->session, &templ, 1);
}

static CK_RV init_with_short_class(struct fixture *f)
{
    CK_BYTE class = CKO_CERTIFICATE;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};

    return f->list->C_FindObjectsInit(f->session, &templ, 1);
}

#define FIND(condition, what, state, ...) \
    ROW(C_FindObjects, condition, what, state, __VA_ARGS__)
#define FIND_INIT(condition, what, state, ...) \
    ROW(C_FindObjectsInit, condition, what, state, __VA_ARGS__)

/* A handle that is no object's, where FUNCTION takes it at ARG. */
#define NO_OBJECT(name, arg)                                                 \
    ROW(name, BAD_HANDLE, "object 0", PUBLIC, CKR_OBJECT_HANDLE_INVALID,     \
        WITH(NUM(arg, 0))),                                                  \
        ROW(name, BAD_HANDLE, "an object never given", PUBLIC,               \
            CKR_OBJECT_HANDLE_INVALID, WITH(NUM(arg, ~0UL))),                \
        ROW(name, BAD_HANDLE, "a session for an object", PUBLIC,             \
            CKR_OBJECT_HANDLE_INVALID, WITH(SET(arg, SESSION))),             \
        ROW(name, BAD_HANDLE, "an object of the other slot", SIGN_PUBLIC,    \
            CKR_OBJECT_HANDLE_INVALID, FIRST(open_other),                    \
            WITH(SET(arg, OTHER_CERTIFICATE))),                              \
        ROW(name, BAD_HANDLE, "the private key, logged out", USER,           \
            CKR_OBJECT_HANDLE_INVALID, FIRST(log_out), WITH(SET(arg, KEY))), \
        ROW(name, BAD_HANDLE, "a certificate, logged out", SIGN_USER,        \
            CKR_OBJECT_HANDLE_INVALID, FIRST(log_out))

static const struct row rows[] = {
    ROW(C_GetObjectSize, NULL_ILLEGAL, "nowhere to write", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    NO_OBJECT(C_GetObjectSize, 1),
    ROW(C_GetObjectSize, SUCCEEDS, "a certificate", PUBLIC, CKR_OK),
    ROW(C_GetObjectSize, SUCCEEDS, "a private key", USER, CKR_OK,
        WITH(SET(1, KEY))),
    ROW(C_GetObjectSize, SUCCEEDS, "the status", PUBLIC, CKR_OK,
        WITH(SET(1, STATUS_OBJECT))),

    GET(NULL_ILLEGAL, "no template", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    GET(NULL_ILLEGAL, "no template of many", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL), NUM(3, 100))),
    GET(NULL_LEGAL, "no value, and some length", PUBLIC, CKR_OK,
        ATTR(CKA_LABEL), WITH(SET(2, ATTRIBUTE_SIZE)), ROOM(3),
        GIVES(LABEL_LEN)),
    NO_OBJECT(C_GetAttributeValue, 1),
    GET(SIZE_QUERY, "a label", PUBLIC, CKR_OK, ATTR(CKA_LABEL),
        WITH(SET(2, ATTRIBUTE_SIZE)), ROOM(0), GIVES(LABEL_LEN)),
    GET(SIZE_QUERY, "a class", PUBLIC, CKR_OK, ATTR(CKA_CLASS),
        WITH(SET(2, ATTRIBUTE_SIZE)), ROOM(0), GIVES(sizeof(CK_ULONG))),
    GET(SIZE_QUERY, "a boolean", PUBLIC, CKR_OK, ATTR(CKA_TOKEN),
        WITH(SET(2, ATTRIBUTE_SIZE)), ROOM(0), GIVES(1)),
    GET(SIZE_QUERY, "a modulus", USER, CKR_OK, ATTR(CKA_MODULUS),
        WITH(SET(1, KEY), SET(2, ATTRIBUTE_SIZE)), ROOM(0), GIVES(256)),
    GET(SIZE_QUERY, "beside others", PUBLIC, CKR_OK, .call = get_beside_size),
    GET(TOO_SMALL, "a label", PUBLIC, CKR_BUFFER_TOO_SMALL, ATTR(CKA_LABEL),
        ROOM(LABEL_LEN - 1), GIVES(WITHHELD)),
    GET(TOO_SMALL, "a label and no room", PUBLIC, CKR_BUFFER_TOO_SMALL,
        ATTR(CKA_LABEL), ROOM(0), GIVES(WITHHELD)),
    GET(TOO_SMALL, "a class", PUBLIC, CKR_BUFFER_TOO_SMALL, ATTR(CKA_CLASS),
        ROOM(sizeof(CK_ULONG) - 1), GIVES(WITHHELD)),
    GET(TOO_SMALL, "a modulus", USER, CKR_BUFFER_TOO_SMALL, ATTR(CKA_MODULUS),
        WITH(SET(1, KEY)), ROOM(255), GIVES(WITHHELD)),
    GET(TOO_SMALL, "beside others", PUBLIC, CKR_BUFFER_TOO_SMALL,
        .call = get_beside_short),
    GET(EXACT, "a label", PUBLIC, CKR_OK, ATTR(CKA_LABEL), ROOM(LABEL_LEN),
        GIVES(LABEL_LEN), .then = gave_label),
    GET(EXACT, "a class", PUBLIC, CKR_OK, ATTR(CKA_CLASS),
        ROOM(sizeof(CK_ULONG)), GIVES(sizeof(CK_ULONG))),
    GET(EXACT, "a modulus", USER, CKR_OK, ATTR(CKA_MODULUS), WITH(SET(1, KEY)),
        ROOM(256), GIVES(256)),
    GET(OVERSIZE, "a label", PUBLIC, CKR_OK, ATTR(CKA_LABEL),
        ROOM(LABEL_LEN + 1), GIVES(LABEL_LEN), .then = gave_label),
    GET(OVERSIZE, "a class", PUBLIC, CKR_OK, ATTR(CKA_CLASS), ROOM(100),
        GIVES(sizeof(CK_ULONG))),
    GET(OVERSIZE, "a modulus", USER, CKR_OK, ATTR(CKA_MODULUS),
        WITH(SET(1, KEY)), ROOM(257), GIVES(256)),
    GET(BAD_ARGUMENT, "unknown", PUBLIC, CKR_ATTRIBUTE_TYPE_INVALID,
        ATTR(CKA_VENDOR_DEFINED), GIVES(WITHHELD)),
    GET(BAD_ARGUMENT, "unknown, its size", PUBLIC, CKR_ATTRIBUTE_TYPE_INVALID,
        ATTR(CKA_VENDOR_DEFINED), WITH(SET(2, ATTRIBUTE_SIZE)),
        GIVES(WITHHELD)),
    GET(BAD_ARGUMENT, "of another class", PUBLIC, CKR_ATTRIBUTE_TYPE_INVALID,
        ATTR(CKA_MODULUS), GIVES(WITHHELD)),
    GET(BAD_ARGUMENT, "sensitive", USER, CKR_ATTRIBUTE_SENSITIVE,
        ATTR(CKA_PRIVATE_EXPONENT), WITH(SET(1, KEY)), GIVES(WITHHELD)),
    GET(BAD_ARGUMENT, "sensitive, its size", USER, CKR_ATTRIBUTE_SENSITIVE,
        ATTR(CKA_PRIME_1), WITH(SET(1, KEY), SET(2, ATTRIBUTE_SIZE)),
        GIVES(WITHHELD)),
    GET(BAD_ARGUMENT, "unknown beside others", PUBLIC,
        CKR_ATTRIBUTE_TYPE_INVALID, .call = get_beside_unknown),
    GET(BAD_ARGUMENT, "sensitive beside others", USER, CKR_ATTRIBUTE_SENSITIVE,
        .call = get_beside_sensitive),
    GET(SUCCEEDS, "no attributes", PUBLIC, CKR_OK, WITH(NUM(3, 0))),
    GET(SUCCEEDS, "an issuer", PUBLIC, CKR_OK, ATTR(CKA_ISSUER),
        .then = gave_name),
    GET(SUCCEEDS, "the status", PUBLIC, CKR_OK, ATTR(CKA_VALUE),
        WITH(SET(1, STATUS_OBJECT))),
    GET(SUCCEEDS, "in the other session's objects", USER, CKR_OK,
        ATTR(CKA_MODULUS), FIRST(open_rw), WITH(SET(1, KEY))),

    FIND_INIT(NULL_ILLEGAL, "no template of one", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    FIND_INIT(NULL_ILLEGAL, "no template of one, during a search", PUBLIC,
        CKR_ARGUMENTS_BAD, FIRST(begin_find), WITH(SET(1, NIL))),
    FIND_INIT(NULL_LEGAL, "no template of none", PUBLIC, CKR_OK,
        WITH(SET(1, NIL), NUM(2, 0)), COSTS(ASKS), .then = finds_AUTH_PUBLIC),
    FIND_INIT(NULL_LEGAL, "no value of no length", PUBLIC, CKR_OK, COSTS(ASKS),
        .call = init_with_empty_value, .then = finds_0),
    FIND_INIT(NULL_LEGAL, "no value of some length", PUBLIC, CKR_OK,
        COSTS(ASKS), .call = init_with_null_value, .then = finds_0),
    PULLED(C_FindObjectsInit, PUBLIC, CKR_SESSION_HANDLE_INVALID,
        FIRST(pull_card)),
    FIND_INIT(WRONG_STATE, "during a search", PUBLIC, CKR_OPERATION_ACTIVE,
        FIRST(begin_find)),
    FIND_INIT(WRONG_STATE, "after everything was found", PUBLIC,
        CKR_OPERATION_ACTIVE, FIRST(begin_find, find_all)),
    FIND_INIT(SUCCEEDS, "a template of none", PUBLIC, CKR_OK, WITH(NUM(2, 0)),
        COSTS(ASKS), .then = finds_AUTH_PUBLIC),
    FIND_INIT(SUCCEEDS, "the public key", PUBLIC, CKR_OK, COSTS(ASKS),
        .then = finds_1),
    FIND_INIT(SUCCEEDS, "a class of a wrong length", PUBLIC, CKR_OK,
        COSTS(ASKS), .call = init_with_short_class, .then = finds_0),
    FIND_INIT(SUCCEEDS, "everything, logged in", USER, CKR_OK, WITH(NUM(2, 0)),
        COSTS(ASKS), .then = finds_AUTH_USER),
    FIND_INIT(SUCCEEDS, "everything, sign", SIGN_PUBLIC, CKR_OK,
        WITH(NUM(2, 0)), COSTS(ASKS), .then = finds_SIGN_OUT),
    FIND_INIT(SUCCEEDS, "everything, sign, logged in", SIGN_USER, CKR_OK,
        WITH(NUM(2, 0)), COSTS(ASKS), .then = finds_SIGN_IN),
    FIND_INIT(SUCCEEDS, "after a search", PUBLIC, CKR_OK,
        FIRST(begin_find, end_find), COSTS(ASKS), .then = finds_1),
    FIND_INIT(SUCCEEDS, "after a search given up", PUBLIC, CKR_OK,
        FIRST(begin_find, cancel_find), COSTS(ASKS), .then = finds_1),
    FIND_INIT(SUCCEEDS, "during a signature", USER, CKR_OK, FIRST(begin_sign),
        COSTS(ASKS), .then = finds_1),

    FIND(NULL_ILLEGAL, "no count", PUBLIC, CKR_ARGUMENTS_BAD, FIRST(begin_find),
        WITH(SET(3, NIL))),
    FIND(NULL_ILLEGAL, "no room for one", PUBLIC, CKR_ARGUMENTS_BAD,
        FIRST(begin_find), WITH(SET(1, NIL), NUM(2, 1))),
    FIND(NULL_ILLEGAL, "no count, and no search", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(3, NIL))),
    FIND(NULL_ILLEGAL, "no room, and no search", PUBLIC, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    FIND(NULL_LEGAL, "no room for none", PUBLIC, CKR_OK, FIRST(begin_find),
        WITH(SET(1, NIL), NUM(2, 0)), GIVES(0)),
    FIND(TOO_SMALL, "one of five", PUBLIC, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, 1)), GIVES(1)),
    FIND(TOO_SMALL, "none of five", PUBLIC, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, 0)), GIVES(0)),
    FIND(EXACT, "all", PUBLIC, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, AUTH_PUBLIC)), GIVES(AUTH_PUBLIC)),
    FIND(EXACT, "all, logged in", USER, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, AUTH_USER)), GIVES(AUTH_USER)),
    FIND(OVERSIZE, "one more", PUBLIC, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, AUTH_PUBLIC + 1)), GIVES(AUTH_PUBLIC)),
    FIND(OVERSIZE, "all, sign, logged in", SIGN_USER, CKR_OK, FIRST(begin_find),
        WITH(NUM(2, 16)), GIVES(SIGN_IN)),
    FIND(WRONG_STATE, "no search", PUBLIC, CKR_OPERATION_NOT_INITIALIZED),
    FIND(WRONG_STATE, "after the search", PUBLIC, CKR_OPERATION_NOT_INITIALIZED,
        FIRST(begin_find, end_find)),
    FIND(WRONG_STATE, "a search given up", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_find, cancel_find)),
    FIND(WRONG_STATE, "a search in another session", SIGN_PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(open_other, begin_find),
        WITH(SET(0, OTHER_SESSION))),
    FIND(SUCCEEDS, "after everything was found", PUBLIC, CKR_OK,
        FIRST(begin_find, find_all), GIVES(0)),
    FIND(SUCCEEDS, "nothing that matches", PUBLIC, CKR_OK,
        FIRST(search_nothing), GIVES(0)),
    FIND(SUCCEEDS, "the private key went meanwhile", USER, CKR_OK,
        FIRST(begin_find, log_out), GIVES(AUTH_PUBLIC)),

    ROW(C_FindObjectsFinal, WRONG_STATE, "no search", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED),
    ROW(C_FindObjectsFinal, WRONG_STATE, "a second time", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_find, end_find)),
    ROW(C_FindObjectsFinal, WRONG_STATE, "a search given up", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_find, cancel_find)),
    ROW(C_FindObjectsFinal, SUCCEEDS, "before anything was found", PUBLIC,
        CKR_OK, FIRST(begin_find)),
    ROW(C_FindObjectsFinal, SUCCEEDS, "after everything was found", PUBLIC,
        CKR_OK, FIRST(begin_find, find_all)),
    ROW(C_FindObjectsFinal, SUCCEEDS, "of no objects", PUBLIC, CKR_OK,
        FIRST(search_nothing)),
};

const struct rows rows_object = ROWS(rows);

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CONFORMANCE_CONFORMANCE_H
#define TESTS_MODULE_CONFORMANCE_CONFORMANCE_H

#include "tests/module/conformance/functions.h"
#include "tests/module/support.h"

/*
 * One row per function and condition: what is prepared, which arguments differ
 * from a good call's, what the answer must be and what it may cost the card.
 * Answers are those of PKCS #11 2.40 and 3.0; where these leave a choice, those
 * of docs/design.md section 3. Checks come in one order everywhere:
 * initialised, then slot or session, then NULL arguments, then state.
 */

enum condition {
    UNINITIALISED,
    NULL_ILLEGAL,
    NULL_LEGAL,
    BAD_HANDLE, /* of a session or an object */
    BAD_SLOT,
    SIZE_QUERY,
    TOO_SMALL,
    EXACT,
    OVERSIZE,
    WRONG_STATE,
    UNSUPPORTED,
    BAD_ARGUMENT,
    SUCCEEDS,
    CONDITIONS,
};

/* From where a row starts; state.c has what each means. */
enum state {
    OFF,       /* before C_Initialize */
    FINALIZED, /* after C_Finalize, with handles from before it */
    CHILD,     /* in a forked child of a process that is logged in */
    RESTARTED, /* initialised again, with handles from before */
    READY,     /* nothing asked of the card yet */
    EMPTY,     /* a reader without a card */
    FOREIGN,   /* a card that is not JPKI */
    HIDDEN,    /* the configuration does not show the slot */
    NO_PSS,    /* the card does not know RSA-PSS */
    PUBLIC,    /* an R/O session, not logged in */
    PUBLIC_RW,
    USER, /* an R/O session, logged in */
    USER_RW,
    LOCKED, /* the PIN is locked */
    LOCKED_RW,
    SPARED, /* one try left, which the configuration does not give away */
    NO_PSS_USER,
    /* The same on the sign slot. */
    SIGN_PUBLIC,
    SIGN_PUBLIC_RW,
    SIGN_USER,
    SIGN_USER_RW,
    EVERY_USER, /* signature_pin = every */
    NOT_ISSUED, /* a card without a signing certificate */
    NOT_ISSUED_RW,
    STATES,
};

/* What a call may cost; also for a call that fails. */
enum cost {
    SILENT,   /* no APDU at all */
    ASKS,     /* any that neither verify nor sign */
    VERIFIES, /* one VERIFY, and the PIN is right */
    WRONG,    /* one VERIFY, and one try less */
    SIGNS,    /* one VERIFY, one signature */
    CHANGES,  /* one VERIFY, one CHANGE REFERENCE DATA */
};

struct fixture;

#define CHANGES_MAX 4
#define STEPS_MAX 4

struct row {
    enum function function;
    enum condition condition;
    const char *what;
    enum state state;
    CK_RV rv;
    enum cost cost;
    struct change {
        unsigned arg;
        struct value value;
    } change[CHANGES_MAX];
    /* Done before the call, in this order. */
    void (*first[STEPS_MAX])(struct fixture *f);
    /* Stands for the call with its arguments. */
    CK_RV (*call)(struct fixture *f);
    /* Looks at what the call gave. */
    bool (*then)(struct fixture *f);
    CK_MECHANISM_TYPE mechanism; /* 0 is CKM_RSA_PKCS_KEY_PAIR_GEN: default */
    CK_ATTRIBUTE_TYPE attribute; /* 0 is CKA_CLASS */
    const char *pin, *new_pin;
    bool has_room, has_len;
    CK_ULONG room; /* what the length says before */
    CK_ULONG len;  /* and after */
};

#define ROW(name, condition_, what_, state_, ...)                         \
    {                                                                     \
        .function = F_##name, .condition = (condition_), .what = (what_), \
        .state = (state_), .rv = __VA_ARGS__                              \
    }
#define SET(n, token) \
    {                 \
        (n),          \
        {             \
            token, 0  \
        }             \
    }
#define NUM(n, number)       \
    {                        \
        (n),                 \
        {                    \
            NUMBER, (number) \
        }                    \
    }
#define WITH(...) .change = {__VA_ARGS__}
#define FIRST(...) .first = {__VA_ARGS__}
#define COSTS(cost_) .cost = (cost_)
#define MECH(type) .mechanism = (type)
#define ROOM(n) .has_room = true, .room = (n)
#define GIVES(n) .has_len = true, .len = (n)

/* NAME is the first to look after the card was taken out. */
#define PULLED(name, state, ...) \
    ROW(name, BAD_HANDLE, "a card pulled unseen", state, __VA_ARGS__)

struct rows {
    const struct row *rows;
    size_t count;
};

#define ROWS(array)                              \
    {                                            \
        (array), sizeof(array) / sizeof *(array) \
    }

/* The chapters of the standard. */
extern const struct rows rows_general, rows_slot, rows_pin, rows_session,
    rows_login, rows_object, rows_digest, rows_sign, rows_verify, rows_v3;

/* Rows that every function has, or every one of its kind; made once. */
struct rows rows_of_all(void);

#define OUT_SIZE 1024
#define GUARD 0xa5

/*
 * What a row works with: handles, buffers, the card before the call. There is
 * one; it is swept before each row.
 */
struct fixture {
    const struct row *row;
    CK_FUNCTION_LIST *list;
    int reader;
    bool card_moved; /* it was taken out */
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session, closed, other_session;
    CK_OBJECT_HANDLE key, public_key, certificate, status, other_certificate;
    CK_MECHANISM mechanism, digest_mechanism;
    CK_RSA_PKCS_PSS_PARAMS pss;
    CK_C_INITIALIZE_ARGS init_args;
    CK_BYTE data[512], sig[SIGNATURE_SIZE];
    CK_BYTE pin[64], new_pin[64];
    CK_ULONG pin_len, new_pin_len;
    CK_ATTRIBUTE attr, attr_size; /* for C_GetAttributeValue */
    CK_OBJECT_CLASS class;
    CK_ATTRIBUTE templ; /* for a search */
    CK_VERSION version;
    CK_UTF8CHAR interface_name[16];
    /* Where answers go. */
    _Alignas(16) CK_BYTE out[OUT_SIZE];
    CK_ULONG len;
    CK_ULONG number;
    void *pointer;
};

/* Brings the module into the row's state, called through LIST. */
struct fixture *state_prepare(const struct row *row, CK_FUNCTION_LIST *list);
/* Ends what the row began. */
void state_clear(void);

/* The session's objects, as far as they can be seen now. */
void state_find_objects(struct fixture *f);

/* A value of the function table or of a row, as it goes into the call. */
union arg state_argument(struct value value);
/* The length the call was given, NULL when none of TOKEN's kind. */
CK_ULONG *state_length(enum token token);
/* The size of an element of the output that TOKEN stands for, or 0. */
size_t state_unit(enum token token);

/* Runs a row as a test of cmocka: *STATE is a struct item. */
struct item {
    const struct row *row;
    CK_FUNCTION_LIST **list; /* filled in when the module is loaded */
};
void run_item(void **state);

#endif

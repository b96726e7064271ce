/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/module/conformance/conformance.h"
#include "tests/module/conformance/steps.h"

/* Rows that follow from a function's arguments alone. */

#define MOST 4000

static struct row *made;
static size_t count;

/* A row that expects RV, as a good call but for what the caller changes. */
static struct row *add(size_t function, enum condition condition,
    const char *what, enum state state, CK_RV rv)
{
    struct row *row = &made[count++];

    if (count > MOST)
        abort();
    row->function = (enum function)function;
    row->condition = condition;
    row->what = what;
    row->state = state;
    row->rv = rv;
    return row;
}

static void set(struct row *row, unsigned arg, enum token token, CK_ULONG n)
{
    size_t i = 0;

    while (i < CHANGES_MAX && row->change[i].value.token != END)
        i++;
    if (i == CHANGES_MAX)
        abort();
    row->change[i].arg = arg;
    row->change[i].value.token = token;
    row->change[i].value.number = n;
}

static void add_uninitialised(size_t f)
{
    CK_RV off = function_rows[f].off;

    add(f, UNINITIALISED, "before C_Initialize", OFF, off);
    add(f, UNINITIALISED, "after C_Finalize", FINALIZED, off);
    add(f, UNINITIALISED, "in a forked child", CHILD, off);
}

/*
 * ARG of the function F is its session, which the legacy functions do not look
 * at (PKCS #11 3.0, 5.20).
 */
static void add_bad_sessions(size_t f, unsigned arg)
{
    const CK_RV rv = function_rows[f].refusal == CKR_FUNCTION_NOT_PARALLEL
                         ? CKR_FUNCTION_NOT_PARALLEL
                         : CKR_SESSION_HANDLE_INVALID;
    const enum condition bad = BAD_HANDLE;

    set(add(f, bad, "session 0", USER, rv), arg, NUMBER, 0);
    set(add(f, bad, "a session never given", USER, rv), arg, NUMBER, ~0UL);
    set(add(f, bad, "a slot for a session", USER, rv), arg, NUMBER, SIGN);
    set(add(f, bad, "a closed session", USER, rv), arg, CLOSED, 0);
    set(add(f, bad, "an object for a session", USER, rv), arg, CERTIFICATE, 0);
    add(f, bad, "after C_CloseAllSessions", USER, rv)->first[0] = close_all;
    add(f, bad, "a session from before C_Finalize", RESTARTED, rv);
    add(f, bad, "a session of a card taken out", USER, rv)->first[0] =
        take_card_out;
    add(f, bad, "a session of a card put back", USER, rv)->first[0] =
        put_card_back;
}

static void add_bad_slots(size_t f, unsigned arg)
{
    const CK_RV rv = CKR_SLOT_ID_INVALID;

    set(add(f, BAD_SLOT, "the next after the last", READY, rv), arg, NUMBER, 2);
    set(add(f, BAD_SLOT, "far away", READY, rv), arg, NUMBER, 1000);
    set(add(f, BAD_SLOT, "the greatest", READY, rv), arg, NUMBER, ~0UL);
    set(add(f, BAD_SLOT, "a session for a slot", USER, rv), arg, SESSION, 0);
    add(f, BAD_SLOT, "a slot that is not shown", HIDDEN, rv);
}

static bool is_pointer(enum token token)
{
    switch (token) {
    case SOMETHING:
    case MECHANISM:
    case DATA:
    case SIGNATURE:
    case PIN:
    case TEMPLATE:
    case OUT:
    case OUT_LENGTH:
    case OUT_NUMBER:
        return true;
    default:
        return false;
    }
}

static const char *const null_names[ARGS_MAX] = {"argument 1 is NULL",
    "argument 2 is NULL", "argument 3 is NULL", "argument 4 is NULL",
    "argument 5 is NULL", "argument 6 is NULL", "argument 7 is NULL",
    "argument 8 is NULL", "argument 9 is NULL", "argument 10 is NULL"};

/* A refused function looks at none of its pointers and writes nothing. */
static void add_refused(size_t f)
{
    const struct function_row *function = &function_rows[f];
    struct row *row = NULL;
    unsigned arg;

    for (arg = 0; arg < ARGS_MAX; arg++)
        if (is_pointer(function->args[arg].token))
            set(add(f, NULL_ILLEGAL, null_names[arg], USER_RW,
                    function->refusal),
                arg, NIL, 0);
    add(f, UNSUPPORTED, "not logged in", PUBLIC, function->refusal);
    row = add(f, UNSUPPORTED, "logged in", USER_RW, function->refusal);
    row->has_room = row->has_len = true;
    row->room = row->len = 77;
    add(f, UNSUPPORTED, "on the sign slot", SIGN_USER_RW, function->refusal);
    row = add(
        f, UNSUPPORTED, "during other operations", USER_RW, function->refusal);
    row->first[0] = begin_find;
    row->first[1] = begin_digest_and_sign;
}

struct rows rows_of_all(void)
{
    struct rows rows = {NULL, 0};
    unsigned arg;
    size_t f;

    made = calloc(MOST, sizeof *made);
    if (!made)
        abort();
    for (f = 0; f < FUNCTIONS; f++) {
        add_uninitialised(f);
        for (arg = 0; arg < ARGS_MAX; arg++) {
            enum token token = function_rows[f].args[arg].token;
            if (token == SESSION)
                add_bad_sessions(f, arg);
            if (token == SLOT)
                add_bad_slots(f, arg);
        }
        if (function_rows[f].refusal != CKR_OK)
            add_refused(f);
    }
    rows.rows = made;
    rows.count = count;
    return rows;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/conformance/conformance.h"

/* Runs one row: the call, and everything that must hold after it. */

/* What has gone wrong with the row so far. */
static unsigned complaints;

/* Complains unless the number HAS is the one that there SHOULD be. */
static void expect(const char *what, CK_ULONG has, CK_ULONG should)
{
    if (has == should)
        return;
    complaints++;
    print_error("    %s: %#lx, not %#lx\n", what, has, should);
}

/* The arguments of ROW: a good call's, and what the row changes. */
static void gather(const struct row *row, struct value values[ARGS_MAX])
{
    size_t i;

    memcpy(
        values, function_rows[row->function].args, ARGS_MAX * sizeof *values);
    for (i = 0; i < CHANGES_MAX; i++)
        if (row->change[i].value.token != END)
            values[row->change[i].arg] = row->change[i].value;
}

static CK_RV call(struct fixture *f, const struct value values[ARGS_MAX])
{
    union arg args[ARGS_MAX];
    size_t i;

    if (f->row->call)
        return f->row->call(f);
    for (i = 0; i < ARGS_MAX; i++)
        args[i] = state_argument(values[i]);
    return function_rows[f->row->function].call(f->list, args);
}

static bool is_untouched(const void *at, size_t size)
{
    const CK_BYTE *bytes = at;
    size_t i;

    for (i = 0; i < size; i++)
        if (bytes[i] != GUARD)
            return false;
    return true;
}

/*
 * A call that fails writes no output but a length; one that does not, no more
 * of it than the length says.
 */
static void check_outputs(
    struct fixture *f, const struct value values[ARGS_MAX], CK_RV rv)
{
    CK_ULONG *length = NULL, written = 0;
    bool is_struct = false;
    size_t i, unit = 0;

    for (i = 0; i < ARGS_MAX; i++) {
        enum token token = values[i].token;
        if (state_length(token))
            length = state_length(token);
        if (state_unit(token))
            unit = state_unit(token);
        is_struct = is_struct || token == INFO;
    }
    if (length && f->row->has_len)
        expect("the length", *length, f->row->len);
    if (rv == CKR_OK && unit && length)
        written = *length * unit;
    if (rv == CKR_OK && is_struct)
        written = sizeof f->out;
    expect("more was written than was said",
        written > sizeof f->out ||
            !is_untouched(f->out + written, sizeof f->out - written),
        false);
    if (rv == CKR_OK)
        return;
    expect("a number was written", !is_untouched(&f->number, sizeof f->number),
        false);
    expect("a pointer was written", f->pointer != f, false);
}

static unsigned both(const unsigned counts[2])
{
    return counts[AUTH] + counts[SIGN];
}

static void check_card(const struct row *row, const struct vcard_ledger *before,
    const struct vcard_ledger *after)
{
    enum cost cost = row->cost;
    bool verifies =
        cost == VERIFIES || cost == WRONG || cost == SIGNS || cost == CHANGES;

    if (cost == SILENT)
        expect("APDUs", after->apdus, before->apdus);
    expect("verified", after->verified[AUTH] || after->verified[SIGN], false);
    expect("VERIFYs", both(after->verifies),
        both(before->verifies) + (verifies ? 1 : 0));
    expect("wrong PINs", both(after->wrong),
        both(before->wrong) + (cost == WRONG ? 1 : 0));
    expect("tries", both(after->tries),
        both(before->tries) - (cost == WRONG ? 1 : 0));
    expect("signatures", both(after->signatures),
        both(before->signatures) + (cost == SIGNS ? 1 : 0));
    expect("changes", both(after->changes),
        both(before->changes) + (cost == CHANGES ? 1 : 0));
}

static void run_here(struct fixture *f)
{
    struct vcard_ledger before = ledger(f->reader), after;
    struct value values[ARGS_MAX];
    CK_RV rv;

    gather(f->row, values);
    rv = call(f, values);
    after = ledger(f->reader);
    expect("the answer", rv, f->row->rv);
    check_outputs(f, values, rv);
    check_card(f->row, &before, &after);
    if (f->row->then)
        expect("what the call gave", f->row->then(f), true);
}

/* A child may hang on a lock that its parent's thread held. */
#define CHILD_SECONDS 5

static void run_in_child(struct fixture *f)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(CHILD_SECONDS);
        run_here(f);
        _exit(complaints ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    expect("the child's status", (CK_ULONG)status, 0);
}

void run_item(void **state)
{
    const struct item *item = *state;
    struct fixture *f;

    complaints = 0;
    f = state_prepare(item->row, *item->list);
    if (item->row->state == CHILD)
        run_in_child(f);
    else
        run_here(f);
    assert_int_equal(complaints, 0);
}

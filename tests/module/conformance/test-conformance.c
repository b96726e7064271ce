/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/module/conformance/conformance.h"

/*
 * Every function of both lists under every condition that applies to it. Each
 * row is a test; a function's rows go through the lists that have it in turn,
 * which hold the same functions. The last test prints the table and wants no
 * cell of it empty.
 */

#define ROWS_MIN 600
#define LISTS 2

static const struct rows *const chapters[] = {&rows_general, &rows_slot,
    &rows_pin, &rows_session, &rows_login, &rows_object, &rows_digest,
    &rows_sign, &rows_verify, &rows_v3};

#define CHAPTERS (sizeof chapters / sizeof *chapters)

static const char *const condition_names[CONDITIONS] = {
    [UNINITIALISED] = "uninit",
    [NULL_ILLEGAL] = "NULL-",
    [NULL_LEGAL] = "NULL+",
    [BAD_HANDLE] = "handle",
    [BAD_SLOT] = "slot",
    [SIZE_QUERY] = "size",
    [TOO_SMALL] = "small",
    [EXACT] = "exact",
    [OVERSIZE] = "over",
    [WRONG_STATE] = "state",
    [UNSUPPORTED] = "unsupp",
    [BAD_ARGUMENT] = "arg",
    [SUCCEEDS] = "good",
};

static size_t cells[FUNCTIONS][CONDITIONS];

static const struct {
    const char *name;
    CK_VERSION version;
} lists[LISTS] = {{"2.40", {2, 40}}, {"3.0", {3, 0}}};

static CK_FUNCTION_LIST *found_lists[LISTS];

static struct item *items;
static size_t items_count;

static int find_lists(void)
{
    size_t i;

    for (i = 0; i < LISTS; i++)
        found_lists[i] =
            function_list(lists[i].version.major, lists[i].version.minor);
    return found_lists[0] && found_lists[1] ? 0 : -1;
}

static int load(void **state)
{
    return load_module(state) == 0 ? find_lists() : -1;
}

/* No row's PIN is known to the next. */
static int tear_down(void **state)
{
    state_clear();
    return reload_module() == 0 ? find_lists() : -1;
}

static void test_nothing_is_left_out(void **state)
{
    size_t f, c, i, missing = 0;

    print_message("%-22s", "");
    for (c = 0; c < CONDITIONS; c++)
        print_message(" %6s", condition_names[c]);
    print_message("\n");
    for (f = 0; f < FUNCTIONS; f++) {
        const struct function_row *function = &function_rows[f];
        print_message("%-22s", function->name);
        for (c = 0; c < CONDITIONS; c++) {
            bool applies = function->applies[c] == '+';
            if (applies != (cells[f][c] > 0))
                missing++;
            if (applies || cells[f][c] > 0)
                print_message(" %6zu", cells[f][c]);
            else
                print_message("     -%c", function->applies[c]);
        }
        print_message("\n");
    }
    for (i = 0; i < function_reasons_count; i++)
        print_message(
            "-%c  %s\n", function_reasons[i].letter, function_reasons[i].text);
    print_message("%d functions, %zu rows\n", FUNCTIONS, items_count);
    if (missing > 0)
        print_error("%zu cells are empty that apply, or do not\n", missing);
    assert_int_equal(missing, 0);
    assert_true(items_count >= ROWS_MIN);
}

/* But for C_GetInfo, which says the version of the list. */
static void test_both_lists_hold_the_same(void **state)
{
    CK_FUNCTION_LIST older = *found_lists[0], newer = *found_lists[1];

    older.version = newer.version;
    older.C_GetInfo = newer.C_GetInfo;
    assert_memory_equal(&older, &newer, sizeof older);
}

/* Every '-' has a reason that is written down. */
static void test_every_gap_has_a_reason(void **state)
{
    size_t f, i;

    for (f = 0; f < FUNCTIONS; f++) {
        const char *applies = function_rows[f].applies;
        assert_int_equal(strlen(applies), CONDITIONS);
        for (; *applies; applies++) {
            bool known = *applies == '+';
            for (i = 0; i < function_reasons_count; i++)
                known = known || function_reasons[i].letter == *applies;
            assert_true(known);
        }
    }
}

static void add_test(const struct row *row, size_t list,
    struct CMUnitTest *ret_test, struct item *ret_item)
{
    char *name = NULL;

    if (asprintf(&name, "%s %s / %s / %s", lists[list].name,
            function_rows[row->function].name, condition_names[row->condition],
            row->what) < 0)
        abort();
    *ret_item = (struct item){row, &found_lists[list]};
    *ret_test = (struct CMUnitTest){name, run_item, NULL, tear_down, ret_item};
}

static void add_tests(const struct rows *rows, struct CMUnitTest *tests)
{
    static size_t turns[FUNCTIONS];
    size_t i;

    for (i = 0; i < rows->count; i++) {
        const struct row *row = &rows->rows[i];
        bool is_new = row->function >= FIRST_OF_3_0;
        size_t list = is_new ? 1 : turns[row->function]++ % LISTS;
        cells[row->function][row->condition]++;
        add_test(row, list, &tests[items_count], &items[items_count]);
        items_count++;
    }
}

static const struct CMUnitTest about_all[] = {
    cmocka_unit_test(test_both_lists_hold_the_same),
    cmocka_unit_test(test_every_gap_has_a_reason),
    cmocka_unit_test(test_nothing_is_left_out),
};

#define ABOUT_ALL (sizeof about_all / sizeof *about_all)

int main(void)
{
    struct rows all = rows_of_all();
    size_t i, most = all.count;
    struct CMUnitTest *tests;

    for (i = 0; i < CHAPTERS; i++)
        most += chapters[i]->count;
    tests = calloc(most + ABOUT_ALL, sizeof *tests);
    items = calloc(most, sizeof *items);
    if (!tests || !items)
        return 1;
    for (i = 0; i < CHAPTERS; i++)
        add_tests(chapters[i], tests);
    add_tests(&all, tests);
    memcpy(tests + items_count, about_all, sizeof about_all);
    /* The count of failures is too great for an exit status. */
    return _cmocka_run_group_tests("conformance", tests,
               items_count + ABOUT_ALL, load, unload_module) != 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/module/host.h"
#include "tests/module/policy.h"

/* The day decides on a signature: the one in Japan, when it is made. */

/* As POSIX writes them, so that no data base of zones is needed. */
static const char *const zones[] = {"JST-9", "HST10", "LINT-14"};

static void set_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static int forget_zone(void **state)
{
    host_set_clock(0);
    unsetenv("TZ");
    tzset();
    return end_test(state);
}

#define AGE_16 "[policy]\nminimum_age = 16\n"
#define NO_AGE "[policy]\nminimum_age = 0\n"
#define NO_REVOCATION "[policy]\nrevocation = off\n"

/* The last second of one verdict and the first of the next. */
static const struct edge {
    const char *persona, *conf;
    const char *last, *before; /* in Japan */
    const char *first, *after;
} edges[] = {
    {"turns-15", NULL, "2026-06-14 23:59:59", "minor", "2026-06-15 00:00:00",
        "allowed"},
    {"turns-15", AGE_16, "2027-06-14 23:59:59", "minor", "2027-06-15 00:00:00",
        "allowed"},
    /* There is no 29 February in 2023. */
    {"leap-day", NULL, "2023-02-28 23:59:59", "minor", "2023-03-01 00:00:00",
        "allowed"},
    /* There is one in 2024. */
    {"leap-day", AGE_16, "2024-02-28 23:59:59", "minor", "2024-02-29 00:00:00",
        "allowed"},
    {"birth-partial-young", NULL, "2026-12-30 23:59:59", "birth-unknown",
        "2026-12-31 00:00:00", "allowed"},
    {"leap-day", NO_AGE, "2022-11-01 10:12:11", "not-yet-valid",
        "2022-11-01 10:12:12", "allowed"},
    {"leap-day", NO_AGE, "2027-03-01 23:59:59", "allowed",
        "2027-03-02 00:00:00", "expired"},
    {"turns-15", NO_REVOCATION, "2029-06-15 23:59:59", "allowed",
        "2029-06-16 00:00:00", "expired"},
};

static void test_the_edges_of_days(void **state)
{
    struct fixture fixture;
    size_t i, zone;

    for (zone = 0; zone < sizeof zones / sizeof *zones; zone++)
        for (i = 0; i < sizeof edges / sizeof *edges; i++) {
            const struct edge *edge = &edges[i];

            print_message("%s: %s until %s: %s\n", zones[zone], edge->persona,
                edge->last, edge->before);
            set_zone(zones[zone]);
            host_set_clock_in_japan(edge->last);
            fixture = open_fixture(edge->persona, edge->conf);
            expect_status(&fixture, edge->before);
            expect_verdict(&fixture, edge->before);
            /* The same session, a second later. */
            host_set_clock_in_japan(edge->first);
            expect_verdict(&fixture, edge->after);
            forget_zone(state);
        }
}

/* The status tells the day it is read on, without a signature in between. */
static void test_the_status_follows_the_day(void **state)
{
    struct fixture fixture;

    (void)state;
    host_set_clock_in_japan("2026-06-14 23:59:59");
    fixture = open_fixture("turns-15", NULL);
    expect_status(&fixture, "minor");
    host_set_clock_in_japan("2026-06-15 00:00:00");
    expect_status(&fixture, "allowed");
    host_set_clock_in_japan("2029-06-16 00:00:00");
    expect_status(&fixture, "expired");
}

/*
 * A signature that was begun in time and is asked for too late: nothing is
 * sent, the operation is over, and the log-in stands.
 */
static void test_the_day_ends_under_a_signature(void **state)
{
    struct vcard_ledger before;
    uint8_t sig[SIGNATURE_SIZE];
    struct fixture fixture;
    CK_SESSION_INFO info;

    (void)state;
    host_set_clock_in_japan("2029-06-15 23:59:59");
    fixture = open_fixture("turns-15", NULL);
    expect_verdict(&fixture, "allowed");
    before = ledger(fixture.reader);
    assert_int_equal(sign_init(&fixture), CKR_OK);
    host_set_clock_in_japan("2029-06-16 00:00:00");
    assert_int_equal(sign(&fixture, sig), CKR_FUNCTION_REJECTED);
    assert_int_equal(
        ledger(fixture.reader).verifies[SIGN], before.verifies[SIGN]);
    assert_int_equal(
        ledger(fixture.reader).signatures[SIGN], before.signatures[SIGN]);
    assert_int_equal(sign(&fixture, sig), CKR_OPERATION_NOT_INITIALIZED);
    EXPECT(CKR_OK, C_GetSessionInfo, fixture.session, &info);
    assert_int_equal(info.state, CKS_RO_USER_FUNCTIONS);
    expect_verdict(&fixture, "expired");
}

/* Nor does a PIN that was given for this one signature help. */
static void test_the_day_ends_under_an_authorised_signature(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    unsigned verifies;
    struct fixture fixture;

    (void)state;
    host_set_clock_in_japan("2029-06-15 23:59:59");
    fixture = open_fixture("turns-15", "[pin]\nsignature_pin = every\n");
    assert_int_equal(sign_init(&fixture), CKR_OK);
    assert_int_equal(
        login(fixture.session, CKU_CONTEXT_SPECIFIC, SIGN_PIN), CKR_OK);
    verifies = ledger(fixture.reader).verifies[SIGN];
    host_set_clock_in_japan("2029-06-16 00:00:00");
    assert_int_equal(sign(&fixture, sig), CKR_FUNCTION_REJECTED);
    assert_int_equal(ledger(fixture.reader).verifies[SIGN], verifies);
    assert_int_equal(ledger(fixture.reader).signatures[SIGN], 0);
}

/* No try is spent on a signature that is refused anyway. */
static void test_the_day_ends_before_the_authorisation(void **state)
{
    uint8_t sig[SIGNATURE_SIZE];
    unsigned verifies;
    struct fixture fixture;

    (void)state;
    host_set_clock_in_japan("2029-06-15 23:59:59");
    fixture = open_fixture("turns-15", "[pin]\nsignature_pin = every\n");
    assert_int_equal(sign_init(&fixture), CKR_OK);
    verifies = ledger(fixture.reader).verifies[SIGN];
    host_set_clock_in_japan("2029-06-16 00:00:00");
    assert_int_equal(login(fixture.session, CKU_CONTEXT_SPECIFIC, "WRONG1"),
        CKR_FUNCTION_FAILED);
    assert_int_equal(login(fixture.session, CKU_CONTEXT_SPECIFIC, SIGN_PIN),
        CKR_FUNCTION_FAILED);
    assert_int_equal(ledger(fixture.reader).verifies[SIGN], verifies);
    assert_int_equal(sign(&fixture, sig), CKR_FUNCTION_REJECTED);
}

/* A clock set back takes the permission back. */
static void test_a_clock_set_back(void **state)
{
    struct fixture fixture;

    (void)state;
    host_set_clock_in_japan("2026-06-15 00:00:00");
    fixture = open_fixture("turns-15", NULL);
    expect_verdict(&fixture, "allowed");
    host_set_clock_in_japan("2026-06-14 23:59:59");
    expect_verdict(&fixture, "minor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_the_edges_of_days, forget_zone),
        cmocka_unit_test_teardown(test_the_status_follows_the_day, forget_zone),
        cmocka_unit_test_teardown(
            test_the_day_ends_under_a_signature, forget_zone),
        cmocka_unit_test_teardown(
            test_the_day_ends_under_an_authorised_signature, forget_zone),
        cmocka_unit_test_teardown(
            test_the_day_ends_before_the_authorisation, forget_zone),
        cmocka_unit_test_teardown(test_a_clock_set_back, forget_zone),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

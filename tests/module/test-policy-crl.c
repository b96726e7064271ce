/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/module/host.h"
#include "tests/module/policy.h"
#include "tests/vcard/crlspec.h"

/* Revocation lists: what each says, in each of the three modes. */

enum mode { OFF, IF_AVAILABLE, REQUIRE, MODES };

static const char *const modes[] = {"off", "if-available", "require"};

static struct fixture open_fixture_with(
    const char *persona, enum mode mode, const char *crl)
{
    char conf[2 * PATH_SIZE];

    (void)snprintf(conf, sizeof conf, "[policy]\nrevocation = %s\ncrl = %s\n",
        modes[mode], crl);
    return open_fixture(persona, conf);
}

static void expect_revocation(const struct fixture *fixture, const char *words)
{
    char member[128];

    (void)snprintf(member, sizeof member, "\"revocation\":\"%s\"", words);
    assert_says(status_text(fixture->session), member);
}

#define GOOD                            \
    {                                   \
        "allowed", "allowed", "allowed" \
    }
#define REVOKED                         \
    {                                   \
        "allowed", "revoked", "revoked" \
    }
#define UNKNOWN                                    \
    {                                              \
        "allowed", "allowed", "revocation-unknown" \
    }
#define HOLD 6
#define REMOVED 8

static const struct cell {
    const char *name;
    struct list list;
    const char *verdicts[MODES];
    const char *revocation; /* where it was asked for */
} cells[] = {
    {"good", {NAMES_NOBODY, "adult", 3, -1, 1}, GOOD, "good"},
    {"good, of all municipalities", {NAMES_NOBODY, NULL, 3, -1, 1}, GOOD,
        "good"},
    {"moved", {MOVED, "adult", 3, -1, 1}, REVOKED,
        "revoked (affiliationChanged)"},
    {"on hold", {HOLD, "adult", 3, -1, 1}, REVOKED,
        "revoked (certificateHold)"},
    {"without a reason", {CRLSPEC_NO_REASON, "adult", 3, -1, 1}, REVOKED,
        "revoked (unspecified)"},
    {"moved, of all municipalities", {MOVED, NULL, 3, -1, 1}, REVOKED,
        "revoked (affiliationChanged)"},
    {"moved, an old list", {MOVED, "adult", 3, -9000, -8000}, REVOKED,
        "revoked (affiliationChanged)"},
    {"moved, a list to come", {MOVED, "adult", 3, 1, 24}, REVOKED,
        "revoked (affiliationChanged)"},
    {"moved, a list without an end", {MOVED, "adult", 3, -1, 0}, REVOKED,
        "revoked (affiliationChanged)"},
    {"taken back", {REMOVED, "adult", 3, -1, 1}, UNKNOWN, "unknown"},
    {"good, an old list", {NAMES_NOBODY, "adult", 3, -9000, -8000}, UNKNOWN,
        "unknown"},
    {"good, a list to come", {NAMES_NOBODY, "adult", 3, 1, 24}, UNKNOWN,
        "unknown"},
    {"good, a list without an end", {NAMES_NOBODY, "adult", 3, -1, 0}, UNKNOWN,
        "unknown"},
    {"good, forged", {NAMES_NOBODY, "adult", 4, -1, 1}, UNKNOWN, "unknown"},
    {"moved, forged", {MOVED, "adult", 4, -1, 1}, UNKNOWN, "unknown"},
    {"good, of another city", {NAMES_NOBODY, "adult2", 3, -1, 1}, UNKNOWN,
        "unknown"},
    {"moved, of another city", {MOVED, "adult2", 3, -1, 1}, UNKNOWN, "unknown"},
};

static void test_each_list_in_each_mode(void **state)
{
    char path[PATH_SIZE];
    struct fixture fixture;
    enum mode mode;
    size_t i;

    strcpy(path, scratch("list.crl"));
    for (i = 0; i < sizeof cells / sizeof *cells; i++) {
        write_list(&cells[i].list, "changed-address", "list.crl");
        for (mode = OFF; mode < MODES; mode++) {
            print_message("%s, %s: %s\n", cells[i].name, modes[mode],
                cells[i].verdicts[mode]);
            fixture = open_fixture_with("changed-address", mode, path);
            expect_status(&fixture, cells[i].verdicts[mode]);
            expect_verdict(&fixture, cells[i].verdicts[mode]);
            expect_revocation(
                &fixture, mode == OFF ? "not checked" : cells[i].revocation);
            end_test(state);
        }
    }
}

/* No list, or none that is one: only `require` refuses. */
static void test_no_list_to_rely_on(void **state)
{
    static const char garbage[] = "-----BEGIN X509 CRL-----\nnot base64!\n"
                                  "-----END X509 CRL-----\n";
    static const struct {
        const char *conf, *verdict, *revocation;
    } rows[] = {
        {"revocation = require\n", "revocation-unknown", "not checked"},
        {"revocation = if-available\n", "allowed", "not checked"},
        {"revocation = require\ncrl = missing\n", "revocation-unknown",
            "unknown"},
        {"revocation = if-available\ncrl = missing\n", "allowed", "unknown"},
        {"revocation = require\ncrl = garbage\n", "revocation-unknown",
            "unknown"},
        {"revocation = if-available\ncrl = garbage\n", "allowed", "unknown"},
        {"revocation = require\ncrl = \n", "revocation-unknown", "unknown"},
    };
    char conf[2 * PATH_SIZE];
    struct fixture fixture;
    const char *crl;
    size_t i;

    write_scratch("garbage", garbage, sizeof garbage);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        crl = strstr(rows[i].conf, "crl = ");
        (void)snprintf(conf, sizeof conf, "[policy]\n%.*s",
            (int)(crl ? crl - rows[i].conf : (long)strlen(rows[i].conf)),
            rows[i].conf);
        if (crl)
            (void)snprintf(conf + strlen(conf), sizeof conf - strlen(conf),
                "crl = %s", scratch(crl + strlen("crl = ")));
        fixture = open_fixture("adult", conf);
        expect_verdict(&fixture, rows[i].verdict);
        expect_revocation(&fixture, rows[i].revocation);
        end_test(state);
    }
}

static void test_each_reason_is_named(void **state)
{
    static const char *const reasons[] = {"unspecified", "keyCompromise",
        "cACompromise", "affiliationChanged", "superseded",
        "cessationOfOperation", "certificateHold", "privilegeWithdrawn",
        "aACompromise"};
    struct list list = {0, "on-hold", 3, -1, 1};
    char path[PATH_SIZE], words[64];
    struct fixture fixture;
    size_t i;

    strcpy(path, scratch("list.crl"));
    for (i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        list.reason = crlspec_reason(reasons[i]);
        assert_true(list.reason >= 0);
        write_list(&list, "on-hold", "list.crl");
        fixture = open_fixture_with("on-hold", IF_AVAILABLE, path);
        (void)snprintf(words, sizeof words, "revoked (%s)", reasons[i]);
        expect_verdict(&fixture, "revoked");
        expect_revocation(&fixture, words);
        end_test(state);
    }
}

/* The status of a holder who has moved. */
static void test_a_changed_address_in_words(void **state)
{
    static const struct list list = {MOVED, "changed-address", 3, -1, 1};
    struct fixture fixture;
    const char *status;

    (void)state;
    write_list(&list, "changed-address", "list.crl");
    fixture =
        open_fixture_with("changed-address", IF_AVAILABLE, scratch("list.crl"));
    status = status_text(fixture.session);
    assert_says(status, "\"verdict\":\"revoked\"");
    assert_says(status, ". Reason: a recorded fact has changed (name, "
                        "address, date of birth or sex).\"");
    assert_says(status, "municipal office");
    assert_says(status, "\"revoked_at\":\"20");
}

/* A folder, whose files come, change and go under a running program. */
static void test_a_folder_of_lists(void **state)
{
    static const struct list good = {NAMES_NOBODY, "changed-address", 3, -1, 1};
    static const struct list moved = {MOVED, "changed-address", 3, -1, 1};
    static const struct list elsewhere = {NAMES_NOBODY, "adult2", 3, -1, 1};
    struct fixture fixture;

    (void)state;
    write_list(&elsewhere, "changed-address", "sapporo.crl");
    fixture = open_fixture_with("changed-address", REQUIRE, scratch(""));
    expect_verdict(&fixture, "revocation-unknown");
    write_list(&good, "changed-address", "kiyose.crl");
    expect_verdict(&fixture, "allowed");
    expect_revocation(&fixture, "good");
    empty_scratch();
    expect_verdict(&fixture, "revocation-unknown");
    write_list(&moved, "changed-address", "kiyose.crl");
    expect_verdict(&fixture, "revoked");
    /* Nothing takes that back while the card is in. */
    write_list(&good, "changed-address", "kiyose.crl");
    expect_verdict(&fixture, "revoked");
    empty_scratch();
    expect_verdict(&fixture, "revoked");
}

/* "Good" ends with its list, also between C_SignInit and C_Sign. */
static void test_a_list_ends_under_a_signature(void **state)
{
    static const struct list good = {NAMES_NOBODY, "adult", 3, -1, 1};
    uint8_t sig[SIGNATURE_SIZE];
    int64_t now = time(NULL);
    struct vcard_ledger before;
    struct fixture fixture;

    (void)state;
    host_set_clock(now);
    write_list(&good, "adult", "list.crl");
    fixture = open_fixture_with("adult", REQUIRE, scratch("list.crl"));
    before = ledger(fixture.reader);
    assert_int_equal(sign_init(&fixture), CKR_OK);
    host_set_clock(now + HOUR + 1);
    expect_status(&fixture, "revocation-unknown");
    expect_revocation(&fixture, "unknown");
    assert_int_equal(sign(&fixture, sig), CKR_FUNCTION_REJECTED);
    assert_int_equal(
        ledger(fixture.reader).verifies[SIGN], before.verifies[SIGN]);
    assert_int_equal(ledger(fixture.reader).signatures[SIGN], 0);
    expect_verdict(&fixture, "revocation-unknown");
}

/* One card's list says nothing of the card after it. */
static void test_another_card_is_checked_again(void **state)
{
    static const struct list moved = {MOVED, "changed-address", 3, -1, 1};
    struct fixture fixture;

    (void)state;
    write_list(&moved, "changed-address", "list.crl");
    fixture =
        open_fixture_with("changed-address", REQUIRE, scratch("list.crl"));
    expect_verdict(&fixture, "revoked");
    vcontrol_remove(fixture.reader);
    insert(fixture.reader, "adult");
    fixture.session = open_session(SIGN);
    /* Given once, it may be the PIN of the card before. */
    assert_int_equal(
        login(fixture.session, CKU_USER, SIGN_PIN), CKR_PIN_INCORRECT);
    assert_int_equal(login(fixture.session, CKU_USER, SIGN_PIN), CKR_OK);
    expect_verdict(&fixture, "allowed");
    expect_revocation(&fixture, "good");
}

/* An earlier rule refuses: no list is read, and its reason stays. */
static void test_an_earlier_rule_wins(void **state)
{
    static const struct list moved = {MOVED, "minor", 3, -1, 1};
    struct fixture fixture;

    (void)state;
    write_list(&moved, "minor", "list.crl");
    fixture = open_fixture_with("minor", REQUIRE, scratch("list.crl"));
    expect_verdict(&fixture, "minor");
    expect_revocation(&fixture, "not checked");
}

static int tear_down(void **state)
{
    host_set_clock(0);
    empty_scratch();
    return end_test(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_list_in_each_mode, tear_down),
        cmocka_unit_test_teardown(test_no_list_to_rely_on, tear_down),
        cmocka_unit_test_teardown(test_each_reason_is_named, tear_down),
        cmocka_unit_test_teardown(test_a_changed_address_in_words, tear_down),
        cmocka_unit_test_teardown(test_a_folder_of_lists, tear_down),
        cmocka_unit_test_teardown(
            test_a_list_ends_under_a_signature, tear_down),
        cmocka_unit_test_teardown(
            test_another_card_is_checked_again, tear_down),
        cmocka_unit_test_teardown(test_an_earlier_rule_wins, tear_down),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

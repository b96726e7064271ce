/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/module/host.h"
#include "tests/module/policy.h"

/*
 * Whom the module believes: CAs of equal names, those that the configuration
 * names, the system's configuration over the user's, and a key that is not the
 * certificate's.
 */

/* Days on which their personas' certificates are good. */
#define GENERATION_1 "2022-06-01 12:00:00"
#define GENERATION_2 "2026-06-01 12:00:00"

/* Four CAs with one name. Each is believed where it is named, and only there.
 */
static void test_generations_of_one_name(void **state)
{
    static const struct {
        const char *persona;
        unsigned generation; /* named besides the third */
        const char *when, *verdict;
    } rows[] = {
        {"adult", 1, NULL, "allowed"},
        {"generation-1", 1, GENERATION_1, "allowed"},
        {"generation-1", 2, GENERATION_1, "untrusted-issuer"},
        {"generation-1", 1, NULL, "expired"},
        {"generation-2", 2, GENERATION_2, "allowed"},
        {"generation-2", 1, GENERATION_2, "untrusted-issuer"},
        {"other-ca", 4, NULL, "allowed"},
        {"other-ca", 2, NULL, "untrusted-issuer"},
    };
    struct fixture fixture;
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("%s, sign_ca %u: %s\n", rows[i].persona,
            rows[i].generation, rows[i].verdict);
        if (rows[i].when)
            host_set_clock_in_japan(rows[i].when);
        fixture = open_fixture(rows[i].persona, sign_ca(rows[i].generation));
        expect_verdict(&fixture, rows[i].verdict);
        end_test(state);
        host_set_clock(0);
    }
}

/* CA certificates of all generations together, in any number of lines. */
static void test_all_generations_at_once(void **state)
{
    static const struct {
        const char *persona, *when;
    } rows[] = {{"adult", NULL}, {"generation-1", GENERATION_1},
        {"generation-2", GENERATION_2}};
    char conf[3 * PATH_SIZE] = "";
    struct fixture fixture;
    size_t i;

    strcat(conf, sign_ca(1));
    strcat(conf, sign_ca(2));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].when)
            host_set_clock_in_japan(rows[i].when);
        fixture = open_fixture(rows[i].persona, conf);
        expect_verdict(&fixture, "allowed");
        end_test(state);
        host_set_clock(0);
    }
}

/* A CA that was named and cannot be had is a mistake, not less trust. */
static void test_a_ca_that_cannot_be_had(void **state)
{
    static const char garbage[] = "certificate";
    char conf[2 * PATH_SIZE];

    (void)state;
    (void)snprintf(
        conf, sizeof conf, "[policy]\nsign_ca = %s\n", scratch("missing"));
    configure(conf);
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);

    write_scratch("garbage", garbage, sizeof garbage);
    (void)snprintf(
        conf, sizeof conf, "[policy]\nsign_ca = %s\n", scratch("garbage"));
    configure(conf);
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);

    /* A holder's certificate signs nothing. */
    (void)snprintf(conf, sizeof conf, "[policy]\nsign_ca = %s/adult/ef/0001\n",
        getenv("JPKI_PERSONAS"));
    configure(conf);
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);

    configure(NULL);
    EXPECT(CKR_OK, C_Initialize, NULL);
}

/*
 * The card's key is not its certificate's. Nobody can know before the first
 * signature; that one is not handed out, and there is no second one until the
 * card is taken out.
 */
static void test_a_key_of_another_certificate(void **state)
{
    uint8_t sig[SIGNATURE_SIZE], untouched[SIGNATURE_SIZE];
    struct fixture fixture = open_fixture("wrong-key", NULL);
    int round;

    (void)state;
    memset(untouched, 0xaa, sizeof untouched);
    for (round = 0; round < 2; round++) {
        expect_status(&fixture, "allowed");
        memset(sig, 0xaa, sizeof sig);
        assert_int_equal(sign_init(&fixture), CKR_OK);
        assert_int_equal(sign(&fixture, sig), CKR_DEVICE_ERROR);
        assert_memory_equal(sig, untouched, sizeof sig);
        assert_int_equal(ledger(fixture.reader).signatures[SIGN], 1);
        expect_verdict(&fixture, "wrong-key");
        EXPECT(CKR_OK, C_Logout, fixture.session);
        assert_int_equal(login(fixture.session, CKU_USER, SIGN_PIN), CKR_OK);
        expect_verdict(&fixture, "wrong-key");

        vcontrol_remove(fixture.reader);
        insert(fixture.reader, "wrong-key");
        fixture.session = open_session(SIGN);
        assert_int_equal(login(fixture.session, CKU_USER, SIGN_PIN), CKR_OK);
    }
}

/* The other key has nothing to do with it. */
static void test_the_auth_key_after_a_wrong_key(void **state)
{
    struct fixture fixture = open_fixture("wrong-key", NULL);
    CK_SESSION_HANDLE auth = open_session(AUTH);
    uint8_t sig[SIGNATURE_SIZE];

    (void)state;
    assert_int_equal(sign_init(&fixture), CKR_OK);
    assert_int_equal(sign(&fixture, sig), CKR_DEVICE_ERROR);
    assert_int_equal(login(auth, CKU_USER, AUTH_PIN), CKR_OK);
    assert_int_equal(sign_with(auth, find_object(auth, CKO_PRIVATE_KEY),
                         CKM_SHA256_RSA_PKCS, "data", 4, sig),
        CKR_OK);
}

/* With `enforce` a user can neither lower the age nor switch a check off. */
static void test_the_system_enforces(void **state)
{
    static const struct {
        const char *enforce, *persona, *user, *verdict;
    } rows[] = {
        {"yes", "minor", "[policy]\nminimum_age = 0\n", "minor"},
        {"no", "minor", "[policy]\nminimum_age = 0\n", "allowed"},
        {"yes", "changed-address", "[policy]\nrevocation = off\n", "revoked"},
        {"no", "changed-address", "[policy]\nrevocation = off\n", "allowed"},
        {"yes", "adult", "", "allowed"},
    };
    static const struct list moved = {MOVED, "changed-address", 3, -1, 1};
    char conf[3 * PATH_SIZE], path[PATH_SIZE];
    struct fixture fixture;
    size_t i;
    int len;

    write_list(&moved, "changed-address", "list.crl");
    strcpy(path, scratch("list.crl"));
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        len = snprintf(conf, sizeof conf,
            "%senforce = %s\nminimum_age = 15\ncrl = %s\n", sign_ca(3),
            rows[i].enforce, path);
        write_scratch("system.conf", conf, (size_t)len);
        host_set_system_conf(scratch("system.conf"));
        fixture = open_fixture(rows[i].persona, rows[i].user);
        expect_verdict(&fixture, rows[i].verdict);
        end_test(state);
        host_set_system_conf(NULL);
    }
}

static void test_a_user_names_no_ca_against_the_system(void **state)
{
    static const char conf[] = "[policy]\nenforce = yes\n";
    char path[PATH_SIZE];
    struct fixture fixture;

    (void)state;
    write_scratch("system.conf", conf, sizeof conf - 1);
    strcpy(path, scratch("system.conf"));
    host_set_system_conf(path);
    fixture = open_fixture("adult", NULL);
    expect_verdict(&fixture, "untrusted-issuer");
}

static int tear_down(void **state)
{
    host_set_clock(0);
    host_set_system_conf(NULL);
    empty_scratch();
    return end_test(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_generations_of_one_name, tear_down),
        cmocka_unit_test_teardown(test_all_generations_at_once, tear_down),
        cmocka_unit_test_teardown(test_a_ca_that_cannot_be_had, tear_down),
        cmocka_unit_test_teardown(test_a_key_of_another_certificate, tear_down),
        cmocka_unit_test_teardown(
            test_the_auth_key_after_a_wrong_key, tear_down),
        cmocka_unit_test_teardown(test_the_system_enforces, tear_down),
        cmocka_unit_test_teardown(
            test_a_user_names_no_ca_against_the_system, tear_down),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/sweep.h"

/*
 * Two cards change places, at every command of log-in and signature and between
 * any two calls: no signature by the second in a session of the first, and no
 * PIN of the first for the second; not even where both show the same, and the
 * PIN would be right.
 */
static const char *const seconds[] = {"adult2", "twin", "twin-same-pins"};

#define SECONDS (sizeof seconds / sizeof *seconds)

/* Nothing was asked of the second card that takes a PIN. */
static void expect_untouched(const struct vcard_ledger *second)
{
    assert_int_equal(second->pins, 0);
    assert_int_equal(second->signatures[AUTH], 0);
    assert_int_equal(second->signatures[SIGN], 0);
    assert_int_equal(second->denied, 0);
}

static unsigned long cases;

/* Scenarios that go on in a session which was opened before. */
static bool is_of_one_session(const struct scenario *scenario)
{
    static const char *const names[] = {"log_in_auth", "log_in_sign",
        "log_in_wrong_auth", "log_in_wrong_sign", "sign_auth", "sign_sign",
        "sign_pss", "sign_with_a_pin_each", "log_out_and_in", "change_pin_auth",
        "change_pin_sign"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(scenario->name, names[i]) == 0)
            return true;
    return false;
}

/* The ledger of the card that is not the stage's. */
static struct vcard_ledger ledger_of_second(void)
{
    struct vcard_ledger found = ledger(stage.reader);

    if (found.card == stage.card)
        vcontrol_spare_ledger(stage.reader, &found);
    return found;
}

/* A signature made in the old session, if any, is the first card's. */
static void sign_on(int role)
{
    static const char data[] = "afterwards";
    uint8_t sig[SIGNATURE_SIZE], der[SWEEP_CERT_MAX];
    size_t der_len = sweep_cert(role, false, der);
    CK_RV rv = sign_with(
        stage.session, stage.key, CKM_SHA256_RSA_PKCS, data, sizeof data, sig);

    if (rv == CKR_OK)
        assert_true(openssl_verifies(
            der, der_len, "SHA256", data, sizeof data, sig, sizeof sig));
}

static void swap_at(const struct scenario *scenario, unsigned at,
    enum vfault how, bool for_good)
{
    const struct vfault_plan plan = {at, how, 0, for_good};
    struct vcard_ledger first, second;

    sweep_renew_card();
    assert_int_equal(scenario->prepare(scenario->role), CKR_OK);
    assert_int_equal(vcontrol_spare(stage.reader, sweep_twin()), 0);
    vcontrol_faults(stage.reader, &plan, 1);
    /* A signature that was handed out was compared by the scenario. */
    (void)scenario->run(scenario->role);
    (void)login(stage.session, CKU_USER, persona_pins[scenario->role]);
    sign_on(scenario->role);
    second = ledger_of_second();
    first = ledger(stage.reader);
    if (first.card != stage.card)
        vcontrol_spare_ledger(stage.reader, &first);
    expect_untouched(&second);
    assert_true(first.wrong[scenario->role] <= scenario->wrong[scenario->role]);
    cases++;
}

static void test_swap_at_every_command(void **state)
{
    static const enum vfault how[] = {
        VFAULT_SWAP, VFAULT_SWAP_AFTER, VFAULT_REPLUG};
    unsigned commands, at;
    size_t s, t, h;

    cases = 0;
    for (s = 0; s < sweep_scenario_count; s++) {
        const struct scenario *scenario = &sweep_scenarios[s];
        if (!is_of_one_session(scenario))
            continue;
        sweep_open(scenario);
        commands = sweep_count(scenario);
        for (t = 0; t < SECONDS; t++) {
            sweep_choose_twin(seconds[t]);
            for (at = 0; at < commands; at++)
                for (h = 0; h < 2 * sizeof how / sizeof *how; h++)
                    swap_at(scenario, at, how[h / 2], h % 2);
        }
        sweep_close();
    }
    print_message("%lu swaps at a command\n", cases);
}

/* Calls in one session, in this order; each may find the card exchanged. */
static CK_RV log_in_step(int role)
{
    return login(stage.session, CKU_USER, persona_pins[role]);
}

static CK_RV find_step(int role)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_ULONG count = 0;

    TRY(CALL(C_FindObjectsInit, stage.session, &templ, 1));
    TRY(CALL(C_FindObjects, stage.session, &stage.key, 1, &count));
    return CALL(C_FindObjectsFinal, stage.session);
}

static CK_RV sign_init_step(int role)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};

    return CALL(C_SignInit, stage.session, &mechanism, stage.key);
}

static CK_RV sign_step(int role)
{
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;

    return CALL(C_Sign, stage.session, data, 4, sig, &len);
}

static CK_RV (*const steps[])(int role) = {log_in_step, find_step,
    sign_init_step, sign_step, sign_init_step, sign_step};

#define STEPS (sizeof steps / sizeof *steps)

static void swap_seen(void)
{
    assert_int_equal(vcontrol_swap(stage.reader, sweep_twin()), 0);
}

/* The count of insertions is what it was. */
static void swap_unseen(void)
{
    vcontrol_reader_remove(stage.reader);
    stage.reader = vcontrol_reader_add("Virtual Reader");
    assert_int_equal(vcontrol_insert(stage.reader, sweep_twin()), 0);
}

/* The same, and pcscd is restarted. */
static void swap_while_stopped(void)
{
    vcontrol_service(false);
    swap_unseen();
    vcontrol_service(true);
}

static void swap_between(int role, size_t at, void (*swap)(void))
{
    struct vcard_ledger second;
    size_t i;

    sweep_renew_card();
    stage.session = open_session((CK_SLOT_ID)role);
    for (i = 0; i < STEPS; i++) {
        CK_RV rv;
        if (i == at)
            swap();
        rv = steps[i](role);
        if (i < at)
            assert_int_equal(rv, CKR_OK);
        else if (steps[i] == log_in_step || steps[i] == sign_step)
            assert_true(rv != CKR_OK);
    }
    second = ledger(stage.reader);
    expect_untouched(&second);
    cases++;
}

static void test_swap_between_calls(void **state)
{
    const struct scenario scenario = {.name = "", .persona = "adult"};
    size_t t, at;
    static void (*const ways[])(void) = {
        swap_seen, swap_unseen, swap_while_stopped};
    size_t way;
    int role;

    cases = 0;
    sweep_open(&scenario);
    for (t = 0; t < SECONDS; t++) {
        sweep_choose_twin(seconds[t]);
        for (role = 0; role < 2; role++)
            for (at = 0; at < STEPS; at++)
                for (way = 0; way < sizeof ways / sizeof *ways; way++)
                    swap_between(role, at, ways[way]);
    }
    sweep_close();
    print_message("%lu swaps between calls\n", cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_swap_at_every_command),
        TEST(test_swap_between_calls),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

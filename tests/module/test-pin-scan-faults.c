/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "tests/module/card_process.h"
#include "tests/module/pin_scan.h"

/* The search for PINs after calls that fail on their way to the card. */

/* The scenarios in which each command is made to fail in turn. */
static CK_RV just_log_in(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_USER, NOW_SIGN);
}

static CK_RV log_in_wrong(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_USER, WRONG_SIGN);
}

static CK_RV change(CK_SESSION_HANDLE session)
{
    return change_pin(session, NOW_SIGN, NEW_SIGN);
}

static CK_RV authorise(CK_SESSION_HANDLE session)
{
    return log_in(session, CKU_CONTEXT_SPECIFIC, NOW_SIGN);
}

static const struct scenario {
    bool logged_in, signs;
    CK_RV (*run)(CK_SESSION_HANDLE session);
} scenarios[] = {
    {false, false, just_log_in},
    {false, false, log_in_wrong},
    {false, false, change},
    {true, false, change},
    {true, true, finish_signature},
    {true, true, authorise},
};

static CK_SESSION_HANDLE walk_to(const struct scenario *scenario)
{
    CK_SESSION_HANDLE session;

    /* With a PIN held, the same one for a signature would not be sent. */
    begin(scenario->run == authorise ? "[pin]\nsignature_pin = every\n" : NULL);
    session = open_rw_session(SIGN);
    if (scenario->logged_in)
        assert_int_equal(log_in(session, CKU_USER, NOW_SIGN), CKR_OK);
    if (scenario->signs)
        begin_signature(session);
    return session;
}

/* True when the session says that somebody is logged in. */
static bool is_logged_in(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;

    return CALL(C_GetSessionInfo, session, &info) == CKR_OK &&
           info.state == CKS_RW_USER_FUNCTIONS;
}

static const struct fault {
    enum vfault how;
    uint32_t value;
} faults[] = {
    {VFAULT_SW, 0x6f00},
    {VFAULT_PCSC, (uint32_t)SCARD_F_COMM_ERROR},
    {VFAULT_PCSC_AFTER, (uint32_t)SCARD_E_NOT_TRANSACTED},
    {VFAULT_REMOVE, 0},
};
#define FAULTS (sizeof faults / sizeof *faults)

/* SCENARIO with FAULT at its command AT. */
static void fail_command(
    const struct scenario *scenario, unsigned at, const struct fault *fault)
{
    CK_SESSION_HANDLE session = walk_to(scenario);
    void *state = NULL;

    vcontrol_fault(0, at, fault->how, fault->value);
    (void)scenario->run(session);
    if (is_logged_in(session)) {
        held[NOW_SIGN] = scenario->signs ? 2 : 1;
        held[NEW_SIGN] = 1;
    }
    SCAN_AT_MOST();
    (void)CALL(C_CloseAllSessions, SIGN);
    memset(held, 0, sizeof held);
    SCAN();
    end_test(&state);
}

static unsigned count_commands(const struct scenario *scenario)
{
    CK_SESSION_HANDLE session = walk_to(scenario);
    unsigned before = ledger(0).apdus, commands;
    void *state = NULL;

    (void)scenario->run(session);
    commands = ledger(0).apdus - before;
    end_test(&state);
    return commands;
}

/* One fault for each command, or $JPKI_PIN_SCAN_FAULTS of them. */
static void test_pin_scan_after_faults(void **state)
{
    const char *text = getenv("JPKI_PIN_SCAN_FAULTS");
    size_t each = text ? strtoul(text, NULL, 10) : 1, i, k;
    unsigned at, cases = 0;

    for (i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        unsigned commands = count_commands(&scenarios[i]);
        assert_true(commands > 0);
        for (at = 0; at < commands; at++)
            for (k = 0; k < each && k < FAULTS; k++, cases++)
                fail_command(&scenarios[i], at, &faults[(i + at + k) % FAULTS]);
    }
    print_message("%u commands failed\n", cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pin_scan_after_faults),
    };

    if (pin_scan_is_blind())
        return SKIPPED;
    pin_scan_for_signing_only();
    card_process_start();
    return cmocka_run_group_tests(tests, load_module, pin_scan_unload);
}

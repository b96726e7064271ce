/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "tests/module/resources/scenarios.h"
#include "tests/module/resources/shortage.h"
#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * Each call that can fail does, once and for good, in every scenario, each time
 * in a process of its own: each allocation of the module and of libcrypto on
 * its behalf, each call of libc, OpenSSL and libpcsclite. Whatever comes of it:
 * no crash, no hang, a code that says what it is, no PIN sent that the
 * scenario does not send, no card left verified (support.h looks after each
 * call), no signature that does not verify. Nothing of it is remembered: the
 * next calls on the same card find and sign all that they should, and so they
 * do after C_Finalize and C_Initialize; and nothing is left behind.
 *
 * By default each call fails where the scenario comes to it first, and of
 * libcrypto's allocations a few. JPKI_RESOURCES=all: all of them, every time;
 * a number: one in so many of the default's.
 */

#define ALLOCATIONS_APART 101
#define SECONDS_MAX 60
#define COMPLAINTS_MAX 25

/* What a case tells of itself, in memory shared with its process. */
struct report {
    struct shortage shortage;
    CK_RV rv;
    char step[64];
    char stage[32];
};

static struct report *report;
static int reader;
static char card_state[VCARD_PERSONA_FOLDER_SIZE + 8]; /* PINs and counters */
static struct shortage_call made[SHORTAGE_MAX];        /* when nothing failed */
static char log_path[] = P_tmpdir "/jpki-resources-XXXXXX";
static unsigned cases_of[IMPORT_KINDS], crashes, hangs, others;

static bool is_allowed(CK_RV rv, const struct scenario *scenario)
{
    /* The last two: the policy refuses what it cannot find out. */
    static const CK_RV allowed[] = {CKR_OK, CKR_HOST_MEMORY, CKR_GENERAL_ERROR,
        CKR_FUNCTION_FAILED, CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED,
        CKR_TOKEN_NOT_PRESENT, CKR_SESSION_HANDLE_INVALID,
        CKR_USER_NOT_LOGGED_IN, CKR_KEY_FUNCTION_NOT_PERMITTED,
        CKR_FUNCTION_REJECTED};
    size_t i;

    for (i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i] == rv)
            return true;
    return rv == scenario->expected;
}

static unsigned count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void enter_stage(const char *stage)
{
    (void)snprintf(report->stage, sizeof report->stage, "%s", stage);
}

static void check_card(const struct scenario *scenario,
    const struct vcard_ledger *before, const struct vcard_ledger *after)
{
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        assert_in_range(after->verifies[role] - before->verifies[role], 0,
            scenario->verifies[role]);
        assert_in_range(after->wrong[role], 0, scenario->wrong[role]);
    }
}

/* The case itself: in a process of its own, which a failed assertion aborts. */
static void run_case(const struct scenario *scenario, size_t at, bool for_good)
{
    unsigned descriptors = count_descriptors();
    struct vcard_ledger before, after;
    CK_INFO info;
    CK_RV rv;

    enter_stage("before");
    if (!scenario->initialises) {
        EXPECT(CKR_OK, C_Initialize, NULL);
        EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &(CK_ULONG){0});
    }
    scenario->prepare();
    before = ledger(reader);

    enter_stage("during");
    shortage_begin(&report->shortage, at, for_good);
    rv = scenario->run();
    shortage_end();
    after = ledger(reader);
    report->rv = rv;
    (void)snprintf(report->step, sizeof report->step, "%s", scenario_step);
    assert_true(is_allowed(rv, scenario));
    if (report->shortage.failed == 0)
        assert_int_equal(rv, scenario->expected);
    check_card(scenario, &before, &after);

    enter_stage("after");
    rv = CALL(C_GetInfo, &info);
    if (rv == CKR_OK) {
        scenario_check_signatures();
        scenario_check_all(reader);
        EXPECT(CKR_OK, C_Finalize, NULL);
    }
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_Finalize, NULL);
    enter_stage("what is left");
    assert_int_equal(shortage_balance(), 0);
    assert_int_equal(count_descriptors(), descriptors);

    enter_stage("initialised again");
    EXPECT(CKR_OK, C_Initialize, NULL);
    scenario_check_key(reader);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

/* Returns false, with a line, when the case went wrong. */
static bool try_case(const struct scenario *scenario, size_t at, bool for_good)
{
    int status = 0;
    pid_t child;

    report->stage[0] = report->step[0] = '\0';
    report->rv = CKR_OK;
    (void)unlink(card_state);
    child = fork();
    if (child == 0) {
        setenv("CMOCKA_TEST_ABORT", "1", 1);
        alarm(SECONDS_MAX);
        run_case(scenario, at, for_good);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status == 0)
        return true;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        hangs++;
    else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
        crashes++;
    else
        others++;
    print_error("%s: call %zd (%s) fails %s: %s gave %#lx; %s: status %#x\n",
        scenario->name, (ssize_t)at, report->shortage.name,
        for_good ? "for good" : "once", report->step, report->rv, report->stage,
        (unsigned)status);
    return false;
}

/* True when call AT is one of those that fail by default. */
static bool is_usual(size_t at)
{
    size_t i;

    if (made[at].kind == WITHIN)
        return at % ALLOCATIONS_APART == 0;
    for (i = 0; i < at; i++)
        if (made[i].from == made[at].from)
            return false;
    return true;
}

/* True when call AT is one of those that are to fail. */
static bool is_chosen(size_t at)
{
    static unsigned long passed[IMPORT_KINDS];
    const char *wanted = getenv("JPKI_RESOURCES");
    unsigned long one_in = wanted ? strtoul(wanted, NULL, 10) : 1;

    if (wanted && strcmp(wanted, "all") == 0)
        return true;
    return is_usual(at) &&
           passed[made[at].kind]++ % (one_in > 0 ? one_in : 1) == 0;
}

/* Tries every call of SCENARIO; returns how many cases went wrong. */
static unsigned try_all(const struct scenario *scenario)
{
    unsigned cases[IMPORT_KINDS] = {0}, bad = 0;
    size_t calls, at;
    int kind;

    assert_true(try_case(scenario, SHORTAGE_OF_NOTHING, false));
    calls = report->shortage.calls;
    assert_in_range(calls, 1, SHORTAGE_MAX);
    memcpy(made, report->shortage.made, calls * sizeof *made);
    for (at = 0; at < calls && bad < COMPLAINTS_MAX; at++) {
        if (!is_chosen(at))
            continue;
        cases[made[at].kind] += 2;
        bad += !try_case(scenario, at, false);
        assert_true(report->shortage.failed == 1);
        bad += !try_case(scenario, at, true);
        assert_true(report->shortage.failed >= 1);
    }
    print_message("%-15s", scenario->name);
    for (kind = MEMORY; kind < IMPORT_KINDS; kind++) {
        print_message(" %s %u,", import_kind_names[kind], cases[kind]);
        cases_of[kind] += cases[kind];
    }
    print_message(" wrong %u\n", bad);
    return bad;
}

/*
 * What libcrypto makes once in a process it makes here, or never: short of
 * memory then, it stays broken for as long as the process lives.
 */
static void warm_up(void)
{
    configure(NULL);
    EXPECT(CKR_OK, C_Initialize, NULL);
    scenario_check_all(reader);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

static void test_everything_fails(void **state)
{
    unsigned bad = 0, cases = 0;
    size_t i;
    int kind;

    warm_up();
    for (i = 0; i < scenarios_count; i++) {
        char conf[2048] = "";

        if (scenarios[i].conf)
            (void)snprintf(
                conf, sizeof conf, "%s%s\n", scenarios[i].conf, log_path);
        configure(conf);
        bad += try_all(&scenarios[i]);
    }
    for (kind = MEMORY; kind < IMPORT_KINDS; kind++) {
        assert_true(cases_of[kind] > 0);
        cases += cases_of[kind];
    }
    print_message("%u cases: %u crashes, %u hangs, %u other failures\n", cases,
        crashes, hangs, others);
    assert_int_equal(bad, 0);
}

static int set_up(void **state)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int file = mkstemp(log_path);

    if (file < 0 || load_module(state) != 0)
        return -1;
    close(file);
    if (!shortage_attach(module_handle())) {
        unlink(log_path);
        (void)unload_module(state);
        exit(77); /* not on this machine */
    }
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED || vcard_persona_copy("adult", folder) != 0)
        return -1;
    (void)snprintf(card_state, sizeof card_state, "%s/state", folder);
    reader = vcontrol_reader_add("Virtual Reader");
    return vcontrol_insert(reader, folder);
}

static int tear_down(void **state)
{
    vcontrol_reset();
    unlink(log_path);
    return unload_module(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_fails),
    };

    if (!shortage_prepare())
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

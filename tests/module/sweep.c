/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/sweep.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/vcard/persona.h"

struct sweep_stage stage;

static char twin[VCARD_PERSONA_FOLDER_SIZE];
static unsigned second; /* the twin's number, 0: it is not there */
static double started;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void sweep_begin(const char *function)
{
    stage.function = function;
    started = now();
}

CK_RV sweep_end(CK_RV rv)
{
    double seconds = now() - started;

    if (seconds > stage.seconds) {
        stage.seconds = seconds;
        stage.slowest = stage.function;
    }
    return rv;
}

void sweep_choose_twin(const char *persona)
{
    assert_int_equal(vcard_persona_copy(persona, twin), 0);
}

const char *sweep_twin(void)
{
    if (twin[0] == '\0')
        sweep_choose_twin("twin");
    return twin;
}

size_t sweep_cert(int role, bool of_twin, uint8_t ret_der[SWEEP_CERT_MAX])
{
    char path[VCARD_PERSONA_FOLDER_SIZE + 8];
    FILE *file;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/ef/%s",
        of_twin ? sweep_twin() : stage.folder, role == AUTH ? "000A" : "0001");
    file = fopen(path, "r");
    assert_non_null(file);
    len = fread(ret_der, 1, SWEEP_CERT_MAX, file);
    assert_int_equal(fclose(file), 0);
    return len;
}

/* Counters and PINs of the persona in FOLDER as they were issued. */
static void reset_state(const char *folder)
{
    char state[VCARD_PERSONA_FOLDER_SIZE + 8];

    (void)snprintf(state, sizeof state, "%s/state", folder);
    (void)unlink(state);
}

void sweep_renew_card(void)
{
    vcontrol_remove(stage.reader);
    assert_int_equal(vcontrol_spare(stage.reader, NULL), 0);
    second = 0;
    reset_state(stage.folder);
    assert_int_equal(vcontrol_insert(stage.reader, stage.folder), 0);
    stage.card = ledger(stage.reader).card;
    stage.is_second = false;
    stage.session = stage.other = CK_INVALID_HANDLE;
}

void sweep_open(const struct scenario *scenario)
{
    const char *persona = getenv("JPKI_SWEEP_PERSONA");

    memset(&stage, 0, sizeof stage);
    if (!persona || strcmp(scenario->persona, "adult") != 0)
        persona = scenario->persona;
    assert_int_equal(vcard_persona_copy(persona, stage.folder), 0);
    stage.reader = start(NULL, scenario->conf);
    sweep_renew_card();
}

void sweep_close(void)
{
    EXPECT(CKR_OK, C_Finalize, NULL);
    assert_int_equal(end_test(NULL), 0);
}

static void close_sessions(void)
{
    int role;

    for (role = 0; role < 2; role++)
        (void)CALL(C_CloseAllSessions, (CK_SLOT_ID)role);
}

unsigned sweep_count(const struct scenario *scenario)
{
    unsigned before;

    sweep_renew_card();
    stage.bodies_change = false;
    assert_int_equal(scenario->prepare(scenario->role), CKR_OK);
    before = ledger(stage.reader).apdus;
    assert_int_equal(scenario->run(scenario->role), scenario->healthy);
    return ledger(stage.reader).apdus - before;
}

/* What is being done, for a failure's message. */
static const struct scenario *scenario;
static struct sweep_plan plans[VFAULTS_MAX];
static size_t plan_count;

static bool unfinished;

static void complain(const char *what, CK_RV rv)
{
    fail_msg("%s: %s: %s = %#lx", scenario->name, what, stage.function, rv);
}

int sweep_stop(void **state)
{
    size_t i;

    for (i = 0; unfinished && i < plan_count; i++)
        print_error("in the case of command %u, fault %d %#x%s\n", plans[i].at,
            plans[i].fault->how, plans[i].fault->value,
            plans[i].for_good ? ", for good" : "");
    unfinished = false;
    return end_test(state);
}

static bool any_fault(bool (*is)(const struct fault *fault))
{
    size_t i;

    for (i = 0; i < plan_count; i++)
        if (is(plans[i].fault))
            return true;
    return false;
}

static bool is_of_body(const struct fault *fault)
{
    return fault->kind == FAULT_BODY;
}

/* What the card seemed to say is untrue, and may be held against it. */
static bool is_word(const struct fault *fault)
{
    return fault->kind == FAULT_WORD || fault->kind == FAULT_BODY;
}

/* The card was there and said something. */
static bool is_answer(const struct fault *fault)
{
    return is_word(fault) || fault->kind == FAULT_SICK;
}

static bool is_swap(const struct fault *fault)
{
    return fault->how == VFAULT_SWAP || fault->how == VFAULT_SWAP_AFTER ||
           fault->how == VFAULT_REPLUG;
}

/* A signature that did not verify is held against the signing key. */
static bool is_key_refused(CK_RV rv)
{
    return rv == CKR_KEY_FUNCTION_NOT_PERMITTED && scenario->role == SIGN &&
           any_fault(is_of_body);
}

static bool is_allowed(CK_RV rv)
{
    size_t i;

    if (rv == scenario->healthy || is_key_refused(rv))
        return true;
    /* Only a card that says so makes a PIN right that is not. */
    if (rv == CKR_OK)
        return any_fault(is_of_body);
    for (i = 0; i < plan_count; i++)
        if (sweep_allows(plans[i].fault, stage.function, rv))
            return true;
    return false;
}

static void plan_faults(void)
{
    struct vfault_plan faults[VFAULTS_MAX];
    struct vcard_ledger spare;
    size_t i;

    stage.bodies_change = any_fault(is_of_body);
    if (any_fault(is_swap)) {
        reset_state(sweep_twin());
        assert_int_equal(vcontrol_spare(stage.reader, sweep_twin()), 0);
        vcontrol_spare_ledger(stage.reader, &spare);
        second = spare.card;
    }
    for (i = 0; i < plan_count; i++)
        faults[i] = (struct vfault_plan){plans[i].at, plans[i].fault->how,
            plans[i].fault->value, plans[i].for_good};
    vcontrol_faults(stage.reader, faults, plan_count);
}

/* The ledger of CARD, wherever it lies by now. */
static struct vcard_ledger ledger_of(unsigned card)
{
    struct vcard_ledger found = ledger(stage.reader);

    if (found.card != card)
        vcontrol_spare_ledger(stage.reader, &found);
    assert_int_equal(found.card, card);
    return found;
}

/*
 * VERIFYs that may have been sent once more: their answers were lost, and the
 * retry counter said that the PIN had been accepted or had never arrived.
 */
static unsigned count_lost(void)
{
    unsigned count = 0;
    size_t i;

    for (i = 0; i < plan_count; i++)
        count += sweep_loses_answer(plans[i].fault);
    return count;
}

/* One command or answer was lost, once. */
static bool is_one_loss(void)
{
    return plan_count == 1 && !plans[0].for_good &&
           sweep_is_transient(plans[0].fault) &&
           scenario->changes[scenario->role] == 0;
}

/* What the card was sent since BEFORE by RUNS of it, prepared or not. */
static void check_ledger(
    const struct vcard_ledger *before, unsigned runs, bool prepared, CK_RV rv)
{
    struct vcard_ledger after = ledger_of(before->card);
    unsigned role, allowed, repeated = count_lost(), pins = repeated;

    for (role = 0; role < 2; role++) {
        allowed = runs * scenario->verifies[role] + repeated;
        if (prepared && role == (unsigned)scenario->role)
            allowed += runs;
        pins += allowed - repeated + scenario->changes[role];
        if (after.verifies[role] - before->verifies[role] > allowed ||
            after.wrong[role] - before->wrong[role] >
                runs * scenario->wrong[role] ||
            after.changes[role] - before->changes[role] >
                scenario->changes[role])
            complain("too many PINs", rv);
    }
    if (after.pins - before->pins > pins)
        complain("a PIN was sent again", rv);
}

/* The twin hears a PIN only in a session of its own. */
static void check_second(CK_RV rv)
{
    struct vcard_ledger other;

    if (second == 0 || stage.is_second)
        return;
    other = ledger_of(second);
    if (other.pins > 0)
        complain("a PIN for another card", rv);
}

static CK_RV run_once_more(void)
{
    CK_RV rv = scenario->prepare(scenario->role);

    return rv == CKR_OK ? scenario->run(scenario->role) : rv;
}

/*
 * A card that was read wrongly had another serial number: its PIN is refused
 * once as one of another card.
 */
static CK_RV run_again(unsigned *ret_runs)
{
    CK_RV rv = run_once_more(), second_rv;

    *ret_runs = 1;
    if (rv != CKR_PIN_INCORRECT || rv == scenario->healthy ||
        !any_fault(is_answer))
        return rv;
    *ret_runs = 2;
    close_sessions();
    second_rv = run_once_more();
    return second_rv == CKR_FUNCTION_FAILED ? rv : second_rv;
}

/* The card was left in: new sessions work on it. */
static void check_left_in(unsigned card)
{
    struct vcard_ledger before = ledger(stage.reader);
    bool changes = scenario->changes[scenario->role] > 0;
    CK_RV rv, healthy = changes ? CKR_OK : scenario->healthy;
    unsigned runs;

    if (before.card != card)
        return;
    stage.is_second = false;
    close_sessions();
    if (changes) {
        rv = sweep_login_changed(scenario->role);
    } else {
        rv = run_again(&runs);
        check_ledger(&before, runs, true, rv);
    }
    /* A PIN that is known to be wrong is refused another way. */
    if (rv == healthy || (healthy != CKR_OK && rv == CKR_FUNCTION_FAILED))
        return;
    if (is_key_refused(rv))
        return;
    /* Of PSS one failure that was the card's is believed. */
    if (!is_allowed(rv) || !(any_fault(is_word) || rv == CKR_MECHANISM_INVALID))
        complain("afterwards", rv);
}

static void check_put_back(void)
{
    unsigned runs;
    CK_RV rv;

    sweep_renew_card();
    stage.bodies_change = false;
    rv = run_again(&runs);
    if (rv != scenario->healthy)
        complain("with the card put back", rv);
}

void (*sweep_while_stalled)(void);

static bool is_stall(const struct fault *fault)
{
    return fault->how == VFAULT_STALL;
}

static void *run_beside(void *arg)
{
    *(CK_RV *)arg = scenario->run(scenario->role);
    return NULL;
}

#define LOOK_EVERY_MS 1

/* Runs the scenario, letting each command go that hangs, after a look. */
static CK_RV run_stalled(void)
{
    pthread_t thread;
    CK_RV rv = CKR_OK;

    assert_int_equal(pthread_create(&thread, NULL, run_beside, &rv), 0);
    while (pthread_tryjoin_np(thread, NULL) != 0)
        if (vcontrol_stalled(stage.reader, LOOK_EVERY_MS)) {
            sweep_while_stalled();
            vcontrol_release(stage.reader);
        }
    return rv;
}

void sweep_case(const struct scenario *a_scenario,
    const struct sweep_plan *some_plans, size_t count)
{
    struct vcard_ledger before;
    CK_RV rv;

    scenario = a_scenario;
    assert_true(count <= VFAULTS_MAX);
    memcpy(plans, some_plans, count * sizeof *plans);
    plan_count = count;
    unfinished = true;
    sweep_renew_card();
    stage.bodies_change = false;
    assert_int_equal(scenario->prepare(scenario->role), CKR_OK);
    before = ledger(stage.reader);
    plan_faults();
    rv = any_fault(is_stall) ? run_stalled() : scenario->run(scenario->role);
    vcontrol_fault(stage.reader, 0, VFAULT_NONE, 0);
    if (!is_allowed(rv))
        complain("not allowed", rv);
    if (is_one_loss() && rv != scenario->healthy)
        complain("one answer was lost", rv);
    check_ledger(&before, 1, false, rv);
    check_second(rv);
    check_left_in(before.card);
    check_put_back();
    unfinished = false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/module/sweep.h"

/*
 * Every command of every scenario fails in every way, once and for good; and
 * random pairs of that. JPKI_SWEEP_STRIDE says how many cases to go on by
 * (default STRIDE, 1: all of them), JPKI_SWEEP_PAIRS and JPKI_SWEEP_SEED how
 * many pairs and which, JPKI_SWEEP_PERSONA the card to take for adult's.
 */
#define STRIDE 7
#define PAIRS 2000

static unsigned long number(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : otherwise;
}

/*
 * Whether a SELECT logs the card out is asked of it once per insertion, after a
 * PIN that it took. A card that is not logged out so, and says the contrary at
 * just that moment, is believed: those answers are left out for it.
 */
static bool is_beyond(const struct fault *fault)
{
    const char *persona = getenv("JPKI_SWEEP_PERSONA");
    bool is_sw = fault->how == VFAULT_SW || fault->how == VFAULT_SW_AFTER ||
                 fault->how == VFAULT_SW_BODY;

    if (!persona || strcmp(persona, "quirk-select-keeps") != 0)
        return false;
    return fault->how == VFAULT_AGAIN ||
           (is_sw && (fault->value == 0x6982 || fault->value == 0x9000 ||
                         fault->value >> 8 == 0x63));
}

static void *look_at_slot(void *arg)
{
    CK_SLOT_INFO info;

    *(CK_RV *)arg = functions()->C_GetSlotInfo(AUTH, &info);
    return NULL;
}

/* No lock was left behind: another thread gets in. */
static void check_locks(void)
{
    struct timespec until;
    pthread_t thread;
    CK_RV rv = CKR_GENERAL_ERROR;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    assert_int_equal(pthread_create(&thread, NULL, look_at_slot, &rv), 0);
    assert_int_equal(pthread_timedjoin_np(thread, NULL, &until), 0);
    assert_int_equal(rv, CKR_OK);
}

static void test_scenario(void **state)
{
    const struct scenario *scenario = *state;
    unsigned long stride = number("JPKI_SWEEP_STRIDE", STRIDE);
    unsigned long cases = 0, i, all;
    unsigned commands;

    sweep_open(scenario);
    commands = sweep_count(scenario);
    all = commands * sweep_fault_count * 2;
    for (i = 0; i < all; i += stride) {
        struct sweep_plan plan = {&sweep_faults[i / 2 % sweep_fault_count],
            (unsigned)(i / 2 / sweep_fault_count), i % 2};
        if (is_beyond(plan.fault))
            continue;
        sweep_case(scenario, &plan, 1);
        cases++;
    }
    check_locks();
    print_message("%s: %lu of %lu cases (%u commands), slowest call %s %.0f "
                  "ms\n",
        scenario->name, cases, all, commands, stage.slowest,
        stage.seconds * 1000);
    assert_true(stage.seconds < 10);
    sweep_close();
}

static struct sweep_plan draw(unsigned commands)
{
    struct sweep_plan plan = {
        &sweep_faults[(size_t)random() % sweep_fault_count],
        (unsigned)random() % commands, random() % 2};

    return plan;
}

static void test_pairs(void **state)
{
    unsigned long pairs = number("JPKI_SWEEP_PAIRS", PAIRS), i;
    unsigned seed =
        (unsigned)number("JPKI_SWEEP_SEED", (unsigned long)time(NULL));
    size_t s;

    print_message("JPKI_SWEEP_SEED=%u JPKI_SWEEP_PAIRS=%lu\n", seed, pairs);
    srandom(seed);
    for (s = 0; s < sweep_scenario_count; s++) {
        const struct scenario *scenario = &sweep_scenarios[s];
        unsigned commands;
        sweep_open(scenario);
        commands = sweep_count(scenario);
        for (i = s; i < pairs; i += sweep_scenario_count) {
            struct sweep_plan plans[2] = {draw(commands), draw(commands)};
            /* It would be undefined which card is where. */
            if ((sweep_moves_card(plans[0].fault) &&
                    sweep_moves_card(plans[1].fault)) ||
                is_beyond(plans[0].fault) || is_beyond(plans[1].fault))
                continue;
            sweep_case(scenario, plans, 2);
        }
        sweep_close();
    }
}

int main(void)
{
    struct CMUnitTest tests[32] = {{0}};
    size_t i;

    for (i = 0; i < sweep_scenario_count; i++)
        tests[i] = (struct CMUnitTest){sweep_scenarios[i].name, test_scenario,
            NULL, sweep_stop, (void *)(uintptr_t)&sweep_scenarios[i]};
    tests[i++] =
        (struct CMUnitTest){"random_pairs", test_pairs, NULL, sweep_stop, NULL};
    return _cmocka_run_group_tests(
        "sweep", tests, i, load_module, unload_module);
}

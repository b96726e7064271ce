/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <time.h>

#include "tests/module/sweep.h"

/*
 * A card that does not answer. What is known is told meanwhile, what is asked
 * of other cards is done, and the call ends when the command does. Times are
 * printed; what is asserted no busy machine comes near to.
 */
#define SOON 20.0 /* seconds */

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static double longest;
static unsigned long looks;
static CK_SESSION_HANDLE session;
static CK_SLOT_ID slot;

/* Straight to the module: CALL looks at the card, which is not to be had. */
static void look_around(CK_SLOT_ID of, CK_SESSION_HANDLE known)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_SLOT_INFO info;
    CK_TOKEN_INFO token;
    CK_SESSION_INFO state;
    struct timespec start;
    double seconds;

    clock_gettime(CLOCK_MONOTONIC, &start);
    assert_int_equal(
        functions()->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    assert_int_equal(functions()->C_GetSlotInfo(of, &info), CKR_OK);
    if (known != CK_INVALID_HANDLE) {
        assert_int_equal(functions()->C_GetTokenInfo(of, &token), CKR_OK);
        assert_int_equal(functions()->C_GetSessionInfo(known, &state), CKR_OK);
    }
    seconds = seconds_since(&start);
    longest = seconds > longest ? seconds : longest;
    looks++;
}

static void while_stalled(void)
{
    look_around(slot, stage.session);
}

/* Every command of every scenario hangs for a moment. */
static void test_each_command_hangs(void **state)
{
    static const struct fault stalls[] = {
        {VFAULT_STALL, 0, FAULT_LINK},
        {VFAULT_STALL, 0x80100016, FAULT_LINK},
    };
    unsigned commands, at;
    size_t s, f;

    sweep_while_stalled = while_stalled;
    for (s = 0; s < sweep_scenario_count; s++) {
        const struct scenario *scenario = &sweep_scenarios[s];
        slot = (CK_SLOT_ID)scenario->role;
        sweep_open(scenario);
        commands = sweep_count(scenario);
        for (at = 0; at < commands; at++)
            for (f = 0; f < 2; f++) {
                struct sweep_plan plan = {&stalls[f], at, false};
                sweep_case(scenario, &plan, 1);
            }
        sweep_close();
    }
    print_message("%lu commands hung: four questions answered in %.1f ms at "
                  "most\n",
        looks, longest * 1000);
    assert_true(longest < SOON);
}

static CK_RV answer;
static CK_OBJECT_HANDLE key;

static void *sign_beside(void *arg)
{
    uint8_t sig[SIGNATURE_SIZE];

    answer = sign_with(session, key, CKM_SHA256_RSA_PKCS, "data", 4, sig);
    return arg;
}

/* A log-in, and a signature of which the VERIFY hangs. */
static int start_signing(uint32_t code, pthread_t *ret_thread)
{
    const struct vfault_plan plan = {2, VFAULT_STALL, code, code != 0};
    int reader = start("adult", NULL);

    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    vcontrol_faults(reader, &plan, 1);
    assert_int_equal(pthread_create(ret_thread, NULL, sign_beside, NULL), 0);
    assert_true(vcontrol_stalled(reader, 60000));
    return reader;
}

static void test_finalize_gives_up(void **state)
{
    struct timespec begun;
    pthread_t thread;
    double seconds;
    int reader = start_signing(0, &thread);

    clock_gettime(CLOCK_MONOTONIC, &begun);
    assert_int_equal(functions()->C_Finalize(NULL), CKR_FUNCTION_FAILED);
    seconds = seconds_since(&begun);
    print_message("C_Finalize gave up after %.2f s\n", seconds);
    assert_true(seconds < SOON);
    look_around(AUTH, session);
    vcontrol_release(reader);
    pthread_join(thread, NULL);
    assert_int_equal(answer, CKR_OK);
    assert_int_equal(ledger(reader).verifies[AUTH], 2);
    EXPECT(CKR_OK, C_Finalize, NULL);
}

/* The second reader has a card of its own, that works. */
static void test_other_readers_work(void **state)
{
    CK_SESSION_HANDLE other = 0;
    CK_UTF8CHAR pin[] = "4321";
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE found = 0;
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG count = 0, len = sizeof sig;
    CK_FUNCTION_LIST *f = functions();
    pthread_t thread;
    int first = start_signing(0, &thread);
    int second = vcontrol_reader_add("Second Reader");
    CK_SLOT_ID beside = 2 + AUTH;

    insert(second, "adult2");
    assert_int_equal(f->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    assert_int_equal(count, 4);
    assert_int_equal(
        f->C_OpenSession(beside, CKF_SERIAL_SESSION, NULL, NULL, &other),
        CKR_OK);
    assert_int_equal(f->C_Login(other, CKU_USER, pin, 4), CKR_OK);
    assert_int_equal(f->C_FindObjectsInit(other, &templ, 1), CKR_OK);
    assert_int_equal(f->C_FindObjects(other, &found, 1, &count), CKR_OK);
    assert_int_equal(f->C_FindObjectsFinal(other), CKR_OK);
    assert_int_equal(f->C_SignInit(other, &mechanism, found), CKR_OK);
    assert_int_equal(f->C_Sign(other, data, 4, sig, &len), CKR_OK);
    longest = 0;
    look_around(AUTH, session);
    look_around(beside, other);
    print_message("with one reader hung: four questions in %.1f ms at most\n",
        longest * 1000);
    vcontrol_release(first);
    pthread_join(thread, NULL);
    assert_int_equal(answer, CKR_OK);
}

static void stop_service(int reader)
{
    vcontrol_service(false);
    vcontrol_service(true);
}

/* What a person does with a reader that hangs. */
static void test_end_of_a_hanging_command(void **state)
{
    static void (*const ends[])(int reader) = {
        vcontrol_remove, vcontrol_reader_remove, stop_service};
    pthread_t thread;
    size_t i;

    for (i = 0; i < sizeof ends / sizeof *ends; i++) {
        int reader = start_signing(0x80100016, &thread);
        ends[i](reader);
        pthread_join(thread, NULL);
        /* One command is lost by it; the signature may be made before that. */
        assert_true(answer == CKR_DEVICE_REMOVED ||
                    answer == CKR_DEVICE_ERROR || answer == CKR_OK);
        end_test(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_each_command_hangs, sweep_stop),
        TEST(test_finalize_gives_up),
        TEST(test_other_readers_work),
        TEST(test_end_of_a_hanging_command),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "tests/module/kernel_clock.h"
#include "tests/module/model_pins.h"
#include "tests/module/other_program.h"
#include "tests/module/walk.h"
#include "tests/vcard/persona.h"

/*
 * A random walk over both slots with right and wrong PINs, while other programs
 * use the card and people exchange it. After every step the card's ledger must
 * agree with the model to the last VERIFY.
 *
 * JPKI_WALK_STEPS and JPKI_WALK_SEED set its length and its course.
 */

#define STEP_MS 250 /* of the module's clock */
#define STEPS 100000
#define STEPS_THAT_SHOW_ALL 20000

static struct {
    uint64_t seed;
    unsigned long steps, step;
    const char *action;
    unsigned long verifies, cards, lockouts[2], locked_steps;
} course;

/* Another program verifies a PIN, and may change it. */
static void others_use_the_card(int role, size_t i)
{
    static const char *const new_pins[] = {"7777", "OTHER1"};
    bool right = !walk_chance(20), changes = walk_chance(20), good;
    const char *pin = right          ? walk_slot(role)->pin
                      : role == AUTH ? "5555"
                                     : "OTHER5";

    good = other_verify(walk.reader, role, pin);
    assert_true(good == model_others_verify(&walk.model, role, pin));
    if (good && changes) {
        other_change(walk.reader, role, pin, new_pins[role]);
        model_others_verify(&walk.model, role, pin);
        model_others_change(&walk.model, role, new_pins[role]);
    }
    other_log_out(walk.reader);
}

static void others_select(int role, size_t i)
{
    other_log_out(walk.reader);
}

/*
 * What a session of a card that was exchanged says to the first call that
 * comes, whichever that is.
 */
static void use_stale(int role, size_t i)
{
    const struct model_session *session = &walk_slot(role)->sessions[i];
    struct walk_paper *paper = &walk.papers[role][i];
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_SESSION_INFO info;
    CK_RV rv;

    if (!session->handle)
        return;
    if (session->signing && !session->parts && walk_chance(50)) {
        rv = CALL(C_Sign, session->handle, paper->data, (CK_ULONG)WALK_PIECE,
            sig, &len);
        assert_true(rv == CKR_DEVICE_REMOVED || rv == CKR_USER_NOT_LOGGED_IN ||
                    rv == CKR_SESSION_HANDLE_INVALID);
    } else if (walk_chance(50)) {
        EXPECT_LOGIN(
            CKR_SESSION_HANDLE_INVALID, session->handle, walk_slot(role)->pin);
        model_dead_session(&walk.model, walk_slot(role)->pin);
    }
    EXPECT(
        CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session->handle, &info);
}

/* Adds up the ledger of the card in the reader. */
static void count_card(void)
{
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        course.lockouts[role] += walk_slot(role)->left == 0;
        course.verifies += walk_slot(role)->verifies;
    }
    course.cards++;
}

static const struct {
    const char *persona, *auth_pin, *sign_pin;
} persons[] = {{"adult", AUTH_PIN, SIGN_PIN}, {"adult2", "4321", "XYZ789"}};

static void exchange_card(int role, size_t i)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int person = (int)walk_below(2);
    size_t k;

    count_card();
    assert_int_equal(vcard_persona_copy(persons[person].persona, folder), 0);
    if (walk_chance(50))
        vcontrol_remove(walk.reader);
    assert_int_equal(vcontrol_swap(walk.reader, folder), 0);
    use_stale(role, i);
    for (k = 0; k < MODEL_SESSIONS; k++) {
        use_stale(AUTH, k);
        use_stale(SIGN, k);
    }
    model_insert(&walk.model, person, persons[person].auth_pin,
        persons[person].sign_pin);
    memset(walk.queries, 0, sizeof walk.queries);
    memset(walk.cert_lens, 0, sizeof walk.cert_lens);
}

static void restart(int role, size_t i)
{
    static const char *const signature_pin[] = {"ask", "every", "once"};
    struct model_rules rules;
    CK_ULONG count = 0;
    char conf[256];

    rules.signature_pin = walk_below(3);
    rules.fold_case = walk_chance(70);
    rules.remember_wrong = walk_chance(80);
    rules.spare_last = walk_chance(30);
    snprintf(conf, sizeof conf,
        "[pin]\nsignature_pin = %s\nfold_case = %s\nremember_wrong = %s\n"
        "last_try = %s\n",
        signature_pin[rules.signature_pin], rules.fold_case ? "yes" : "no",
        rules.remember_wrong ? "yes" : "no",
        rules.spare_last ? "refuse" : "allow");
    EXPECT(CKR_OK, C_Finalize, NULL);
    configure(conf);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    model_restart(&walk.model, &rules);
}

static void compare(void)
{
    struct vcard_ledger now = ledger(walk.reader);
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        const struct model_slot *slot = walk_slot(role);
        assert_int_equal(now.verifies[role], slot->verifies);
        assert_int_equal(now.wrong[role], slot->wrongs);
        assert_int_equal(now.tries[role], slot->left);
        assert_int_equal(now.changes[role], slot->changes);
        assert_int_equal(now.signatures[role], slot->signatures);
        /* What was asked was seen. */
        if (now.queries[role] != walk.queries[role])
            model_see(&walk.model, role);
        walk.queries[role] = now.queries[role];
    }
}

/* A person guesses ROLE's PIN. */
static void guess(int role, size_t i)
{
    unsigned n;

    walk_logout(role, i);
    walk.guessing = true;
    for (n = walk_below(12); n > 0; n--) {
        walk_open(role, i);
        walk_login(role, i);
        compare();
    }
    walk.guessing = false;
}

static const struct {
    const char *name;
    unsigned weight; /* of 1000 */
    walk_step *run;
} actions[] = {
    {"C_OpenSession", 80, walk_open},
    {"C_CloseSession", 15, walk_close},
    {"C_CloseAllSessions", 3, walk_close_all},
    {"C_Login", 160, walk_login},
    {"C_Login for a signature", 100, walk_login_context},
    {"C_Logout", 25, walk_logout},
    {"C_SetPIN", 20, walk_set_pin},
    {"C_SignInit", 150, walk_sign_init},
    {"C_SignInit(NULL)", 20, walk_sign_cancel},
    {"C_SignUpdate", 60, walk_sign_update},
    {"C_Sign", 235, walk_sign},
    {"CKA_ALWAYS_AUTHENTICATE", 15, walk_read_attribute},
    {"C_GetTokenInfo", 50, walk_look_at_token},
    {"C_GetSessionInfo", 30, walk_look_at_session},
    {"another program's VERIFY", 12, others_use_the_card},
    {"another program's SELECT", 19, others_select},
    {"another card", 1, exchange_card},
    {"C_Finalize", 1, restart},
    {"guesses", 4, guess},
};

static void take_step(void)
{
    unsigned at = walk_below(1000);
    size_t i = 0;
    int role = walk_below(2) ? SIGN : AUTH;
    bool locked = walk_slot(AUTH)->left == 0 || walk_slot(SIGN)->left == 0;

    while (at >= actions[i].weight)
        at -= actions[i++].weight;
    course.locked_steps += locked;
    if (locked && walk_chance(5)) {
        course.action = "another card for a locked one";
        exchange_card(role, walk_any_session(role));
    } else {
        course.action = actions[i].name;
        actions[i].run(role, walk_any_session(role));
    }
    compare();
    walk.model.now += STEP_MS;
}

/*
 * The module's clock goes on with the steps, in seconds that are long enough
 * for a card to be left to other programs in between.
 */
int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    if (clock != CLOCK_MONOTONIC)
        return kernel_clock(clock, ret_time);
    ret_time->tv_sec = 1000 + walk.model.now / 1000;
    ret_time->tv_nsec = walk.model.now % 1000 * 1000000L;
    return 0;
}

static uint64_t number(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void test_ledger_agrees_with_the_rules(void **state)
{
    const struct model_rules rules = {MODEL_ASK, true, true, true};

    walk.random = course.seed;
    walk.reader = start("adult", NULL);
    model_insert(&walk.model, 0, AUTH_PIN, SIGN_PIN);
    model_restart(&walk.model, &rules);
    while (course.step < course.steps) {
        take_step();
        course.step++;
    }
    count_card();
    print_message("%lu VERIFYs, %lu signatures, %lu and %lu lock-outs, %lu "
                  "cards, %lu steps on a locked one\n",
        course.verifies, walk.signatures, course.lockouts[AUTH],
        course.lockouts[SIGN], course.cards, course.locked_steps);
    assert_true(walk.signatures >= 100);
    assert_true(course.locked_steps < course.steps / 2);
    if (course.steps >= STEPS_THAT_SHOW_ALL) {
        assert_true(course.lockouts[AUTH] > 0);
        assert_true(course.lockouts[SIGN] > 0);
    }
}

static int stop_and_tell(void **state)
{
    if (course.step < course.steps)
        print_error(
            "at step %lu, %s; JPKI_WALK_SEED=%llu JPKI_WALK_STEPS=%lu\n",
            course.step, course.action, (unsigned long long)course.seed,
            course.steps);
    return end_test(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(
            test_ledger_agrees_with_the_rules, stop_and_tell),
    };
    uint64_t seed = 1;

    (void)!getrandom(&seed, sizeof seed, 0);
    course.steps = (unsigned long)number("JPKI_WALK_STEPS", STEPS);
    course.seed = number("JPKI_WALK_SEED", seed);
    print_message("JPKI_WALK_SEED=%llu JPKI_WALK_STEPS=%lu\n",
        (unsigned long long)course.seed, course.steps);
    return cmocka_run_group_tests(tests, load_module, unload_module);
}

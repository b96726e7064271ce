/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/token/fake.h"
#include "token/card/pin.h"
#include "token/login.h"
#include "token/sign.h"
#include "token/token_io.h"

/* What was meant for one card does not reach the next, nor end it. */

static struct context *context;
static struct token token;

/* A card with both keys, as it is after `recognise`. */
static TOKEN_LOCKED void put_card_in(uint32_t insertion)
{
    const struct reader_state state = {
        .present = true, .insertion = insertion, .asked = token.asked + 1};

    token_note_state(&token, &state, state.asked);
    token.recognised = TOKEN_JPKI;
    token.identity.issued[JPKI_AUTH] = token.identity.issued[JPKI_SIGN] = true;
}

static int setup(void **state)
{
    static char path[] = P_tmpdir "/jpki-another-card-XXXXXX";
    int file = mkstemp(path);

    fake_reset();
    if (file < 0 || fchmod(file, 0600) != 0 ||
        setenv("JPKI_PKCS11_CONF", path, 1) != 0 ||
        context_new(&context) != TOK_OK ||
        token_init(&token, context, 0, FAKE_READER) != TOK_OK)
        return -1;
    close(file);
    unlink(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    token_lock(&token);
    put_card_in(7);
    token_unlock(&token);
    return 0;
}

static int teardown(void **state)
{
    token_done(&token);
    context_free(context);
    return fake.contexts ? -1 : 0;
}

static TOKEN_LOCKED enum tok_err log_in(void)
{
    return login_user(&token, JPKI_AUTH, (const uint8_t *)"1234", 4, NULL);
}

static TOKEN_LOCKED enum tok_err authorise(void)
{
    struct pin *pin = NULL;
    enum tok_err err = login_for_signature(
        &token, JPKI_SIGN, (const uint8_t *)"ABC123", 6, NULL, &pin);

    assert_null(pin);
    return err;
}

static TOKEN_LOCKED enum tok_err change_pin(void)
{
    return login_change_pin(&token, JPKI_AUTH, (const uint8_t *)"1234", 4,
        (const uint8_t *)"4321", 4, NULL);
}

static bool is_wanted(void *arg, struct pin **ret_pin, bool *ret_asks)
{
    return true;
}

static TOKEN_LOCKED enum tok_err sign(void)
{
    struct signature signature = {
        .alg = &sigalgs[SIGALG_RSA_PKCS1], .is_wanted = is_wanted};

    return sign_by_card(&token, JPKI_AUTH, &signature);
}

/* A call in a thread of its own, and what it answers. */
struct waiting {
    enum tok_err (*call)(void);
    enum tok_err err;
};

static void *run(void *arg)
{
    struct waiting *waiting = arg;

    token_lock(&token);
    waiting->err = waiting->call();
    token_unlock(&token);
    return NULL;
}

/*
 * While CALL waits for a thread that is busy with its card another card comes,
 * and a session on that.
 */
static void swap_the_card_under(enum tok_err (*call)(void))
{
    struct waiting waiting = {call, TOK_OK};
    uint64_t ticket, epoch;
    pthread_t thread;
    bool waits = false;

    token_lock(&token);
    token_claim(&token);
    ticket = token.next_ticket;
    token_unlock(&token);
    assert_int_equal(pthread_create(&thread, NULL, run, &waiting), 0);
    while (!waits) {
        sched_yield();
        token_lock(&token);
        waits = token.next_ticket > ticket;
        token_unlock(&token);
    }
    token_lock(&token);
    put_card_in(token.insertion + 1);
    token_add_user(&token);
    epoch = token.epoch;
    (void)token_release(&token, TOK_OK);
    token_unlock(&token);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(waiting.err, TOK_REMOVED);
    assert_int_equal(token.epoch, epoch);
    assert_int_equal(token.users, 1);
    assert_int_equal(token.recognised, TOKEN_JPKI);
    fake_saw("");
}

static void test_typed_pin_waits_while_the_card_is_swapped(void **state)
{
    swap_the_card_under(log_in);
    swap_the_card_under(authorise);
    swap_the_card_under(change_pin);
}

static void test_signature_waits_while_the_card_is_swapped(void **state)
{
    swap_the_card_under(sign);
}

static void note(const struct reader_state *state)
{
    token_lock(&token);
    token_note_state(&token, state, token.asked + 1);
    token_unlock(&token);
}

/* Its log-ins end as if it had been taken out. */
static void test_a_card_that_falls_mute(void **state)
{
    struct token_key *key = &token.keys[JPKI_AUTH];
    const struct reader_state mute = {
        .present = true, .insertion = 7, .mute = true};
    uint64_t epoch = token.epoch;

    assert_int_equal(pin_new(context->pins, key->role, (const uint8_t *)"1234",
                         4, true, &key->pin),
        TOK_OK);
    key->logged_in = true;
    note(&mute);
    assert_false(key->logged_in);
    assert_null(key->pin);
    assert_int_not_equal(token.epoch, epoch);
    assert_int_equal(token.recognised, TOKEN_OTHER);
    assert_true(token.present);
    /* The same again is no news. */
    epoch = token.epoch;
    note(&mute);
    assert_int_equal(token.epoch, epoch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_typed_pin_waits_while_the_card_is_swapped),
        TEST(test_signature_waits_while_the_card_is_swapped),
        TEST(test_a_card_that_falls_mute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

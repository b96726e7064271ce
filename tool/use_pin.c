/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/use_pin.h"

#include <stdio.h>
#include <string.h>

#include "conf/words_pin.h"
#include "token/abilities.h"
#include "tool/ask_pin.h"
#include "tool/interrupt.h"
#include "tool/one_card.h"
#include "tool/output.h"
#include "tool/pin_form.h"

#define ABOUT_MAX 512
#define ASK_TIMES 3 /* where what is typed cannot be the PIN */

static const struct words names[JPKI_PINS] = {
    [JPKI_AUTH] = {W_PIN_NAME_AUTH},
    [JPKI_SIGN] = {W_PIN_NAME_SIGN},
    [JPKI_TEXT] = {W_PIN_NAME_TEXT},
};

const char *pin_name(enum jpki_role_id role)
{
    return words_of(&names[role]);
}

/* Asks the card for the counter; TOK_PIN_LOCKED. */
static TOKEN_LOCKED enum tok_err ask_counter(struct token *token,
    enum jpki_role_id role, struct retry_counter *ret_counter)
{
    enum tok_err err = token_is_issued(token, role)
                           ? abilities_ask_counter(token, role)
                           : TOK_NOT_ISSUED;
    *ret_counter = token->pins[role].counter;
    return err == TOK_OK && ret_counter->known && ret_counter->locked
               ? TOK_PIN_LOCKED
               : err;
}

/* The last try: true where a person types the word for it. */
static bool takes_last_try(struct typed_pin *answer)
{
    const struct question question = {.about = words(W_PIN_LAST_TRY),
        .prompt = words(W_PIN_LAST_TRY_PROMPT),
        .is_word = true};
    size_t len = strlen(PIN_LAST_TRY_WORD);
    bool takes = ask_pin(&question, answer) == ASK_GIVEN &&
                 answer->len == len &&
                 memcmp(answer->bytes, PIN_LAST_TRY_WORD, len) == 0;

    explicit_bzero(answer, sizeof *answer);
    if (!takes)
        complain("%s", words(W_PIN_LAST_TRY_KEPT));
    return takes;
}

static void put_about(char ret_about[ABOUT_MAX], const struct pin_use *use,
    const struct retry_counter *counter)
{
    char tries[128];

    if (counter->known)
        snprintf(tries, sizeof tries, words(W_PIN_TRIES), counter->left,
            retry_counter_max(counter, jpki_role(use->role)));
    else
        snprintf(tries, sizeof tries, "%s", words(W_PIN_TRIES_UNKNOWN));
    snprintf(ret_about, ABOUT_MAX, "%s%s%s", use->about ? use->about : "",
        tries, use->may_skip ? words(W_PIN_SKIP) : "");
}

/* Until it has the PIN's form. ASK_CANCELLED, as was told, also when not. */
static enum ask_result ask(const struct token *token, const struct pin_use *use,
    const struct retry_counter *counter, struct typed_pin *answer)
{
    char about[ABOUT_MAX];
    const struct question question = {
        .about = about, .prompt = pin_name(use->role)};
    int i;

    put_about(about, use, counter);
    for (i = 0; i < ASK_TIMES; i++) {
        enum ask_result result = ask_pin(&question, answer);

        if (result == ASK_CANCELLED)
            complain("%s", words(W_PIN_CANCELLED));
        if (result != ASK_GIVEN || (use->may_skip && answer->len == 0) ||
            pin_fits(token, use->role, answer))
            return result;
        explicit_bzero(answer, sizeof *answer);
        complain(words(W_PIN_FORM), pin_name(use->role));
    }
    return ASK_CANCELLED;
}

/* What the card made of the PIN; the lock is held. */
static TOKEN_LOCKED enum exit_status tell(
    struct token *token, const struct pin_use *use, enum tok_err err)
{
    const struct retry_counter *counter = &token->pins[use->role].counter;

    if (err == TOK_OK)
        return EXIT_GOOD;
    if (err == TOK_PIN_WRONG) {
        if (counter->known)
            complain(words(W_PIN_WRONG), counter->left);
        else
            complain("%s", words(W_PIN_WRONG_UNCOUNTED));
        return EXIT_TO_DO;
    }
    if (err == TOK_PIN_LOCKED) {
        complain("%s", use->role == JPKI_TEXT ? words(W_PIN_LOCKED_TEXT)
                                              : words(W_PIN_LOCKED_JPKI));
        return EXIT_TO_DO;
    }
    if (err == TOK_NOT_FOUND && use->role == JPKI_TEXT) {
        complain("%s", words(W_NO_TEXT_APPLICATION));
        return EXIT_TO_DO;
    }
    if (err == TOK_IO || err == TOK_REMOVED || err == TOK_REPLY) {
        enum exit_status status = tell_error(err);

        if (use->lost)
            complain("%s", words_of(use->lost));
        else if (err == TOK_IO)
            complain("%s", words(W_PIN_UNKNOWN));
        return status;
    }
    return tell_error(err);
}

enum exit_status pin_give(struct token *token, const struct pin_use *use,
    const struct typed_pin *pin, bool last_try)
{
    const struct token_caller caller = {
        .at_card = {.is_called_off = interrupt_calls_off},
        .uses_last_try = last_try};
    enum exit_status status;
    sigset_t before;
    enum tok_err err;

    token_lock(token);
    interrupt_hold(&before);
    err = use->use(token, pin, &caller, use->arg);
    interrupt_release(&before);
    status = tell(token, use, err);
    token_unlock(token);
    return status;
}

static EXCLUDES(token_held) enum exit_status check_counter(struct token *token,
    const struct pin_use *use, struct retry_counter *ret_counter)
{
    const struct pin_use nothing_sent = {.role = use->role};
    enum exit_status status;
    enum tok_err err;

    token_lock(token);
    err = ask_counter(token, use->role, ret_counter);
    status = err == TOK_IO ? tell_error(err) : tell(token, &nothing_sent, err);
    token_unlock(token);
    return status;
}

enum exit_status pin_ask(struct token *token, const struct pin_use *use,
    struct typed_pin *ret_answer, bool *ret_last_try, bool *ret_skipped)
{
    struct retry_counter counter;
    enum exit_status status = check_counter(token, use, &counter);

    *ret_skipped = false;
    if (status != EXIT_GOOD)
        return status;
    *ret_last_try = counter.known && counter.left == 1;
    if (*ret_last_try && !takes_last_try(ret_answer)) {
        *ret_skipped = use->may_skip;
        return use->may_skip ? EXIT_GOOD : EXIT_TO_DO;
    }
    if (ask(token, use, &counter, ret_answer) != ASK_GIVEN)
        return EXIT_TO_DO;
    *ret_skipped = use->may_skip && ret_answer->len == 0;
    return EXIT_GOOD;
}

enum exit_status use_pin(
    struct token *token, const struct pin_use *use, bool *ret_skipped)
{
    struct typed_pin *answer = typed_pin_new();
    bool last_try = false, skipped = false;
    enum exit_status status;

    if (!answer)
        return tell_error(TOK_NOMEM);
    status = pin_ask(token, use, answer, &last_try, &skipped);
    if (status == EXIT_GOOD && !skipped)
        status = pin_give(token, use, answer, last_try);
    typed_pin_free(answer);
    if (ret_skipped)
        *ret_skipped = skipped;
    return status;
}

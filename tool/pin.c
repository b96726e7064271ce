/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/words_pin.h"
#include "token/certificates.h"
#include "token/login.h"
#include "token/status.h"
#include "tool/ask_pin.h"
#include "tool/one_card.h"
#include "tool/output.h"
#include "tool/pin_form.h"
#include "tool/use_pin.h"
#include "tool/weak_pin.h"

/* jpki pin: check a PIN, or change it. */

#define ABOUT_MAX 512

static void print_tries(struct token *token, enum jpki_role_id role)
{
    const struct retry_counter *counter = &token->pins[role].counter;

    if (counter->known)
        print(TONE_PLAIN, words(W_PIN_TRIES), counter->left,
            retry_counter_max(counter, jpki_role(role)));
}

static TOKEN_LOCKED enum tok_err use_check(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    const enum jpki_role_id *role = arg;

    return login_check_pin(token, *role, pin->bytes, pin->len, caller);
}

static EXCLUDES(token_held) enum exit_status
    check_pin(struct token *token, enum jpki_role_id role)
{
    const struct pin_use use = {.role = role, .use = use_check, .arg = &role};
    enum exit_status status = use_pin(token, &use, NULL);

    if (status != EXIT_GOOD)
        return status;
    print(TONE_GOOD, "%s\n", words(W_PIN_RIGHT));
    print_tries(token, role);
    return EXIT_GOOD;
}

/* The day of the holder's birth as MMDD, where the certificate tells; else "".
 */
static EXCLUDES(token_held) void get_birthday(
    struct token *token, char ret_mmdd[5])
{
    struct status status;
    struct tm day;

    ret_mmdd[0] = '\0';
    token_lock(token);
    memset(&status, 0, sizeof status);
    if (certificates_read(token, JPKI_AUTH) == TOK_OK)
        status_get(token, JPKI_AUTH, &status);
    token_unlock(token);
    /* It ends on a birthday (docs/card.md 3.4). */
    if (status.has_cert && clock_in_japan(status.not_after, &day))
        (void)strftime(ret_mmdd, 5, "%m%d", &day);
}

/* What is easy to guess about PIN, before it is typed again; "" for nothing. */
static void put_warning(
    struct token *token, const struct typed_pin *pin, char ret_about[ABOUT_MAX])
{
    static const struct words warnings[] = {
        [WEAK_NOT] = {"", ""},
        [WEAK_REPEAT] = {W_PIN_WEAK_REPEAT},
        [WEAK_SEQUENCE] = {W_PIN_WEAK_SEQUENCE},
        [WEAK_BIRTHDAY] = {W_PIN_WEAK_BIRTHDAY},
    };
    char mmdd[5];
    enum weakness weakness;

    get_birthday(token, mmdd);
    weakness = weak_pin(pin->bytes, pin->len, mmdd);
    snprintf(ret_about, ABOUT_MAX, "%s%s", words_of(&warnings[weakness]),
        weakness == WEAK_NOT ? "" : words(W_PIN_WEAK_KEEP));
}

static bool is_same(const struct typed_pin *pin, const struct typed_pin *other)
{
    return pin->len == other->len &&
           memcmp(pin->bytes, other->bytes, pin->len) == 0;
}

/* Why the NEW PIN, typed twice, cannot be taken; NULL where it can. */
static const char *refuse_new(struct token *token, enum jpki_role_id role,
    const struct typed_pin *old, const struct typed_pin *new)
{
    if (!pin_fits(token, role, new))
        return words(W_PIN_NEW_FORM);
    return is_same(old, new) ? words(W_PIN_NEW_IS_OLD) : NULL;
}

/* False: nobody gave one, and was told why nothing is done. */
static bool is_given(const struct question *question, struct typed_pin *answer)
{
    enum ask_result result = ask_pin(question, answer);

    if (result == ASK_CANCELLED)
        complain("%s", words(W_PIN_CANCELLED));
    return result == ASK_GIVEN;
}

/* Asks for the new PIN, twice. */
static EXCLUDES(token_held) enum exit_status ask_new(struct token *token,
    enum jpki_role_id role, const struct typed_pin *old, struct typed_pin *new,
    struct typed_pin *again)
{
    char about[ABOUT_MAX], prompt[256];
    struct question question = {.prompt = prompt};
    const char *refusal;

    snprintf(prompt, sizeof prompt, words(W_PIN_NEW), pin_name(role));
    if (!is_given(&question, new))
        return EXIT_TO_DO;
    refusal = refuse_new(token, role, old, new);
    if (!refusal) {
        put_warning(token, new, about);
        question =
            (struct question){.about = about, .prompt = words(W_PIN_NEW_AGAIN)};
        if (!is_given(&question, again))
            return EXIT_TO_DO;
        if (!is_same(new, again))
            refusal = words(W_PIN_NEW_DIFFERS);
    }
    if (refusal)
        complain("%s", refusal);
    return refusal ? EXIT_TO_DO : EXIT_GOOD;
}

struct change {
    enum jpki_role_id role;
    const struct typed_pin *new;
};

static TOKEN_LOCKED enum tok_err use_change(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    const struct change *change = arg;

    return login_change_pin(token, change->role, pin->bytes, pin->len,
        change->new->bytes, change->new->len, caller);
}

/* With room for what is typed: the old PIN, and twice the new one. */
static EXCLUDES(token_held) enum exit_status change_typed(
    struct token *token, enum jpki_role_id role, struct typed_pin *typed[3])
{
    static const struct words lost = {W_PIN_CHANGE_LOST};
    struct change change = {.role = role, .new = typed[1]};
    const struct pin_use use = {
        .role = role, .lost = &lost, .use = use_change, .arg = &change};
    bool last_try, skipped;
    enum exit_status status =
        pin_ask(token, &use, typed[0], &last_try, &skipped);

    if (status == EXIT_GOOD)
        status = ask_new(token, role, typed[0], typed[1], typed[2]);
    if (status == EXIT_GOOD)
        status = pin_give(token, &use, typed[0], last_try);
    if (status != EXIT_GOOD)
        return status;
    print(TONE_GOOD, "%s\n", words(W_PIN_CHANGED));
    print_tries(token, role);
    return EXIT_GOOD;
}

static EXCLUDES(token_held) enum exit_status
    change_pin(struct token *token, enum jpki_role_id role)
{
    struct typed_pin *typed[3];
    enum exit_status status;
    size_t i;

    for (i = 0; i < 3; i++)
        typed[i] = typed_pin_new();
    status = typed[0] && typed[1] && typed[2] ? change_typed(token, role, typed)
                                              : tell_error(TOK_NOMEM);
    for (i = 0; i < 3; i++)
        typed_pin_free(typed[i]);
    return status;
}

enum exit_status pin_run(const struct options *options)
{
    static const struct {
        const char *name;
        enum exit_status (*run)(struct token *token, enum jpki_role_id role);
    } actions[] = {{"check", check_pin}, {"change", change_pin}};
    enum jpki_role_id role = 0;
    struct cards cards;
    struct token *token = NULL;
    enum exit_status status;
    size_t action = 0;

    while (
        action < 2 && strcmp(options->operands[0], actions[action].name) != 0)
        action++;
    while (role < JPKI_PINS &&
           strcmp(options->operands[1], jpki_role(role)->name) != 0)
        role++;
    if (action == 2 || role == JPKI_PINS) {
        complain(words(W_PIN_NO_SUCH_OPERAND),
            options->operands[action == 2 ? 0 : 1]);
        return EXIT_USAGE;
    }
    cards_open(&cards);
    status = one_card(&cards, options, &token);
    if (status == EXIT_GOOD)
        status = actions[action].run(token, role);
    cards_close(&cards);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/session.h"

#include <string.h>

#include "conf/words_bridge.h"
#include "token/abilities.h"
#include "token/certificates.h"
#include "token/login.h"
#include "token/pin_rules.h"
#include "token/verdict.h"
#include "tool/bridge/consent.h"
#include "tool/bridge/guard.h"
#include "tool/bridge/sign.h"
#include "tool/bridge/text.h"

struct token *session_find_card(
    struct cards *cards, const struct words **ret_words)
{
    static const struct words two_cards = {W_BRIDGE_TWO_CARDS};
    static const struct options none;
    enum exit_status status;
    struct found found;

    *ret_words = cards_trouble(cards, &none, &status);
    if (*ret_words)
        return NULL;
    found = cards_find(cards, &none);
    if (found.token && !found.second)
        return found.token;
    *ret_words =
        found.second ? &two_cards : card_kind_words(found.kind, found.err);
    return NULL;
}

enum tok_err session_check_pin(struct token *token, enum jpki_role_id role)
{
    enum tok_err err = token_is_issued(token, role)
                           ? abilities_ask_counter(token, role)
                           : TOK_NOT_ISSUED;

    return err == TOK_OK ? pin_refusal(token, role) : err;
}

/*
 * What is against it before anybody is asked; RET_EPOCH is the card's, whose
 * retry counter was asked.
 */
static TOKEN_LOCKED enum tok_err prepare(
    struct token *token, enum jpki_role_id role, uint64_t *ret_epoch)
{
    enum tok_err err;

    *ret_epoch = token->epoch;
    if (!token_is_issued(token, role))
        return TOK_NOT_ISSUED;
    /* No PIN for a key that cannot sign; the other is judged after its PIN. */
    err = role == JPKI_AUTH ? certificates_read(token, role) : TOK_OK;
    if (err != TOK_OK)
        return err;
    if (role == JPKI_AUTH && token_has_key(token, role) &&
        verdict_refusal(token, role))
        return TOK_POLICY;
    return session_check_pin(token, role);
}

/*
 * The answer that refuses; NULL where nothing is against it. All that needs no
 * PIN is read here: no signature is lost for it afterwards.
 */
static TOKEN_LOCKED json_t *refuse(struct work *work, uint64_t *ret_epoch)
{
    struct token *token = work->token;
    enum jpki_role_id role = work->request->mode->role;
    enum tok_err err = prepare(token, role, ret_epoch);

    if (err == TOK_OK && work->request->count > 1 &&
        token_wants_own_pin(token, role))
        return answer_error("%s", words(W_BRIDGE_EVERY));
    if (err == TOK_OK)
        err = code_make(token, work->uuid, work->code);
    return err == TOK_OK ? NULL : answer_tok_err(token, role, err);
}

static bool is_called_off(void *arg)
{
    return port_has_ended(arg);
}

/* On the card of EPOCH, with the PIN. */
static TOKEN_LOCKED json_t *do_work(struct work *work, uint64_t epoch)
{
    enum jpki_role_id role = work->request->mode->role;
    json_t *answer;

    if (!token_is_epoch(work->token, epoch))
        return answer_tok_err(work->token, role, TOK_REMOVED);
    if (work->request->mode->id == MODE_TEXT)
        return text_work(work);
    answer = sign_work(work);
    token_log_out(work->token, role);
    return answer;
}

/*
 * What a card may take for it, beside others that use it, and a look-up of a
 * responder's name, which no configuration limits.
 */
#define WORK_SECONDS 90
#define SIGNATURE_SECONDS 6

static json_t *ask_and_work(struct work *work, struct typed_pin *pin,
    uint64_t epoch) EXCLUDES(token_held)
{
    struct token *token = work->token;
    json_t *answer = NULL;

    if (!consent_ask(work->port, work->request, token, pin, &answer))
        return answer;
    work->pin = pin;
    answer_wait(
        work->port, WORK_SECONDS + token->context->conf.ocsp_timeout +
                        SIGNATURE_SECONDS * (unsigned)work->request->count);
    token_refresh(token);
    token_lock(token);
    answer = do_work(work, epoch);
    token_unlock(token);
    return answer;
}

/* The card, and what is against it: the answer that refuses, or NULL. */
static json_t *look_up(struct work *work, struct cards *cards,
    uint64_t *ret_epoch) EXCLUDES(token_held)
{
    const struct words *trouble;
    json_t *answer;

    work->token = session_find_card(cards, &trouble);
    if (!work->token)
        return answer_words(trouble);
    token_lock(work->token);
    answer = refuse(work, ret_epoch);
    token_unlock(work->token);
    return answer;
}

json_t *session_run(
    const struct port *port, struct cards *cards, const struct request *request)
{
    struct work work = {.port = port,
        .request = request,
        /* is_called_off takes it as const again. */
        .caller = {.at_card = {is_called_off, (void *)(uintptr_t)port}}};
    struct typed_pin *pin;
    struct guard guard;
    uint64_t epoch = 0;
    json_t *answer;

    if (!state_uuid(work.uuid))
        return answer_no_state();
    guard_begin(&guard, port);
    answer = look_up(&work, cards, &epoch);
    guard_end(&guard);
    if (answer || port_has_ended(port))
        return answer;
    pin = typed_pin_new();
    if (!pin)
        return NULL;
    answer = ask_and_work(&work, pin, epoch);
    typed_pin_free(pin);
    return answer;
}

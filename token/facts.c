/* SPDX-License-Identifier: Apache-2.0 */
#include "token/facts.h"

#include "token/card/pin.h"
#include "token/pin_rules.h"
#include "token/token_io.h"

enum tok_err facts_begin(struct token *token, struct card_facts *facts)
{
    enum tok_err err;

    token_claim(token);
    token_io_begin(token);
    facts_trace(token->card, facts);
    err = facts_ask(token->card, facts);
    if (!token_io_end(token))
        err = TOK_REMOVED;
    return token_release(token, err);
}

/* One operation with PIN; with the token claimed. */
static TOKEN_LOCKED enum tok_err examine(struct token *token, struct pin *pin,
    const struct card_caller *caller, bool after_reset,
    struct card_facts *facts)
{
    struct verify_result result;
    enum tok_err err;

    card_heed(token->card, caller);
    token_io_begin(token);
    err = jpki_examine(token->card, pin, after_reset, facts, &result);
    card_heed(token->card, NULL);
    if (!token_io_end(token))
        return TOK_REMOVED;
    pin_held_note(token, JPKI_AUTH, pin, &result);
    /* As for a signature: it is not known to be right any more. */
    if (err == TOK_PIN_WRONG || err == TOK_PIN_LOCKED ||
        result.outcome == VERIFY_UNKNOWN)
        return TOK_PIN_CHANGED;
    return err;
}

enum tok_err facts_ask_verified(struct token *token,
    const struct card_caller *caller, struct card_facts *facts)
{
    struct token_key *key = &token->keys[JPKI_AUTH];
    uint64_t epoch = token->epoch;
    enum tok_err err;
    struct pin *pin;

    token_claim(token);
    pin = token_is_epoch(token, epoch) ? key->pin : NULL;
    if (!pin)
        return token_release(token, TOK_NOT_LOGGED_IN);
    key->pin = NULL; /* nobody frees it meanwhile */
    err = examine(token, pin, caller, false, facts);
    if (err == TOK_OK)
        err = examine(token, pin, caller, true, facts);
    if (key->logged_in && !key->pin && err != TOK_PIN_CHANGED)
        key->pin = pin;
    else
        pin_free(pin);
    if (err == TOK_PIN_CHANGED)
        token_log_out(token, JPKI_AUTH);
    return token_release(token, err);
}

void facts_end(struct token *token)
{
    token_claim(token);
    facts_trace(token->card, NULL);
    (void)token_release(token, TOK_OK);
}

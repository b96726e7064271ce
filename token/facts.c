/* SPDX-License-Identifier: Apache-2.0 */
#include "token/facts.h"

#include "token/pin_lease.h"
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

/* One operation with the PIN of LEASE; with the token claimed. */
static TOKEN_LOCKED enum tok_err examine(struct token *token,
    struct pin_lease *lease, const struct card_caller *caller, bool after_reset,
    struct card_facts *facts)
{
    struct verify_result result;
    enum tok_err err;

    card_heed(token->card, caller);
    token_io_begin(token);
    err = jpki_examine(token->card, lease->pin, after_reset, facts, &result);
    card_heed(token->card, NULL);
    return token_io_end(token)
               ? pin_lease_note(token, JPKI_AUTH, lease, &result, err)
               : TOK_REMOVED;
}

enum tok_err facts_ask_verified(struct token *token,
    const struct card_caller *caller, struct card_facts *facts)
{
    struct pin_lease lease;
    uint64_t epoch = token->epoch;
    enum tok_err err;

    token_claim(token);
    if (!token_is_epoch(token, epoch) ||
        !pin_lease_take(token, JPKI_AUTH, NULL, &lease))
        return token_release(token, TOK_NOT_LOGGED_IN);
    err = examine(token, &lease, caller, false, facts);
    if (err == TOK_OK)
        err = examine(token, &lease, caller, true, facts);
    pin_lease_end(token, JPKI_AUTH, &lease);
    return token_release(token, err);
}

void facts_end(struct token *token)
{
    token_claim(token);
    facts_trace(token->card, NULL);
    (void)token_release(token, TOK_OK);
}

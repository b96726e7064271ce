/* SPDX-License-Identifier: Apache-2.0 */
#include "token/abilities.h"

#include <string.h>

#include "conf/log.h"
#include "token/card/clock.h"
#include "token/token_io.h"

#define COUNTER_FRESH_MS 5000

bool abilities_offer_pss(const struct token *token)
{
    enum conf_pss conf = token->context->conf.pss;

    if (conf == CONF_PSS_NO || token->pss == TOKEN_PSS_REFUSED)
        return false;
    return conf == CONF_PSS_YES || token->pss == TOKEN_PSS_KNOWN;
}

bool abilities_know_pss(const struct token *token)
{
    return token->context->conf.pss != CONF_PSS_AUTO ||
           token->pss != TOKEN_PSS_UNKNOWN;
}

/* Asks the card, by whichever key it has; claimed. */
static TOKEN_LOCKED enum tok_err ask_pss(struct token *token)
{
    enum jpki_role_id role =
        token->identity.issued[JPKI_AUTH] ? JPKI_AUTH : JPKI_SIGN;
    bool known = false;
    enum tok_err err;

    token_io_begin(token);
    err = jpki_knows_pss(token->card, jpki_role(role), &known);
    if (!token_io_end(token))
        return TOK_REMOVED;
    if (err == TOK_OK)
        token->pss = known ? TOKEN_PSS_KNOWN : TOKEN_PSS_REFUSED;
    return err;
}

enum tok_err abilities_ask_pss(struct token *token, bool *ret_offered)
{
    enum tok_err err = TOK_OK;
    bool gone;

    if (abilities_know_pss(token)) {
        *ret_offered = abilities_offer_pss(token);
        return TOK_OK;
    }
    token_claim(token);
    /* The card that was recognised may have gone while we waited. */
    gone = token->recognised != TOKEN_JPKI;
    if (!gone && !abilities_know_pss(token))
        err = ask_pss(token);
    *ret_offered = abilities_offer_pss(token);
    (void)token_release(token, err);
    return gone ? TOK_REMOVED : err;
}

void abilities_withdraw_pss(struct token *token)
{
    log_warn("%s: a PSS signature failed: PSS is not offered for this card any "
             "more",
        token->name);
    token->pss = TOKEN_PSS_REFUSED;
}

/* True when what is known of the counter is too old to be shown. */
static bool is_stale(const struct token_key *key)
{
    return !key->counter.known ||
           clock_ms() - key->counter_at > COUNTER_FRESH_MS;
}

void abilities_refresh_counter(struct token *token, enum jpki_role_id role)
{
    struct retry_counter counter;
    enum tok_err err;

    if (token_is_taken(token) || token->exclusive ||
        !token_is_issued(token, role) || !is_stale(&token->keys[role]))
        return;
    memset(&counter, 0, sizeof counter);
    token_claim(token);
    token_io_begin(token);
    err = jpki_retry_counter_no_wait(token->card, jpki_role(role), &counter);
    if (token_io_end(token))
        token_note_counter(token, role, &counter);
    (void)token_release(token, err);
}

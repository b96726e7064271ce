/* SPDX-License-Identifier: Apache-2.0 */
#include "token/sign.h"

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "token/abilities.h"
#include "token/card/pin.h"
#include "token/card_alg.h"
#include "token/pin_lease.h"
#include "token/token_io.h"
#include "token/verdict.h"

/* Why the PIN of the log-in does not do; NULL where it does. */
static const char *needs_own_pin(
    const struct token *token, enum jpki_role_id role, bool asks)
{
    if (token_wants_own_pin(token, role))
        return words(W_LOG_OWN_PIN_EVERY);
    return asks && token_asks_each_time(token, role)
               ? words(W_LOG_OWN_PIN_ASKED)
               : NULL;
}

/* Takes the PIN that authorises the signature: OWN, else the log-in's. */
static TOKEN_LOCKED enum tok_err take_pin(struct token *token,
    enum jpki_role_id role, struct pin *own, bool asks,
    struct pin_lease *ret_lease)
{
    const char *why = own ? NULL : needs_own_pin(token, role, asks);

    if (why) {
        log_warn(words(W_LOG_OWN_PIN), token->name, why);
        return TOK_NOT_LOGGED_IN;
    }
    return pin_lease_take(token, role, own, ret_lease) ? TOK_OK
                                                       : TOK_NOT_LOGGED_IN;
}

/* Sends the signing command; with the token claimed. LEASE is ended. */
static TOKEN_LOCKED enum tok_err ask_card(struct token *token,
    enum jpki_role_id role, struct pin_lease *lease, struct signature *sig)
{
    const struct card_alg *alg = card_alg_find(token, role, sig->alg);
    struct verify_result result;
    enum tok_err err;

    card_heed(token->card, &sig->at_card);
    token_io_begin(token);
    err = jpki_sign(token->card, jpki_role(role), lease->pin, alg->padding,
        sig->input, sig->input_len, sig->made, &result);
    card_heed(token->card, NULL);
    if (token_io_end(token))
        err = pin_lease_note(token, role, lease, &result, err);
    else
        err = TOK_REMOVED;
    pin_lease_end(token, role, lease);
    if (err == TOK_REPLY && result.outcome == VERIFY_ACCEPTED &&
        card_refused_signing(token->card) && sig->alg->id == SIGALG_RSA_PSS)
        abilities_withdraw_pss(token);
    return err;
}

/*
 * Compares what comes back with the certificate, so that a swapped card, a
 * faulty chip or a flipped bit hands out nothing.
 */
static TOKEN_LOCKED enum tok_err check_signature(
    struct token *token, enum jpki_role_id role, const struct signature *sig)
{
    const struct cert *cert = token->keys[role].cert.cert;
    enum crypt_err err = CRYPT_FAILED;

    if (cert)
        err = sigalg_verify(sig->alg, cert, sig->input, sig->input_len,
            sig->made, sizeof sig->made);
    if (err != CRYPT_MISMATCH)
        return tok_from_crypt(err);
    log_error(words(W_LOG_SIGNATURE_WRONG), token->name, jpki_role(role)->name);
    if (sig->alg->id == SIGALG_RSA_PSS) {
        abilities_withdraw_pss(token);
        return TOK_SIGNATURE;
    }
    /* None more until the card is taken out. */
    token->keys[role].verdict.wrong_key = true;
    verdict_renew(token, role);
    return TOK_SIGNATURE;
}

/* What has to hold at the moment when the command is sent, on EPOCH's card. */
static TOKEN_LOCKED enum tok_err lease_pin(struct token *token,
    enum jpki_role_id role, uint64_t epoch, const struct signature *sig,
    struct pin_lease *ret_lease)
{
    struct pin *own = NULL;
    bool asks = false;
    enum tok_err err = TOK_OK;

    if (!sig->is_wanted(sig->arg, &own, &asks) ||
        caller_is_gone(&sig->at_card)) {
        pin_free(own);
        return TOK_CANCELLED;
    }
    verdict_renew(token, role);
    if (!token_is_epoch(token, epoch))
        err = TOK_REMOVED;
    else if (!verdict_allows(token, role) ||
             !card_alg_find(token, role, sig->alg))
        err = TOK_POLICY;
    if (err == TOK_OK)
        err = take_pin(token, role, own, asks, ret_lease);
    if (err != TOK_OK)
        pin_free(own);
    return err;
}

enum tok_err sign_by_card(
    struct token *token, enum jpki_role_id role, struct signature *sig)
{
    struct pin_lease lease;
    uint64_t epoch = token->epoch;
    enum tok_err err;

    token_claim(token);
    err = lease_pin(token, role, epoch, sig, &lease);
    if (err != TOK_OK) {
        (void)token_release(token, TOK_OK); /* the card said nothing */
        return err;
    }
    err = token_release(token, ask_card(token, role, &lease, sig));
    if (err != TOK_OK)
        return err;
    return token_is_epoch(token, epoch) ? check_signature(token, role, sig)
                                        : TOK_REMOVED;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/abilities.h"

#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "crypto/digest.h"
#include "token/token_io.h"

#define COUNTER_FRESH_MS 5000

/*
 * The serial number that programs see: a digest, because the card's own numbers
 * are either not unique or name the holder (docs/design.md section 3).
 */
static enum crypt_err set_serial(
    struct token *token, const struct jpki_identity *identity)
{
    const struct jpki_cert *cert = &token->files[FILE_CERT + JPKI_AUTH];
    const uint8_t *source = identity->token_info;
    size_t len = sizeof identity->token_info, i;
    uint8_t hash[DIGEST_MAX];
    size_t hash_len = 0;
    enum crypt_err err;

    if (cert->state == JPKI_CERT_PART || cert->state == JPKI_CERT_WHOLE) {
        source = cert->bytes;
        len = cert->len < JPKI_CERT_FIRST_CHUNK ? cert->len
                                                : JPKI_CERT_FIRST_CHUNK;
    }
    err = digest_once(
        token->context->crypto, DIGEST_SHA256, source, len, hash, &hash_len);
    for (i = 0; err == CRYPT_OK && i < TOKEN_SERIAL_DIGITS; i++) {
        unsigned nibble = (unsigned)hash[i / 2] >> (i % 2 ? 0 : 4) & 0xfu;
        token->serial[i] = "0123456789ABCDEF"[nibble];
    }
    return err;
}

/* Asks the card what a call for ROLE needs; claimed. */
static TOKEN_LOCKED enum tok_err identify(
    struct token *token, enum jpki_role_id role)
{
    bool auth_only = role == JPKI_AUTH && token->users > 0;
    bool with_counter[JPKI_ROLES];
    struct jpki_identity identity;
    struct retry_counter counters[JPKI_ROLES];
    enum tok_err err;
    size_t i;

    memset(&identity, 0, sizeof identity);
    memset(counters, 0, sizeof counters);
    for (i = 0; i < JPKI_ROLES; i++)
        with_counter[i] = token->users == 0 &&
                          context_shows(token->context, (enum jpki_role_id)i);
    token_io_begin(token);
    err = jpki_identify(token->card, auth_only, with_counter, &identity,
        &token->files[FILE_CERT + JPKI_AUTH], counters);
    if (!token_io_end(token))
        return TOK_REMOVED;
    if (err == TOK_NOT_JPKI)
        token->recognised = TOKEN_OTHER;
    if (err != TOK_OK)
        return err;
    /* A card without its serial number would pass for another one. */
    if (set_serial(token, &identity) != CRYPT_OK)
        return TOK_NOMEM;
    token->identity = identity;
    token->recognised = TOKEN_JPKI;
    token->changes++;
    for (i = 0; i < JPKI_ROLES; i++)
        token_note_counter(token, (enum jpki_role_id)i, &counters[i]);
    return TOK_OK;
}

/* Takes what the card said of its signing certificate. */
static TOKEN_LOCKED void note_issued(
    struct token *token, const struct jpki_identity *identity)
{
    if (identity->asked_issued && !token->identity.asked_issued)
        token->changes++;
    token->identity = *identity;
}

/* Asks the card whether it has a signing certificate; claimed. */
static TOKEN_LOCKED enum tok_err ask_issued(struct token *token)
{
    struct jpki_identity identity = token->identity;
    enum tok_err err;

    token_io_begin(token);
    err = jpki_complete(token->card, &identity);
    if (!token_io_end(token))
        return TOK_REMOVED;
    note_issued(token, &identity);
    return err;
}

/* True while the card has to be asked for what a call for ROLE needs. */
static TOKEN_LOCKED bool is_unknown(
    const struct token *token, enum jpki_role_id role)
{
    if (token->recognised == TOKEN_JPKI)
        return role == JPKI_SIGN && !token->identity.asked_issued;
    return token->present && token->recognised == TOKEN_UNKNOWN;
}

enum tok_err recognise(struct token *token, enum jpki_role_id role)
{
    enum tok_err err = TOK_OK;

    if (is_unknown(token, role)) {
        token_claim(token);
        if (is_unknown(token, role))
            err = token->recognised == TOKEN_UNKNOWN ? identify(token, role)
                                                     : ask_issued(token);
        err = token_release(token, err);
    }
    if (!token->present)
        return TOK_NO_CARD;
    if (token->recognised == TOKEN_OTHER)
        return TOK_NOT_JPKI;
    if (is_unknown(token, role))
        return err == TOK_OK ? TOK_REMOVED : err;
    return TOK_OK;
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

enum tok_err abilities_ask_pss(struct token *token)
{
    enum tok_err err = TOK_OK;

    if (token->pss != TOKEN_PSS_UNKNOWN)
        return TOK_OK;
    token_claim(token);
    /* The card that was recognised may have gone while we waited. */
    if (token->recognised != TOKEN_JPKI) {
        (void)token_release(token, TOK_OK);
        return TOK_REMOVED;
    }
    if (token->pss == TOKEN_PSS_UNKNOWN)
        err = ask_pss(token);
    return token_release(token, err);
}

void abilities_withdraw_pss(struct token *token)
{
    log_warn(words(W_LOG_PSS_FAILED), token->name);
    token->pss = TOKEN_PSS_REFUSED;
}

enum tok_err abilities_ask_applications(
    struct token *token, bool ret_has[APPLICATIONS])
{
    enum tok_err err = token_claim_for(token, NULL);

    if (err != TOK_OK)
        return err;
    token_io_begin(token);
    err = applications_ask(token->card, ret_has);
    if (!token_io_end(token))
        err = TOK_REMOVED;
    return token_release(token, err);
}

/* True when what is known of the counter is too old to be shown. */
static bool is_stale(const struct token_pin *pin)
{
    return !pin->counter.known ||
           clock_ms() - pin->counter_at > COUNTER_FRESH_MS;
}

void abilities_refresh_counter(struct token *token, enum jpki_role_id role)
{
    struct jpki_identity identity = token->identity;
    struct retry_counter counter;
    enum tok_err err;

    if (token_is_taken(token) || token->exclusive ||
        !token_is_issued(token, role) ||
        (!is_stale(&token->pins[role]) && !is_unknown(token, role)))
        return;
    memset(&counter, 0, sizeof counter);
    token_claim(token);
    token_io_begin(token);
    err = jpki_retry_counter_no_wait(
        token->card, jpki_role(role), &identity, &counter);
    if (token_io_end(token)) {
        note_issued(token, &identity);
        token_note_counter(token, role, &counter);
    }
    (void)token_release(token, err);
}

enum tok_err abilities_ask_counter(struct token *token, enum jpki_role_id role)
{
    struct retry_counter counter;
    enum tok_err err = token_claim_for(token, NULL);

    if (err != TOK_OK)
        return err;
    memset(&counter, 0, sizeof counter);
    token_io_begin(token);
    err = jpki_retry_counter(token->card, jpki_role(role), &counter);
    if (token_io_end(token))
        token->pins[role] = (struct token_pin){counter, clock_ms()};
    else
        err = TOK_REMOVED;
    return token_release(token, err);
}

enum tok_err abilities_ask_card_number(
    struct token *token, char ret_number[CARD_NUMBER_DIGITS + 1])
{
    enum tok_err err = token_claim_for(token, NULL);

    if (err != TOK_OK)
        return err;
    token_io_begin(token);
    err = card_number_read(token->card, ret_number);
    if (!token_io_end(token))
        err = TOK_REMOVED;
    return token_release(token, err);
}

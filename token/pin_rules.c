/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pin_rules.h"

#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "crypto/digest.h"
#include "token/card/pin.h"
#include "token/token_io.h"

/* Longer than any PIN: of more bytes than this only the number is looked at. */
#define PIN_READ_MAX 64
/* A PIN that was wrong may be right after this, where the counter is full. */
#define WRONG_FOR_MS 10000

/* The digest by which a PIN is remembered. */
static enum tok_err digest_pin(struct crypto *crypto, const uint8_t *pin,
    size_t len, struct pin_digest *ret_digest)
{
    uint8_t hash[DIGEST_MAX];
    struct digest *digest = NULL;
    size_t hash_len;
    enum crypt_err err = digest_new(crypto, DIGEST_SHA256, &digest);

    if (err == CRYPT_OK)
        err = digest_update(digest, pin_history_salt(), PIN_SALT_SIZE);
    if (err == CRYPT_OK)
        err = digest_update(digest, (const uint8_t *)&len, sizeof len);
    if (err == CRYPT_OK && len <= PIN_READ_MAX)
        err = digest_update(digest, pin, len);
    if (err == CRYPT_OK)
        err = digest_final(digest, hash, &hash_len);
    if (err == CRYPT_OK)
        memcpy(ret_digest->bytes, hash, PIN_DIGEST_SIZE);
    digest_free(digest);
    explicit_bzero(hash, sizeof hash);
    return tok_from_crypt(err);
}

static enum tok_err digest_of(
    struct crypto *crypto, const struct pin *pin, struct pin_digest *ret_digest)
{
    size_t len;
    const uint8_t *text = pin_text(pin, &len);

    return digest_pin(crypto, text, len, ret_digest);
}

/*
 * What to say of a PIN that is not sent (rule 4). NSS programs offer the same
 * PIN again and again as long as they are told that it is incorrect: the second
 * time they are told something else. SENT is NULL for what is no PIN.
 */
static TOKEN_LOCKED enum tok_err refuse(const struct token *token,
    enum jpki_role_id role, const struct pin_digest *sent,
    const struct pin_digest *raw)
{
    struct pin_scope scope = token_pin_scope(token, role);

    return pin_history_note_unsent(&scope, sent, raw) ? TOK_PIN_UNSENT
                                                      : TOK_PIN_REPEATED;
}

enum tok_err pin_attempt_make(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, struct pin_attempt *ret_attempt)
{
    const struct context *context = token->context;
    enum tok_err err;

    memset(ret_attempt, 0, sizeof *ret_attempt);
    err = digest_pin(context->crypto, text, len, &ret_attempt->raw);
    if (err != TOK_OK)
        return err;
    err = pin_new(context->pins, jpki_role(role), text, len,
        context->conf.fold_case, &ret_attempt->pin);
    if (err == TOK_PIN_FORM)
        return refuse(token, role, NULL, &ret_attempt->raw);
    if (err != TOK_OK)
        return err;
    return digest_of(context->crypto, ret_attempt->pin, &ret_attempt->sent);
}

void pin_attempt_done(struct pin_attempt *attempt)
{
    pin_free(attempt->pin);
    explicit_bzero(attempt, sizeof *attempt);
}

/* Asks for the retry counter; the lock is let go meanwhile. */
static TOKEN_LOCKED enum tok_err ask_counter(struct token *token,
    enum jpki_role_id role, struct retry_counter *ret_counter)
{
    enum tok_err err;

    memset(ret_counter, 0, sizeof *ret_counter);
    token_io_begin(token);
    err = jpki_retry_counter(token->card, jpki_role(role), ret_counter);
    if (!token_io_end(token))
        return TOK_REMOVED;
    token_note_counter(token, role, ret_counter);
    return err == TOK_OK && ret_counter->locked ? TOK_PIN_LOCKED : err;
}

/*
 * Does the retry counter say that a PIN of RECORD may be right by now? A full
 * one was reset since by the right PIN, perhaps after a change; a person who
 * types the PIN again means it, a program that offers it again at once does
 * not. After a lost answer a counter not lower than before says that the PIN
 * was accepted or never arrived.
 */
static bool may_be_right(const struct pin_record *record,
    const struct retry_counter *counter, const struct jpki_role *role)
{
    if (!counter->known)
        return false;
    if (record->known == PIN_KNOWN_LOST && record->left)
        return counter->left >= record->left;
    if (!retry_counter_is_full(counter, role))
        return false;
    return record->known == PIN_KNOWN_LOST ||
           (record->unsent != 0 && clock_ms() - record->unsent > WRONG_FOR_MS);
}

/* The card refused the PIN of RECORD: would it again? */
static TOKEN_LOCKED enum tok_err check_record(struct token *token,
    enum jpki_role_id role, const struct pin_record *record,
    const struct pin_attempt *attempt)
{
    struct retry_counter counter;
    enum tok_err err = ask_counter(token, role, &counter);

    if (err != TOK_OK)
        return err;
    if (may_be_right(record, &counter, jpki_role(role)))
        return TOK_OK;
    log_warn(words(W_LOG_PIN_KNOWN_WRONG), token->name, jpki_role(role)->name);
    return refuse(token, role, &attempt->sent, &attempt->raw);
}

enum tok_err pin_attempt_check(struct token *token, enum jpki_role_id role,
    const struct pin_attempt *attempt)
{
    struct pin_scope scope = token_pin_scope(token, role);
    struct pin_record record = {PIN_UNKNOWN, 0, 0};
    enum tok_err err;

    if (token->context->conf.remember_wrong)
        record = pin_history_find(&scope, &attempt->sent);
    if (record.known != PIN_UNKNOWN) {
        err = check_record(token, role, &record, attempt);
        if (err != TOK_OK)
            return err;
        pin_history_release(&scope, &attempt->sent);
    }
    if (pin_history_is_of_another_card(&scope, &attempt->sent)) {
        log_warn(words(W_LOG_PIN_OTHER_CARD), token->name);
        return TOK_PIN_UNSENT;
    }
    pin_history_note_sent(&scope);
    return TOK_OK;
}

/*
 * What became of a PIN with the digest SENT. A locked card refuses the right
 * one as well.
 */
static void note_outcome(const struct pin_scope *scope,
    const struct pin_digest *sent, const struct verify_result *result)
{
    const struct retry_counter *counter = &result->counter;

    if (result->outcome == VERIFY_REFUSED && !counter->locked)
        pin_history_note_wrong(scope, sent, PIN_KNOWN_WRONG, 0);
    if (result->outcome == VERIFY_UNKNOWN)
        pin_history_note_wrong(
            scope, sent, PIN_KNOWN_LOST, counter->known ? counter->left : 0);
}

static TOKEN_LOCKED void note_counter(struct token *token,
    enum jpki_role_id role, const struct verify_result *result)
{
    if (result->outcome == VERIFY_UNKNOWN)
        token->pins[role].counter.known = false;
    else
        token_note_counter(token, role, &result->counter);
}

void pin_attempt_note(struct token *token, enum jpki_role_id role,
    const struct pin_attempt *attempt, const struct verify_result *result)
{
    struct pin_scope scope = token_pin_scope(token, role);

    note_counter(token, role, result);
    note_outcome(&scope, &attempt->sent, result);
    if (result->outcome != VERIFY_ACCEPTED)
        return;
    if (pin_history_is_wrong_elsewhere(&scope, &attempt->sent))
        log_warn(words(W_LOG_PIN_COST_A_TRY), token->name);
    pin_history_note_accepted(&scope, &attempt->sent);
}

void pin_held_note(struct token *token, enum jpki_role_id role,
    const struct pin *pin, const struct verify_result *result)
{
    struct pin_scope scope = token_pin_scope(token, role);
    struct pin_digest sent;

    note_counter(token, role, result);
    /* An acceptance tells nothing new: spare each signature the digest. */
    if (result->outcome != VERIFY_REFUSED && result->outcome != VERIFY_UNKNOWN)
        return;
    if (digest_of(token->context->crypto, pin, &sent) == TOK_OK)
        note_outcome(&scope, &sent, result);
    explicit_bzero(&sent, sizeof sent);
}

void pin_change_note(
    struct token *token, enum jpki_role_id role, const struct pin *pin)
{
    struct pin_scope scope = token_pin_scope(token, role);
    struct pin_digest sent;

    pin_history_note_change(&scope);
    if (pin && digest_of(token->context->crypto, pin, &sent) == TOK_OK)
        pin_history_note_accepted(&scope, &sent);
    explicit_bzero(&sent, sizeof sent);
}

void pin_dead_session_note(struct context *context,
    const char serial[PIN_HISTORY_SERIAL], const uint8_t *text, size_t len)
{
    struct pin_digest digest;
    struct pin *pin = NULL;
    size_t role;

    /* As a card would get it; the two roles' PINs have different forms. */
    for (role = 0; role < JPKI_ROLES; role++) {
        if (pin_new(context->pins, jpki_role((enum jpki_role_id)role), text,
                len, context->conf.fold_case, &pin) != TOK_OK)
            continue;
        if (digest_of(context->crypto, pin, &digest) == TOK_OK)
            pin_history_note_dead_session(serial, &digest);
        pin_free(pin);
    }
    explicit_bzero(&digest, sizeof digest);
}

enum tok_err pin_refusal(const struct token *token, enum jpki_role_id role)
{
    const struct retry_counter *counter = &token->pins[role].counter;

    if (!token_is_issued(token, role))
        return TOK_NOT_ISSUED;
    if (counter->known && counter->locked)
        return TOK_PIN_LOCKED;
    return token_spares_last_try(token, role) ? TOK_LAST_TRY : TOK_OK;
}

void pin_refusal_log(
    struct token *token, enum jpki_role_id role, enum tok_err err)
{
    static const struct words locked_text = {W_LOG_PIN_LOCKED_TEXT};
    static const struct {
        enum tok_err err;
        struct words sentence;
    } sentences[] = {
        {TOK_PIN_LOCKED, {W_LOG_PIN_LOCKED}},
        {TOK_LAST_TRY, {W_LOG_PIN_LAST_TRY}},
        {TOK_PIN_CHANGED, {W_LOG_PIN_CHANGED}},
    };
    size_t i;

    for (i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const struct words *sentence = &sentences[i].sentence;

        if (sentences[i].err != err)
            continue;
        if (err == TOK_PIN_LOCKED && role == JPKI_TEXT)
            sentence = &locked_text;
        log_warn(words(W_LOG_PIN), token->name, jpki_role(role)->name,
            words_of(sentence));
        if (role < JPKI_ROLES)
            token->keys[role].told = err;
    }
}

void pin_refusal_log_once(struct token *token, enum jpki_role_id role)
{
    enum tok_err err = pin_refusal(token, role);

    if (err != token->keys[role].told)
        pin_refusal_log(token, role, err);
    token->keys[role].told = err;
}

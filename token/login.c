/* SPDX-License-Identifier: Apache-2.0 */
#include "token/login.h"

#include <string.h>

#include "token/card/pin.h"
#include "token/certificates.h"
#include "token/pin_rules.h"
#include "token/token_io.h"
#include "token/verdict.h"

/* What a PIN is given for. */
struct purpose {
    enum {
        LOG_IN,
        AUTHORISE, /* one signature */
        CHANGE,
        CHECK,     /* nothing more */
        READ_TEXT, /* of the text application */
    } kind;
    enum jpki_role_id role;
    const struct token_caller *caller;
    bool free_cert;         /* the certificate is free to read */
    struct pin *new_pin;    /* CHANGE: what the PIN becomes */
    struct text_file *text; /* READ_TEXT: what is read */
};

/*
 * After a change that was begun: the new PIN takes the place of the held one,
 * or, where it is not known which of them is right, the log-in ends.
 */
static TOKEN_LOCKED void note_change(
    struct token *token, struct purpose *purpose, enum tok_err err)
{
    struct token_key *key;

    token->changes++;
    pin_change_note(
        token, purpose->role, err == TOK_OK ? purpose->new_pin : NULL);
    if (purpose->role >= JPKI_ROLES)
        return; /* there is no log-in to it */
    key = &token->keys[purpose->role];
    key->pin_changes++;
    if (err != TOK_OK) {
        token_log_out(token, purpose->role);
    } else if (key->pin) {
        pin_free(key->pin);
        key->pin = purpose->new_pin;
        purpose->new_pin = NULL;
    }
}

/* One operation of jpki.h, without the lock. */
static enum tok_err run(struct token *token, const struct purpose *purpose,
    struct pin *pin, struct verify_result *ret_result) EXCLUDES(token_held);

static enum tok_err run(struct token *token, const struct purpose *purpose,
    struct pin *pin, struct verify_result *ret_result)
{
    const struct jpki_role *role = jpki_role(purpose->role);
    bool uses_last_try = purpose->caller && purpose->caller->uses_last_try;
    bool spare_last =
        !uses_last_try && token->context->conf.last_try == CONF_LAST_TRY_REFUSE;

    switch (purpose->kind) {
    case CHANGE:
        return jpki_change_pin(
            token->card, role, pin, purpose->new_pin, spare_last, ret_result);
    case CHECK:
        return jpki_check_pin(token->card, role, pin, spare_last, ret_result);
    case READ_TEXT:
        return jpki_read_text(
            token->card, pin, spare_last, purpose->text, ret_result);
    default:
        return jpki_login(token->card, role, pin, purpose->free_cert,
            spare_last, &token->files[FILE_CERT + purpose->role], ret_result);
    }
}

/* True where the certificate is read beside the VERIFY. */
static bool reads_cert(const struct purpose *purpose)
{
    return purpose->kind == LOG_IN || purpose->kind == AUTHORISE;
}

/*
 * The card's part, with the token claimed: VERIFY, and then the change, or what
 * is to be read and was not yet.
 */
static TOKEN_LOCKED enum tok_err ask_card(struct token *token,
    struct purpose *purpose, const struct pin_attempt *attempt)
{
    struct verify_result result;
    enum tok_err err;

    if (reads_cert(purpose))
        purpose->free_cert = !token_cert_is_private(token, purpose->role);
    card_heed(token->card, purpose->caller ? &purpose->caller->at_card : NULL);
    token_io_begin(token);
    err = run(token, purpose, attempt->pin, &result);
    card_heed(token->card, NULL);
    if (!token_io_end(token))
        return TOK_REMOVED;
    pin_attempt_note(token, purpose->role, attempt, &result);
    if (purpose->kind == CHANGE && result.outcome == VERIFY_ACCEPTED)
        note_change(token, purpose, err);
    /* What cannot be parsed now is parsed by the search that wants it. */
    if (reads_cert(purpose) && (err == TOK_OK || err == TOK_NOT_ISSUED))
        (void)certificates_take(token, purpose->role);
    return err;
}

/* Sends the PIN where the rules allow. */
static TOKEN_LOCKED enum tok_err send_pin(struct token *token,
    struct purpose *purpose, const struct pin_attempt *attempt)
{
    enum tok_err err = pin_attempt_check(token, purpose->role, attempt);

    if (err == TOK_OK)
        err = ask_card(token, purpose, attempt);
    pin_refusal_log(token, purpose->role, err);
    if (err == TOK_PIN_LOCKED && purpose->role < JPKI_ROLES)
        token_log_out(token, purpose->role);
    return err;
}

/*
 * What the PIN was given for may be over by the time the token is claimed: then
 * it is not sent.
 */
static TOKEN_LOCKED enum tok_err check_purpose(
    struct token *token, const struct purpose *purpose)
{
    if (purpose->kind == LOG_IN && token->keys[purpose->role].logged_in)
        return TOK_LOGGED_IN;
    if (purpose->kind != AUTHORISE)
        return TOK_OK;
    /* No PIN is sent for a signature that will not be made. */
    verdict_renew(token, purpose->role);
    return verdict_allows(token, purpose->role) ? TOK_OK : TOK_POLICY;
}

/*
 * The PIN of the log-in once more: the signature's own transaction checks it.
 * Not after a mistake: the signature wants a full counter, which a VERIFY
 * restores.
 */
static bool is_held(const struct token *token, const struct purpose *purpose,
    const struct pin_attempt *attempt)
{
    const struct retry_counter *counter = &token->pins[purpose->role].counter;
    const struct pin *held;

    if (purpose->kind != AUTHORISE)
        return false;
    held = token->keys[purpose->role].pin;
    return held && pin_equals(held, attempt->pin) &&
           (!counter->known ||
               retry_counter_is_full(counter, jpki_role(purpose->role)));
}

/* The PIN from its form to the card's answer; with the token claimed. */
static TOKEN_LOCKED enum tok_err try_pin(struct token *token,
    struct purpose *purpose, const uint8_t *text, size_t len,
    struct pin_attempt *attempt)
{
    enum tok_err err = check_purpose(token, purpose);

    if (err == TOK_OK)
        err = pin_attempt_make(token, purpose->role, text, len, attempt);
    if (err != TOK_OK || is_held(token, purpose, attempt))
        return err;
    return send_pin(token, purpose, attempt);
}

/*
 * TOK_OK with *RET_PIN the caller's: the card took it, and the caller still
 * waits.
 */
static TOKEN_LOCKED enum tok_err offer_pin(struct token *token,
    struct purpose *purpose, const uint8_t *text, size_t len,
    struct pin **ret_pin)
{
    struct pin_attempt attempt;
    enum tok_err err = token_claim_for(token, purpose->caller);

    if (err != TOK_OK)
        return err;
    memset(&attempt, 0, sizeof attempt);
    err = token_release(token, try_pin(token, purpose, text, len, &attempt));
    /* A change that the card made is told of, also to who is gone. */
    if (err == TOK_OK && purpose->kind != CHANGE &&
        !token_is_waited_for(purpose->caller))
        err = TOK_CANCELLED;
    if (err == TOK_OK) {
        *ret_pin = attempt.pin;
        attempt.pin = NULL;
    }
    pin_attempt_done(&attempt);
    return err;
}

/* Takes the log-in that PIN, which the card accepted, was given for. */
static TOKEN_LOCKED enum tok_err note_login(
    struct token *token, enum jpki_role_id role, struct pin *pin)
{
    struct token_key *key = &token->keys[role];

    /* Only the file itself told that no certificate was ever issued. */
    if (!token_is_issued(token, role) || key->logged_in) {
        pin_free(pin);
        return key->logged_in ? TOK_LOGGED_IN : TOK_NOT_ISSUED;
    }
    if (token_wants_own_pin(token, role)) {
        pin_free(pin);
        pin = NULL;
    }
    key->logged_in = true;
    key->logins++;
    key->pin = pin;
    token->changes++;
    return TOK_OK;
}

enum tok_err login_user(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const struct token_caller *caller)
{
    struct purpose purpose = {.kind = LOG_IN, .role = role, .caller = caller};
    struct pin *pin = NULL;
    uint64_t epoch = token->epoch;
    enum tok_err err;

    if (token->keys[role].logged_in)
        return TOK_LOGGED_IN;
    if (!token_is_issued(token, role))
        return TOK_NOT_ISSUED;
    err = offer_pin(token, &purpose, text, len, &pin);
    if (err != TOK_OK)
        return err;
    err = note_login(token, role, pin);
    if (err != TOK_OK)
        return err;
    /* The log-in stands even where the card or memory gives no verdict now. */
    (void)verdict_ask(token, role);
    return token_is_epoch(token, epoch) ? TOK_OK : TOK_REMOVED;
}

enum tok_err login_for_signature(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const struct token_caller *caller,
    struct pin **ret_pin)
{
    struct purpose purpose = {
        .kind = AUTHORISE, .role = role, .caller = caller};
    enum tok_err err = offer_pin(token, &purpose, text, len, ret_pin);

    if (err != TOK_OK)
        return err;
    err = check_purpose(token, &purpose);
    if (err != TOK_OK) {
        pin_free(*ret_pin);
        *ret_pin = NULL;
    }
    return err;
}

/* For a purpose that leaves no PIN behind. */
static TOKEN_LOCKED enum tok_err use_pin(struct token *token,
    struct purpose *purpose, const uint8_t *text, size_t len)
{
    struct pin *pin = NULL;
    enum tok_err err = offer_pin(token, purpose, text, len, &pin);

    pin_free(pin);
    return err;
}

void login_forget(struct pin *pin)
{
    pin_free(pin);
}

enum tok_err login_change_pin(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const uint8_t *new_text, size_t new_len,
    const struct token_caller *caller)
{
    struct purpose purpose = {.kind = CHANGE, .role = role, .caller = caller};
    const struct context *context = token->context;
    enum tok_err err;

    if (!token_is_issued(token, role))
        return TOK_NOT_ISSUED;
    err = pin_new(context->pins, jpki_role(role), new_text, new_len,
        context->conf.fold_case, &purpose.new_pin);
    if (err != TOK_OK)
        return err == TOK_PIN_FORM ? TOK_PIN_NEW_FORM : err;
    err = use_pin(token, &purpose, text, len);
    pin_free(purpose.new_pin);
    return err;
}

enum tok_err login_check_pin(struct token *token, enum jpki_role_id role,
    const uint8_t *text, size_t len, const struct token_caller *caller)
{
    struct purpose purpose = {.kind = CHECK, .role = role, .caller = caller};

    if (!token_is_issued(token, role))
        return TOK_NOT_ISSUED;
    return use_pin(token, &purpose, text, len);
}

enum tok_err login_read_text(struct token *token, const uint8_t *text,
    size_t len, const struct token_caller *caller, struct text_data *ret_data)
{
    struct text_file file;
    struct purpose purpose = {
        .kind = READ_TEXT, .role = JPKI_TEXT, .caller = caller, .text = &file};
    enum tok_err err;

    memset(&file, 0, sizeof file);
    err = use_pin(token, &purpose, text, len);
    if (err == TOK_OK && !text_parse(file.bytes, file.len, ret_data))
        err = TOK_REPLY;
    explicit_bzero(&file, sizeof file);
    return err;
}

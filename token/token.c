/* SPDX-License-Identifier: Apache-2.0 */
#include "token/token.h"

#include <stdlib.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "crypto/sigalg.h"
#include "token/card/pin.h"
#include "token/token_io.h"

_Static_assert(TOKEN_SERIAL_DIGITS == PIN_HISTORY_SERIAL,
    "the history of PINs knows cards by their serial number");

/*
 * False where BYTES, as they came from the card, are no certificate. What was
 * parsed is kept for certificates.c: OpenSSL leaves personal data behind in
 * the heap, and so it does that once.
 */
static bool parse_cert(
    void *arg, const uint8_t *bytes, size_t len, bool *ret_is_rsa_2048)
{
    struct token *token = arg;
    enum crypt_err err;

    cert_free(token->parsed);
    token->parsed = NULL;
    err = cert_parse(token->context->crypto, bytes, len, &token->parsed);
    /* Want of memory says nothing of the key. */
    *ret_is_rsa_2048 = err != CRYPT_OK ||
                       sigalg_fits(&sigalgs[SIGALG_RSA_PKCS1], token->parsed);
    return err != CRYPT_MALFORMED;
}

enum tok_err token_init(struct token *token, struct context *context,
    unsigned index, const char *name)
{
    struct card *card = NULL;
    struct jpki_cert *files = calloc(FILES, sizeof *files);
    size_t i;

    memset(token, 0, sizeof *token);
    if (!files || card_new(name, &card) != TOK_OK ||
        !lock_init_with_cond(&token->lock, &token->idle)) {
        card_free(card);
        free(files);
        return TOK_NOMEM;
    }
    token->context = context;
    token->index = index;
    memcpy(token->name, name, strnlen(name, sizeof token->name - 1));
    token->card = card;
    card_check_certs(card, parse_cert, token);
    token->files = files;
    for (i = 0; i < JPKI_ROLES; i++)
        token->keys[i].role = jpki_role((enum jpki_role_id)i);
    return TOK_OK;
}

/* token_held stands for this lock, which the analysis cannot know. */
NO_THREAD_SAFETY_ANALYSIS void token_lock(struct token *token)
{
    lock_acquire(&token->lock);
}

NO_THREAD_SAFETY_ANALYSIS void token_unlock(struct token *token)
{
    lock_release(&token->lock);
}

bool token_is_epoch(const struct token *token, uint64_t epoch)
{
    return token->epoch == epoch;
}

/* Wipes what was read from an earlier card; for the holder of the busy mark. */
static TOKEN_LOCKED void drop_old_files(struct token *token)
{
    if (token_is_epoch(token, token->io_epoch))
        return;
    explicit_bzero(token->files, FILES * sizeof *token->files);
    cert_free(token->parsed);
    token->parsed = NULL;
    token->io_epoch = token->epoch;
}

/* The role stays: it is read while the lock is let go. */
static TOKEN_LOCKED void forget_key(struct token *token, enum jpki_role_id role)
{
    struct token_key *key = &token->keys[role];

    token_log_out(token, role);
    cert_free(key->cert.cert);
    cert_free(key->ca.cert);
    memset(&key->cert, 0, sizeof key->cert);
    memset(&key->ca, 0, sizeof key->ca);
    memset(&key->verdict, 0, sizeof key->verdict);
    key->told = TOK_OK;
}

/* What the configuration says of PSS; else the card is asked. */
static enum token_pss configured_pss(const struct context *context)
{
    static const enum token_pss by_conf[] = {
        [CONF_PSS_AUTO] = TOKEN_PSS_UNKNOWN,
        [CONF_PSS_YES] = TOKEN_PSS_KNOWN,
        [CONF_PSS_NO] = TOKEN_PSS_REFUSED,
    };

    return by_conf[context->conf.pss];
}

static TOKEN_LOCKED void forget_card(struct token *token)
{
    size_t i;

    token->epoch++;
    token->users = 0;
    token->changes++;
    if (!token->busy)
        drop_old_files(token);
    for (i = 0; i < JPKI_ROLES; i++)
        forget_key(token, (enum jpki_role_id)i);
    memset(token->pins, 0, sizeof token->pins);
    token->recognised = TOKEN_UNKNOWN;
    token->pss = configured_pss(token->context);
    memset(&token->identity, 0, sizeof token->identity);
}

void token_done(struct token *token)
{
    token_lock(token);
    forget_card(token);
    token_unlock(token);
    card_free(token->card);
    free(token->files);
    pthread_cond_destroy(&token->idle);
    lock_destroy(&token->lock);
    memset(token, 0, sizeof *token);
}

static unsigned history_slot(const struct token *token, enum jpki_role_id role)
{
    return token->index * JPKI_PINS + role;
}

/* Forgets a card that was taken out, and what is known of its PINs. */
static TOKEN_LOCKED void lose_card(struct token *token)
{
    size_t i;

    forget_card(token);
    for (i = 0; i < JPKI_PINS; i++)
        pin_history_forget(history_slot(token, (enum jpki_role_id)i));
    token->events++;
}

void token_note_state(
    struct token *token, const struct reader_state *state, uint64_t asked)
{
    static const struct reader_state nothing;
    bool is_first = token->asked == 0;

    if (asked <= token->asked)
        return;
    token->asked = asked;
    if (!state)
        state = &nothing;
    if (state->present != token->present ||
        state->insertion != token->insertion) {
        log_debug("%s: card %s", token->name, state->present ? "in" : "out");
        if (is_first)
            forget_card(token);
        else
            lose_card(token);
        token->present = state->present;
        token->insertion = state->insertion;
    }
    token->exclusive = state->exclusive;
    /* A card that does not answer a reset is not asked anything any more. */
    if (state->mute && token->recognised != TOKEN_OTHER) {
        forget_card(token);
        token->recognised = TOKEN_OTHER;
    }
}

bool token_is_lost(const struct token *token, const struct reader_state *state)
{
    return token->present &&
           (!state || !state->present || state->insertion != token->insertion);
}

void token_refresh(struct token *token)
{
    bool lost = true;
    int i;

    for (i = 0; i < 2 && lost; i++) {
        struct reader_state state, *known;
        enum tok_err err;
        memset(&state, 0, sizeof state);
        err = monitor_get_state(token->context->monitor, token->name, &state);
        /* That says nothing of reader and card. */
        if (err == TOK_NOMEM || err == TOK_IO)
            return;
        known = err == TOK_OK ? &state : NULL;
        token_lock(token);
        lost = token_is_lost(token, known);
        if (!lost || i == 1)
            token_note_state(token, known, state.asked);
        token_unlock(token);
    }
}

void token_add_user(struct token *token)
{
    token->users++;
}

void token_remove_user(struct token *token, uint64_t epoch)
{
    if (token_is_epoch(token, epoch))
        token->users--;
}

NO_THREAD_SAFETY_ANALYSIS void token_claim(struct token *token)
{
    uint64_t ticket = token->next_ticket++;

    while (token->busy || token->served != ticket)
        lock_wait(&token->lock, &token->idle);
    token->busy = true;
}

bool token_is_taken(const struct token *token)
{
    return token->busy || token->served != token->next_ticket;
}

bool token_is_waited_for(const struct token_caller *caller)
{
    return !caller ||
           (!caller_is_gone(&caller->at_card) &&
               (!caller->is_waiting || caller->is_waiting(caller->arg)));
}

enum tok_err token_claim_for(
    struct token *token, const struct token_caller *caller)
{
    uint64_t epoch = token->epoch;

    token_claim(token);
    if (!token_is_waited_for(caller))
        return token_release(token, TOK_CANCELLED);
    /* What was meant for one card is not for the next. */
    if (!token_is_epoch(token, epoch)) {
        (void)token_release(token, TOK_OK); /* the next card is there */
        return TOK_REMOVED;
    }
    return TOK_OK;
}

void token_io_begin(struct token *token)
{
    uint32_t insertion = token->insertion;

    drop_old_files(token);
    token_unlock(token);
    card_expect(token->card, insertion);
}

bool token_io_end(struct token *token)
{
    token_lock(token);
    return token_is_epoch(token, token->io_epoch);
}

/* True when ERR says that the card this was meant for is out of reach. */
static bool card_is_gone(enum tok_err err)
{
    return err == TOK_REMOVED || err == TOK_NO_CARD || err == TOK_NO_READER ||
           err == TOK_NO_SERVICE;
}

/*
 * What ERR, a failure to exchange commands, came of: pcscd notices some tenths
 * of a second late that a card was taken out, and may pass on half an answer as
 * one. The lock is let go meanwhile.
 */
static TOKEN_LOCKED enum tok_err ask_why(struct token *token, enum tok_err err)
{
    token_unlock(token);
    token_refresh(token);
    token_lock(token);
    return token_is_epoch(token, token->io_epoch) ? err : TOK_REMOVED;
}

enum tok_err token_release(struct token *token, enum tok_err err)
{
    bool gone, was_here;

    if (err == TOK_IO || err == TOK_REPLY)
        err = ask_why(token, err);
    gone = card_is_gone(err);
    /* Else it was forgotten already, and there may be another one. */
    was_here = gone && token_is_epoch(token, token->io_epoch);
    if (was_here)
        lose_card(token);
    if (was_here || token->users == 0) {
        token_unlock(token);
        if (was_here)
            token_refresh(token);
        if (gone)
            card_forget(token->card);
        else
            card_release(token->card);
        token_lock(token);
    }
    drop_old_files(token);
    token->busy = false;
    token->served++;
    pthread_cond_broadcast(&token->idle);
    return err;
}

void token_drop_idle(struct token *token)
{
    if (token->users > 0 || token_is_taken(token))
        return;
    token_claim(token);
    (void)token_release(token, TOK_OK);
}

struct pin_scope token_pin_scope(
    const struct token *token, enum jpki_role_id role)
{
    struct pin_scope scope = {.slot = history_slot(token, role),
        .insertion = (uint16_t)token->insertion};

    memcpy(scope.serial, token->serial, sizeof scope.serial);
    return scope;
}

void token_note_counter(struct token *token, enum jpki_role_id role,
    const struct retry_counter *counter)
{
    if (!counter->known)
        return;
    token->pins[role].counter = *counter;
    token->pins[role].counter_at = clock_ms();
}

bool token_is_issued(const struct token *token, enum jpki_role_id role)
{
    return role == JPKI_TEXT ||
           (token->identity.issued[role] &&
               token->keys[role].cert.state != FILE_ABSENT);
}

bool token_spares_last_try(const struct token *token, enum jpki_role_id role)
{
    const struct retry_counter *counter = &token->pins[role].counter;

    return token->context->conf.last_try == CONF_LAST_TRY_REFUSE &&
           counter->known && !counter->locked && counter->left == 1;
}

bool token_cert_is_private(const struct token *token, enum jpki_role_id role)
{
    const struct jpki_kind *kind = token->identity.kind;

    return jpki_role(role)->cert_private || (kind && kind->cert_needs_pin);
}

bool token_has_key(const struct token *token, enum jpki_role_id role)
{
    const struct cert *cert = token->keys[role].cert.cert;

    return cert && sigalg_of(cert);
}

bool token_is_judged(enum jpki_role_id role)
{
    return role == JPKI_SIGN;
}

bool token_asks_each_time(const struct token *token, enum jpki_role_id role)
{
    return jpki_role(role)->asks_each_time &&
           token->context->conf.signature_pin != CONF_PIN_ONCE;
}

bool token_wants_own_pin(const struct token *token, enum jpki_role_id role)
{
    return token_asks_each_time(token, role) &&
           token->context->conf.signature_pin == CONF_PIN_EVERY;
}

void token_log_out(struct token *token, enum jpki_role_id role)
{
    struct token_key *key = &token->keys[role];

    pin_free(key->pin);
    key->pin = NULL;
    key->logged_in = false;
    key->logins++;
    token->changes++;
}

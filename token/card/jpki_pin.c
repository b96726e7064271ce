/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/jpki.h"

#include <string.h>

#include "token/card/facts.h"

/* An operation with a PIN: its arguments, and what holds from one of its
 * transactions to the next. */
struct operation {
    /* Inside a transaction. */
    enum tok_err (*run)(struct card *card, struct operation *op);
    const struct jpki_role *role;
    struct pin *pin;
    bool held;       /* not typed now: sent at a full counter only */
    bool spare_last; /* never sent with one try left */

    /* For a log-in. */
    bool free_cert;
    struct jpki_cert *cert;
    /* For a signature. */
    enum card_padding padding;
    const uint8_t *input;
    size_t input_len;
    uint8_t *sig;
    /* For the text application. */
    struct text_file *text;
    /* For a report. */
    struct card_facts *facts;
    bool after_reset;
    /* For a change. */
    struct pin *new_pin;
    bool changing; /* the new PIN was sent */

    struct retry_counter before; /* the counter before the last VERIFY */
    struct verify_result *result;
};

/* Makes the PIN's file current, and asks its counter where that is of use. */
static enum tok_err ask_counter(struct card *card, const struct operation *op,
    struct retry_counter *ret_counter)
{
    *ret_counter = (struct retry_counter){.known = false};
    if (op->held && card_tells_no_counter(card, op->role))
        return card_select(card, op->role->ef_pin);
    return card_retry_counter(card, op->role, ret_counter);
}

/* True where the counter has fallen since the last VERIFY. */
static bool has_fallen(
    const struct operation *op, const struct retry_counter *counter)
{
    return op->before.known && counter->known &&
           counter->left < op->before.left;
}

/*
 * What the counter says of a VERIFY whose answer was lost: full, the PIN was
 * accepted or never arrived; lower, it was refused. As before and not full,
 * that may be a garbled reading of then and a refusal since.
 */
static enum tok_err settle_unsure(
    struct operation *op, const struct retry_counter *counter)
{
    if (!op->before.known || !counter->known)
        return TOK_IO;
    /* First: a card may have more tries than its role. */
    if (has_fallen(op, counter)) {
        op->result->outcome = VERIFY_REFUSED;
        return counter->locked ? TOK_PIN_LOCKED : TOK_PIN_WRONG;
    }
    return retry_counter_is_full(counter, op->role) ? TOK_OK : TOK_IO;
}

/* May the PIN be sent at this counter? */
static enum tok_err judge_counter(struct card *card, struct operation *op,
    const struct retry_counter *counter)
{
    enum tok_err err = TOK_OK;

    if (op->result->outcome == VERIFY_UNKNOWN)
        err = settle_unsure(op, counter);
    if (err != TOK_OK)
        return err;
    if (!counter->known)
        return card_tells_no_counter(card, op->role) ? TOK_OK : TOK_REPLY;
    if (counter->locked)
        return TOK_PIN_LOCKED;
    if (op->held && !retry_counter_is_full(counter, op->role))
        return TOK_PIN_CHANGED;
    /* By a false 9000, perhaps: the same PIN shall not cost a second try. */
    if (op->result->outcome == VERIFY_ACCEPTED && has_fallen(op, counter))
        return TOK_IO;
    if (op->spare_last && counter->left == 1)
        return TOK_LAST_TRY;
    return TOK_OK;
}

/* The counter after a VERIFY that was answered by ERR. */
static enum tok_err note_answer(
    struct card *card, struct operation *op, enum tok_err err)
{
    struct retry_counter *counter = &op->result->counter;
    const struct retry_counter *before = &op->before;

    if (err == TOK_OK) {
        /* A counter that was not at the usual maximum has perhaps another. */
        if (before->known &&
            before->left != retry_counter_max(before, op->role))
            err = card_learn_full_counter(card, op->role);
        *counter = card_full_counter(card, op->role);
    } else if (err != TOK_PIN_WRONG && err != TOK_PIN_LOCKED) {
        *counter = *before; /* whether it counted is not known */
    } else if (err == TOK_PIN_WRONG && !counter->known && before->known) {
        /* 6300 tells no count, but one try less there is. */
        *counter = (struct retry_counter){
            true, before->left == 1, before->left - 1, before->full};
        if (counter->locked)
            err = TOK_PIN_LOCKED;
    }
    return err;
}

/*
 * Counter and VERIFY, in this order and inside a transaction: the file that the
 * counter was asked of is the one that VERIFY speaks to.
 */
static enum tok_err verify(struct card *card, struct operation *op)
{
    struct retry_counter counter;
    enum tok_err err = ask_counter(card, op, &counter);

    if (err != TOK_OK)
        return err;
    if (counter.known)
        op->result->counter = counter;
    err = judge_counter(card, op, &counter);
    if (err != TOK_OK)
        return err;
    if (card_is_called_off(card))
        return TOK_CANCELLED;
    op->before = counter;
    err = card_verify(card, op->role, op->pin, &op->result->counter);
    return note_answer(card, op, err);
}

static enum tok_err login(struct card *card, struct operation *op)
{
    bool wants_pin = !op->free_cert;
    enum tok_err err = TOK_OK;

    if (op->free_cert)
        err = jpki_read_rest(card, op->role->ef_cert, op->cert);
    /* This card wants the PIN for a certificate that is free elsewhere. */
    wants_pin = wants_pin || err == TOK_DENIED;
    if (err != TOK_OK && err != TOK_DENIED)
        return err;
    if (!wants_pin && op->cert->state == JPKI_CERT_ABSENT)
        return TOK_NOT_ISSUED;
    err = verify(card, op);
    if (err != TOK_OK || !wants_pin)
        return err;
    err = jpki_read_rest(card, op->role->ef_cert, op->cert);
    /* After the right PIN: a protocol error. */
    return err == TOK_DENIED ? TOK_REPLY : err;
}

static enum tok_err sign(struct card *card, struct operation *op)
{
    enum tok_err err = card_prove_query(card, op->role);

    if (err != TOK_OK)
        return err;
    err = verify(card, op);
    if (err != TOK_OK)
        return err;
    if (card_is_called_off(card))
        return TOK_CANCELLED;
    return card_sign(
        card, op->role, op->padding, op->input, op->input_len, op->sig);
}

static enum tok_err change(struct card *card, struct operation *op)
{
    enum tok_err err = verify(card, op);

    if (err != TOK_OK)
        return err;
    op->changing = true;
    err = card_change(card, op->role, op->new_pin);
    /* After the right PIN: a protocol error. */
    return err == TOK_DENIED ? TOK_REPLY : err;
}

static enum tok_err read_text(struct card *card, struct operation *op)
{
    enum tok_err err = verify(card, op);

    if (err != TOK_OK)
        return err;
    err = text_file_read(card, op->text);
    /* After the right PIN: a protocol error. */
    return err == TOK_DENIED || err == TOK_NOT_FOUND ? TOK_REPLY : err;
}

static enum tok_err examine(struct card *card, struct operation *op)
{
    enum tok_err err = facts_ask_out(card, op->facts);

    if (err == TOK_OK)
        err = verify(card, op);
    return err == TOK_OK ? facts_ask_in(card, op->after_reset, op->facts) : err;
}

/* Up to the first transaction that sends a PIN, and what came of that. */
static enum tok_err attempt(struct card *card, struct operation *op)
{
    struct jpki_attempts attempts = {0};

    while (jpki_next_attempt(card, &attempts))
        attempts.err = op->run(card, op);
    if (attempts.outcome != VERIFY_NOT_SENT)
        op->result->outcome = attempts.outcome;
    return attempts.err;
}

/*
 * Once more after a VERIFY that was accepted, and once after one whose answer
 * was lost; verify sends none where the counter does not settle the latter.
 */
static enum tok_err run(struct card *card, struct operation *op)
{
    bool repeated[VERIFY_OUTCOMES] = {
        [VERIFY_NOT_SENT] = true, [VERIFY_REFUSED] = true};
    enum tok_err err;

    memset(op->result, 0, sizeof *op->result);
    err = attempt(card, op);
    while (err == TOK_IO && !op->changing && !repeated[op->result->outcome]) {
        repeated[op->result->outcome] = true;
        err = attempt(card, op);
    }
    return err;
}

enum tok_err jpki_login(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool free_cert, bool spare_last, struct jpki_cert *cert,
    struct verify_result *ret_result)
{
    struct operation op = {.run = login,
        .role = role,
        .pin = pin,
        .spare_last = spare_last,
        .free_cert = free_cert,
        .cert = cert,
        .result = ret_result};

    return run(card, &op);
}

enum tok_err jpki_sign(struct card *card, const struct jpki_role *role,
    struct pin *pin, enum card_padding padding, const uint8_t *input,
    size_t input_len, uint8_t ret_sig[CARD_SIGNATURE_SIZE],
    struct verify_result *ret_result)
{
    struct operation op = {.run = sign,
        .role = role,
        .pin = pin,
        .held = true,
        .padding = padding,
        .input = input,
        .input_len = input_len,
        .sig = ret_sig,
        .result = ret_result};

    return run(card, &op);
}

enum tok_err jpki_change_pin(struct card *card, const struct jpki_role *role,
    struct pin *old_pin, struct pin *new_pin, bool spare_last,
    struct verify_result *ret_result)
{
    struct operation op = {.run = change,
        .role = role,
        .pin = old_pin,
        .spare_last = spare_last,
        .new_pin = new_pin,
        .result = ret_result};

    return run(card, &op);
}

enum tok_err jpki_check_pin(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool spare_last, struct verify_result *ret_result)
{
    struct operation op = {.run = verify,
        .role = role,
        .pin = pin,
        .spare_last = spare_last,
        .result = ret_result};

    return run(card, &op);
}

enum tok_err jpki_read_text(struct card *card, struct pin *pin, bool spare_last,
    struct text_file *ret_file, struct verify_result *ret_result)
{
    struct operation op = {.run = read_text,
        .role = jpki_role(JPKI_TEXT),
        .pin = pin,
        .spare_last = spare_last,
        .text = ret_file,
        .result = ret_result};

    return run(card, &op);
}

enum tok_err jpki_examine(struct card *card, struct pin *pin, bool after_reset,
    struct card_facts *facts, struct verify_result *ret_result)
{
    struct operation op = {.run = examine,
        .role = jpki_role(JPKI_AUTH),
        .pin = pin,
        .held = true,
        .facts = facts,
        .after_reset = after_reset,
        .result = ret_result};

    return run(card, &op);
}

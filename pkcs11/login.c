/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/login.h"

#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/pin_rules.h"
#include "pkcs11/rv.h"

/* What a program gives a PIN for. */
struct purpose {
    enum {
        LOG_IN,
        AUTHORISE, /* one signature */
        CHANGE,
    } kind;
    uint64_t op_id;      /* AUTHORISE: of that signature's operation */
    struct pin *new_pin; /* CHANGE: what the PIN becomes */
};

/*
 * After a change that was begun: the new PIN takes the place of the held one,
 * or, where it is not known which of them is right, the log-in ends. PINs given
 * for one signature are of no more use.
 */
static void note_change(
    struct slot *slot, struct purpose *purpose, enum tok_err err)
{
    session_drop_pins(slot);
    pin_change_note(slot, err == TOK_OK ? purpose->new_pin : NULL);
    if (err != TOK_OK) {
        slot_log_out(slot);
    } else if (slot->pin) {
        pin_free(slot->pin);
        slot->pin = purpose->new_pin;
        purpose->new_pin = NULL;
    }
}

/*
 * The card's part, with the reader claimed: VERIFY, and then the change or the
 * certificate, if it was not read yet.
 */
static enum tok_err ask_card(struct call *call, struct purpose *purpose,
    const struct pin_attempt *attempt)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    const struct jpki_role *role = slot->role;
    struct jpki_cert *cert = &reader->certs[FILE_CERT + role->id];
    bool free_cert = !slot_cert_is_private(slot);
    bool spare_last = module_conf()->last_try == CONF_LAST_TRY_REFUSE;
    struct verify_result result;
    enum tok_err err;

    reader_io_begin(reader);
    if (purpose->kind == CHANGE)
        err = jpki_change_pin(reader->card, role, attempt->pin,
            purpose->new_pin, spare_last, &result);
    else
        err = jpki_login(reader->card, role, attempt->pin, free_cert,
            spare_last, cert, &result);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    pin_attempt_note(slot, attempt, &result);
    if (purpose->kind == CHANGE && result.outcome == VERIFY_ACCEPTED)
        note_change(slot, purpose, err);
    /* What cannot be parsed now is parsed by the search that wants it. */
    if (purpose->kind != CHANGE && err == TOK_OK)
        (void)slot_take_cert(slot, cert);
    return err;
}

/* Sends the PIN where the rules allow; with the reader claimed, which ends. */
static CK_RV send_pin(struct call *call, struct purpose *purpose,
    const struct pin_attempt *attempt)
{
    enum tok_err err;
    CK_RV rv = pin_attempt_check(call, attempt, &err);

    if (rv != CKR_OK) {
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    if (err == TOK_OK)
        err = ask_card(call, purpose, attempt);
    pin_refusal_log(call->slot, err);
    if (err == TOK_PIN_LOCKED)
        slot_log_out(call->slot);
    return call_unclaim(call, err);
}

/*
 * What the PIN was given for may be over by the time the reader is claimed:
 * then it is not sent.
 */
static CK_RV check_purpose(struct call *call, const struct purpose *purpose)
{
    struct op *op;
    CK_RV rv;

    switch (purpose->kind) {
    case LOG_IN:
        return call->slot->logged_in ? CKR_USER_ALREADY_LOGGED_IN : CKR_OK;
    case AUTHORISE:
        rv = session_op(call->session, OP_SIGN, &op);
        if (rv == CKR_OK && op->id != purpose->op_id)
            return CKR_OPERATION_NOT_INITIALIZED;
        /* No PIN is sent for a signature that will not be made. */
        verdict_renew(call->slot);
        if (rv == CKR_OK && !verdict_allows(call->slot))
            return CKR_FUNCTION_FAILED;
        return rv;
    default:
        return CKR_OK;
    }
}

/*
 * The PIN of C_Login once more: the signature's own transaction checks it. Not
 * after a mistake: the signature wants a full counter, which a VERIFY restores.
 */
static bool is_held(const struct slot *slot, const struct purpose *purpose,
    const struct pin_attempt *attempt)
{
    unsigned full = card_counter_max(slot->reader->card, slot->role);

    return purpose->kind == AUTHORISE && slot->pin &&
           pin_equals(slot->pin, attempt->pin) &&
           (!slot->counter.known || slot->counter.left >= full);
}

/*
 * A program's PIN, from its form to the card's answer. CKR_OK with *RET_PIN the
 * caller's: the card took it and the session is still there. A PIN that is
 * locked ends the log-in, if there was one.
 */
static CK_RV offer_pin(struct call *call, struct purpose *purpose,
    const CK_BYTE *text, CK_ULONG len, struct pin **ret_pin)
{
    struct pin_attempt attempt;
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    memset(&attempt, 0, sizeof attempt);
    rv = check_purpose(call, purpose);
    if (rv == CKR_OK)
        rv = pin_attempt_make(call->slot, text, len, &attempt);
    if (rv != CKR_OK)
        (void)call_unclaim(call, TOK_OK);
    else if (is_held(call->slot, purpose, &attempt))
        rv = call_unclaim(call, TOK_OK);
    else
        rv = send_pin(call, purpose, &attempt);
    if (rv == CKR_OK) {
        *ret_pin = attempt.pin;
        attempt.pin = NULL;
    }
    pin_attempt_done(&attempt);
    return rv;
}

CK_RV login_user(struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct purpose purpose = {.kind = LOG_IN};
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    CK_RV rv;

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (slot->logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = offer_pin(call, &purpose, pin, len, &held);
    if (rv != CKR_OK)
        return rv;
    /* Only the file itself told that no certificate was ever issued. */
    if (!slot_is_issued(slot))
        rv = CKR_USER_PIN_NOT_INITIALIZED;
    else if (slot->logged_in)
        rv = CKR_USER_ALREADY_LOGGED_IN;
    if (rv != CKR_OK) {
        pin_free(held);
        return rv;
    }
    if (object_always_authenticates(slot) &&
        module_conf()->signature_pin == CONF_PIN_EVERY) {
        pin_free(held);
        held = NULL;
    }
    slot_log_in(slot, held);
    /* The log-in stands even where the card or memory gives no verdict now. */
    rv = verdict_ask(call);
    return call_find_session(call) == CKR_OK ? CKR_OK : rv;
}

/* Pages of locked memory are few: no slot takes more than its share. */
#define SIGNATURE_PINS_MAX 256

CK_RV login_context(struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct purpose purpose = {.kind = AUTHORISE};
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    struct op *op;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (rv != CKR_OK || !object_always_authenticates(slot))
        return CKR_OPERATION_NOT_INITIALIZED;
    if (!op->pin && session_count_pins(slot) >= SIGNATURE_PINS_MAX)
        return CKR_HOST_MEMORY;
    purpose.op_id = op->id;
    rv = offer_pin(call, &purpose, pin, len, &held);
    if (rv == CKR_OK)
        rv = check_purpose(call, &purpose);
    if (rv != CKR_OK) {
        pin_free(held);
        return rv;
    }
    (void)session_op(call->session, OP_SIGN, &op);
    pin_free(op->pin);
    op->pin = held;
    return CKR_OK;
}

void login_context_failed(struct call *call)
{
    if (call->session && call->session->ops[OP_SIGN])
        call->session->ops[OP_SIGN]->needs_pin = true;
    else if (call->session)
        session_require_pin(
            call->slot, call->slot->objects[OBJECT_PRIVATE_KEY]);
}

void login_dead_session(
    const struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    const struct reader *reader = call->reader;
    size_t i;

    if (!reader || call->handle == CK_INVALID_HANDLE)
        return;
    for (i = 0; i < GONE_CARDS; i++)
        if (call->handle >= reader->gone[i].first &&
            call->handle <= reader->gone[i].last)
            pin_dead_session_note(reader->gone[i].serial, pin, len);
}

/* The PIN to be: its form decides what is wrong with it (PKCS #11 5.5.10). */
static CK_RV take_new_pin(const struct slot *slot, const CK_BYTE *text,
    CK_ULONG len, struct pin **ret_pin)
{
    enum tok_err err;

    if (len < slot->role->pin_min || len > slot->role->pin_max)
        return CKR_PIN_LEN_RANGE;
    err = pin_new(module_pins(), slot->role, text, len,
        module_conf()->fold_case, ret_pin);
    return err == TOK_PIN_FORM ? CKR_PIN_INVALID : rv_from_tok(err);
}

CK_RV login_set_pin(struct call *call, const CK_BYTE *old_pin, CK_ULONG old_len,
    const CK_BYTE *new_pin, CK_ULONG new_len)
{
    struct purpose purpose = {.kind = CHANGE};
    struct slot *slot = call->slot;
    struct pin *taken = NULL;
    CK_RV rv;

    if (!old_pin || !new_pin)
        return CKR_ARGUMENTS_BAD;
    if (!call->session->rw)
        return CKR_SESSION_READ_ONLY;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = take_new_pin(slot, new_pin, new_len, &purpose.new_pin);
    if (rv != CKR_OK)
        return rv;
    rv = offer_pin(call, &purpose, old_pin, old_len, &taken);
    pin_free(taken);
    pin_free(purpose.new_pin);
    return rv;
}

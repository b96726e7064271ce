/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/login.h"

#include <string.h>

#include "conf/log.h"
#include "crypto/digest.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"

/* Longer than any PIN: of more bytes than this only the number is looked at. */
#define PIN_READ_MAX 64

/* The digest by which a refused PIN is remembered. */
static CK_RV digest_pin(
    const uint8_t *pin, size_t len, uint8_t ret_digest[PIN_DIGEST_SIZE])
{
    uint8_t hash[DIGEST_MAX];
    struct digest *digest = NULL;
    size_t hash_len;
    enum crypt_err err = digest_new(module_crypto(), DIGEST_SHA256, &digest);

    if (err == CRYPT_OK)
        err = digest_update(digest, pin_salt(module_pins()), PIN_SALT_SIZE);
    if (err == CRYPT_OK)
        err = digest_update(digest, (const uint8_t *)&len, sizeof len);
    if (err == CRYPT_OK && len <= PIN_READ_MAX)
        err = digest_update(digest, pin, len);
    if (err == CRYPT_OK)
        err = digest_final(digest, hash, &hash_len);
    if (err == CRYPT_OK)
        memcpy(ret_digest, hash, PIN_DIGEST_SIZE);
    digest_free(digest);
    pin_wipe(hash, sizeof hash);
    return rv_from_crypt(err);
}

/*
 * What to say of a PIN that is not sent (design.md section 4, rule 4). NSS
 * programs offer the same PIN again and again as long as they are told that it
 * is incorrect: at the second time they hear something else.
 */
static CK_RV refuse(struct slot *slot, const uint8_t digest[PIN_DIGEST_SIZE])
{
    enum tok_err err = TOK_OK;

    if (slot->refused && pin_mark_is(slot->refused, digest))
        return CKR_FUNCTION_FAILED;
    if (!slot->refused)
        err = pin_mark_new(module_pins(), &slot->refused);
    if (err != TOK_OK)
        return rv_from_tok(err);
    pin_mark_set(slot->refused, digest);
    return CKR_PIN_INCORRECT;
}

/* What a program gives a PIN for. */
struct errand {
    enum {
        LOG_IN,
        AUTHORISE, /* one signature */
        CHANGE,
    } kind;
    uint64_t op_id;      /* AUTHORISE: of that signature's operation */
    struct pin *new_pin; /* CHANGE: what the PIN becomes */
};

/* The PIN, before anything was sent, and the digests to remember it by. */
struct offer {
    struct pin *pin;
    uint8_t raw[PIN_DIGEST_SIZE];  /* of the bytes the program gave */
    uint8_t sent[PIN_DIGEST_SIZE]; /* of the bytes the card would get */
};

/* Takes the PIN if it has the right form (rule 1). */
static CK_RV take_pin(struct slot *slot, const CK_BYTE *text, CK_ULONG len,
    struct offer *ret_offer)
{
    const uint8_t *bytes;
    enum tok_err err;
    size_t bytes_len;
    CK_RV rv = digest_pin(text, len, ret_offer->raw);

    if (rv != CKR_OK)
        return rv;
    err = pin_new(module_pins(), slot->role, text, len,
        module_conf()->fold_case, &ret_offer->pin);
    if (err == TOK_PIN_FORM)
        return refuse(slot, ret_offer->raw);
    if (err != TOK_OK)
        return rv_from_tok(err);
    bytes = pin_text(ret_offer->pin, &bytes_len);
    return digest_pin(bytes, bytes_len, ret_offer->sent);
}

/* True when the card refused this PIN before (rule 3). */
static bool is_known_wrong(
    const struct slot *slot, const uint8_t sent[PIN_DIGEST_SIZE])
{
    size_t i;

    if (!module_conf()->remember_wrong)
        return false;
    for (i = 0; i < WRONG_MAX; i++)
        if (slot->wrong[i] && pin_mark_is(slot->wrong[i], sent))
            return true;
    return false;
}

/*
 * Room to remember one more wrong PIN, or CKR_HOST_MEMORY: asked for before a
 * PIN is sent, so that none is that could not be remembered.
 */
static CK_RV reserve_mark(struct slot *slot)
{
    struct pin_mark **mark = &slot->wrong[slot->wrong_count % WRONG_MAX];

    return *mark ? CKR_OK : rv_from_tok(pin_mark_new(module_pins(), mark));
}

/* Remembers a PIN that failed; the counter stood at LEFT after it. */
static void remember_wrong(
    struct slot *slot, const uint8_t sent[PIN_DIGEST_SIZE], unsigned left)
{
    pin_mark_set(slot->wrong[slot->wrong_count % WRONG_MAX], sent);
    slot->wrong_count++;
    slot->wrong_left = left;
}

void login_remember_wrong(
    struct slot *slot, const struct pin *pin, const struct tries *tries)
{
    uint8_t sent[PIN_DIGEST_SIZE];
    size_t len;
    const uint8_t *text = pin_text(pin, &len);

    if (digest_pin(text, len, sent) == CKR_OK && reserve_mark(slot) == CKR_OK)
        remember_wrong(
            slot, sent, tries->known ? tries->left : slot->role->tries);
    pin_wipe(sent, sizeof sent);
}

/*
 * Notes what the card said of the PIN that was sent to it. Where its answer was
 * lost TRIES is from before it: should the PIN have been wrong, one less is
 * left. Where the card tells no counter none is higher than what is noted.
 */
static void note_outcome(struct slot *slot, const struct offer *offer,
    enum pin_fate fate, const struct tries *tries)
{
    unsigned left = tries->known ? tries->left : slot->role->tries;

    if (fate == PIN_ACCEPTED)
        slot_forget_wrong(slot);
    if (fate == PIN_REFUSED)
        remember_wrong(slot, offer->sent, left);
    if (fate == PIN_UNSURE) {
        remember_wrong(slot, offer->sent, left > 0 ? left - 1 : 0);
        slot->tries.known = false;
        return;
    }
    slot_note_tries(slot, tries);
}

/*
 * After a change that was begun: the new PIN takes the place of the held one,
 * or, where nobody knows which of them is right, the log-in ends. PINs given
 * for one signature are of no more use.
 */
static void note_change(
    struct slot *slot, struct errand *errand, enum tok_err err)
{
    session_drop_pins(slot);
    if (err != TOK_OK) {
        slot_log_out(slot);
    } else if (slot->pin) {
        pin_free(slot->pin);
        slot->pin = errand->new_pin;
        errand->new_pin = NULL;
    }
}

/*
 * The card's part, with the reader claimed: VERIFY, and then the change or the
 * certificate, if it was not read yet.
 */
static enum tok_err ask_card(
    struct call *call, struct errand *errand, const struct offer *offer)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    const struct jpki_role *role = slot->role;
    struct jpki_cert *cert = &reader->certs[FILE_CERT + role->id];
    bool free_cert = !slot_cert_is_private(slot);
    bool refuse_last = module_conf()->last_try == CONF_LAST_TRY_REFUSE;
    enum pin_fate fate;
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    if (errand->kind == CHANGE)
        err = jpki_change_pin(reader->card, role, offer->pin, errand->new_pin,
            refuse_last, &tries);
    else
        err = jpki_login(reader->card, role, offer->pin, free_cert, refuse_last,
            cert, &tries);
    fate = card_pin_fate(reader->card);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    note_outcome(slot, offer, fate, &tries);
    if (errand->kind == CHANGE && fate == PIN_ACCEPTED)
        note_change(slot, errand, err);
    /* What cannot be parsed now is parsed by the search that wants it. */
    if (errand->kind != CHANGE && err == TOK_OK)
        (void)slot_take_cert(slot, cert);
    return err;
}

/*
 * Asks for the counter, with the reader claimed, before a PIN is refused for
 * having failed: if it is higher than after the failure the PIN may be right by
 * now, or may never have reached the card (rule 3).
 */
static enum tok_err ask_counter(struct call *call)
{
    struct reader *reader = call->reader;
    const struct jpki_role *role = call->slot->role;
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    err = jpki_tries(reader->card, role, &tries);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    slot_note_tries(call->slot, &tries);
    return err == TOK_OK && tries.locked ? TOK_PIN_LOCKED : err;
}

/*
 * Sends OFFER's PIN, unless it is known to be wrong; with the reader claimed,
 * which ends here.
 */
static CK_RV send_offer(
    struct call *call, struct errand *errand, const struct offer *offer)
{
    struct slot *slot = call->slot;
    enum tok_err err = TOK_OK;
    CK_RV rv = CKR_OK;

    if (is_known_wrong(slot, offer->sent))
        err = ask_counter(call);
    if (err == TOK_OK)
        rv = is_known_wrong(slot, offer->sent) ? refuse(slot, offer->raw)
                                               : reserve_mark(slot);
    if (rv != CKR_OK) {
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    if (slot->refused)
        pin_mark_clear(slot->refused);
    if (err == TOK_OK)
        err = ask_card(call, errand, offer);
    if (err == TOK_PIN_LOCKED)
        slot_log_out(slot);
    rv = call_unclaim(call, err == TOK_DENIED ? TOK_OK : err);
    /* One try is left, and the configuration spares it. */
    return err == TOK_DENIED ? CKR_FUNCTION_FAILED : rv;
}

/*
 * What the PIN was given for may be over by the time the reader is ours: then
 * it is not sent.
 */
static CK_RV check_errand(struct call *call, const struct errand *errand)
{
    struct op *op;
    CK_RV rv;

    switch (errand->kind) {
    case LOG_IN:
        return call->slot->logged_in ? CKR_USER_ALREADY_LOGGED_IN : CKR_OK;
    case AUTHORISE:
        rv = session_op(call->session, OP_SIGN, &op);
        if (rv == CKR_OK && op->id != errand->op_id)
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
 * A program's PIN, from its form to the card's answer. CKR_OK with *RET_PIN the
 * caller's: the card took it and the session is still there. A PIN that is
 * locked ends the log-in, if there was one.
 */
static CK_RV offer_pin(struct call *call, struct errand *errand,
    const CK_BYTE *text, CK_ULONG len, struct pin **ret_pin)
{
    struct offer offer;
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    memset(&offer, 0, sizeof offer);
    rv = check_errand(call, errand);
    if (rv == CKR_OK)
        rv = take_pin(call->slot, text, len, &offer);
    if (rv == CKR_OK)
        rv = send_offer(call, errand, &offer);
    else
        (void)call_unclaim(call, TOK_OK);
    if (rv == CKR_OK)
        *ret_pin = offer.pin;
    else
        pin_free(offer.pin);
    pin_wipe(&offer, sizeof offer);
    return rv;
}

CK_RV login_user(struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct errand errand = {.kind = LOG_IN};
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    CK_RV rv;

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (slot->logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = offer_pin(call, &errand, pin, len, &held);
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

CK_RV login_context(struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct errand errand = {.kind = AUTHORISE};
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    struct op *op;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (rv != CKR_OK || !object_always_authenticates(slot))
        return CKR_OPERATION_NOT_INITIALIZED;
    errand.op_id = op->id;
    rv = offer_pin(call, &errand, pin, len, &held);
    if (rv == CKR_OK)
        rv = check_errand(call, &errand);
    if (rv != CKR_OK) {
        pin_free(held);
        return rv;
    }
    (void)session_op(call->session, OP_SIGN, &op);
    pin_free(op->pin);
    op->pin = held;
    return CKR_OK;
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
    struct errand errand = {.kind = CHANGE};
    struct slot *slot = call->slot;
    struct pin *taken = NULL;
    CK_RV rv;

    if (!old_pin || !new_pin)
        return CKR_ARGUMENTS_BAD;
    if (!call->session->rw)
        return CKR_SESSION_READ_ONLY;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = take_new_pin(slot, new_pin, new_len, &errand.new_pin);
    if (rv != CKR_OK)
        return rv;
    rv = offer_pin(call, &errand, old_pin, old_len, &taken);
    pin_free(taken);
    pin_free(errand.new_pin);
    return rv;
}

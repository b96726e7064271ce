/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/login.h"

#include <string.h>

#include "conf/log.h"
#include "crypto/digest.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"

/* The digest by which a refused PIN is remembered. */
static enum crypt_err digest_pin(
    const uint8_t *pin, size_t len, uint8_t ret_digest[PIN_DIGEST_SIZE])
{
    uint8_t hash[DIGEST_MAX];
    struct digest *digest = NULL;
    size_t hash_len;
    enum crypt_err err = digest_new(module_crypto(), DIGEST_SHA256, &digest);

    if (err == CRYPT_OK)
        err = digest_update(digest, pin_salt(module_pins()), PIN_SALT_SIZE);
    if (err == CRYPT_OK)
        err = digest_update(digest, pin, len);
    if (err == CRYPT_OK)
        err = digest_final(digest, hash, &hash_len);
    if (err == CRYPT_OK)
        memcpy(ret_digest, hash, PIN_DIGEST_SIZE);
    digest_free(digest);
    pin_wipe(hash, sizeof hash);
    return err;
}

/* Remembers DIGEST in *MARK, making room for it at the first time. */
static void remember(
    struct pin_mark **mark, const uint8_t digest[PIN_DIGEST_SIZE])
{
    if (*mark || pin_mark_new(module_pins(), mark) == TOK_OK)
        pin_mark_set(*mark, digest);
}

/*
 * What to say of a PIN that is not sent (design.md section 4, rule 4). NSS
 * programs offer the same PIN again and again as long as they are told that it
 * is incorrect: at the second time they hear something else.
 */
static CK_RV refuse(struct slot *slot, const uint8_t digest[PIN_DIGEST_SIZE])
{
    if (slot->refused && pin_mark_is(slot->refused, digest))
        return CKR_FUNCTION_FAILED;
    remember(&slot->refused, digest);
    return CKR_PIN_INCORRECT;
}

/* A program's PIN before anything was sent. */
struct offer {
    struct pin *pin;
    uint8_t raw[PIN_DIGEST_SIZE]; /* of the bytes the program gave */
};

/* Takes the PIN if it has the right form (rule 1). */
static CK_RV take_pin(struct slot *slot, const CK_BYTE *text, CK_ULONG len,
    struct offer *ret_offer)
{
    enum tok_err err;
    CK_RV rv = rv_from_crypt(digest_pin(text, len, ret_offer->raw));

    if (rv != CKR_OK)
        return rv;
    err = pin_new(module_pins(), slot->role, text, len,
        module_conf()->fold_case, &ret_offer->pin);
    if (err == TOK_PIN_FORM)
        return refuse(slot, ret_offer->raw);
    return rv_from_tok(err);
}

/* The digest of what the card gets of PIN. */
static enum crypt_err digest_sent(
    const struct pin *pin, uint8_t ret_digest[PIN_DIGEST_SIZE])
{
    size_t len;
    const uint8_t *text = pin_text(pin, &len);

    return digest_pin(text, len, ret_digest);
}

/* True when PIN is the one that the card refused last. */
static bool is_known_wrong(const struct slot *slot, const struct pin *pin)
{
    uint8_t digest[PIN_DIGEST_SIZE];
    bool known;

    if (!slot->wrong || !module_conf()->remember_wrong)
        return false;
    known = digest_sent(pin, digest) == CRYPT_OK &&
            pin_mark_is(slot->wrong, digest);
    pin_wipe(digest, sizeof digest);
    return known;
}

void login_remember_wrong(
    struct slot *slot, const struct pin *pin, const struct tries *tries)
{
    uint8_t digest[PIN_DIGEST_SIZE];
    unsigned before = slot->tries.known ? slot->tries.left : slot->role->tries;

    if (digest_sent(pin, digest) != CRYPT_OK)
        return;
    remember(&slot->wrong, digest);
    pin_wipe(digest, sizeof digest);
    if (tries->known)
        slot->wrong_left = tries->left;
    else
        slot->wrong_left = before > 0 ? before - 1 : 0;
}

/* Notes what the card said of the PIN that was sent to it. */
static void note_outcome(struct slot *slot, const struct pin *pin,
    enum pin_fate fate, const struct tries *tries)
{
    if (fate == PIN_ACCEPTED && slot->wrong)
        pin_mark_clear(slot->wrong);
    if (fate == PIN_REFUSED || fate == PIN_UNSURE) {
        log_info(
            "%s: %s PIN refused or lost", slot->reader->name, slot->role->name);
        login_remember_wrong(slot, pin, tries);
    }
    slot_note_tries(slot, tries);
}

/*
 * The card's part, with the reader claimed: VERIFY, and then the change to
 * NEW_PIN or, where that is NULL, the certificate if it was not read yet.
 */
static enum tok_err ask_card(
    struct call *call, struct pin *new_pin, struct pin *pin)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    struct jpki_cert *cert = &reader->certs[FILE_CERT + slot->role->id];
    bool free_cert = !slot_cert_is_private(slot);
    bool refuse_last = module_conf()->last_try == CONF_LAST_TRY_REFUSE;
    enum pin_fate fate;
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    if (new_pin)
        err = jpki_change_pin(
            reader->card, slot->role, pin, new_pin, refuse_last, &tries);
    else
        err = jpki_login(reader->card, slot->role, pin, free_cert, refuse_last,
            cert, &tries);
    fate = card_pin_fate(reader->card);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    note_outcome(slot, pin, fate, &tries);
    if (err == TOK_OK && !new_pin)
        slot_take_cert(slot, cert);
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
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    err = jpki_tries(reader->card, call->slot->role, &tries);
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
    struct call *call, struct pin *new_pin, const struct offer *offer)
{
    struct slot *slot = call->slot;
    enum tok_err err = TOK_OK;
    CK_RV rv;

    if (is_known_wrong(slot, offer->pin))
        err = ask_counter(call);
    if (err == TOK_OK && is_known_wrong(slot, offer->pin)) {
        rv = refuse(slot, offer->raw);
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    if (slot->refused)
        pin_mark_clear(slot->refused);
    if (err == TOK_OK)
        err = ask_card(call, new_pin, offer->pin);
    if (err == TOK_PIN_LOCKED)
        slot_log_out(slot);
    rv = call_unclaim(call, err == TOK_DENIED ? TOK_OK : err);
    /* One try is left, and the configuration spares it. */
    return err == TOK_DENIED ? CKR_FUNCTION_FAILED : rv;
}

/*
 * A program's PIN, from its form to the card's answer; NEW_PIN as in ask_card.
 * CKR_OK with *RET_PIN the caller's: the card took it and the session is still
 * there. A PIN that is locked ends the log-in, if there was one.
 */
static CK_RV offer_pin(struct call *call, struct pin *new_pin,
    const CK_BYTE *text, CK_ULONG len, struct pin **ret_pin)
{
    struct offer offer;
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    memset(&offer, 0, sizeof offer);
    rv = take_pin(call->slot, text, len, &offer);
    if (rv == CKR_OK)
        rv = send_offer(call, new_pin, &offer);
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
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    CK_RV rv;

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (slot->logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = offer_pin(call, NULL, pin, len, &held);
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
    return CKR_OK;
}

CK_RV login_context(struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct slot *slot = call->slot;
    struct pin *held = NULL;
    struct op *op;
    uint64_t id;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (rv != CKR_OK || !object_always_authenticates(slot))
        return CKR_OPERATION_NOT_INITIALIZED;
    id = op->id;
    rv = offer_pin(call, NULL, pin, len, &held);
    if (rv != CKR_OK)
        return rv;
    rv = session_op(call->session, OP_SIGN, &op);
    if (rv != CKR_OK || op->id != id) {
        pin_free(held);
        return CKR_OPERATION_NOT_INITIALIZED;
    }
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
    struct slot *slot = call->slot;
    struct pin *changed = NULL, *taken = NULL;
    CK_RV rv;

    if (!old_pin || !new_pin)
        return CKR_ARGUMENTS_BAD;
    if (!call->session->rw)
        return CKR_SESSION_READ_ONLY;
    if (!slot_is_issued(slot))
        return CKR_USER_PIN_NOT_INITIALIZED;
    rv = take_new_pin(slot, new_pin, new_len, &changed);
    if (rv != CKR_OK)
        return rv;
    rv = offer_pin(call, changed, old_pin, old_len, &taken);
    pin_free(taken);
    if (rv == CKR_OK && slot->pin) {
        pin_free(slot->pin);
        slot->pin = changed;
        return CKR_OK;
    }
    pin_free(changed);
    /* The card may have changed it and only the answer was lost. */
    if (rv == CKR_DEVICE_ERROR)
        slot_log_out(slot);
    return rv;
}

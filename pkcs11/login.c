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

/* What became of a PIN before anything was sent. */
struct offer {
    struct pin *pin;
    uint8_t raw[PIN_DIGEST_SIZE];    /* of the bytes the program gave */
    uint8_t folded[PIN_DIGEST_SIZE]; /* of the bytes the card would get */
};

/*
 * Takes the PIN if it may be sent: it has the right form and is not the one
 * that the card refused last (rules 1 and 3).
 */
static CK_RV take_pin(struct slot *slot, const CK_BYTE *text, CK_ULONG len,
    struct offer *ret_offer)
{
    const struct conf *conf = module_conf();
    const uint8_t *bytes;
    size_t bytes_len;
    enum tok_err err;
    CK_RV rv = rv_from_crypt(digest_pin(text, len, ret_offer->raw));

    if (rv != CKR_OK)
        return rv;
    err = pin_new(
        module_pins(), slot->role, text, len, conf->fold_case, &ret_offer->pin);
    if (err == TOK_PIN_FORM)
        return refuse(slot, ret_offer->raw);
    if (err != TOK_OK)
        return rv_from_tok(err);
    bytes = pin_text(ret_offer->pin, &bytes_len);
    rv = rv_from_crypt(digest_pin(bytes, bytes_len, ret_offer->folded));
    if (rv == CKR_OK && conf->remember_wrong && slot->wrong &&
        pin_mark_is(slot->wrong, ret_offer->folded))
        rv = refuse(slot, ret_offer->raw);
    if (rv != CKR_OK)
        pin_free(ret_offer->pin);
    else if (slot->refused)
        pin_mark_clear(slot->refused);
    return rv;
}

/* Notes what the card said of the PIN that was sent to it. */
static void note_outcome(struct slot *slot, enum tok_err err,
    const struct tries *tries, const struct offer *offer)
{
    slot_note_tries(slot, tries);
    if (err == TOK_OK && slot->wrong)
        pin_mark_clear(slot->wrong);
    if (err != TOK_PIN_WRONG)
        return;
    log_info("%s: wrong %s PIN, %u tries left", slot->reader->name,
        slot->role->name, tries->left);
    remember(&slot->wrong, offer->folded);
    slot->wrong_left = tries->left;
}

/*
 * The card's part, with the reader claimed: VERIFY, and then the change to
 * NEW_PIN or, where that is NULL, the certificate if it was not read yet.
 */
static enum tok_err ask_card(
    struct call *call, struct pin *new_pin, const struct offer *offer)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    struct jpki_cert *cert = &reader->certs[FILE_CERT + slot->role->id];
    bool free_cert = !slot_cert_is_private(slot);
    bool refuse_last = module_conf()->last_try == CONF_LAST_TRY_REFUSE;
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    if (new_pin)
        err = jpki_change_pin(
            reader->card, slot->role, offer->pin, new_pin, refuse_last, &tries);
    else
        err = jpki_login(reader->card, slot->role, offer->pin, free_cert,
            refuse_last, cert, &tries);
    reader_io_end(reader);
    if (reader->certs_insertion != reader->insertion)
        return TOK_REMOVED;
    note_outcome(slot, err, &tries, offer);
    if (err == TOK_OK && !new_pin)
        slot_take_cert(slot, cert);
    return err;
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
    enum tok_err err;
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    memset(&offer, 0, sizeof offer);
    rv = take_pin(call->slot, text, len, &offer);
    if (rv != CKR_OK) {
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    err = ask_card(call, new_pin, &offer);
    if (err == TOK_PIN_LOCKED)
        slot_log_out(call->slot);
    /* TOK_DENIED: one try is left, and the configuration spares it. */
    if (err == TOK_DENIED) {
        (void)call_unclaim(call, TOK_OK);
        rv = CKR_FUNCTION_FAILED;
    } else {
        rv = call_unclaim(call, err);
    }
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

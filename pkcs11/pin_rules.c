/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/pin_rules.h"

#include <string.h>

#include "conf/log.h"
#include "crypto/digest.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "token/clock.h"

/* Longer than any PIN: of more bytes than this only the number is looked at. */
#define PIN_READ_MAX 64
/* A PIN that was wrong may be right after this, where the counter is full. */
#define WRONG_FOR_MS 10000

/* The digest by which a PIN is remembered. */
static CK_RV digest_pin(
    const uint8_t *pin, size_t len, uint8_t ret_digest[PIN_DIGEST_SIZE])
{
    uint8_t hash[DIGEST_MAX];
    struct digest *digest = NULL;
    size_t hash_len;
    enum crypt_err err = digest_new(module_crypto(), DIGEST_SHA256, &digest);

    if (err == CRYPT_OK)
        err = digest_update(digest, pin_history_salt(), PIN_SALT_SIZE);
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

static CK_RV digest_of(
    const struct pin *pin, uint8_t ret_digest[PIN_DIGEST_SIZE])
{
    size_t len;
    const uint8_t *text = pin_text(pin, &len);

    return digest_pin(text, len, ret_digest);
}

/*
 * What to say of a PIN that is not sent (rule 4). NSS programs offer the same
 * PIN again and again as long as they are told that it is incorrect: the second
 * time they are told something else. SENT is NULL for what is no PIN.
 */
static CK_RV refuse(struct slot *slot, const uint8_t *sent, const uint8_t *raw)
{
    struct pin_place place = slot_pin_place(slot);

    return pin_history_note_unsent(&place, sent, raw) ? CKR_PIN_INCORRECT
                                                      : CKR_FUNCTION_FAILED;
}

CK_RV pin_attempt_make(struct slot *slot, const CK_BYTE *text, CK_ULONG len,
    struct pin_attempt *ret_attempt)
{
    enum tok_err err;
    CK_RV rv;

    memset(ret_attempt, 0, sizeof *ret_attempt);
    rv = digest_pin(text, len, ret_attempt->raw);
    if (rv != CKR_OK)
        return rv;
    err = pin_new(module_pins(), slot->role, text, len,
        module_conf()->fold_case, &ret_attempt->pin);
    if (err == TOK_PIN_FORM)
        return refuse(slot, NULL, ret_attempt->raw);
    if (err != TOK_OK)
        return rv_from_tok(err);
    return digest_of(ret_attempt->pin, ret_attempt->sent);
}

void pin_attempt_done(struct pin_attempt *attempt)
{
    pin_free(attempt->pin);
    pin_wipe(attempt, sizeof *attempt);
}

/* Asks for the retry counter; the reader's lock is let go meanwhile. */
static enum tok_err ask_counter(
    struct call *call, struct tries *ret_tries, unsigned *ret_full)
{
    struct reader *reader = call->reader;
    const struct jpki_role *role = call->slot->role;
    enum tok_err err;

    memset(ret_tries, 0, sizeof *ret_tries);
    reader_io_begin(reader);
    err = jpki_tries(reader->card, role, ret_tries);
    *ret_full = card_full_count(reader->card, role);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    slot_note_tries(call->slot, ret_tries);
    return err == TOK_OK && ret_tries->locked ? TOK_PIN_LOCKED : err;
}

/*
 * Does the retry counter say that a PIN of RECORD may be right by now? A full
 * one was reset since by the right PIN, perhaps after a change; a person who
 * types the PIN again means it, a program that offers it again at once does
 * not. After a lost answer a counter not lower than before says that the PIN
 * was accepted or never arrived.
 */
static bool may_be_right(
    const struct pin_record *record, const struct tries *tries, unsigned full)
{
    if (!tries->known)
        return false;
    if (record->known == PIN_KNOWN_LOST)
        return tries->left >= (record->left ? record->left : full);
    return tries->left >= full && record->unsent != 0 &&
           clock_ms() - record->unsent > WRONG_FOR_MS;
}

CK_RV pin_attempt_check(
    struct call *call, const struct pin_attempt *attempt, enum tok_err *ret_err)
{
    struct pin_place place = slot_pin_place(call->slot);
    struct pin_record record = {PIN_UNKNOWN, 0, 0};
    struct tries tries;
    unsigned full;

    *ret_err = TOK_OK;
    if (module_conf()->remember_wrong)
        pin_history_find(&place, attempt->sent, &record);
    if (record.known != PIN_UNKNOWN) {
        *ret_err = ask_counter(call, &tries, &full);
        if (*ret_err != TOK_OK)
            return CKR_OK;
        if (!may_be_right(&record, &tries, full)) {
            log_warn("%s: this PIN was refused by the %s slot before, and is "
                     "not sent to the card again",
                call->reader->name, call->slot->role->name);
            return refuse(call->slot, attempt->sent, attempt->raw);
        }
        pin_history_release(&place, attempt->sent);
    }
    if (pin_history_is_of_another_card(&place, attempt->sent)) {
        log_warn("%s: this PIN was just given to another card, and is not sent "
                 "to this one unless it is given again; \"reader =\" in the "
                 "configuration names the reader to use",
            call->reader->name);
        return CKR_PIN_INCORRECT;
    }
    pin_history_note_sent(&place);
    return CKR_OK;
}

/*
 * What became of a PIN with the digest SENT. A locked card refuses the right
 * one as well.
 */
static void note_fate(struct slot *slot, const uint8_t sent[PIN_DIGEST_SIZE],
    const struct verify_result *result)
{
    struct pin_place place = slot_pin_place(slot);
    const struct tries *tries = &result->tries;

    if (result->fate == PIN_REFUSED && !tries->locked)
        pin_history_note_refused(&place, sent);
    if (result->fate == PIN_UNSURE)
        pin_history_note_lost(&place, sent, tries->known ? tries->left : 0);
}

static void note_tries(struct slot *slot, const struct verify_result *result)
{
    if (result->fate == PIN_UNSURE)
        slot->tries.known = false;
    else
        slot_note_tries(slot, &result->tries);
}

void pin_attempt_note(struct slot *slot, const struct pin_attempt *attempt,
    const struct verify_result *result)
{
    struct pin_place place = slot_pin_place(slot);

    note_tries(slot, result);
    note_fate(slot, attempt->sent, result);
    if (result->fate != PIN_ACCEPTED)
        return;
    if (pin_history_is_wrong_elsewhere(&place, attempt->sent))
        log_warn("%s: a PIN of this card was offered to another card before, "
                 "which cost a try there; \"reader =\" in the configuration "
                 "names the reader to use",
            slot->reader->name);
    pin_history_note_accepted(&place, attempt->sent);
}

void pin_held_note(struct slot *slot, const struct pin *pin,
    const struct verify_result *result)
{
    uint8_t sent[PIN_DIGEST_SIZE];

    note_tries(slot, result);
    if (digest_of(pin, sent) == CKR_OK)
        note_fate(slot, sent, result);
    pin_wipe(sent, sizeof sent);
}

void pin_change_note(struct slot *slot, const struct pin *pin)
{
    struct pin_place place = slot_pin_place(slot);
    uint8_t sent[PIN_DIGEST_SIZE];

    pin_history_note_change(&place);
    if (pin && digest_of(pin, sent) == CKR_OK)
        pin_history_note_accepted(&place, sent);
    pin_wipe(sent, sizeof sent);
}

void pin_dead_session_note(
    const char serial[PIN_HISTORY_SERIAL], const CK_BYTE *text, CK_ULONG len)
{
    uint8_t digest[PIN_DIGEST_SIZE];
    struct pin *pin = NULL;
    size_t role;

    /* As a card would get it; the two roles' PINs have different forms. */
    for (role = 0; role < JPKI_ROLES; role++) {
        if (pin_new(module_pins(), jpki_role((enum jpki_role_id)role), text,
                len, module_conf()->fold_case, &pin) != TOK_OK)
            continue;
        if (digest_of(pin, digest) == CKR_OK)
            pin_history_note_dead_session(serial, digest);
        pin_free(pin);
    }
    pin_wipe(digest, sizeof digest);
}

void pin_refusal_log(const struct slot *slot, enum tok_err err)
{
    static const struct {
        enum tok_err err;
        const char *sentence;
    } sentences[] = {
        {TOK_PIN_LOCKED,
            "is locked: the municipal office resets it, or a convenience-store "
            "kiosk where the other PIN is known"},
        {TOK_LAST_TRY,
            "was not sent: one try is left, and last_try = refuse keeps "
            "programs from using it; the status object says how a person does. "
            "If it was a PIN of another card: \"reader =\" in the "
            "configuration names the reader to use"},
        {TOK_PIN_CHANGED,
            "that was held was not sent: its retry counter is not full, so it "
            "was changed or mistyped elsewhere since the log-in; log in again"},
    };
    size_t i;

    for (i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].err == err)
            log_warn("%s: the %s PIN %s", slot->reader->name, slot->role->name,
                sentences[i].sentence);
}

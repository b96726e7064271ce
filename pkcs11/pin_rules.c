/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/pin_rules.h"

#include <string.h>

#include "conf/log.h"
#include "crypto/digest.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "token/card/clock.h"

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
    struct pin_scope scope = slot_pin_scope(slot);

    return pin_history_note_unsent(&scope, sent, raw) ? CKR_PIN_INCORRECT
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
    struct call *call, struct retry_counter *ret_counter, unsigned *ret_full)
{
    struct reader *reader = call->reader;
    const struct jpki_role *role = call->slot->role;
    enum tok_err err;

    memset(ret_counter, 0, sizeof *ret_counter);
    reader_io_begin(reader);
    err = jpki_retry_counter(reader->card, role, ret_counter);
    *ret_full = card_counter_max(reader->card, role);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    slot_note_counter(call->slot, ret_counter);
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
    const struct retry_counter *counter, unsigned full)
{
    if (!counter->known)
        return false;
    if (record->known == PIN_KNOWN_LOST)
        return counter->left >= (record->left ? record->left : full);
    return counter->left >= full && record->unsent != 0 &&
           clock_ms() - record->unsent > WRONG_FOR_MS;
}

CK_RV pin_attempt_check(
    struct call *call, const struct pin_attempt *attempt, enum tok_err *ret_err)
{
    struct pin_scope scope = slot_pin_scope(call->slot);
    struct pin_record record = {PIN_UNKNOWN, 0, 0};
    struct retry_counter counter;
    unsigned full;

    *ret_err = TOK_OK;
    if (module_conf()->remember_wrong)
        pin_history_find(&scope, attempt->sent, &record);
    if (record.known != PIN_UNKNOWN) {
        *ret_err = ask_counter(call, &counter, &full);
        if (*ret_err != TOK_OK)
            return CKR_OK;
        if (!may_be_right(&record, &counter, full)) {
            log_warn("%s: this PIN was refused by the %s slot before, and is "
                     "not sent to the card again",
                call->reader->name, call->slot->role->name);
            return refuse(call->slot, attempt->sent, attempt->raw);
        }
        pin_history_release(&scope, attempt->sent);
    }
    if (pin_history_is_of_another_card(&scope, attempt->sent)) {
        log_warn("%s: this PIN was just given to another card, and is not sent "
                 "to this one unless it is given again; \"reader =\" in the "
                 "configuration names the reader to use",
            call->reader->name);
        return CKR_PIN_INCORRECT;
    }
    pin_history_note_sent(&scope);
    return CKR_OK;
}

/*
 * What became of a PIN with the digest SENT. A locked card refuses the right
 * one as well.
 */
static void note_outcome(struct slot *slot, const uint8_t sent[PIN_DIGEST_SIZE],
    const struct verify_result *result)
{
    struct pin_scope scope = slot_pin_scope(slot);
    const struct retry_counter *counter = &result->counter;

    if (result->outcome == VERIFY_REFUSED && !counter->locked)
        pin_history_note_refused(&scope, sent);
    if (result->outcome == VERIFY_UNKNOWN)
        pin_history_note_lost(&scope, sent, counter->known ? counter->left : 0);
}

static void note_counter(struct slot *slot, const struct verify_result *result)
{
    if (result->outcome == VERIFY_UNKNOWN)
        slot->counter.known = false;
    else
        slot_note_counter(slot, &result->counter);
}

void pin_attempt_note(struct slot *slot, const struct pin_attempt *attempt,
    const struct verify_result *result)
{
    struct pin_scope scope = slot_pin_scope(slot);

    note_counter(slot, result);
    note_outcome(slot, attempt->sent, result);
    if (result->outcome != VERIFY_ACCEPTED)
        return;
    if (pin_history_is_wrong_elsewhere(&scope, attempt->sent))
        log_warn("%s: a PIN of this card was offered to another card before, "
                 "which cost a try there; \"reader =\" in the configuration "
                 "names the reader to use",
            slot->reader->name);
    pin_history_note_accepted(&scope, attempt->sent);
}

void pin_held_note(struct slot *slot, const struct pin *pin,
    const struct verify_result *result)
{
    uint8_t sent[PIN_DIGEST_SIZE];

    note_counter(slot, result);
    if (digest_of(pin, sent) == CKR_OK)
        note_outcome(slot, sent, result);
    pin_wipe(sent, sizeof sent);
}

void pin_change_note(struct slot *slot, const struct pin *pin)
{
    struct pin_scope scope = slot_pin_scope(slot);
    uint8_t sent[PIN_DIGEST_SIZE];

    pin_history_note_change(&scope);
    if (pin && digest_of(pin, sent) == CKR_OK)
        pin_history_note_accepted(&scope, sent);
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

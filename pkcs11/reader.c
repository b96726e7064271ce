/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader.h"

#include <stdlib.h>
#include <string.h>

#include "conf/log.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "pkcs11/session.h"
#include "pkcs11/wait.h"
#include "token/pin_history.h"

_Static_assert(READERS_MAX *JPKI_ROLES <= PIN_HISTORY_SLOTS &&
                   SERIAL_DIGITS == PIN_HISTORY_SERIAL,
    "the history of PINs has no room for a slot");

static void set_event(struct reader *reader)
{
    size_t i;

    for (i = 0; i < JPKI_ROLES; i++)
        reader->slots[i].event = true;
}

CK_RV reader_init(
    struct reader *reader, unsigned index, const char *name, bool event)
{
    struct card *card = NULL;
    struct jpki_cert *certs = calloc(FILES, sizeof *certs);
    size_t i;

    memset(reader, 0, sizeof *reader);
    if (!certs || card_new(name, &card) != TOK_OK ||
        !wait_make(&reader->lock, &reader->idle)) {
        card_free(card);
        free(certs);
        return CKR_HOST_MEMORY;
    }
    reader->index = index;
    memcpy(reader->name, name, strnlen(name, sizeof reader->name - 1));
    reader->card = card;
    reader->certs = certs;
    for (i = 0; i < JPKI_ROLES; i++)
        slot_init(&reader->slots[i], reader, (enum jpki_role_id)i);
    if (event)
        set_event(reader);
    return CKR_OK;
}

void reader_done(struct reader *reader)
{
    reader_forget_card(reader);
    card_free(reader->card);
    pin_wipe(reader->certs, FILES * sizeof *reader->certs);
    free(reader->certs);
    pthread_cond_destroy(&reader->idle);
    pthread_mutex_destroy(&reader->lock);
    memset(reader, 0, sizeof *reader);
}

/*
 * Wipes what was read from another card than the one that is there now: the
 * holder of the busy mark may.
 */
static void drop_old_certs(struct reader *reader)
{
    if (reader_io_was_for_this_card(reader))
        return;
    pin_wipe(reader->certs, FILES * sizeof *reader->certs);
    reader->certs_card = reader->card_number;
}

void reader_forget_card(struct reader *reader)
{
    size_t i;

    reader->card_number++;
    if (reader->opened.first) {
        memcpy(reader->opened.serial, reader->serial, sizeof reader->serial);
        reader->gone[reader->gone_next++ % GONE_CARDS] = reader->opened;
    }
    memset(&reader->opened, 0, sizeof reader->opened);
    if (!reader->busy)
        drop_old_certs(reader);
    while (reader->sessions)
        session_close(reader->sessions);
    for (i = 0; i < JPKI_ROLES; i++)
        slot_forget_card(&reader->slots[i]);
    reader->recognised = CARD_UNKNOWN;
    reader->pss = PSS_UNKNOWN;
    memset(&reader->identity, 0, sizeof reader->identity);
}

/* Forgets a card that was taken out, and what is known of its PINs. */
static void lose_card(struct reader *reader)
{
    size_t i;

    reader_forget_card(reader);
    for (i = 0; i < JPKI_ROLES; i++)
        pin_history_forget((unsigned)slot_id(&reader->slots[i]));
    set_event(reader);
}

void reader_look(struct reader *reader)
{
    struct reader_state look;
    enum tok_err err;

    memset(&look, 0, sizeof look);
    err = module_look_at(reader->name, &look);
    /* That says nothing of reader and card. */
    if (err == TOK_NOMEM || err == TOK_IO)
        return;
    if (err != TOK_OK)
        memset(&look, 0, sizeof look);
    if (look.present != reader->present ||
        look.insertion != reader->insertion) {
        log_debug("%s: card %s", reader->name, look.present ? "in" : "out");
        if (reader->looked_at)
            lose_card(reader);
        else
            reader_forget_card(reader);
        reader->present = look.present;
        reader->insertion = look.insertion;
    }
    reader->looked_at = true;
    reader->held = look.held;
    /* A card that does not answer a reset is not asked anything. */
    if (look.mute)
        reader->recognised = CARD_FOREIGN;
}

bool reader_take_event(struct reader *reader, CK_SLOT_ID *ret_slot)
{
    size_t i;

    for (i = 0; i < JPKI_ROLES; i++) {
        struct slot *slot = &reader->slots[i];
        if (slot->event && slot_is_shown((enum jpki_role_id)i)) {
            slot->event = false;
            *ret_slot = slot_id(slot);
            return true;
        }
    }
    return false;
}

void reader_claim(struct reader *reader)
{
    while (reader->busy)
        pthread_cond_wait(&reader->idle, &reader->lock);
    reader->busy = true;
}

void reader_io_begin(struct reader *reader)
{
    uint32_t insertion = reader->insertion;

    drop_old_certs(reader);
    pthread_mutex_unlock(&reader->lock);
    card_expect(reader->card, insertion);
}

void reader_io_end(struct reader *reader)
{
    pthread_mutex_lock(&reader->lock);
}

bool reader_io_was_for_this_card(const struct reader *reader)
{
    return reader->certs_card == reader->card_number;
}

/* True when ERR says that the card this was meant for is out of reach. */
static bool card_is_gone(enum tok_err err)
{
    return err == TOK_REMOVED || err == TOK_NO_CARD || err == TOK_NO_READER ||
           err == TOK_NO_SERVICE;
}

void reader_unclaim(struct reader *reader, enum tok_err err)
{
    bool gone = card_is_gone(err);

    /* Else it was forgotten already, and there may be another one. */
    if (gone && reader_io_was_for_this_card(reader)) {
        lose_card(reader);
        reader_look(reader);
    }
    if (!reader->sessions) {
        pthread_mutex_unlock(&reader->lock);
        if (gone)
            card_forget(reader->card);
        else
            card_release(reader->card);
        pthread_mutex_lock(&reader->lock);
    }
    drop_old_certs(reader);
    reader->busy = false;
    pthread_cond_broadcast(&reader->idle);
}

/*
 * The serial number that programs see: a digest, because the card's own numbers
 * are either not unique or name the holder (design.md section 3).
 */
static enum crypt_err set_serial(
    struct reader *reader, const struct jpki_identity *identity)
{
    const struct jpki_cert *cert = &reader->certs[JPKI_AUTH];
    const uint8_t *source = identity->token_info;
    size_t len = sizeof identity->token_info, i;
    uint8_t hash[DIGEST_MAX];
    size_t hash_len = 0;
    enum crypt_err err;

    if (cert->state == JPKI_CERT_PART || cert->state == JPKI_CERT_WHOLE) {
        source = cert->bytes;
        len = cert->len < JPKI_CERT_FIRST_CHUNK ? cert->len
                                                : JPKI_CERT_FIRST_CHUNK;
    }
    err = digest_once(
        module_crypto(), DIGEST_SHA256, source, len, hash, &hash_len);
    for (i = 0; err == CRYPT_OK && i < SERIAL_DIGITS; i++) {
        unsigned nibble = (unsigned)hash[i / 2] >> (i % 2 ? 0 : 4) & 0xfu;
        reader->serial[i] = "0123456789ABCDEF"[nibble];
    }
    return err;
}

/* Card I/O of reader_identify; claimed and locked. */
static enum tok_err identify(struct reader *reader)
{
    bool with_counter[JPKI_ROLES];
    struct jpki_identity identity;
    struct retry_counter counter[JPKI_ROLES];
    enum tok_err err;
    size_t i;

    memset(&identity, 0, sizeof identity);
    memset(counter, 0, sizeof counter);
    for (i = 0; i < JPKI_ROLES; i++)
        with_counter[i] =
            !reader->sessions && slot_is_shown((enum jpki_role_id)i);
    reader_io_begin(reader);
    err = jpki_identify(reader->card, with_counter, &identity,
        &reader->certs[JPKI_AUTH], counter);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    if (err == TOK_NOT_JPKI)
        reader->recognised = CARD_FOREIGN;
    if (err != TOK_OK)
        return err;
    /* A card without its serial number would pass for another one. */
    if (set_serial(reader, &identity) != CRYPT_OK)
        return TOK_NOMEM;
    reader->identity = identity;
    reader->recognised = CARD_JPKI;
    for (i = 0; i < JPKI_ROLES; i++) {
        object_refresh(&reader->slots[i]);
        slot_note_counter(&reader->slots[i], &counter[i]);
    }
    return TOK_OK;
}

CK_RV reader_identify(struct reader *reader)
{
    enum tok_err err = TOK_OK;

    if (reader->present && reader->recognised == CARD_UNKNOWN) {
        reader_claim(reader);
        if (reader->present && reader->recognised == CARD_UNKNOWN)
            err = identify(reader);
        reader_unclaim(reader, err);
    }
    if (!reader->present)
        return CKR_TOKEN_NOT_PRESENT;
    if (reader->recognised == CARD_FOREIGN)
        return CKR_TOKEN_NOT_RECOGNIZED;
    if (reader->recognised == CARD_UNKNOWN)
        return err == TOK_OK ? CKR_DEVICE_REMOVED : rv_from_tok_slot(err);
    return CKR_OK;
}

/* Reads the file I, EF on the card; claimed and locked. */
static enum tok_err read_file(struct reader *reader, size_t i, uint16_t ef)
{
    enum tok_err err;

    reader_io_begin(reader);
    err = jpki_read_cert(reader->card, ef, &reader->certs[i]);
    reader_io_end(reader);
    return reader_io_was_for_this_card(reader) ? err : TOK_REMOVED;
}

/* True when ERR is the card's word on a file, and the link is sound. */
static bool says_of_file(enum tok_err err)
{
    return err == TOK_REPLY || err == TOK_DENIED || err == TOK_NOT_FOUND;
}

CK_RV reader_read_certs(struct reader *reader, enum jpki_role_id role)
{
    struct slot *slot = &reader->slots[role];
    enum crypt_err parsed = CRYPT_OK, ca_parsed = CRYPT_OK;
    enum tok_err err = TOK_OK;

    if (!slot_wants_cert(slot) && !slot_wants_ca(slot))
        return CKR_OK;
    reader_claim(reader);
    if (slot_wants_cert(slot)) {
        err = read_file(reader, FILE_CERT + role, slot->role->ef_cert);
        if (err == TOK_OK)
            parsed = slot_take_cert(slot, &reader->certs[FILE_CERT + role]);
    }
    if ((err == TOK_OK || says_of_file(err)) && slot_wants_ca(slot)) {
        err = read_file(reader, FILE_CA + role, slot->role->ef_ca);
        if (err == TOK_OK)
            ca_parsed = slot_take_ca(slot, &reader->certs[FILE_CA + role]);
        slot->no_ca |= says_of_file(err);
    }
    reader_unclaim(reader, err);
    if (parsed == CRYPT_NOMEM || ca_parsed == CRYPT_NOMEM)
        return CKR_HOST_MEMORY;
    /* A file that gives no certificate is no reason to find nothing at all. */
    return says_of_file(err) ? CKR_OK : rv_from_tok(err);
}

bool reader_is_known_to_offer_pss(const struct reader *reader)
{
    enum conf_pss conf = module_conf()->pss;

    if (conf == CONF_PSS_NO || reader->pss == PSS_REFUSED)
        return false;
    return conf == CONF_PSS_YES || reader->pss == PSS_KNOWN;
}

bool reader_was_asked_for_pss(const struct reader *reader)
{
    return module_conf()->pss != CONF_PSS_AUTO || reader->pss != PSS_UNKNOWN;
}

/* Asks the card, by whichever key it has; claimed and locked. */
static enum tok_err ask_pss(struct reader *reader)
{
    enum jpki_role_id id =
        reader->identity.issued[JPKI_AUTH] ? JPKI_AUTH : JPKI_SIGN;
    bool known = false;
    enum tok_err err;

    reader_io_begin(reader);
    err = jpki_knows_pss(reader->card, jpki_role(id), &known);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader))
        return TOK_REMOVED;
    if (err == TOK_OK)
        reader->pss = known ? PSS_KNOWN : PSS_REFUSED;
    return err;
}

CK_RV reader_offers_pss(struct reader *reader, bool *ret_offered)
{
    enum tok_err err = TOK_OK;
    CK_RV rv = CKR_OK;

    if (reader_was_asked_for_pss(reader)) {
        *ret_offered = reader_is_known_to_offer_pss(reader);
        return CKR_OK;
    }
    reader_claim(reader);
    /* The card that was recognised may have gone while we waited. */
    if (reader->recognised != CARD_JPKI)
        rv = CKR_DEVICE_REMOVED;
    else if (!reader_was_asked_for_pss(reader))
        err = ask_pss(reader);
    if (rv == CKR_OK)
        rv = rv_from_tok(err);
    if (rv == CKR_OK)
        *ret_offered = reader_is_known_to_offer_pss(reader);
    reader_unclaim(reader, err);
    return rv;
}

void reader_withdraw_pss(struct reader *reader)
{
    log_warn("%s: a PSS signature failed: PSS is not offered for this card any "
             "more",
        reader->name);
    reader->pss = PSS_REFUSED;
}

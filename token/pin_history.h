/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_PIN_HISTORY_H
#define TOKEN_PIN_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What this process knows of the PINs that were offered to its cards: those
 * that a card refused, the one that it accepted last, the one that was refused
 * without being sent. So the same wrong PIN is not sent twice, nor the PIN of
 * one card to another (rule 3 of the PIN rules).
 *
 * It outlives C_Finalize, because programs on libp11 load and initialise the
 * module for each URL: static data of the module, protected like the memory of
 * the PINs; where a PIN was refused the module stays loaded for it. A PIN is
 * known by a salted digest, which the caller makes. From C_Finalize on, and
 * always for a PIN that was accepted, only PIN_HISTORY_BITS of it are kept:
 * each value stands for about ten PINs of four digits, so it does not tell the
 * PIN. Two PINs agree in them by chance once in a thousand times; a right PIN
 * that does is refused until the card is taken out, or by the rules below.
 *
 * Thread-safe; its lock is a leaf.
 */

#define PIN_DIGEST_SIZE 16
#define PIN_SALT_SIZE 16
#define PIN_HISTORY_BITS 10
#define PIN_HISTORY_SLOTS 96
#define PIN_HISTORY_SERIAL 16

struct pin_digest {
    uint8_t bytes[PIN_DIGEST_SIZE];
};

/* A PIN's slot, and the card that is in it; another card has no history. */
struct pin_scope {
    unsigned slot;      /* below PIN_HISTORY_SLOTS, the same for the process */
    uint16_t insertion; /* pcscd's event counter */
    char serial[PIN_HISTORY_SERIAL];
};

/*
 * For C_Initialize: protects the memory and draws the salt, once in a process.
 * In a forked child the parent's history is forgotten.
 */
void pin_history_prepare(void);
/* For C_Finalize: cuts the digests. */
void pin_history_cut(void);

/*
 * True when a card that is in refused a PIN: what is known of that shall not be
 * unloaded with the module.
 */
bool pin_history_matters(void);

/* PIN_SALT_SIZE random bytes, the same as long as the history lasts. */
const uint8_t *pin_history_salt(void);

/* The card in SLOT was taken out. */
void pin_history_forget(unsigned slot);

enum pin_known {
    PIN_UNKNOWN,
    PIN_KNOWN_WRONG, /* the card refused it */
    PIN_KNOWN_LOST,  /* sent, but the answer was lost */
};

struct pin_record {
    enum pin_known known;
    unsigned left;  /* PIN_KNOWN_LOST: the retry counter before, 0: not told */
    int64_t unsent; /* refused unsent first, by clock_ms; 0: never */
};

/* What is known of the PIN with DIGEST. */
struct pin_record pin_history_find(
    const struct pin_scope *scope, const struct pin_digest *digest);
/* Forgets what is known of it: it may be sent again. */
void pin_history_release(
    const struct pin_scope *scope, const struct pin_digest *digest);

/* The card accepted the PIN. */
void pin_history_note_accepted(
    const struct pin_scope *scope, const struct pin_digest *digest);
/*
 * The card refused the PIN, or the answer was lost; KNOWN and LEFT as in struct
 * pin_record. If the card refused the one that it accepted last, that was
 * changed: what was wrong before may be right now, and is forgotten.
 */
void pin_history_note_wrong(const struct pin_scope *scope,
    const struct pin_digest *digest, enum pin_known known, unsigned left);
/* This process changed the PIN: no other is known wrong. */
void pin_history_note_change(const struct pin_scope *scope);

/*
 * Notes that a PIN was refused unsent: SENT is the digest of what the card
 * would have got, NULL where it has not the form of a PIN; RAW that of the
 * bytes which the program gave. False when RAW was refused last time as well,
 * with no other PIN in between.
 */
bool pin_history_note_unsent(const struct pin_scope *scope,
    const struct pin_digest *sent, const struct pin_digest *raw);
/* A PIN is sent: another one in between. */
void pin_history_note_sent(const struct pin_scope *scope);

/* True when another card, in another slot, refused this PIN. */
bool pin_history_is_wrong_elsewhere(
    const struct pin_scope *scope, const struct pin_digest *digest);

/* The PIN was offered to a session of the card with SERIAL, which is gone. */
void pin_history_note_dead_session(
    const char serial[PIN_HISTORY_SERIAL], const struct pin_digest *digest);
/*
 * True when in the last two seconds another card than SCOPE's accepted the PIN,
 * or a session of another card was offered it; once for each such event and
 * slot.
 */
bool pin_history_is_of_another_card(
    const struct pin_scope *scope, const struct pin_digest *digest);

#endif

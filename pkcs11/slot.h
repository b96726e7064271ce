/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SLOT_H
#define PKCS11_SLOT_H

#include <stdbool.h>
#include <time.h>
#include "crypto/cert.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/object.h"
#include "pkcs11/verdict.h"
#include "token/jpki.h"
#include "token/pin_history.h"

struct reader;

#define STATUS_MAX 2048 /* bytes of the status object's value, with a NUL */

/*
 * One role of the card in one reader, as PKCS#11 sees it: a slot, its token,
 * its objects and its log-in. All of it under the reader's lock.
 */
struct slot {
    struct reader *reader;
    const struct jpki_role *role;
    bool event; /* for C_WaitForSlotEvent: a card came or went */

    struct cert *cert; /* NULL until it was read */
    bool no_cert;      /* it was looked for, and the card has none */
    struct cert *ca;   /* of its CA, as the card has it; NULL until read */
    bool no_ca;
    /* They are there, cannot be parsed, and the log says so. */
    bool unreadable, ca_unreadable;
    struct verdict verdict;
    char status[STATUS_MAX]; /* what the status object says; see status.h */
    CK_OBJECT_HANDLE objects[OBJECT_KINDS]; /* 0: not to be seen now */

    bool logged_in;
    struct pin *pin; /* held while logged in; lent out for a signature */

    struct tries tries;
    struct timespec tries_at; /* CLOCK_MONOTONIC */
};

/* Its id: stable for the life of the process, as the reader's place is. */
CK_SLOT_ID slot_id(const struct slot *slot);
/* The same by the reader's place; needs no lock. */
CK_SLOT_ID slot_id_at(size_t reader, enum jpki_role_id role);

/* True when the configuration shows slots of ROLE ([slots] show). */
bool slot_is_shown(enum jpki_role_id role);

/* Prepares the slot of ROLE in READER. */
void slot_init(
    struct slot *slot, struct reader *reader, enum jpki_role_id role);

/* Forgets all that belongs to a card: log-in, PIN, objects. */
void slot_forget_card(struct slot *slot);

/* Where the history of the slot's PINs is kept; of an identified card. */
struct pin_place slot_pin_place(const struct slot *slot);

/* True when the card has (or may have) a key pair for this slot. */
bool slot_is_issued(const struct slot *slot);

/* True when the certificate is to be seen only after the log-in. */
bool slot_cert_is_private(const struct slot *slot);

/* True when the configuration shows the CA certificate in this slot. */
bool slot_shows_ca(const struct slot *slot);

/* True when the certificate was read and its key is of a known algorithm. */
bool slot_has_key(const struct slot *slot);
/* True when, in addition, the card can sign with it. */
bool slot_can_sign(const struct slot *slot);

/* Notes what the card just said of the counter; nothing when it said none. */
void slot_note_tries(struct slot *slot, const struct tries *tries);

/* True when a certificate that may be shown now has not been read yet. */
bool slot_wants_cert(const struct slot *slot);
/* The signing policy wants its CA's as well. */
bool slot_wants_ca(const struct slot *slot);

/*
 * Takes a certificate that was read from the card, and wipes what it was read
 * into. The objects that may be seen change with it. One that cannot be parsed
 * may be given again, since it may be for want of memory; CRYPT_NOMEM where
 * that is certain, else CRYPT_OK.
 */
enum crypt_err slot_take_cert(struct slot *slot, struct jpki_cert *cert);
enum crypt_err slot_take_ca(struct slot *slot, struct jpki_cert *cert);

/* Logged in, holding PIN (owned from here on; NULL: nothing held). */
void slot_log_in(struct slot *slot, struct pin *pin);

/*
 * Logged out: the PIN is wiped, the private objects' handles die, and so do
 * operations with them.
 */
void slot_log_out(struct slot *slot);

/* C_GetSlotInfo and C_GetTokenInfo; the latter of an identified card. */
void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info);
void slot_token_info(const struct slot *slot, CK_TOKEN_INFO *ret_info);

#endif

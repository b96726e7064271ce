/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_READER_H
#define PKCS11_READER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "crypto/digest.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/slot.h"
#include "token/card/jpki.h"
#include "token/card/monitor.h"

/*
 * A reader and all that is known of the card in it. Two locks (design.md
 * section 2, Locking): `lock` guards everything but the card's own part and is
 * never held over card I/O; the busy mark gives one thread the card's part.
 */

#define READERS_MAX 32
#define SERIAL_DIGITS 16
#define GONE_CARDS 4

enum recognised {
    CARD_UNKNOWN, /* not asked yet since it was put in */
    CARD_JPKI,
    CARD_FOREIGN, /* asked once, and never again until it is taken out */
};

/* Whether the card signs by RSASSA-PSS. */
enum pss {
    PSS_UNKNOWN, /* not asked yet */
    PSS_KNOWN,
    PSS_REFUSED, /* it does not, or what it made did not verify */
};

/*
 * The files of certificates: each role's own, then each role's CA. Numbers to
 * add a role to.
 */
#define FILE_CERT 0
#define FILE_CA ((size_t)JPKI_ROLES)
#define FILES (2 * (size_t)JPKI_ROLES)

struct session;

/* The sessions that were opened on one card: their handles ascend. */
struct card_sessions {
    CK_SESSION_HANDLE first, last; /* 0: none */
    char serial[SERIAL_DIGITS];
};

struct reader {
    unsigned index;
    char name[READER_NAME_MAX];

    pthread_mutex_t lock;
    pthread_cond_t idle;
    bool busy;

    bool looked_at;
    bool present;
    bool held; /* another program has it to itself */
    uint32_t insertion;
    /* Counts the cards: pcscd may give an insertion's number once more. */
    uint64_t card_number;
    enum recognised recognised;
    struct jpki_identity identity;
    char serial[SERIAL_DIGITS];
    enum pss pss;
    struct slot slots[JPKI_ROLES];
    struct session *sessions;
    struct card_sessions opened; /* on this card; serial not set yet */
    /* On cards that were taken out, the latest of them. */
    struct card_sessions gone[GONE_CARDS];
    size_t gone_next;

    /* The card's own part: for the holder of the busy mark only. */
    struct card *card;
    uint64_t certs_card;     /* the card_number they were read from */
    struct jpki_cert *certs; /* FILES of them */
};

/*
 * Prepares READER for NAME: no card seen yet; with EVENT, that it came is a
 * slot event. CKR_HOST_MEMORY leaves nothing to undo. Nothing is sent.
 */
CK_RV reader_init(
    struct reader *reader, unsigned index, const char *name, bool event);
/* Ends all sessions and frees everything. Nobody may use it any more. */
void reader_done(struct reader *reader);

/*
 * Looks whether the card is still the one that was there, through the monitor;
 * where it is not, sessions, objects, log-ins and PINs end here, and both slots
 * have an event, but for the first look. Lock held.
 */
void reader_look(struct reader *reader);

/* Takes the event of one of the slots that are shown. Lock held. */
bool reader_take_event(struct reader *reader, CK_SLOT_ID *ret_slot);

/* Forgets the card as after a removal. Lock held. */
void reader_forget_card(struct reader *reader);

/*
 * Waits until nobody is busy with the card and marks it busy. The lock is let
 * go while waiting, so whoever comes here must find session and operation
 * again. Lock held before and after.
 */
void reader_claim(struct reader *reader);
/*
 * Lets go of the lock of a claimed reader for card I/O. From here to
 * reader_io_end the caller may use the card's own part, and nothing else of
 * READER. The card is told which insertion it is meant for.
 */
void reader_io_begin(struct reader *reader);
/* Takes the lock again; the reader stays claimed. */
void reader_io_end(struct reader *reader);
/*
 * True when the card is still the one that the card I/O since reader_io_begin
 * was for: only then its answers say something about it. Lock held, claimed.
 */
bool reader_io_was_for_this_card(const struct reader *reader);
/*
 * Ends the claim. ERR is what the card answered: where it says that the card is
 * gone, it is forgotten here, sessions and all. Where no session is left, the
 * connection is dropped, so that pcscd may power the card off. Lock held; let
 * go meanwhile.
 */
void reader_unclaim(struct reader *reader, enum tok_err err);

/*
 * Makes sure that the card is known to be a JPKI card: CKR_TOKEN_NOT_PRESENT,
 * CKR_TOKEN_NOT_RECOGNIZED, or what rv_from_tok_slot says. Where no session is
 * open, a card that has to be asked is asked for the retry counters of the
 * slots that are shown as well: the connection is not kept, and
 * call_refresh_counter makes none. Lock held; let go meanwhile.
 */
CK_RV reader_identify(struct reader *reader);

/*
 * Makes sure that what is shown of ROLE's certificates was read: its own, if it
 * is free to read, and that of its CA, if it is shown. What the card has not,
 * or cannot be parsed, is not there, and not asked for again. CKR_OK, or what
 * the card answered. Lock held; let go meanwhile.
 */
CK_RV reader_read_certs(struct reader *reader, enum jpki_role_id role);

/*
 * Whether PSS mechanisms are offered: as configured, else asked of the card
 * once; CKR_DEVICE_REMOVED where that is gone by then. Lock held; let go
 * meanwhile. The others ask nothing: whether that is known yet, and what is
 * known.
 */
CK_RV reader_offers_pss(struct reader *reader, bool *ret_offered);
bool reader_was_asked_for_pss(const struct reader *reader);
bool reader_is_known_to_offer_pss(const struct reader *reader);

/* A PSS signature was refused, or did not verify: it is not offered again. */
void reader_withdraw_pss(struct reader *reader);

#endif

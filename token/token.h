/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_TOKEN_H
#define TOKEN_TOKEN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "conf/lock.h"
#include "crypto/cert.h"
#include "token/card/held.h"
#include "token/card/jpki.h"
#include "token/card/monitor.h"
#include "token/context.h"
#include "token/pin_history.h"
#include "token/policy.h"

/*
 * The card in one reader. Its two locks (docs/HACKING.md): `lock` guards
 * everything but the card's own part and is held over no call of PC/SC; the
 * busy mark, taken by token_claim, gives one thread the card's own part.
 *
 * The struct is public to be read under its lock; only token/ writes it.
 */

#define TOKEN_SERIAL_DIGITS 16

enum token_recognised {
    TOKEN_UNKNOWN, /* not asked yet since the insertion */
    TOKEN_JPKI,
    TOKEN_OTHER, /* another card, or mute; not asked until it is taken out */
};

/* Whether the card signs by RSASSA-PSS: as configured, else by its answer. */
enum token_pss {
    TOKEN_PSS_UNKNOWN, /* not asked yet */
    TOKEN_PSS_KNOWN,
    TOKEN_PSS_REFUSED, /* it does not, or its signature did not verify */
};

/* What became of the file of a certificate; the first where it is zeroed. */
enum file_state {
    FILE_UNREAD,
    FILE_ABSENT,  /* no such file, a blank one, or one that cannot be read */
    FILE_INVALID, /* cannot be parsed, as the log says; may be tried again */
    FILE_PARSED,
};

struct token_cert {
    enum file_state state;
    struct cert *cert; /* NULL unless FILE_PARSED */
};

/* The signing policy's answer on a key, and what it was told; see verdict.h. */
struct verdict {
    const struct policy_rule *rule; /* NULL: nothing to judge before log-in */
    struct revocation revocation;
    bool wrong_key; /* a signature did not verify */
    /* What these two tell, while by that the key may sign; NULL: to be read. */
    const struct cert *of_cert, *of_ca;
    struct cert_profile profile;
    enum trust_kind trust;
    const struct cert *issuer; /* OF_CA, or the trust store's */
};

/* One key pair of the card, and the log-in to it. */
struct token_key {
    const struct jpki_role *role;
    struct token_cert cert;
    struct token_cert ca; /* of its CA, as the card has it */
    struct verdict verdict;

    bool logged_in;
    struct pin *pin;      /* held while logged in; taken for a signature */
    unsigned logins;      /* counts log-ins and log-outs */
    unsigned pin_changes; /* counts changes of the PIN by this process */
    enum tok_err told;    /* why no PIN is taken, as the log said last */
};

/* What the card said of a PIN's counter, and when, by clock_ms. */
struct token_pin {
    struct retry_counter counter;
    int64_t counter_at;
};

struct token {
    struct context *context;
    unsigned index; /* in the list of readers */
    char name[READER_NAME_MAX];

    struct lock lock;
    pthread_cond_t idle;
    bool busy;
    uint64_t next_ticket, served; /* threads get the card as they came */

    uint64_t asked; /* of the reader's state that was noted last */
    bool present;
    bool exclusive; /* another program has the reader to itself */
    uint32_t insertion;
    /*
     * Counts the cards, since pcscd may give an insertion's number again: two
     * moments of equal epoch are of one card (token_is_epoch).
     */
    uint64_t epoch;
    unsigned events; /* counts the cards that came or went, but the first */
    unsigned users;  /* sessions on this card: its connection is kept */
    /* Counts changes of card, certificates, log-ins and PINs. */
    unsigned changes;

    enum token_recognised recognised;
    struct jpki_identity identity;
    char serial[TOKEN_SERIAL_DIGITS];
    enum token_pss pss;
    struct token_key keys[JPKI_ROLES];
    struct token_pin pins[JPKI_PINS];

    /* The card's own part: for the holder of the busy mark only. */
    struct card *card;
    uint64_t io_epoch; /* the epoch that the files and the I/O are of */
    struct jpki_cert *files;
    struct cert *parsed; /* the last one that was read, until it is taken */
};

/*
 * Where a call waits for the card it lets go of the lock; what its caller wants
 * may be over by then. IS_WAITING is asked with the lock held, before a PIN is
 * sent and before what came of it is kept; false ends the call with
 * TOK_CANCELLED. AT_CARD is asked then, too, and while the card is used.
 */
struct token_caller {
    bool (*is_waiting)(void *arg); /* NULL: always */
    void *arg;
    struct card_caller at_card;
    bool uses_last_try; /* a person said so, whatever `last_try` says */
};

/*
 * Prepares TOKEN, number INDEX of the list, for the reader NAME: no card seen
 * yet, nothing is sent. TOK_NOMEM leaves nothing to undo.
 */
enum tok_err token_init(struct token *token, struct context *context,
    unsigned index, const char *name);
/* Forgets the card and frees everything. Not to be used any more. */
void token_done(struct token *token) EXCLUDES(token_held);

/* The lock. No other token's is held, and none of readers.h. */
void token_lock(struct token *token) ACQUIRE(token_held);
void token_unlock(struct token *token) RELEASE(token_held);

/*
 * Asks pcscd for the reader's state and notes it; a state by which the card is
 * lost only if pcscd says so twice, since libpcsclite may see half of a change
 * of its table of readers. Takes the lock afterwards, and lets it go.
 */
void token_refresh(struct token *token) EXCLUDES(token_held);
/*
 * True where STATE, NULL for none, says that the card was taken out. Lock held.
 */
bool token_is_lost(
    const struct token *token, const struct reader_state *state) TOKEN_LOCKED;
/*
 * Notes the reader's STATE; NULL where pcscd knows no such reader, as asked for
 * at the time ASKED. Where another card is in, or none, or one that has
 * fallen mute, the last one's log-ins, PINs and certificates end here. An older
 * answer than the one noted last is left. Lock held.
 */
void token_note_state(struct token *token, const struct reader_state *state,
    uint64_t asked) TOKEN_LOCKED;

/* True while the card of EPOCH is the one that is there. Lock held. */
bool token_is_epoch(const struct token *token, uint64_t epoch) TOKEN_LOCKED;

/*
 * A session on the card begins to use it, and one of EPOCH ends to: the
 * connection to the card is kept for the users. Lock held.
 */
void token_add_user(struct token *token) TOKEN_LOCKED;
void token_remove_user(struct token *token, uint64_t epoch) TOKEN_LOCKED;
/*
 * Drops the connection, so that pcscd may power the card off, if there is no
 * user. A thread that is busy with the card does so when it is done, and is not
 * waited for: a card may never answer. Lock held; let go meanwhile.
 */
void token_drop_idle(struct token *token) TOKEN_LOCKED;

/* Where the history of ROLE's PINs is kept; of an identified card. Lock held.
 */
struct pin_scope token_pin_scope(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/* Notes what the card just said of ROLE's counter. Lock held. */
void token_note_counter(struct token *token, enum jpki_role_id role,
    const struct retry_counter *counter) TOKEN_LOCKED;

/*
 * True when the card has, or may have, a key pair of ROLE, or the text
 * application, which it is asked for when it is used. Lock held.
 */
bool token_is_issued(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * True while ROLE has one try left, by the counter that was asked last, and
 * `last_try = refuse` keeps it. Lock held.
 */
bool token_spares_last_try(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/* True when ROLE's certificate is readable after the log-in only. Lock held. */
bool token_cert_is_private(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/*
 * True when the certificate was read and its key is of a known algorithm. Lock
 * held.
 */
bool token_has_key(
    const struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

/* True when the signing policy decides on ROLE's key. No lock needed. */
bool token_is_judged(enum jpki_role_id role);

/*
 * True when ROLE's key asks for a PIN at each signature ([pin] signature_pin).
 * No lock needed.
 */
bool token_asks_each_time(const struct token *token, enum jpki_role_id role);

/*
 * True when each signature of ROLE's key has to have a PIN of its own. No lock
 * needed.
 */
bool token_wants_own_pin(const struct token *token, enum jpki_role_id role);

/* Ends the log-in to ROLE's key and wipes the held PIN. Lock held. */
void token_log_out(struct token *token, enum jpki_role_id role) TOKEN_LOCKED;

#endif

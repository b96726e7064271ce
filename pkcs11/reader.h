/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_READER_H
#define PKCS11_READER_H

#include <stdbool.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "pkcs11/slot.h"

/*
 * A reader as PKCS#11 sees it: two slots, and the sessions on its card. All of
 * it under the lock of its token, and brought up to date with it by sync.h.
 */

#define GONE_CARDS 4
#define SESSION_BUCKETS 1024

struct session;

/* The sessions that were opened on one card: their handles ascend. */
struct card_sessions {
    CK_SESSION_HANDLE first, last; /* 0: none */
    char serial[TOKEN_SERIAL_DIGITS];
};

struct reader {
    unsigned index;
    struct token *token;
    unsigned changes; /* the token's, that all the rest is up to date with */
    uint64_t epoch;   /* the same */
    struct slot slots[JPKI_ROLES];
    struct session *sessions; /* all of them, the youngest first */
    struct session *table[SESSION_BUCKETS]; /* the same by handle */
    struct card_sessions opened;            /* on this card */
    /* On cards that were taken out, the latest of them. */
    struct card_sessions gone[GONE_CARDS];
    size_t gone_next;
};

/* Prepares READER, zeroed and number INDEX, for TOKEN, which may come later. */
void reader_init(struct reader *reader, unsigned index, struct token *token);
/* Takes the event of one of the slots that are shown. Lock held. */
bool reader_take_event(struct reader *reader, CK_SLOT_ID *ret_slot);

#endif

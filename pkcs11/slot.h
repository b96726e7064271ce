/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SLOT_H
#define PKCS11_SLOT_H

#include <stdbool.h>
#include <stdint.h>
#include "pkcs11/cryptoki.h"
#include "token/status.h"

/*
 * A reader as PKCS#11 sees it: two slots, one for each key of the card, and the
 * sessions on that card. All of it under the lock of the reader's token, and
 * brought up to date with the token by sync_reader (session.h).
 */

#define GONE_CARDS 4
#define CARDS_KNOWN 32 /* whose objects get the handles that they had */
#define OBJECT_ID_SIZE 16
#define SESSION_BUCKETS 8192

struct reader;
struct session;

/* The kinds of objects that a slot may have, one of each at most. */
enum object_kind {
    OBJECT_CERTIFICATE,
    OBJECT_PUBLIC_KEY,
    OBJECT_PRIVATE_KEY,
    OBJECT_CA_CERTIFICATE,
    OBJECT_PROFILE,          /* CKP_PUBLIC_CERTIFICATES_TOKEN */
    OBJECT_BASELINE_PROFILE, /* CKP_BASELINE_PROVIDER */
    OBJECT_STATUS,
    OBJECT_KINDS,
};

/* An object that was seen since C_Initialize. */
struct known_object {
    CK_OBJECT_HANDLE handle; /* 0: none */
    uint8_t id[OBJECT_ID_SIZE];
};

/* A slot, its token and its objects. */
struct slot {
    CK_SLOT_ID id; /* stable for the life of the process */
    struct reader *reader;
    struct token *token;
    const struct jpki_role *role;
    unsigned events; /* of the token, that C_WaitForSlotEvent told of */

    CK_ULONG sessions, rw_sessions;

    /* Of the key, that objects and operations are up to date with. */
    unsigned logins, pin_changes;

    char status[STATUS_JSON_MAX];           /* "" until the first search */
    CK_OBJECT_HANDLE objects[OBJECT_KINDS]; /* 0: not to be seen now */
    /* Of each kind, the last one seen first. */
    struct known_object known[OBJECT_KINDS][CARDS_KNOWN];
};

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

#define HANDLE_READER_BITS 5

/*
 * A handle for a session or object of the reader at INDEX, never given out
 * twice in a process, not even across C_Finalize; CK_INVALID_HANDLE when all
 * are used up. No lock needed.
 */
CK_ULONG handle_new(unsigned index);
/* The index of the reader that HANDLE would belong to. No lock needed. */
unsigned handle_reader(CK_ULONG handle);

/* The slot's key on its token, which the lock guards. No lock needed. */
const struct token_key *slot_key(const struct slot *slot);

#endif

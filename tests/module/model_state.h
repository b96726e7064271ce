/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_MODEL_STATE_H
#define TESTS_MODULE_MODEL_STATE_H

#include <stdbool.h>

#include "pkcs11/cryptoki.h"

/* What the model of the module (model.h) knows. */

#define MODEL_TEXT 32 /* a PIN with its NUL; "" is none where one is held */
#define MODEL_WRONG 8 /* as many as are remembered */
#define MODEL_RECENT 8
#define MODEL_SESSIONS 3

/* The section [pin] of the configuration. */
struct model_rules {
    enum { MODEL_ASK, MODEL_EVERY, MODEL_ONCE } signature_pin;
    bool fold_case, remember_wrong, spare_last;
};

struct model_session {
    CK_SESSION_HANDLE handle; /* 0: not open */
    bool rw;
    bool signing;         /* between C_SignInit and the signature */
    bool parts;           /* C_SignUpdate was called */
    char pin[MODEL_TEXT]; /* of the log-in for this signature */
    bool needs_pin;       /* the program showed that it asks for one */
};

/* A PIN that the card refused, and when it was refused unsent, if it was. */
struct model_wrong {
    char pin[MODEL_TEXT]; /* as the card got it */
    bool unsent;
    long unsent_at;
};

/*
 * The rule about two cards: a PIN that one has just accepted, or that was
 * offered to its session after it was gone, is refused once by each slot of
 * another.
 */
struct model_recent {
    char pin[MODEL_TEXT];
    int person;
    long at;
    bool refused[2]; /* by role */
};

struct model_slot {
    struct model_session sessions[MODEL_SESSIONS];
    bool logged_in;
    char held[MODEL_TEXT]; /* since C_Login */
    struct model_wrong wrong[MODEL_WRONG];
    size_t wrong_next;
    char accepted[MODEL_TEXT]; /* by the card, last; "": none */
    bool has_refused;          /* a PIN was just refused without being sent: */
    char refused[MODEL_TEXT];  /* this one, as the program gave it */
    bool seen_any;             /* the counter was seen: */
    unsigned seen;

    /* The card. */
    unsigned max;
    char pin[MODEL_TEXT];
    unsigned left, verifies, wrongs, changes, signatures;
};

struct model {
    struct model_rules rules;
    int person; /* the holder of the card in the reader */
    long now;   /* milliseconds */
    struct model_recent recent[MODEL_RECENT];
    size_t recent_next;
    struct model_slot slots[2]; /* AUTH and SIGN of support.h */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_MODEL_H
#define TESTS_MODULE_MODEL_H

#include <stdbool.h>

#include "pkcs11/cryptoki.h"

/*
 * What docs/design.md sections 3 and 4 allow, written down a second time and
 * without a line of the module: for each call the answer, and what it costs on
 * the card. One card with both key pairs, two slots, a few sessions on each.
 */

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

/* A fresh card of PERSON with its first PINs. */
void model_insert(struct model *model, int person, const char *auth_pin,
    const char *sign_pin);
/* PIN was offered to a session of the card that is not in any more. */
void model_dead_session(struct model *model, int role, const char *pin);
/* C_Finalize and C_Initialize with RULES. */
void model_restart(struct model *model, const struct model_rules *rules);

/* The counter of ROLE was asked, says the card. */
void model_see(struct model *model, int role);
/* The flags of C_GetTokenInfo that tell of the counter. */
CK_FLAGS model_pin_flags(const struct model *model, int role);

/* C_CloseSession of SESSION. */
void model_close(struct model *model, int role, struct model_session *session);

CK_RV model_login(struct model *model, int role, const char *pin);
CK_RV model_login_context(struct model *model, int role,
    struct model_session *session, const char *pin);
/* CKA_ALWAYS_AUTHENTICATE of ROLE's key was read. */
void model_read_attribute(struct model *model, int role);
CK_RV model_logout(struct model *model, int role);
CK_RV model_set_pin(struct model *model, int role,
    const struct model_session *session, const char *old_pin,
    const char *new_pin);

CK_RV model_sign_init(
    struct model *model, int role, struct model_session *session);
void model_sign_cancel(struct model_session *session);
CK_RV model_sign_update(struct model_session *session);
/* C_Sign, or with FINAL C_SignFinal, into ROOM bytes; ROOM 0 is no buffer. */
CK_RV model_sign(struct model *model, int role, struct model_session *session,
    bool final, CK_ULONG room);

/* What another program does to the card: VERIFY, and then a new PIN. */
bool model_others_verify(struct model *model, int role, const char *pin);
void model_others_change(struct model *model, int role, const char *new_pin);

#endif

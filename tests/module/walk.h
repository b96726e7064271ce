/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_WALK_H
#define TESTS_MODULE_WALK_H

#include "tests/module/model.h"
#include "tests/module/support.h"

/*
 * A program at random: calls of the module on the slot of a role and one of its
 * sessions, each compared with what the model says of it.
 */

#define WALK_PIECE 16
#define WALK_DATA_MAX (8 * WALK_PIECE)

/* What a session signs. */
struct walk_paper {
    size_t mechanism, len;
    CK_BYTE data[WALK_DATA_MAX];
};

struct walk {
    uint64_t random; /* where the course is */
    int reader;
    struct model model;
    struct walk_paper papers[2][MODEL_SESSIONS];
    CK_OBJECT_HANDLE keys[2]; /* of the last log-in */
    uint8_t certs[2][4096];
    size_t cert_lens[2];
    unsigned queries[2];       /* the ledger's, after the last step */
    bool guessing;             /* the person does not know the PIN */
    char typed[2][MODEL_TEXT]; /* the last that was not right */
    unsigned long signatures;
};

extern struct walk walk;

/* A number below N. */
unsigned walk_below(unsigned n);
bool walk_chance(unsigned percent);
#define WALK_PICK(array) ((array)[walk_below(sizeof(array) / sizeof *(array))])

struct model_slot *walk_slot(int role);
/* A session of ROLE that is open or, rarely, one that is not. */
size_t walk_any_session(int role);

/* A step: something with session I of ROLE. */
typedef void walk_step(int role, size_t i);

walk_step walk_open, walk_close, walk_close_all;
walk_step walk_login, walk_login_context, walk_logout, walk_set_pin;
walk_step walk_sign_init, walk_sign_cancel, walk_sign_update, walk_sign;
walk_step walk_look_at_token, walk_look_at_session, walk_read_attribute;

#endif

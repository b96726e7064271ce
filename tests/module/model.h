/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_MODEL_H
#define TESTS_MODULE_MODEL_H

#include "tests/module/modelstate.h"

/*
 * What docs/design.md sections 3 and 4 allow, written down a second time and
 * without a line of the module: for each call the answer, and what it costs on
 * the card. One card with both key pairs, two slots, a few sessions on each.
 */

/* A fresh card of PERSON with its first PINs. */
void model_insert(struct model *model, int person, const char *auth_pin,
    const char *sign_pin);
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

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_PIN_RULES_H
#define PKCS11_PIN_RULES_H

#include "pkcs11/call.h"
#include "token/pin_history.h"

/*
 * The PIN rules before a PIN is sent to the card, and after. All with the
 * reader claimed, and its lock held.
 */

/* A PIN that a program gives, and the digests to remember it by. */
struct pin_attempt {
    struct pin *pin;               /* of the right form; the caller's */
    uint8_t raw[PIN_DIGEST_SIZE];  /* of the bytes that the program gave */
    uint8_t sent[PIN_DIGEST_SIZE]; /* of those that the card would get */
};

/*
 * Takes LEN bytes of TEXT for a PIN of SLOT's role (rule 1). Where they have
 * not its form: CKR_PIN_INCORRECT, and CKR_FUNCTION_FAILED for the same bytes
 * again (rule 4). CKR_HOST_MEMORY. RET_ATTEMPT goes to pin_attempt_done either
 * way.
 */
CK_RV pin_attempt_make(struct slot *slot, const CK_BYTE *text, CK_ULONG len,
    struct pin_attempt *ret_attempt);
/* Wipes it; the PIN is freed. */
void pin_attempt_done(struct pin_attempt *attempt);

/*
 * May the PIN be sent (rule 3)? CKR_PIN_INCORRECT and CKR_FUNCTION_FAILED as
 * above where this card refused it before, or another card has just taken it.
 * To find out the card may be asked for its retry counter: RET_ERR is what it
 * answered, and where that is not TOK_OK nothing is to be sent.
 */
CK_RV pin_attempt_check(struct call *call, const struct pin_attempt *attempt,
    enum tok_err *ret_err);

/* Notes what became of the PIN, and the retry counter. */
void pin_attempt_note(struct slot *slot, const struct pin_attempt *attempt,
    const struct verify_result *result);

/* The same for a PIN that this card accepted before and that was held. */
void pin_held_note(struct slot *slot, const struct pin *pin,
    const struct verify_result *result);

/*
 * The PIN of SLOT was changed by this process to PIN; NULL where it is not
 * known whether it was.
 */
void pin_change_note(struct slot *slot, const struct pin *pin);

/*
 * For a PIN that was offered to a session of the card with SERIAL, which is
 * gone: it is not sent to another card within two seconds. Lock not needed.
 */
void pin_dead_session_note(
    const char serial[PIN_HISTORY_SERIAL], const CK_BYTE *text, CK_ULONG len);

/* Says in the log why ERR kept a PIN of SLOT from being sent, and what to do.
 */
void pin_refusal_log(const struct slot *slot, enum tok_err err);

#endif

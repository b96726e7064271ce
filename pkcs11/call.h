/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_CALL_H
#define PKCS11_CALL_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/session.h"
#include "pkcs11/slot.h"

/*
 * The frame of every entry point: is the module initialised, and in this
 * process? Which slot, which session? The lock of the reader's token, the trace
 * line. An entry names what it needs in one line, and ends with call_leave.
 */
struct call {
    const char *name;
    bool entered;
    int cancel_state;      /* the host's, for cancel_restore */
    struct reader *reader; /* its token is locked; or NULL */
    struct slot *slot;
    struct session *session;
    CK_SESSION_HANDLE handle; /* 0: not by session */
};

/* What an entry needs beyond an initialised module. */
enum call_need {
    NEED_NOTHING, /* of the card: only the state is read */
    NEED_STATE,   /* whether the card is still there is asked */
    NEED_TOKEN,   /* a recognised JPKI card */
};

/*
 * Thread cancellation. A thread that ended in the middle of a call would leave
 * locks held, the card verified and its transaction open, so each entry defers
 * a pthread_cancel to its own end. There it takes effect, because a host may
 * have no other cancellation point in its loop.
 */

/* Returns the host's cancellation state, for cancel_restore. */
int cancel_defer(void);
/*
 * Restores STATE. Where that allows it, a pending pthread_cancel ends the
 * thread here: no lock held, no call counted in.
 */
void cancel_restore(int state);

/* For functions of the module itself; no reader is locked. */
CK_RV call_enter(struct call *call, const char *name);

/*
 * CKR_SLOT_ID_INVALID, also for what the configuration leaves out, and what
 * recognise answers for NEED_TOKEN. CKR_TOKEN_NOT_PRESENT with call.slot set,
 * and no reader, for a slot that still waits for the first reader.
 */
CK_RV call_enter_slot(struct call *call, const char *name, CK_SLOT_ID slot_id,
    enum call_need need) ASSERT_CAPABILITY(token_held);

/* CKR_SESSION_HANDLE_INVALID, and what recognise answers for NEED_TOKEN. */
CK_RV call_enter_session(struct call *call, const char *name,
    CK_SESSION_HANDLE handle, enum call_need need)
    ASSERT_CAPABILITY(token_held);

/*
 * Ends the frame, whatever the enter function said; returns RV. A
 * pthread_cancel since call_enter takes effect here at the earliest.
 */
CK_RV call_leave(struct call *call, CK_RV rv);

/*
 * Lets a pending pthread_cancel end the thread and the call, within a frame of
 * call_enter that holds nothing else.
 */
void call_test_cancel(struct call *call);

/*
 * Brings the reader up to date and finds the session again, which may have
 * ended while the lock was let go: CKR_SESSION_HANDLE_INVALID. CKR_OK for a
 * call without a session.
 */
CK_RV call_find_session(struct call *call) TOKEN_LOCKED;

/*
 * What the call answers after a function of token/ that let the lock go and
 * returned ERR; the session is found again whatever that is.
 */
CK_RV call_result(struct call *call, enum tok_err err) TOKEN_LOCKED;

/* recognise within a call: its errors as those of a slot. */
CK_RV call_recognise(struct call *call) TOKEN_LOCKED;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_CALL_H
#define PKCS11_CALL_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/reader.h"
#include "pkcs11/session.h"
#include "pkcs11/slot.h"

/*
 * The frame of every entry point: is the module initialised, and in this
 * process? Which slot, which session? The reader's lock, the trace line. An
 * entry names what it needs in one line, and ends with call_leave.
 */
struct call {
    const char *name;
    bool entered;
    int cancel_state;      /* the host's; see cancel.h */
    struct reader *reader; /* locked, or NULL */
    struct slot *slot;
    struct session *session;
    bool by_session;
    CK_SESSION_HANDLE handle; /* where it is by session */
};

/* What an entry needs beyond an initialised module. */
enum call_need {
    NEED_NOTHING, /* of the card: only the state is read */
    NEED_LOOK,    /* to know whether the card is still there */
    NEED_TOKEN,   /* an identified JPKI card */
};

/* For functions of the module itself; no reader is locked. */
CK_RV call_enter(struct call *call, const char *name);

/* CKR_SLOT_ID_INVALID, and what reader_identify says for NEED_TOKEN. */
CK_RV call_enter_slot(struct call *call, const char *name, CK_SLOT_ID slot_id,
    enum call_need need);

/* CKR_SESSION_HANDLE_INVALID, and what reader_identify says for NEED_TOKEN. */
CK_RV call_enter_session(struct call *call, const char *name,
    CK_SESSION_HANDLE handle, enum call_need need);

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
 * reader_claim and reader_unclaim within a call: the session is found again, or
 * CKR_SESSION_HANDLE_INVALID says that it ended meanwhile; call_claim then has
 * claimed nothing. call_unclaim turns ERR into what the call shall answer.
 */
CK_RV call_claim(struct call *call);
CK_RV call_unclaim(struct call *call, enum tok_err err);

/*
 * Finds the session again, which may have ended while the lock was let go:
 * CKR_SESSION_HANDLE_INVALID. CKR_OK for a call without a session.
 */
CK_RV call_find_session(struct call *call);

/*
 * Asks the card for the slot's retry counter where what is known of it is older
 * than five seconds and asking costs no waiting: no thread is busy with the
 * card, a connection to it is open, which it is from the first time that a
 * session used the card, and no other program has a transaction or the reader
 * to itself. Else, and where there is no PIN to ask for, what is known has to
 * do. What may be waited for all the same: see link_begin_no_wait. The lock is
 * let go meanwhile: the caller finds its session again.
 */
void call_refresh_counter(struct call *call);

/*
 * reader_offers_pss within a call, and call_find_session.
 */
CK_RV call_ask_pss(struct call *call, bool *ret_offered);

#endif

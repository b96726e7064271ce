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
    struct reader *reader; /* locked, or NULL */
    struct slot *slot;
    struct session *session;
    CK_SESSION_HANDLE handle;
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

/* Ends the frame, whatever the enter function said; returns RV. */
CK_RV call_leave(struct call *call, CK_RV rv);

/*
 * reader_claim and reader_unclaim within a call: the session is found again, or
 * CKR_SESSION_HANDLE_INVALID says that it ended meanwhile; call_claim then has
 * claimed nothing. call_unclaim turns ERR into what the call shall answer.
 */
CK_RV call_claim(struct call *call);
CK_RV call_unclaim(struct call *call, enum tok_err err);

#endif

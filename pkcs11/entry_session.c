/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pkcs11/call.h"

/* Session management (PKCS #11 5.6), but for log-in and PIN. */

/*
 * The session is there before the card is asked, so that the connection made
 * for that is kept for it.
 */
static TOKEN_LOCKED CK_RV open_session(
    struct call *call, bool rw, CK_SESSION_HANDLE *ret_handle)
{
    struct token *token = call->reader->token;
    uint64_t epoch = token->epoch;
    CK_SESSION_HANDLE handle;
    struct session *session;
    CK_RV rv;

    if (!token->present)
        return CKR_TOKEN_NOT_PRESENT;
    rv = session_open(call->slot, rw, &handle);
    if (rv != CKR_OK)
        return rv;
    rv = call_recognise(call);
    session = session_find(call->reader, handle);
    /* Closed by another thread meanwhile, it is as if that came after. */
    if (rv == CKR_OK && !token_is_epoch(token, epoch))
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK) {
        *ret_handle = handle;
    } else if (session) {
        session_close(session);
        token_drop_idle(token);
    }
    return rv;
}

/*
 * Notifications are never sent: the standard asks for none, and they would run
 * the program's code inside our calls.
 */
CK_RV C_OpenSession(CK_SLOT_ID slot_id, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    (void)application;
    (void)notify;
    if (rv == CKR_OK && !session)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK && !(flags & CKF_SERIAL_SESSION))
        rv = CKR_SESSION_PARALLEL_NOT_SUPPORTED;
    if (rv == CKR_OK)
        rv = open_session(&call, flags & CKF_RW_SESSION, session);
    return call_leave(&call, rv);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK) {
        session_close(call.session);
        token_drop_idle(call.reader->token);
    }
    return call_leave(&call, rv);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slot_id)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_NOTHING);

    if (rv == CKR_OK) {
        session_close_all(call.slot);
        token_drop_idle(call.reader->token);
    }
    return call_leave(&call, rv);
}

/* Computed, never stored (PKCS #11 5.6.5). */
static void fill_info(const struct session *session, CK_SESSION_INFO *ret_info)
{
    bool user = slot_key(session->slot)->logged_in;

    memset(ret_info, 0, sizeof *ret_info);
    ret_info->slotID = session->slot->id;
    ret_info->flags = CKF_SERIAL_SESSION | (session->rw ? CKF_RW_SESSION : 0);
    if (session->rw)
        ret_info->state = user ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION;
    else
        ret_info->state = user ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION;
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        fill_info(call.session, info);
    return call_leave(&call, rv);
}

/* What is named but not active is not missed (PKCS #11 3.0, 5.6.10). */
CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags)
{
    static const struct {
        CK_FLAGS flag;
        enum op_kind kind;
    } ops[] = {
        {CKF_DIGEST, OP_DIGEST}, {CKF_SIGN, OP_SIGN}, {CKF_VERIFY, OP_VERIFY}};
    struct call call;
    size_t i;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK) {
        for (i = 0; i < sizeof ops / sizeof *ops; i++)
            if (flags & ops[i].flag)
                session_end_op(call.session, ops[i].kind);
        if (flags & CKF_FIND_OBJECTS)
            call.session->find.active = false;
    }
    return call_leave(&call, rv);
}

/* An operation's state holds what is to be signed: it stays here. */
CK_RV C_GetOperationState(
    CK_SESSION_HANDLE session, unsigned char *state, CK_ULONG *state_len)
{
    struct call call;
    bool active = false;
    int kind;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    (void)state;
    if (rv == CKR_OK && !state_len)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK) {
        for (kind = 0; kind < OP_KINDS; kind++)
            active |= call.session->ops[kind] != NULL;
        rv = active ? CKR_STATE_UNSAVEABLE : CKR_OPERATION_NOT_INITIALIZED;
    }
    return call_leave(&call, rv);
}

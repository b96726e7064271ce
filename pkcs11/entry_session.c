/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"
#include "pkcs11/login.h"

/* Session management (PKCS #11 5.6). */

/*
 * The session is there before the card is asked, so that the connection made
 * for that is kept for it.
 */
static CK_RV open_session(
    struct call *call, bool rw, CK_SESSION_HANDLE *ret_handle)
{
    CK_SESSION_HANDLE handle;
    struct session *session;
    CK_RV rv;

    if (!call->reader->present)
        return CKR_TOKEN_NOT_PRESENT;
    rv = session_open(call->slot, rw, &handle);
    if (rv != CKR_OK)
        return rv;
    rv = reader_identify(call->reader, JPKI_ROLES);
    session = session_find(call->reader, handle);
    if (rv == CKR_OK && !session)
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK)
        *ret_handle = handle;
    else if (session)
        session_close(session);
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
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_LOOK);

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

/* Gives the connection up if no session is left to keep it for. */
static void drop_idle_connection(struct reader *reader)
{
    if (reader->sessions)
        return;
    reader_claim(reader);
    reader_unclaim(reader, TOK_OK);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK) {
        session_close(call.session);
        drop_idle_connection(call.reader);
    }
    return call_leave(&call, rv);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slot_id)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_NOTHING);

    if (rv == CKR_OK) {
        session_close_all(call.slot);
        drop_idle_connection(call.reader);
    }
    return call_leave(&call, rv);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE session, CK_SESSION_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_LOOK);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        session_info(call.session, info);
    return call_leave(&call, rv);
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    unsigned char *pin, CK_ULONG pin_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    if (rv == CKR_OK && user_type == CKU_USER)
        rv = login_user(&call, pin, pin_len);
    else if (rv == CKR_OK && user_type == CKU_CONTEXT_SPECIFIC)
        rv = login_context(&call, pin, pin_len);
    else if (rv == CKR_OK)
        rv = CKR_USER_TYPE_INVALID;
    return call_leave(&call, rv);
}

/* Nothing to send: between two calls the card is always logged out. */
CK_RV C_Logout(CK_SESSION_HANDLE session)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_LOOK);

    if (rv == CKR_OK && !call.slot->logged_in)
        rv = CKR_USER_NOT_LOGGED_IN;
    if (rv == CKR_OK)
        slot_log_out(call.slot);
    return call_leave(&call, rv);
}

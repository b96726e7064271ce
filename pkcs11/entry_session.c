/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"
#include "pkcs11/entry.h"
#include "pkcs11/login.h"

/* Session management (PKCS #11 5.6). */

/*
 * Gives the connection up if no session is left to keep it for. Whoever is busy
 * with the card does so when that is done, and is not waited for: a card may
 * never answer.
 */
static void drop_idle_connection(struct reader *reader)
{
    if (reader->sessions || reader->busy)
        return;
    reader_claim(reader);
    reader_unclaim(reader, TOK_OK);
}

/*
 * The session is there before the card is asked, so that the connection made
 * for that is kept for it.
 */
static CK_RV open_session(
    struct call *call, bool rw, CK_SESSION_HANDLE *ret_handle)
{
    uint64_t card = call->reader->card_number;
    CK_SESSION_HANDLE handle;
    struct session *session;
    CK_RV rv;

    if (!call->reader->present)
        return CKR_TOKEN_NOT_PRESENT;
    rv = session_open(call->slot, rw, &handle);
    if (rv != CKR_OK)
        return rv;
    rv = reader_identify(call->reader);
    session = session_find(call->reader, handle);
    /* Closed by another thread meanwhile, it is as if that came after. */
    if (rv == CKR_OK && call->reader->card_number != card)
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK) {
        *ret_handle = handle;
    } else if (session) {
        session_close(session);
        drop_idle_connection(call->reader);
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

CK_RV C_SetOperationState(CK_SESSION_HANDLE session, unsigned char *state,
    CK_ULONG state_len, CK_OBJECT_HANDLE encryption_key,
    CK_OBJECT_HANDLE authentication_key)
{
    (void)state_len;
    (void)encryption_key;
    (void)authentication_key;
    return entry_refuse(
        __func__, session, state ? CKR_SAVED_STATE_INVALID : CKR_ARGUMENTS_BAD);
}

static CK_RV dispatch_login(struct call *call, CK_USER_TYPE user_type,
    const CK_BYTE *pin, CK_ULONG pin_len)
{
    switch (user_type) {
    case CKU_USER:
        return login_user(call, pin, pin_len);
    case CKU_CONTEXT_SPECIFIC:
        return login_context(call, pin, pin_len);
    default:
        return CKR_USER_TYPE_INVALID;
    }
}

/* The log-in of a call whose session was entered with RV. */
static CK_RV login(struct call *call, CK_RV rv, CK_USER_TYPE user_type,
    const CK_BYTE *pin, CK_ULONG pin_len)
{
    if (rv == CKR_OK)
        rv = dispatch_login(call, user_type, pin, pin_len);
    login_dead_session(call, pin, pin_len);
    if (rv != CKR_OK && user_type == CKU_CONTEXT_SPECIFIC)
        login_context_failed(call);
    return rv;
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    unsigned char *pin, CK_ULONG pin_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    return call_leave(&call, login(&call, rv, user_type, pin, pin_len));
}

/* The card knows one user, and no names. */
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *username,
    CK_ULONG username_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    (void)username;
    if (rv == CKR_OK && username_len > 0)
        rv = CKR_ARGUMENTS_BAD;
    return call_leave(&call, login(&call, rv, user_type, pin, pin_len));
}

CK_RV C_SetPIN(CK_SESSION_HANDLE session, unsigned char *old_pin,
    CK_ULONG old_len, unsigned char *new_pin, CK_ULONG new_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    if (rv == CKR_OK)
        rv = login_set_pin(&call, old_pin, old_len, new_pin, new_len);
    login_dead_session(&call, old_pin, old_len);
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

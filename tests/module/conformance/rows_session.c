/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* Session management (PKCS #11 5.6), but for logging in. */

static bool gave_session(struct fixture *f)
{
    CK_SESSION_INFO info;

    return f->list->C_GetSessionInfo(f->number, &info) == CKR_OK &&
           info.slotID == f->slot;
}

static bool is_closed(struct fixture *f)
{
    CK_SESSION_INFO info;

    return f->list->C_GetSessionInfo(f->session, &info) ==
           CKR_SESSION_HANDLE_INVALID;
}

/* The last session of a slot takes its log-in with it (5.6.2). */
static bool has_logged_out(struct fixture *f)
{
    CK_SESSION_INFO info;

    return is_closed(f) &&
           f->list->C_OpenSession(f->slot, CKF_SERIAL_SESSION, NULL, NULL,
               &f->session) == CKR_OK &&
           f->list->C_GetSessionInfo(f->session, &info) == CKR_OK &&
           info.state == CKS_RO_PUBLIC_SESSION;
}

/* The log-in and the other sessions of the slot live on. */
static bool is_still_logged_in(struct fixture *f)
{
    CK_SESSION_INFO info;

    return f->list->C_GetSessionInfo(f->session, &info) == CKR_OK &&
           info.state == CKS_RO_USER_FUNCTIONS;
}

static bool is_in(const struct fixture *f, CK_STATE state, CK_FLAGS flags)
{
    CK_SESSION_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.state == state && info.slotID == f->slot && info.flags == flags;
}

static bool is_public(struct fixture *f)
{
    return is_in(f, CKS_RO_PUBLIC_SESSION, CKF_SERIAL_SESSION);
}

static bool is_public_rw(struct fixture *f)
{
    return is_in(f, CKS_RW_PUBLIC_SESSION, RW_FLAGS);
}

static bool is_user(struct fixture *f)
{
    return is_in(f, CKS_RO_USER_FUNCTIONS, CKF_SERIAL_SESSION);
}

static bool is_user_rw(struct fixture *f)
{
    return is_in(f, CKS_RW_USER_FUNCTIONS, RW_FLAGS);
}

static CK_RV ignore(
    CK_SESSION_HANDLE session, CK_NOTIFICATION event, void *application)
{
    (void)session;
    (void)event;
    (void)application;
    return CKR_OK;
}

static CK_RV open_with_notify(struct fixture *f)
{
    return f->list->C_OpenSession(
        f->slot, CKF_SERIAL_SESSION, f, ignore, &f->number);
}

static const struct row rows[] = {
    ROW(C_OpenSession, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(4, NIL))),
    ROW(C_OpenSession, NULL_ILLEGAL, "nor a card", EMPTY, CKR_ARGUMENTS_BAD,
        WITH(SET(4, NIL))),
    ROW(C_OpenSession, NULL_ILLEGAL, "nor the serial flag", READY,
        CKR_ARGUMENTS_BAD, WITH(NUM(1, 0), SET(4, NIL))),
    ROW(C_OpenSession, NULL_LEGAL, "neither notify nor application", READY,
        CKR_OK, COSTS(ASKS), .then = gave_session),
    ROW(C_OpenSession, NULL_LEGAL, "an application without notify", READY,
        CKR_OK, WITH(SET(2, SOMETHING)), COSTS(ASKS), .then = gave_session),
    ROW(C_OpenSession, BAD_SLOT, "nowhere to write either", READY,
        CKR_SLOT_ID_INVALID, WITH(NUM(0, 2), SET(4, NIL))),
    ROW(C_OpenSession, WRONG_STATE, "no card", EMPTY, CKR_TOKEN_NOT_PRESENT),
    ROW(C_OpenSession, WRONG_STATE, "a foreign card", FOREIGN,
        CKR_TOKEN_NOT_RECOGNIZED, COSTS(ASKS)),
    ROW(C_OpenSession, WRONG_STATE, "a card taken out", USER,
        CKR_TOKEN_NOT_PRESENT, FIRST(take_card_out)),
    ROW(C_OpenSession, BAD_ARGUMENT, "no flags", READY,
        CKR_SESSION_PARALLEL_NOT_SUPPORTED, WITH(NUM(1, 0))),
    ROW(C_OpenSession, BAD_ARGUMENT, "R/W and not serial", READY,
        CKR_SESSION_PARALLEL_NOT_SUPPORTED, WITH(NUM(1, CKF_RW_SESSION))),
    ROW(C_OpenSession, SUCCEEDS, "R/O", READY, CKR_OK, COSTS(ASKS),
        .then = gave_session),
    ROW(C_OpenSession, SUCCEEDS, "R/W", READY, CKR_OK, WITH(NUM(1, RW_FLAGS)),
        COSTS(ASKS), .then = gave_session),
    ROW(C_OpenSession, SUCCEEDS, "with notify", READY, CKR_OK, COSTS(ASKS),
        .call = open_with_notify, .then = gave_session),
    ROW(C_OpenSession, SUCCEEDS, "one more while logged in", USER, CKR_OK,
        .then = gave_session),
    ROW(C_OpenSession, SUCCEEDS, "on the other slot", USER, CKR_OK,
        WITH(NUM(0, SIGN)), COSTS(ASKS), .then = is_still_logged_in),
    ROW(C_OpenSession, SUCCEEDS, "no certificate issued", NOT_ISSUED, CKR_OK),

    ROW(C_CloseSession, SUCCEEDS, "the last", PUBLIC, CKR_OK,
        .then = is_closed),
    ROW(C_CloseSession, SUCCEEDS, "logged in", USER, CKR_OK,
        .then = has_logged_out),
    ROW(C_CloseSession, SUCCEEDS, "during a signature", USER, CKR_OK,
        FIRST(begin_sign, add_sign), .then = is_closed),
    ROW(C_CloseSession, SUCCEEDS, "during a search", PUBLIC, CKR_OK,
        FIRST(begin_find), .then = is_closed),
    ROW(C_CloseSession, SUCCEEDS, "of the other slot", USER, CKR_OK,
        FIRST(open_other), WITH(SET(0, OTHER_SESSION)),
        .then = is_still_logged_in),

    ROW(C_CloseAllSessions, SUCCEEDS, "none", READY, CKR_OK),
    ROW(C_CloseAllSessions, SUCCEEDS, "none, no card", EMPTY, CKR_OK),
    ROW(C_CloseAllSessions, SUCCEEDS, "one, logged in", SIGN_USER, CKR_OK,
        .then = has_logged_out),
    ROW(C_CloseAllSessions, SUCCEEDS, "one", PUBLIC, CKR_OK, .then = is_closed),
    ROW(C_CloseAllSessions, SUCCEEDS, "two, logged in", USER, CKR_OK,
        FIRST(open_rw), .then = has_logged_out),
    ROW(C_CloseAllSessions, SUCCEEDS, "during a signature", USER, CKR_OK,
        FIRST(begin_sign), .then = is_closed),
    ROW(C_CloseAllSessions, SUCCEEDS, "of the other slot", USER, CKR_OK,
        FIRST(open_other), WITH(NUM(0, SIGN)), .then = is_still_logged_in),

    ROW(C_GetSessionInfo, NULL_ILLEGAL, "nowhere to write", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    ROW(C_GetSessionInfo, BAD_HANDLE, "nowhere to write either", PUBLIC,
        CKR_SESSION_HANDLE_INVALID, WITH(SET(0, CLOSED), SET(1, NIL))),
    PULLED(
        C_GetSessionInfo, USER, CKR_SESSION_HANDLE_INVALID, FIRST(pull_card)),
    ROW(C_GetSessionInfo, SUCCEEDS, "R/O", PUBLIC, CKR_OK, .then = is_public),
    ROW(C_GetSessionInfo, SUCCEEDS, "R/W", PUBLIC_RW, CKR_OK,
        .then = is_public_rw),
    ROW(C_GetSessionInfo, SUCCEEDS, "R/O, logged in", USER, CKR_OK,
        .then = is_user),
    ROW(C_GetSessionInfo, SUCCEEDS, "R/W, logged in", USER_RW, CKR_OK,
        .then = is_user_rw),
    ROW(C_GetSessionInfo, SUCCEEDS, "R/O, logged out", USER, CKR_OK,
        FIRST(log_out), .then = is_public),
    ROW(C_GetSessionInfo, SUCCEEDS, "sign, logged in", SIGN_USER, CKR_OK,
        .then = is_user),

    ROW(C_GetOperationState, NULL_ILLEGAL, "no length", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    ROW(C_GetOperationState, NULL_ILLEGAL, "no length, during a digest", PUBLIC,
        CKR_ARGUMENTS_BAD, FIRST(begin_digest), WITH(SET(2, NIL))),
    ROW(C_GetOperationState, SIZE_QUERY, "during a digest", PUBLIC,
        CKR_STATE_UNSAVEABLE, FIRST(begin_digest), WITH(SET(1, NIL)), ROOM(0)),
    ROW(C_GetOperationState, SIZE_QUERY, "of no operation", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, WITH(SET(1, NIL)), ROOM(0)),
    ROW(C_GetOperationState, WRONG_STATE, "no operation", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED),
    ROW(C_GetOperationState, WRONG_STATE, "a digest given up", PUBLIC,
        CKR_OPERATION_NOT_INITIALIZED, FIRST(begin_digest, cancel_digest)),
    ROW(C_GetOperationState, WRONG_STATE, "during a digest", PUBLIC,
        CKR_STATE_UNSAVEABLE, FIRST(begin_digest)),
    ROW(C_GetOperationState, WRONG_STATE, "during a digest in parts", PUBLIC,
        CKR_STATE_UNSAVEABLE, FIRST(begin_digest, add_digest)),
    ROW(C_GetOperationState, WRONG_STATE, "during a signature", USER,
        CKR_STATE_UNSAVEABLE, FIRST(begin_sign)),
    ROW(C_GetOperationState, WRONG_STATE, "during a verification", PUBLIC,
        CKR_STATE_UNSAVEABLE, FIRST(begin_verify)),

    ROW(C_SetOperationState, NULL_ILLEGAL, "no state", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    ROW(C_SetOperationState, NULL_ILLEGAL, "no state of no length", PUBLIC,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL), NUM(2, 0))),
    ROW(C_SetOperationState, BAD_ARGUMENT, "any state", PUBLIC,
        CKR_SAVED_STATE_INVALID),
    ROW(C_SetOperationState, BAD_ARGUMENT, "an empty state", PUBLIC,
        CKR_SAVED_STATE_INVALID, WITH(NUM(2, 0))),
    ROW(C_SetOperationState, BAD_ARGUMENT, "any state and a key", USER,
        CKR_SAVED_STATE_INVALID, WITH(SET(4, KEY))),
    ROW(C_SetOperationState, BAD_ARGUMENT, "any state during a digest", PUBLIC,
        CKR_SAVED_STATE_INVALID, FIRST(begin_digest)),
};

const struct rows rows_session = ROWS(rows);

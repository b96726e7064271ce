/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pkcs11/call.h"
#include "pkcs11/rv.h"
#include "token/login.h"
#include "token/pin_rules.h"

/* Log-in and PIN (PKCS #11 5.5.8, 5.6.8). */

/* Pages of locked memory are few: no slot takes more than its share. */
#define SIGNATURE_PINS_MAX 256

/* What a PIN is given for, in one call. */
struct wait {
    struct call *call;
    uint64_t op_id; /* of the signature that it is for; 0: none */
};

/* The session again, and the signature that the PIN is for, if it is for one.
 */
static TOKEN_LOCKED CK_RV check_wait(
    const struct wait *wait, struct op **ret_op)
{
    CK_RV rv = call_find_session(wait->call);

    if (rv == CKR_OK && wait->op_id) {
        rv = session_op(wait->call->session, OP_SIGN, ret_op);
        if (rv == CKR_OK && (*ret_op)->id != wait->op_id)
            return CKR_OPERATION_NOT_INITIALIZED;
    }
    return rv;
}

static TOKEN_LOCKED bool is_waiting(void *arg)
{
    struct op *op;

    return check_wait(arg, &op) == CKR_OK;
}

/* What the call answers after ERR of a function of token/login.h. */
static TOKEN_LOCKED CK_RV result(const struct wait *wait, enum tok_err err)
{
    struct op *op;
    CK_RV rv = check_wait(wait, &op);

    if (err == TOK_POLICY)
        return CKR_FUNCTION_FAILED;
    return err == TOK_OK || err == TOK_CANCELLED ? rv : rv_from_tok(err);
}

static TOKEN_LOCKED CK_RV login_context(
    struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    struct wait wait = {call, 0};
    const struct token_caller caller = {.is_waiting = is_waiting, .arg = &wait};
    struct token *token = call->reader->token;
    enum jpki_role_id role = call->slot->role->id;
    struct pin *taken = NULL;
    struct op *op;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (!pin)
        return CKR_ARGUMENTS_BAD;
    if (rv != CKR_OK || !token_asks_each_time(token, role))
        return CKR_OPERATION_NOT_INITIALIZED;
    if (!op->pin && session_count_pins(call->slot) >= SIGNATURE_PINS_MAX)
        return CKR_HOST_MEMORY;
    wait.op_id = op->id;
    rv = result(
        &wait, login_for_signature(token, role, pin, len, &caller, &taken));
    if (rv == CKR_OK)
        rv = check_wait(&wait, &op);
    if (rv != CKR_OK) {
        pin_free(taken);
        return rv;
    }
    pin_free(op->pin);
    op->pin = taken;
    return CKR_OK;
}

static TOKEN_LOCKED CK_RV login_as(struct call *call, CK_USER_TYPE user_type,
    const CK_BYTE *pin, CK_ULONG pin_len)
{
    struct wait wait = {call, 0};
    const struct token_caller caller = {.is_waiting = is_waiting, .arg = &wait};

    if (user_type == CKU_CONTEXT_SPECIFIC)
        return login_context(call, pin, pin_len);
    if (user_type != CKU_USER)
        return CKR_USER_TYPE_INVALID;
    if (!pin)
        return CKR_ARGUMENTS_BAD;
    return result(&wait, login_user(call->reader->token, call->slot->role->id,
                             pin, pin_len, &caller));
}

/*
 * A context-specific log-in did not succeed, in whatever way: the signature
 * under way needs a PIN of its own. Through a session without one, all do.
 */
static TOKEN_LOCKED void require_pin(struct call *call)
{
    if (call->session && call->session->ops[OP_SIGN])
        call->session->ops[OP_SIGN]->needs_pin = true;
    else if (call->session)
        session_require_pin(
            call->slot, call->slot->objects[OBJECT_PRIVATE_KEY]);
}

/* For a PIN that was offered to a session whose card is gone. */
static void note_dead_session(
    const struct call *call, const CK_BYTE *pin, CK_ULONG len)
{
    const struct reader *reader = call->reader;
    size_t i;

    if (!reader || !pin || call->handle == CK_INVALID_HANDLE)
        return;
    for (i = 0; i < GONE_CARDS; i++)
        if (call->handle >= reader->gone[i].first &&
            call->handle <= reader->gone[i].last)
            pin_dead_session_note(
                reader->token->context, reader->gone[i].serial, pin, len);
}

/* C_Login and C_LoginUser: the card knows one user, and no names. */
static CK_RV login_session(const char *name, CK_SESSION_HANDLE session,
    CK_USER_TYPE user_type, const CK_BYTE *pin, CK_ULONG pin_len,
    CK_ULONG username_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, name, session, NEED_TOKEN);

    if (rv == CKR_OK && username_len > 0)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = login_as(&call, user_type, pin, pin_len);
    note_dead_session(&call, pin, pin_len);
    if (rv != CKR_OK && user_type == CKU_CONTEXT_SPECIFIC)
        require_pin(&call);
    return call_leave(&call, rv);
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    unsigned char *pin, CK_ULONG pin_len)
{
    return login_session(__func__, session, user_type, pin, pin_len, 0);
}

CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *username,
    CK_ULONG username_len)
{
    (void)username;
    return login_session(
        __func__, session, user_type, pin, pin_len, username_len);
}

static TOKEN_LOCKED CK_RV set_pin(struct call *call, const CK_BYTE *old_pin,
    CK_ULONG old_len, const CK_BYTE *new_pin, CK_ULONG new_len)
{
    struct wait wait = {call, 0};
    const struct token_caller caller = {.is_waiting = is_waiting, .arg = &wait};
    struct token *token = call->reader->token;
    const struct jpki_role *role = call->slot->role;

    if (!old_pin || !new_pin)
        return CKR_ARGUMENTS_BAD;
    if (!call->session->rw)
        return CKR_SESSION_READ_ONLY;
    if (!token_is_issued(token, role->id))
        return CKR_USER_PIN_NOT_INITIALIZED;
    if (new_len < role->pin_min || new_len > role->pin_max)
        return CKR_PIN_LEN_RANGE;
    return result(&wait, login_change_pin(token, role->id, old_pin, old_len,
                             new_pin, new_len, &caller));
}

CK_RV C_SetPIN(CK_SESSION_HANDLE session, unsigned char *old_pin,
    CK_ULONG old_len, unsigned char *new_pin, CK_ULONG new_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    if (rv == CKR_OK)
        rv = set_pin(&call, old_pin, old_len, new_pin, new_len);
    note_dead_session(&call, old_pin, old_len);
    return call_leave(&call, rv);
}

/* Nothing to send: between two calls the card is always logged out. */
CK_RV C_Logout(CK_SESSION_HANDLE session)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_STATE);

    if (rv == CKR_OK && !slot_key(call.slot)->logged_in)
        rv = CKR_USER_NOT_LOGGED_IN;
    if (rv == CKR_OK)
        session_log_out(call.slot);
    return call_leave(&call, rv);
}

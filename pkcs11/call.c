/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"

#include <pthread.h>
#include <string.h>

#include "conf/log.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "token/abilities.h"

int cancel_defer(void)
{
    int state = PTHREAD_CANCEL_ENABLE;

    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    return state;
}

void cancel_restore(int state)
{
    int deferred;

    (void)pthread_setcancelstate(state, &deferred);
    pthread_testcancel();
}

CK_RV call_enter(struct call *call, const char *name)
{
    CK_RV rv;

    memset(call, 0, sizeof *call);
    call->name = name;
    call->cancel_state = cancel_defer();
    rv = module_enter();
    call->entered = rv == CKR_OK;
    return rv;
}

/*
 * Takes the lock of READER's token, as the entry needs it. The analysis is told
 * by call_enter_slot and call_enter_session, whose entries end with call_leave.
 */
static NO_THREAD_SAFETY_ANALYSIS ASSERT_CAPABILITY(token_held) void lock_reader(
    struct call *call, struct reader *reader, enum call_need need)
{
    if (need >= NEED_STATE)
        token_refresh(reader->token);
    token_lock(reader->token);
    call->reader = reader;
    sync_reader(reader);
}

CK_RV call_recognise(struct call *call)
{
    enum tok_err err = recognise(call->reader->token, call->slot->role->id);
    CK_RV rv = call_result(call, TOK_OK);

    return err == TOK_OK ? rv : rv_from_tok_slot(err);
}

CK_RV call_enter_slot(struct call *call, const char *name, CK_SLOT_ID slot_id,
    enum call_need need)
{
    struct reader_state states[READERS_MAX];
    size_t count;
    enum jpki_role_id role = (enum jpki_role_id)(slot_id % JPKI_ROLES);
    const struct context *context;
    struct reader_list *list;
    struct reader *reader;
    CK_RV rv = call_enter(call, name);

    if (rv != CKR_OK)
        return rv;
    /* Java uses slot ids that it has from an earlier run, without a list. */
    context = module_context();
    list = module_readers();
    if (!reader_list_get(list, 0))
        reader_list_refresh(list, states, &count);
    reader = reader_list_get(list, slot_id / JPKI_ROLES);
    if (!context_shows(context, role) || (!reader && slot_id >= JPKI_ROLES) ||
        (reader && !context_wants_reader(context, reader->token->name)))
        return CKR_SLOT_ID_INVALID;
    call->slot = &list->items[slot_id / JPKI_ROLES].slots[role];
    if (!reader)
        return CKR_TOKEN_NOT_PRESENT;
    lock_reader(call, reader, need);
    return need >= NEED_TOKEN ? call_recognise(call) : CKR_OK;
}

CK_RV call_find_session(struct call *call)
{
    sync_reader(call->reader);
    if (call->handle == CK_INVALID_HANDLE)
        return CKR_OK;
    call->session = session_find(call->reader, call->handle);
    if (!call->session)
        return CKR_SESSION_HANDLE_INVALID;
    call->slot = call->session->slot;
    return CKR_OK;
}

CK_RV call_result(struct call *call, enum tok_err err)
{
    CK_RV rv = call_find_session(call);

    return err == TOK_OK || err == TOK_CANCELLED ? rv : rv_from_tok(err);
}

CK_RV call_enter_session(struct call *call, const char *name,
    CK_SESSION_HANDLE handle, enum call_need need)
{
    struct reader *reader;
    CK_RV rv = call_enter(call, name);

    if (rv != CKR_OK)
        return rv;
    call->handle = handle;
    reader = reader_list_get(module_readers(), handle_reader(handle));
    if (!reader || handle == CK_INVALID_HANDLE)
        return CKR_SESSION_HANDLE_INVALID;
    lock_reader(call, reader, need);
    rv = call_find_session(call);
    if (rv == CKR_OK && need >= NEED_TOKEN)
        rv = call_recognise(call);
    return rv;
}

NO_THREAD_SAFETY_ANALYSIS CK_RV call_leave(struct call *call, CK_RV rv)
{
    if (log_wants(LOG_LEVEL_DEBUG)) {
        const char *text = rv_name(rv);
        if (text)
            log_debug("%s = %s", call->name, text);
        else
            log_debug("%s = %#lx", call->name, rv);
    }
    if (call->reader) {
        sync_reader(call->reader);
        token_unlock(call->reader->token);
    }
    if (call->entered)
        module_leave();
    cancel_restore(call->cancel_state);
    return rv;
}

static void leave_module(void *unused)
{
    (void)unused;
    module_leave();
}

void call_test_cancel(struct call *call)
{
    pthread_cleanup_push(leave_module, NULL);
    cancel_restore(call->cancel_state);
    (void)cancel_defer();
    pthread_cleanup_pop(0);
}

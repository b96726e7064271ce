/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"

#include <string.h>
#include <time.h>

#include "conf/log.h"
#include "pkcs11/cancel.h"
#include "pkcs11/module.h"
#include "pkcs11/rv.h"

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

/* What the entry needs of the card, once its reader is locked. */
static CK_RV meet_need(struct call *call, enum call_need need)
{
    if (need >= NEED_LOOK)
        reader_look(call->reader);
    if (need >= NEED_TOKEN)
        return reader_identify(call->reader);
    return CKR_OK;
}

CK_RV call_enter_slot(struct call *call, const char *name, CK_SLOT_ID slot_id,
    enum call_need need)
{
    enum jpki_role_id role = (enum jpki_role_id)(slot_id % JPKI_ROLES);
    CK_RV rv = call_enter(call, name);

    if (rv != CKR_OK)
        return rv;
    /* Java uses slot ids that it has from an earlier run, without a list. */
    if (!module_reader(0))
        module_list_readers();
    call->reader = module_reader(slot_id / JPKI_ROLES);
    if (!call->reader || !slot_is_shown(role)) {
        call->reader = NULL;
        return CKR_SLOT_ID_INVALID;
    }
    pthread_mutex_lock(&call->reader->lock);
    call->slot = &call->reader->slots[role];
    return meet_need(call, need);
}

CK_RV call_find_session(struct call *call)
{
    if (!call->by_session)
        return CKR_OK;
    call->session = session_find(call->reader, call->handle);
    if (!call->session)
        return CKR_SESSION_HANDLE_INVALID;
    call->slot = call->session->slot;
    return CKR_OK;
}

CK_RV call_enter_session(struct call *call, const char *name,
    CK_SESSION_HANDLE handle, enum call_need need)
{
    CK_RV rv = call_enter(call, name);

    if (rv != CKR_OK)
        return rv;
    call->by_session = true;
    call->handle = handle;
    call->reader = module_reader_of(handle);
    if (!call->reader)
        return CKR_SESSION_HANDLE_INVALID;
    pthread_mutex_lock(&call->reader->lock);
    if (need >= NEED_LOOK)
        reader_look(call->reader);
    rv = call_find_session(call);
    if (rv == CKR_OK && need >= NEED_TOKEN) {
        rv = reader_identify(call->reader);
        if (rv == CKR_OK)
            rv = call_find_session(call);
    }
    return rv;
}

CK_RV call_leave(struct call *call, CK_RV rv)
{
    if (log_wants(LOG_LEVEL_DEBUG)) {
        const char *text = rv_name(rv);
        if (text)
            log_debug("%s = %s", call->name, text);
        else
            log_debug("%s = %#lx", call->name, rv);
    }
    if (call->reader)
        pthread_mutex_unlock(&call->reader->lock);
    if (call->entered)
        module_leave();
    cancel_restore(call->cancel_state);
    return rv;
}

void call_test_cancel(struct call *call)
{
    cancel_test(call->cancel_state, module_leave);
}

CK_RV call_claim(struct call *call)
{
    CK_RV rv;

    reader_claim(call->reader);
    rv = call_find_session(call);
    if (rv != CKR_OK)
        reader_unclaim(call->reader, TOK_OK);
    return rv;
}

CK_RV call_unclaim(struct call *call, enum tok_err err)
{
    CK_RV rv;

    reader_unclaim(call->reader, err);
    rv = call_find_session(call);
    return err == TOK_OK ? rv : rv_from_tok(err);
}

CK_RV call_ask_pss(struct call *call, bool *ret_offered)
{
    CK_RV rv = reader_offers_pss(call->reader, ret_offered);

    return rv == CKR_OK ? call_find_session(call) : rv;
}

#define COUNTER_FRESH_SECONDS 5

/* True when what is known of the counter is too old to be shown. */
static bool counter_is_stale(const struct slot *slot)
{
    struct timespec now;

    if (!slot->counter.known)
        return true;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return true;
    return now.tv_sec - slot->counter_at.tv_sec > COUNTER_FRESH_SECONDS;
}

void call_refresh_counter(struct call *call)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    struct retry_counter counter;
    enum tok_err err;

    if (reader->busy || reader->held || !slot_is_issued(slot) ||
        !counter_is_stale(slot))
        return;
    memset(&counter, 0, sizeof counter);
    reader_claim(reader);
    reader_io_begin(reader);
    err = jpki_retry_counter_no_wait(reader->card, slot->role, &counter);
    reader_io_end(reader);
    if (reader_io_was_for_this_card(reader))
        slot_note_counter(slot, &counter);
    reader_unclaim(reader, err);
}

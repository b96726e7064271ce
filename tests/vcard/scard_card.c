/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/service.h"

/* The calls of PC/SC that open, share and close the way to a card. */

#define PROTOCOLS                                                 \
    (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1 | SCARD_PROTOCOL_RAW | \
        SCARD_PROTOCOL_T15)

static bool share_mode_known(DWORD mode)
{
    return mode == SCARD_SHARE_SHARED || mode == SCARD_SHARE_EXCLUSIVE ||
           mode == SCARD_SHARE_DIRECT;
}

/* The card speaks T=1 and nothing else. */
static LONG choose_protocol(
    struct reader *reader, DWORD mode, DWORD wanted, LPDWORD ret_protocol)
{
    if (mode != SCARD_SHARE_DIRECT) {
        if ((wanted & SCARD_PROTOCOL_T1) == 0)
            return SCARD_E_PROTO_MISMATCH;
        reader->protocol_set = true;
    }
    *ret_protocol =
        reader->protocol_set ? SCARD_PROTOCOL_T1 : SCARD_PROTOCOL_UNDEFINED;
    return SCARD_S_SUCCESS;
}

static LONG add_handle(struct context *context, struct reader *reader,
    DWORD mode, LPSCARDHANDLE ret_handle)
{
    struct handle *handle = calloc(1, sizeof *handle);
    if (!handle)
        return SCARD_E_NO_MEMORY;
    handle->id = (SCARDHANDLE)service_new_id();
    handle->context = context->id;
    handle->reader = reader;
    handle->next = service.handles;
    service.handles = handle;
    reader->connections++;
    if (mode == SCARD_SHARE_EXCLUSIVE) {
        reader->exclusive = true;
        reader->owner = handle;
        reader->nested = 1;
    }
    *ret_handle = handle->id;
    service_changed();
    return SCARD_S_SUCCESS;
}

/* A connection waits for the end of a transaction, but not of exclusive use. */
static LONG wait_for_reader(
    struct context *context, const struct reader *reader)
{
    while (reader->busy || reader->owner) {
        if (reader->exclusive)
            return SCARD_E_SHARING_VIOLATION;
        service_wait();
        if (context->dead)
            return SCARD_F_COMM_ERROR;
        if (!reader->plugged)
            return SCARD_E_READER_UNAVAILABLE;
    }
    return SCARD_S_SUCCESS;
}

static LONG connect_reader(struct context *context, struct reader *reader,
    DWORD mode, DWORD wanted, LPSCARDHANDLE ret_handle, LPDWORD ret_protocol)
{
    LONG rc = wait_for_reader(context, reader);
    if (rc != SCARD_S_SUCCESS)
        return rc;
    if (mode != SCARD_SHARE_DIRECT) {
        if (!reader->card)
            return SCARD_E_NO_SMARTCARD;
        if (vcard_is_mute(reader->card))
            return SCARD_W_UNRESPONSIVE_CARD;
        vcard_power_on(reader->card);
    }
    rc = choose_protocol(reader, mode, wanted, ret_protocol);
    if (rc == SCARD_S_SUCCESS && mode == SCARD_SHARE_EXCLUSIVE &&
        reader->connections > 0)
        rc = SCARD_E_SHARING_VIOLATION;
    if (rc == SCARD_S_SUCCESS)
        rc = add_handle(context, reader, mode, ret_handle);
    service_power_down_unused(reader);
    return rc;
}

LONG SCardConnect(SCARDCONTEXT id, LPCSTR name, DWORD mode, DWORD wanted,
    LPSCARDHANDLE ret_handle, LPDWORD ret_protocol)
{
    LONG rc = SCARD_S_SUCCESS;
    if (!ret_handle || !ret_protocol)
        return SCARD_E_INVALID_PARAMETER;
    *ret_handle = 0;
    if (!name)
        return SCARD_E_UNKNOWN_READER;
    service_enter();
    struct context *context = service_context(id, &rc);
    if (context) {
        struct reader *reader = service_find_reader(name);
        if (mode != SCARD_SHARE_DIRECT && (wanted & PROTOCOLS) == 0) {
            rc = SCARD_E_PROTO_MISMATCH;
        } else if (!share_mode_known(mode)) {
            rc = SCARD_E_INVALID_VALUE;
        } else if (!reader) {
            rc = SCARD_E_UNKNOWN_READER;
        } else {
            rc = connect_reader(
                context, reader, mode, wanted, ret_handle, ret_protocol);
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

struct reconnection {
    DWORD mode, wanted, initialization;
    LPDWORD ret_protocol;
};

/* Share mode and events of a handle that is reconnected. */
static LONG take_mode(struct handle *handle, DWORD mode)
{
    struct reader *reader = handle->reader;
    if (mode == SCARD_SHARE_EXCLUSIVE && !reader->exclusive) {
        if (reader->connections > 1)
            return SCARD_E_SHARING_VIOLATION;
        reader->exclusive = true;
        reader->owner = handle;
        reader->nested++;
    } else if (mode != SCARD_SHARE_EXCLUSIVE && reader->exclusive) {
        reader->exclusive = false;
        if (--reader->nested == 0)
            reader->owner = NULL;
    }
    handle->event = SCARD_S_SUCCESS;
    service_changed();
    return SCARD_S_SUCCESS;
}

static LONG reconnect(struct handle *handle, void *arg)
{
    const struct reconnection *re = arg;
    struct reader *reader = handle->reader;
    bool direct = re->mode == SCARD_SHARE_DIRECT;
    if (re->initialization > SCARD_UNPOWER_CARD || !share_mode_known(re->mode))
        return SCARD_E_INVALID_VALUE;
    if (!direct && (re->wanted & PROTOCOLS) == 0)
        return SCARD_E_PROTO_MISMATCH;
    if (reader->owner && reader->owner != handle)
        return SCARD_E_SHARING_VIOLATION;
    if (!reader->card && !direct)
        return SCARD_E_NO_SMARTCARD;
    if (re->initialization != SCARD_LEAVE_CARD) {
        service_reset(reader, re->initialization);
        service_tell(reader, SCARD_W_RESET_CARD);
    } else if (reader->card && !direct) {
        vcard_power_on(reader->card);
    }
    LONG rc = choose_protocol(reader, re->mode, re->wanted, re->ret_protocol);
    return rc == SCARD_S_SUCCESS ? take_mode(handle, re->mode) : rc;
}

LONG SCardReconnect(SCARDHANDLE id, DWORD mode, DWORD wanted,
    DWORD initialization, LPDWORD ret_protocol)
{
    struct reconnection re = {mode, wanted, initialization, ret_protocol};
    return !ret_protocol ? SCARD_E_INVALID_PARAMETER
                         : service_call(id, false, reconnect, &re);
}

void service_disconnect(struct handle *handle, DWORD disposition)
{
    struct reader *reader = handle->reader;
    if (disposition == SCARD_RESET_CARD || disposition == SCARD_UNPOWER_CARD) {
        service_reset(reader, disposition);
        service_tell(reader, SCARD_W_RESET_CARD);
        if (disposition == SCARD_UNPOWER_CARD && reader->card)
            vcard_power_off(reader->card);
    }
    service_drop_handle(handle);
    service_power_down_unused(reader);
}

/*
 * Leaving the card alone waits for nobody; what touches the card waits for the
 * end of another's transaction, inside the service.
 */
static LONG disconnect(struct handle *handle, void *arg)
{
    const DWORD disposition = *(const DWORD *)arg;
    const struct reader *reader = handle->reader;
    if (disposition > SCARD_EJECT_CARD)
        return SCARD_E_INVALID_VALUE;
    if (disposition != SCARD_LEAVE_CARD && reader->owner &&
        reader->owner != handle)
        return SCARD_E_SHARING_VIOLATION;
    service_disconnect(handle, disposition);
    return SCARD_S_SUCCESS;
}

LONG SCardDisconnect(SCARDHANDLE id, DWORD disposition)
{
    return service_call(id, false, disconnect, &disposition);
}

static LONG begin(struct handle *handle, void *arg)
{
    (void)arg; /* a transaction has no choices */
    struct reader *reader = handle->reader;
    if (handle->event != SCARD_S_SUCCESS)
        return handle->event;
    if (reader->owner && reader->owner != handle)
        return SCARD_E_SHARING_VIOLATION;
    reader->owner = handle;
    reader->nested++;
    return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE id)
{
    return service_call(id, false, begin, NULL);
}

/* After a reset the handle that asked for it is told like all others. */
static LONG end(struct handle *handle, void *arg)
{
    const DWORD disposition = *(const DWORD *)arg;
    struct reader *reader = handle->reader;
    if (disposition > SCARD_EJECT_CARD)
        return SCARD_E_INVALID_VALUE;
    if (handle->event != SCARD_S_SUCCESS)
        return handle->event;
    if (reader->owner && reader->owner != handle)
        return SCARD_E_SHARING_VIOLATION;
    if (disposition == SCARD_RESET_CARD || disposition == SCARD_UNPOWER_CARD) {
        service_reset(reader, disposition);
        service_tell(reader, SCARD_W_RESET_CARD);
    }
    if (!reader->owner)
        return SCARD_E_NOT_TRANSACTED;
    if (--reader->nested == 0)
        reader->owner = NULL;
    service_changed();
    return SCARD_S_SUCCESS;
}

LONG SCardEndTransaction(SCARDHANDLE id, DWORD disposition)
{
    return service_call(id, true, end, &disposition);
}

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
        if ((wanted & SCARD_PROTOCOL_T1) == 0) {
            return SCARD_E_PROTO_MISMATCH;
        }
        reader->protocol_set = true;
    }
    *ret_protocol =
        reader->protocol_set ? SCARD_PROTOCOL_T1 : SCARD_PROTOCOL_UNDEFINED;
    return SCARD_S_SUCCESS;
}

/* Waits until READER is idle and nobody else has a transaction. */
static LONG wait_for_turn(
    struct context *context, struct reader *reader, const struct handle *handle)
{
    while (reader->busy || (reader->owner != NULL && reader->owner != handle)) {
        if (reader->exclusive && reader->owner != handle) {
            return SCARD_E_SHARING_VIOLATION;
        }
        service_wait();
        if (context->dead) {
            return SCARD_F_COMM_ERROR;
        }
        if (!reader->plugged) {
            return SCARD_E_READER_UNAVAILABLE;
        }
    }
    return SCARD_S_SUCCESS;
}

static LONG add_handle(struct context *context, struct reader *reader,
    DWORD mode, LPSCARDHANDLE ret_handle)
{
    struct handle *handle = calloc(1, sizeof(*handle));
    if (handle == NULL) {
        return SCARD_E_NO_MEMORY;
    }
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

static LONG connect_reader(struct context *context, struct reader *reader,
    DWORD mode, DWORD wanted, LPSCARDHANDLE ret_handle, LPDWORD ret_protocol)
{
    LONG rc = wait_for_turn(context, reader, NULL);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    if (mode != SCARD_SHARE_DIRECT) {
        if (reader->card == NULL) {
            return SCARD_E_NO_SMARTCARD;
        }
        vcard_power_on(reader->card);
    }
    rc = choose_protocol(reader, mode, wanted, ret_protocol);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    if (mode == SCARD_SHARE_EXCLUSIVE && reader->connections > 0) {
        return SCARD_E_SHARING_VIOLATION;
    }
    return add_handle(context, reader, mode, ret_handle);
}

LONG SCardConnect(SCARDCONTEXT id, LPCSTR name, DWORD mode, DWORD wanted,
    LPSCARDHANDLE ret_handle, LPDWORD ret_protocol)
{
    LONG rc = SCARD_S_SUCCESS;
    if (ret_handle == NULL || ret_protocol == NULL) {
        return SCARD_E_INVALID_PARAMETER;
    }
    *ret_handle = 0;
    if (name == NULL) {
        return SCARD_E_UNKNOWN_READER;
    }
    service_enter();
    struct context *context = service_context(id, &rc);
    if (context != NULL) {
        struct reader *reader = service_find_reader(name);
        if (mode != SCARD_SHARE_DIRECT && (wanted & PROTOCOLS) == 0) {
            rc = SCARD_E_PROTO_MISMATCH;
        } else if (!share_mode_known(mode)) {
            rc = SCARD_E_INVALID_VALUE;
        } else if (reader == NULL) {
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

/* Share mode and events of a handle that is connected anew. */
static LONG take_mode(struct handle *handle, DWORD mode)
{
    struct reader *reader = handle->reader;
    if (mode == SCARD_SHARE_EXCLUSIVE) {
        if (!reader->exclusive) {
            if (reader->connections > 1) {
                return SCARD_E_SHARING_VIOLATION;
            }
            reader->exclusive = true;
            reader->owner = handle;
            reader->nested++;
        }
    } else if (reader->exclusive) {
        reader->exclusive = false;
        if (--reader->nested == 0) {
            reader->owner = NULL;
        }
    }
    handle->event = SCARD_S_SUCCESS;
    service_changed();
    return SCARD_S_SUCCESS;
}

static LONG reconnect(struct context *context, struct handle *handle,
    DWORD mode, DWORD wanted, DWORD initialization, LPDWORD ret_protocol)
{
    struct reader *reader = handle->reader;
    LONG rc = wait_for_turn(context, reader, handle);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    if (reader->card == NULL && mode != SCARD_SHARE_DIRECT) {
        return SCARD_E_NO_SMARTCARD;
    }
    if (initialization != SCARD_LEAVE_CARD) {
        service_reset(reader, initialization);
        service_tell(reader, handle, SCARD_W_RESET_CARD);
    } else if (reader->card != NULL && mode != SCARD_SHARE_DIRECT) {
        vcard_power_on(reader->card);
    }
    rc = choose_protocol(reader, mode, wanted, ret_protocol);
    return rc == SCARD_S_SUCCESS ? take_mode(handle, mode) : rc;
}

LONG SCardReconnect(SCARDHANDLE id, DWORD mode, DWORD wanted,
    DWORD initialization, LPDWORD ret_protocol)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    if (ret_protocol == NULL) {
        return SCARD_E_INVALID_PARAMETER;
    }
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        if (initialization > SCARD_UNPOWER_CARD || !share_mode_known(mode)) {
            rc = SCARD_E_INVALID_VALUE;
        } else if (mode != SCARD_SHARE_DIRECT && (wanted & PROTOCOLS) == 0) {
            rc = SCARD_E_PROTO_MISMATCH;
        } else {
            rc = reconnect(
                context, handle, mode, wanted, initialization, ret_protocol);
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

void service_disconnect(struct handle *handle, DWORD disposition)
{
    struct reader *reader = handle->reader;
    service_busy(reader);
    if (disposition == SCARD_RESET_CARD || disposition == SCARD_UNPOWER_CARD) {
        service_reset(reader, disposition);
        service_tell(reader, handle, SCARD_W_RESET_CARD);
        if (disposition == SCARD_UNPOWER_CARD && reader->card != NULL) {
            vcard_power_off(reader->card);
        }
    }
    service_drop_handle(handle);
    if (reader->connections == 0 && reader->card != NULL) {
        vcard_power_off(reader->card);
        reader->protocol_set = false;
    }
    service_idle(reader);
}

LONG SCardDisconnect(SCARDHANDLE id, DWORD disposition)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        if (disposition > SCARD_EJECT_CARD) {
            rc = SCARD_E_INVALID_VALUE;
        } else if (disposition != SCARD_LEAVE_CARD) {
            rc = wait_for_turn(context, handle->reader, handle);
        }
        if (rc == SCARD_S_SUCCESS) {
            service_disconnect(handle, disposition);
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

static LONG begin(struct context *context, SCARDHANDLE id)
{
    struct handle *handle = service_find_handle(id);
    struct reader *reader = handle->reader;
    while (handle->event == SCARD_S_SUCCESS && reader->owner != NULL &&
           reader->owner != handle) {
        service_wait();
        handle = service_find_handle(id);
        if (context->dead) {
            return SCARD_F_COMM_ERROR;
        }
        if (handle == NULL) {
            return SCARD_E_READER_UNAVAILABLE;
        }
    }
    if (handle->event != SCARD_S_SUCCESS) {
        return handle->event;
    }
    reader->owner = handle;
    reader->nested++;
    return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE id)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    service_enter();
    if (service_handle(id, &context, &rc) != NULL) {
        rc = begin(context, id);
        service_context_done(context);
    }
    service_leave();
    return rc;
}

static LONG end(struct handle *handle, DWORD disposition)
{
    struct reader *reader = handle->reader;
    if (handle->event != SCARD_S_SUCCESS) {
        return handle->event;
    }
    if (reader->owner != NULL && reader->owner != handle) {
        return SCARD_E_SHARING_VIOLATION;
    }
    if (disposition == SCARD_RESET_CARD || disposition == SCARD_UNPOWER_CARD) {
        service_busy(reader);
        service_reset(reader, disposition);
        service_tell(reader, handle, SCARD_W_RESET_CARD);
        service_idle(reader);
    }
    if (reader->owner == NULL) {
        return SCARD_E_NOT_TRANSACTED;
    }
    if (--reader->nested == 0) {
        reader->owner = NULL;
    }
    service_changed();
    return SCARD_S_SUCCESS;
}

LONG SCardEndTransaction(SCARDHANDLE id, DWORD disposition)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        rc = disposition > SCARD_EJECT_CARD ? SCARD_E_INVALID_VALUE
                                            : end(handle, disposition);
        service_context_done(context);
    }
    service_leave();
    return rc;
}

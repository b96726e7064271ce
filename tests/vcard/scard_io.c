/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <reader.h>

#include "tests/vcard/service.h"

/* The calls of PC/SC that speak to a connected card or its reader. */

/* What every call of this file asks before anything else. */
static LONG check(const struct handle *handle)
{
    const struct reader *reader = handle->reader;
    if (reader->owner && reader->owner != handle)
        return SCARD_E_SHARING_VIOLATION;
    return handle->event;
}

struct transmission {
    const SCARD_IO_REQUEST *pci;
    const uint8_t *command;
    size_t len;
    uint8_t *ret_bytes;
    LPDWORD length;
    LONG code;
};

/* What came of the command, for the caller. */
static LONG give_answer(
    const struct transmission *t, LONG code, const uint8_t *response, size_t n)
{
    if (code != SCARD_S_SUCCESS)
        n = 0;
    else if (n > *t->length)
        code = SCARD_E_INSUFFICIENT_BUFFER;
    else
        memcpy(t->ret_bytes, response, n);
    *t->length = (DWORD)n;
    return code;
}

/*
 * What the command came to is no answer of service_call, which would send it
 * again after SCARD_E_SHARING_VIOLATION.
 */
static LONG transmit(struct handle *handle, void *arg)
{
    struct transmission *t = arg;
    struct reader *reader = handle->reader;
    uint8_t response[FAULT_RESPONSE_MAX];
    size_t n = 0;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS)
        return rc;
    if (*t->length < 2)
        return SCARD_E_INSUFFICIENT_BUFFER;
    if (!reader->card)
        return SCARD_E_NO_SMARTCARD;
    if (t->pci->dwProtocol != SCARD_PROTOCOL_T1 &&
        t->pci->dwProtocol != SCARD_PROTOCOL_ANY)
        return SCARD_E_PROTO_MISMATCH;
    service_busy(reader);
    t->code = service_transmit(reader, t->command, t->len, response, &n);
    service_idle(reader);
    t->code = give_answer(t, t->code, response, n);
    return SCARD_S_SUCCESS;
}

LONG SCardTransmit(SCARDHANDLE id, const SCARD_IO_REQUEST *pci, LPCBYTE command,
    DWORD len, SCARD_IO_REQUEST *ret_pci, LPBYTE ret_bytes, LPDWORD length)
{
    struct transmission t = {
        pci, command, len, ret_bytes, length, SCARD_S_SUCCESS};
    if (!command || !ret_bytes || !length || !pci)
        return SCARD_E_INVALID_PARAMETER;
    LONG rc = service_call(id, false, transmit, &t);
    if (rc == SCARD_S_SUCCESS)
        rc = t.code;
    if (rc == SCARD_S_SUCCESS && ret_pci) {
        ret_pci->dwProtocol = SCARD_PROTOCOL_T1;
        ret_pci->cbPciLength = sizeof *ret_pci;
    }
    return rc;
}

/*
 * Gives LEN bytes to a caller that asks for the length, brings a buffer, or
 * wants one allocated.
 */
static LONG give(const void *bytes, size_t len, void *buffer, LPDWORD length)
{
    DWORD room = !length ? 0 : *length;
    void *target = buffer;
    if (!length)
        return !buffer ? SCARD_S_SUCCESS : SCARD_E_INVALID_PARAMETER;
    if (room == SCARD_AUTOALLOCATE) {
        if (!buffer)
            return SCARD_E_INVALID_PARAMETER;
        target = malloc(len);
        if (!target)
            return SCARD_E_NO_MEMORY;
        memcpy(buffer, &target, sizeof target);
    }
    *length = (DWORD)len;
    if (!buffer)
        return SCARD_S_SUCCESS;
    if (room < len)
        return SCARD_E_INSUFFICIENT_BUFFER;
    memcpy(target, bytes, len);
    return SCARD_S_SUCCESS;
}

struct question {
    LPSTR ret_name;
    LPDWORD name_len, ret_state, ret_protocol;
    LPBYTE ret_atr;
    LPDWORD atr_len;
};

static LONG status(struct handle *handle, void *arg)
{
    const struct question *q = arg;
    const struct reader *reader = handle->reader;
    const uint8_t *atr = NULL;
    size_t n = 0;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS)
        return rc;
    DWORD state = SCARD_ABSENT;
    if (reader->card) {
        atr = vcard_atr(reader->card, &n);
        state = SCARD_PRESENT | SCARD_POWERED | SCARD_NEGOTIABLE;
    }
    if (q->ret_state)
        *q->ret_state = (DWORD)(reader->events & 0xFFFF) << 16 | state;
    if (q->ret_protocol) {
        *q->ret_protocol =
            reader->protocol_set ? SCARD_PROTOCOL_T1 : SCARD_PROTOCOL_UNDEFINED;
    }
    LONG rc_atr = give(atr, n, q->ret_atr, q->atr_len);
    rc = give(reader->name, strlen(reader->name) + 1, q->ret_name, q->name_len);
    return rc == SCARD_S_SUCCESS ? rc_atr : rc;
}

LONG SCardStatus(SCARDHANDLE id, LPSTR ret_name, LPDWORD name_len,
    LPDWORD ret_state, LPDWORD ret_protocol, LPBYTE ret_atr, LPDWORD atr_len)
{
    struct question q = {
        ret_name, name_len, ret_state, ret_protocol, ret_atr, atr_len};
    LONG rc = service_call(id, false, status, &q);
    /* The library looks for the reader's name before it asks the service. */
    return rc == SCARD_E_INVALID_VALUE ? SCARD_E_READER_UNAVAILABLE : rc;
}

struct attribute {
    DWORD id;
    LPBYTE ret_bytes;
    LPDWORD length;
};

static LONG get_attribute(struct handle *handle, void *arg)
{
    const struct attribute *a = arg;
    const struct reader *reader = handle->reader;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS)
        return rc;
    if (a->id == SCARD_ATTR_ATR_STRING && reader->card) {
        size_t len = 0;
        const uint8_t *atr = vcard_atr(reader->card, &len);
        return give(atr, len, a->ret_bytes, a->length);
    }
    if (a->id == SCARD_ATTR_DEVICE_FRIENDLY_NAME ||
        a->id == SCARD_ATTR_DEVICE_SYSTEM_NAME) {
        return give(
            reader->name, strlen(reader->name) + 1, a->ret_bytes, a->length);
    }
    return SCARD_E_UNSUPPORTED_FEATURE;
}

LONG SCardGetAttrib(
    SCARDHANDLE id, DWORD attribute_id, LPBYTE ret_bytes, LPDWORD length)
{
    struct attribute a = {attribute_id, ret_bytes, length};
    return !length ? SCARD_E_INVALID_PARAMETER
                   : service_call(id, false, get_attribute, &a);
}

static LONG refuse_attribute(struct handle *handle, void *arg)
{
    (void)arg; /* no attribute of this reader can be set */
    LONG rc = check(handle);
    return rc == SCARD_S_SUCCESS ? SCARD_E_NOT_TRANSACTED : rc;
}

LONG SCardSetAttrib(
    SCARDHANDLE id, DWORD attribute_id, LPCBYTE bytes, DWORD length)
{
    (void)attribute_id; /* whichever it is */
    return !bytes || length == 0
               ? SCARD_E_INVALID_PARAMETER
               : service_call(id, false, refuse_attribute, NULL);
}

/*
 * The driver of vpcd knows no control code. pcscd sends it the code whatever
 * happened to the card, but not in another's transaction.
 */
static LONG refuse_control(struct handle *handle, void *arg)
{
    (void)arg; /* whichever it is */
    const struct reader *reader = handle->reader;
    return reader->owner && reader->owner != handle
               ? SCARD_E_SHARING_VIOLATION
               : SCARD_E_UNSUPPORTED_FEATURE;
}

/* The one call on a card that never waits for another's transaction. */
LONG SCardControl(SCARDHANDLE id, DWORD code, LPCVOID bytes, DWORD len,
    LPVOID ret_bytes, DWORD room, LPDWORD ret_length)
{
    (void)code; /* none is known */
    (void)bytes;
    (void)len;
    (void)ret_bytes;
    (void)room;
    if (ret_length)
        *ret_length = 0;
    return service_call(id, true, refuse_control, NULL);
}

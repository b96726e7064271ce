/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <reader.h>

#include "tests/vcard/service.h"

/* The calls of PC/SC that speak to a connected card. */

/* What every call of this file asks before anything else. */
static LONG check(const struct handle *handle)
{
    const struct reader *reader = handle->reader;
    if (reader->owner != NULL && reader->owner != handle) {
        return SCARD_E_SHARING_VIOLATION;
    }
    return handle->event;
}

static LONG transmit(struct handle *handle, const SCARD_IO_REQUEST *pci,
    const uint8_t *command, size_t len, uint8_t *ret_bytes, DWORD *length)
{
    uint8_t response[258];
    size_t n = 0;
    struct reader *reader = handle->reader;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    if (reader->card == NULL) {
        return SCARD_E_NO_SMARTCARD;
    }
    if (pci->dwProtocol != SCARD_PROTOCOL_T1 &&
        pci->dwProtocol != SCARD_PROTOCOL_ANY) {
        return SCARD_E_PROTO_MISMATCH;
    }
    service_busy(reader);
    rc = reader->card == NULL
             ? SCARD_W_REMOVED_CARD
             : service_transmit(reader, command, len, response, &n);
    service_idle(reader);
    if (rc == SCARD_S_SUCCESS && n > *length) {
        rc = SCARD_E_INSUFFICIENT_BUFFER;
    }
    *length = rc == SCARD_S_SUCCESS ? (DWORD)n : 0;
    if (rc == SCARD_S_SUCCESS) {
        memcpy(ret_bytes, response, n);
    }
    return rc;
}

LONG SCardTransmit(SCARDHANDLE id, const SCARD_IO_REQUEST *pci, LPCBYTE command,
    DWORD len, SCARD_IO_REQUEST *ret_pci, LPBYTE ret_bytes, LPDWORD length)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    if (command == NULL || ret_bytes == NULL || length == NULL || pci == NULL) {
        return SCARD_E_INVALID_PARAMETER;
    }
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        if (len < 4) {
            rc = SCARD_E_INVALID_PARAMETER;
        } else if (*length < 2) {
            rc = SCARD_E_INSUFFICIENT_BUFFER;
        } else {
            rc = transmit(handle, pci, command, len, ret_bytes, length);
        }
        service_context_done(context);
    }
    service_leave();
    if (rc == SCARD_S_SUCCESS && ret_pci != NULL) {
        ret_pci->dwProtocol = SCARD_PROTOCOL_T1;
        ret_pci->cbPciLength = sizeof(*ret_pci);
    }
    return rc;
}

/*
 * Gives LEN bytes to a caller that asks for the length, brings a buffer, or
 * wants one allocated.
 */
static LONG give(const void *bytes, size_t len, void *buffer, LPDWORD length)
{
    DWORD room = length == NULL ? 0 : *length;
    void *target = buffer;
    if (length == NULL) {
        return buffer == NULL ? SCARD_S_SUCCESS : SCARD_E_INVALID_PARAMETER;
    }
    if (room == SCARD_AUTOALLOCATE) {
        if (buffer == NULL) {
            return SCARD_E_INVALID_PARAMETER;
        }
        target = malloc(len);
        if (target == NULL) {
            return SCARD_E_NO_MEMORY;
        }
        memcpy(buffer, &target, sizeof(target));
    }
    *length = (DWORD)len;
    if (buffer == NULL) {
        return SCARD_S_SUCCESS;
    }
    if (room < len) {
        return SCARD_E_INSUFFICIENT_BUFFER;
    }
    memcpy(target, bytes, len);
    return SCARD_S_SUCCESS;
}

static LONG status(const struct handle *handle, LPDWORD ret_state,
    LPDWORD ret_protocol, const uint8_t **ret_atr, size_t *ret_atr_len)
{
    const struct reader *reader = handle->reader;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    DWORD state = SCARD_ABSENT;
    *ret_atr_len = 0;
    if (reader->card != NULL) {
        *ret_atr = vcard_atr(reader->card, ret_atr_len);
        state = SCARD_PRESENT | SCARD_POWERED | SCARD_NEGOTIABLE;
    }
    if (ret_state != NULL) {
        *ret_state = (DWORD)(reader->events & 0xFFFF) << 16 | state;
    }
    if (ret_protocol != NULL) {
        *ret_protocol =
            reader->protocol_set ? SCARD_PROTOCOL_T1 : SCARD_PROTOCOL_UNDEFINED;
    }
    return SCARD_S_SUCCESS;
}

LONG SCardStatus(SCARDHANDLE id, LPSTR ret_name, LPDWORD name_len,
    LPDWORD ret_state, LPDWORD ret_protocol, LPBYTE ret_atr, LPDWORD atr_len)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        const uint8_t *atr = NULL;
        size_t n = 0;
        const char *name = handle->reader->name;
        rc = status(handle, ret_state, ret_protocol, &atr, &n);
        if (rc == SCARD_S_SUCCESS) {
            LONG rc_atr = give(atr, n, ret_atr, atr_len);
            rc = give(name, strlen(name) + 1, ret_name, name_len);
            rc = rc == SCARD_S_SUCCESS ? rc_atr : rc;
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

static LONG attribute(
    struct handle *handle, DWORD attribute_id, LPBYTE ret_bytes, LPDWORD length)
{
    const struct reader *reader = handle->reader;
    size_t len = 0;
    LONG rc = check(handle);
    if (rc != SCARD_S_SUCCESS) {
        return rc;
    }
    if (attribute_id == SCARD_ATTR_ATR_STRING && reader->card != NULL) {
        const uint8_t *atr = vcard_atr(reader->card, &len);
        return give(atr, len, ret_bytes, length);
    }
    if (attribute_id == SCARD_ATTR_DEVICE_FRIENDLY_NAME ||
        attribute_id == SCARD_ATTR_DEVICE_SYSTEM_NAME) {
        return give(reader->name, strlen(reader->name) + 1, ret_bytes, length);
    }
    return SCARD_E_UNSUPPORTED_FEATURE;
}

LONG SCardGetAttrib(
    SCARDHANDLE id, DWORD attribute_id, LPBYTE ret_bytes, LPDWORD length)
{
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    if (length == NULL) {
        return SCARD_E_INVALID_PARAMETER;
    }
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        rc = attribute(handle, attribute_id, ret_bytes, length);
        service_context_done(context);
    }
    service_leave();
    return rc;
}

LONG SCardSetAttrib(
    SCARDHANDLE id, DWORD attribute_id, LPCBYTE bytes, DWORD length)
{
    (void)attribute_id; /* no attribute of this reader can be set */
    LONG rc = SCARD_S_SUCCESS;
    struct context *context = NULL;
    if (bytes == NULL || length == 0) {
        return SCARD_E_INVALID_PARAMETER;
    }
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        rc = check(handle);
        if (rc == SCARD_S_SUCCESS) {
            rc = SCARD_E_NOT_TRANSACTED;
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

#define GET_TLV_PROPERTIES SCARD_CTL_CODE(FEATURE_GET_TLV_PROPERTIES + 0x330000)

/* PC/SC part 10 of a reader without a PIN pad that takes short APDUs. */
static LONG control(
    DWORD code, uint8_t *ret_bytes, DWORD room, LPDWORD ret_length)
{
    static const uint8_t features[] = {FEATURE_GET_TLV_PROPERTIES, 4,
        GET_TLV_PROPERTIES >> 24, (GET_TLV_PROPERTIES >> 16) & 0xFF,
        (GET_TLV_PROPERTIES >> 8) & 0xFF, GET_TLV_PROPERTIES & 0xFF};
    static const uint8_t properties[] = {
        PCSCv2_PART10_PROPERTY_dwMaxAPDUDataSize, 4, 0, 0, 0, 0};
    const uint8_t *answer = NULL;
    if (code == CM_IOCTL_GET_FEATURE_REQUEST) {
        answer = features;
    } else if (code == GET_TLV_PROPERTIES) {
        answer = properties;
    } else {
        return SCARD_E_UNSUPPORTED_FEATURE;
    }
    if (ret_bytes == NULL || room < sizeof(features)) {
        return SCARD_E_INSUFFICIENT_BUFFER;
    }
    memcpy(ret_bytes, answer, sizeof(features));
    *ret_length = sizeof(features);
    return SCARD_S_SUCCESS;
}

LONG SCardControl(SCARDHANDLE id, DWORD code, LPCVOID bytes, DWORD len,
    LPVOID ret_bytes, DWORD room, LPDWORD ret_length)
{
    (void)bytes; /* neither control code of this reader has an input */
    (void)len;
    LONG rc = SCARD_S_SUCCESS;
    DWORD length = 0;
    struct context *context = NULL;
    service_enter();
    struct handle *handle = service_handle(id, &context, &rc);
    if (handle != NULL) {
        rc = check(handle);
        if (rc == SCARD_S_SUCCESS) {
            rc = control(code, ret_bytes, room, &length);
        }
        service_context_done(context);
    }
    service_leave();
    if (ret_length != NULL) {
        *ret_length = length;
    }
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/service.h"

void service_busy(struct reader *reader)
{
    while (reader->busy) {
        service_wait();
    }
    reader->busy = true;
}

void service_idle(struct reader *reader)
{
    reader->busy = false;
    service_changed();
}

void service_tell(struct reader *reader, LONG event)
{
    for (struct handle *h = service.handles; h != NULL; h = h->next) {
        if (h->reader == reader && h->event != SCARD_W_REMOVED_CARD) {
            h->event = event;
        }
    }
    service_changed();
}

void service_power_down_unused(struct reader *reader)
{
    if (reader->connections == 0 && reader->card != NULL) {
        vcard_power_off(reader->card);
        reader->protocol_set = false;
    }
}

void service_detach(struct handle *handle)
{
    struct reader *reader = handle->reader;
    if (reader == NULL) {
        return;
    }
    if (reader->owner == handle) {
        reader->owner = NULL;
        reader->nested = 0;
    }
    reader->exclusive = false;
    reader->connections--;
    handle->reader = NULL;
    service_changed();
}

void service_drop_handle(struct handle *handle)
{
    struct handle **link = &service.handles;
    while (*link != handle) {
        link = &(*link)->next;
    }
    *link = handle->next;
    service_detach(handle);
    free(handle);
}

void service_insert(struct reader *reader, struct vcard *card)
{
    reader->card = card;
    reader->events++;
    reader->protocol_set = false;
    service_changed();
}

/* With the card goes the transaction on it. */
void service_eject(struct reader *reader)
{
    if (reader->card == NULL) {
        return;
    }
    vcard_power_off(reader->card);
    vcard_free(reader->card);
    reader->card = NULL;
    reader->events++;
    reader->protocol_set = false;
    reader->owner = NULL;
    reader->nested = 0;
    service_tell(reader, SCARD_W_REMOVED_CARD);
}

void service_reset(struct reader *reader, DWORD disposition)
{
    if (reader->card == NULL) {
        return;
    }
    if (disposition == SCARD_RESET_CARD) {
        vcard_warm_reset(reader->card);
    } else {
        vcard_power_off(reader->card);
        vcard_power_on(reader->card);
    }
    reader->protocol_set = false;
}

/* A fault that comes before the card sees the command. */
static bool fault_before(
    struct reader *reader, const struct fault *fault, LONG *ret_code)
{
    switch (fault->how) {
    case VFAULT_PCSC:
        *ret_code = (LONG)fault->value;
        return true;
    case VFAULT_REMOVE:
        service_eject(reader);
        *ret_code = SCARD_W_REMOVED_CARD;
        return true;
    case VFAULT_RESET:
        service_reset(reader, SCARD_RESET_CARD);
        service_tell(reader, SCARD_W_RESET_CARD);
        *ret_code = SCARD_W_RESET_CARD;
        return true;
    default:
        return false;
    }
}

/* A fault of the answer: RESPONSE holds a body and its status word. */
static LONG fault_after(
    const struct fault *fault, uint8_t response[258], size_t *ret_len)
{
    size_t body = *ret_len - 2;
    size_t bit = fault->value;
    switch (fault->how) {
    case VFAULT_SW:
    case VFAULT_SW_AFTER:
        response[0] = (uint8_t)(fault->value >> 8);
        response[1] = (uint8_t)fault->value;
        *ret_len = 2;
        break;
    case VFAULT_FLIP:
        if (bit / 8 < body) {
            response[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        }
        break;
    case VFAULT_CUT:
        if (fault->value < body) {
            memmove(response + fault->value, response + body, 2);
            *ret_len = fault->value + 2;
        }
        break;
    case VFAULT_PCSC_AFTER:
        return (LONG)fault->value;
    default:
        break;
    }
    return SCARD_S_SUCCESS;
}

/* The fault that falls due with this command. */
static struct fault take_fault(struct reader *reader)
{
    struct fault due = {VFAULT_NONE, 0, 0};
    if (reader->fault.how == VFAULT_NONE) {
        return due;
    }
    if (reader->fault.at > 0) {
        reader->fault.at--;
        return due;
    }
    due = reader->fault;
    reader->fault.how = VFAULT_NONE;
    return due;
}

LONG service_transmit(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t response[258], size_t *ret_len)
{
    LONG code = SCARD_S_SUCCESS;
    const struct fault fault = take_fault(reader);
    if (fault_before(reader, &fault, &code)) {
        return code;
    }
    *ret_len = 2;
    if (fault.how != VFAULT_SW) {
        struct vcard *card = reader->card;
        service_leave();
        *ret_len = vcard_transmit(card, command, len, response);
        service_enter();
    }
    return *ret_len < 2 ? SCARD_E_NOT_TRANSACTED
                        : fault_after(&fault, response, ret_len);
}

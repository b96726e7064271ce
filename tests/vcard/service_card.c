/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/service.h"

void service_busy(struct reader *reader)
{
    while (reader->busy)
        service_wait();
    reader->busy = true;
}

void service_idle(struct reader *reader)
{
    reader->busy = false;
    service_changed();
}

void service_tell(struct reader *reader, LONG event)
{
    for (struct handle *h = service.handles; h; h = h->next)
        if (h->reader == reader && h->event != SCARD_W_REMOVED_CARD)
            h->event = event;
    service_changed();
}

void service_power_down_unused(struct reader *reader)
{
    if (reader->connections == 0 && reader->card) {
        vcard_power_off(reader->card);
        reader->protocol_set = false;
    }
}

void service_detach(struct handle *handle)
{
    struct reader *reader = handle->reader;
    if (!reader)
        return;
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
    while (*link != handle)
        link = &(*link)->next;
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
struct vcard *service_take_out(struct reader *reader)
{
    struct vcard *card = reader->card;
    if (!card)
        return NULL;
    vcard_power_off(card);
    reader->card = NULL;
    reader->events++;
    reader->protocol_set = false;
    reader->owner = NULL;
    reader->nested = 0;
    reader->faults.last_len = 0;
    service_tell(reader, SCARD_W_REMOVED_CARD);
    return card;
}

void service_eject(struct reader *reader)
{
    vcard_free(service_take_out(reader));
}

void service_orphan_handles(struct reader *reader)
{
    for (struct handle *h = service.handles; h; h = h->next)
        if (h->reader == reader)
            service_detach(h);
}

void service_reset(struct reader *reader, DWORD disposition)
{
    if (!reader->card)
        return;
    if (disposition == SCARD_RESET_CARD) {
        vcard_warm_reset(reader->card);
    } else {
        vcard_power_off(reader->card);
        vcard_power_on(reader->card);
    }
    reader->protocol_set = false;
}

static LONG take_out(struct reader *reader, uint32_t value)
{
    vcard_free(reader->spare);
    reader->spare = service_take_out(reader);
    return value ? (LONG)value : SCARD_W_REMOVED_CARD;
}

static LONG swap(struct reader *reader)
{
    struct vcard *out = service_take_out(reader);
    if (reader->spare)
        service_insert(reader, reader->spare);
    reader->spare = out;
    return SCARD_W_REMOVED_CARD;
}

/* The count of insertions starts again and reaches the same number. */
static LONG replug(struct reader *reader)
{
    const unsigned events = reader->events;
    swap(reader);
    service_orphan_handles(reader);
    reader->events = events;
    return SCARD_E_READER_UNAVAILABLE;
}

static LONG reset(struct reader *reader)
{
    service_reset(reader, SCARD_RESET_CARD);
    service_tell(reader, SCARD_W_RESET_CARD);
    return SCARD_W_RESET_CARD;
}

static LONG stall(struct reader *reader, uint32_t value)
{
    reader->stalled = true;
    service_changed();
    while (reader->stalled && service.running)
        service_wait();
    reader->stalled = false;
    return service.running ? (LONG)value : SCARD_E_NO_SERVICE;
}

/*
 * What happens to the command before the card sees it: SCARD_S_SUCCESS lets it
 * pass.
 */
static LONG fail_before(struct reader *reader, const struct vfault_plan *due)
{
    switch (due->how) {
    case VFAULT_PCSC:
        return (LONG)due->value;
    case VFAULT_REMOVE:
        return take_out(reader, due->value);
    case VFAULT_RESET:
        return reset(reader);
    case VFAULT_SWAP:
        return swap(reader);
    case VFAULT_REPLUG:
        return replug(reader);
    case VFAULT_STALL:
        return stall(reader, due->value);
    default:
        return SCARD_S_SUCCESS;
    }
}

/* What keeps an answer from arriving. */
static LONG fail_after(struct reader *reader, const struct vfault_plan *due)
{
    switch (due->how) {
    case VFAULT_PCSC_AFTER:
        return (LONG)due->value;
    case VFAULT_REMOVE_AFTER:
        return take_out(reader, due->value);
    case VFAULT_RESET_AFTER:
        return reset(reader);
    case VFAULT_SWAP_AFTER:
        return swap(reader);
    default:
        return SCARD_S_SUCCESS;
    }
}

/* Lets the time pass that the command and its answer took. */
static void take_time(const struct vcontrol_link *link, const uint8_t *command,
    size_t len, size_t answer_len)
{
    const bool is_signature = len > 1 && command[1] == 0x2A && answer_len > 2;
    link_wait(link->per_apdu +
              (unsigned long long)link->per_byte * (len + answer_len) +
              (is_signature ? link->per_signature : 0));
}

/* Whether the exchange gets lost that DUE is planned for. */
static bool loses(struct reader *reader, const struct vfault_plan *due)
{
    if (due->how != VFAULT_NONE || !link_loses(&reader->loss))
        return false;
    reader->lost++;
    return true;
}

LONG service_transmit(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t response[FAULT_RESPONSE_MAX], size_t *ret_len)
{
    const struct vfault_plan due = fault_next(&reader->faults);
    LONG code = fail_before(reader, &due);
    if (code != SCARD_S_SUCCESS)
        return code;
    *ret_len = 2;
    const bool lost = loses(reader, &due);
    const bool unseen = lost && !reader->loss.after;
    const struct vcontrol_link link = reader->link;
    struct vcard *card = reader->card;
    service_leave();
    if (due.how != VFAULT_SW && !unseen)
        *ret_len = vcard_transmit(card, command, len, response);
    take_time(&link, command, len, *ret_len);
    service_enter();
    if (*ret_len < 2 || lost)
        return SCARD_E_NOT_TRANSACTED;
    fault_change(&reader->faults, &due, response, ret_len);
    return fail_after(reader, &due);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/control.h"

#include <stdio.h>
#include <string.h>

#include "tests/vcard/service.h"

/* Enters and gives READER, at rest; NULL, without entering, for a wrong one. */
static struct reader *enter_reader(int reader)
{
    if (reader < 0 || reader >= READERS_MAX) {
        return NULL;
    }
    service_enter();
    struct reader *r = &service.readers[reader];
    service_busy(r);
    if (!r->plugged) {
        service_idle(r);
        service_leave();
        return NULL;
    }
    return r;
}

static void leave_reader(struct reader *reader)
{
    service_idle(reader);
    service_leave();
}

int vcontrol_reader_add(const char *name)
{
    int number = -1;
    service_enter();
    for (int i = 0; i < READERS_MAX && number < 0; i++) {
        struct reader *reader = &service.readers[i];
        if (!reader->plugged && !reader->busy) {
            reader->plugged = true;
            reader->events = 0;
            reader->fault.how = VFAULT_NONE;
            snprintf(reader->name, sizeof(reader->name), "%s", name);
            number = i;
        }
    }
    service_changed();
    service_leave();
    return number;
}

/* Handles stay known to the client but lead nowhere. */
static void orphan_handles(struct reader *reader)
{
    for (struct handle *h = service.handles; h != NULL; h = h->next) {
        if (h->reader == reader) {
            service_detach(h);
        }
    }
}

static void unplug(struct reader *reader)
{
    service_eject(reader);
    reader->plugged = false;
    orphan_handles(reader);
}

void vcontrol_reader_remove(int reader)
{
    struct reader *r = enter_reader(reader);
    if (r != NULL) {
        unplug(r);
        leave_reader(r);
    }
}

void vcontrol_reset(void)
{
    for (int i = 0; i < READERS_MAX; i++) {
        vcontrol_reader_remove(i);
    }
}

int vcontrol_insert(int reader, const char *folder)
{
    return vcontrol_swap(reader, folder);
}

void vcontrol_remove(int reader)
{
    struct reader *r = enter_reader(reader);
    if (r != NULL) {
        service_eject(r);
        leave_reader(r);
    }
}

int vcontrol_swap(int reader, const char *folder)
{
    struct vcard *card = vcard_load(folder);
    struct reader *r = card == NULL ? NULL : enter_reader(reader);
    if (r == NULL) {
        vcard_free(card);
        return -1;
    }
    service_eject(r);
    service_insert(r, card);
    leave_reader(r);
    return 0;
}

void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    memset(ret_ledger, 0, sizeof(*ret_ledger));
    struct reader *r = enter_reader(reader);
    if (r == NULL) {
        return;
    }
    if (r->card != NULL) {
        vcard_ledger(r->card, ret_ledger);
    }
    leave_reader(r);
}

size_t vcontrol_transmit(
    int reader, const uint8_t *command, size_t len, uint8_t response[258])
{
    size_t n = 0;
    struct reader *r = enter_reader(reader);
    if (r == NULL) {
        return 0;
    }
    while (r->owner != NULL) {
        service_idle(r);
        service_wait();
        service_busy(r);
    }
    if (r->card != NULL) {
        vcard_power_on(r->card);
        n = vcard_transmit(r->card, command, len, response);
    }
    leave_reader(r);
    return n;
}

void vcontrol_service(bool running)
{
    service_enter();
    service.running = running;
    if (!running) {
        for (struct context *c = service.contexts; c != NULL; c = c->next) {
            c->dead = true;
        }
        for (int i = 0; i < READERS_MAX; i++) {
            struct reader *reader = &service.readers[i];
            service_busy(reader);
            orphan_handles(reader);
            service_power_down_unused(reader);
            service_idle(reader);
        }
    }
    service_changed();
    service_leave();
}

void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value)
{
    struct reader *r = enter_reader(reader);
    if (r != NULL) {
        r->fault = (struct fault){how, at, value};
        leave_reader(r);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/control.h"

#include <stdio.h>
#include <string.h>

#include "tests/vcard/service.h"

/* Enters and gives READER, at rest; NULL, without entering, for a wrong one. */
static struct reader *enter_reader(int reader)
{
    if (reader < 0 || reader >= READERS_MAX)
        return NULL;
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

/* The same before a card is moved: faults end, what hangs is let go. */
static struct reader *grab_reader(int reader)
{
    vcontrol_faults(reader, NULL, 0);
    vcontrol_release(reader);
    return enter_reader(reader);
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
            reader->link = (struct vcontrol_link){0};
            reader->loss = (struct vcontrol_loss){0};
            reader->lost = 0;
            snprintf(reader->name, sizeof reader->name, "%s", name);
            number = i;
        }
    }
    service_changed();
    service_leave();
    return number;
}

static void unplug(struct reader *reader)
{
    service_eject(reader);
    vcard_free(reader->spare);
    reader->spare = NULL;
    reader->plugged = false;
    service_orphan_handles(reader);
}

void vcontrol_reader_remove(int reader)
{
    struct reader *r = grab_reader(reader);
    if (r) {
        unplug(r);
        leave_reader(r);
    }
}

void vcontrol_reset(void)
{
    for (int i = 0; i < READERS_MAX; i++)
        vcontrol_reader_remove(i);
    vcontrol_service(true);
}

int vcontrol_insert(int reader, const char *folder)
{
    return vcontrol_swap(reader, folder);
}

void vcontrol_remove(int reader)
{
    struct reader *r = grab_reader(reader);
    if (r) {
        service_eject(r);
        leave_reader(r);
    }
}

int vcontrol_swap(int reader, const char *folder)
{
    struct vcard *card = vcard_load(folder);
    struct reader *r = !card ? NULL : grab_reader(reader);
    if (!r) {
        vcard_free(card);
        return -1;
    }
    service_eject(r);
    service_insert(r, card);
    leave_reader(r);
    return 0;
}

unsigned vcontrol_status_changes(void)
{
    service_enter();
    unsigned count = service.status_changes;
    service_leave();
    return count;
}

/* What the ledger of a card at rest says. */
static void read_ledger(
    int reader, bool of_spare, struct vcard_ledger *ret_ledger)
{
    memset(ret_ledger, 0, sizeof *ret_ledger);
    struct reader *r = enter_reader(reader);
    if (!r)
        return;
    const struct vcard *card = of_spare ? r->spare : r->card;
    if (card)
        vcard_ledger(card, ret_ledger);
    leave_reader(r);
}

void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    read_ledger(reader, false, ret_ledger);
}

bool vcontrol_is_verified(int reader)
{
    struct reader *r = enter_reader(reader);
    if (!r)
        return false;
    bool verified = r->card && vcard_is_verified(r->card);
    leave_reader(r);
    return verified;
}

void vcontrol_spare_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    read_ledger(reader, true, ret_ledger);
}

int vcontrol_spare(int reader, const char *folder)
{
    struct vcard *card = !folder ? NULL : vcard_load(folder);
    struct reader *r = folder && !card ? NULL : enter_reader(reader);
    if (!r) {
        vcard_free(card);
        return -1;
    }
    vcard_free(r->spare);
    r->spare = card;
    leave_reader(r);
    return 0;
}

size_t vcontrol_transmit(
    int reader, const uint8_t *command, size_t len, uint8_t response[258])
{
    size_t n = 0;
    struct reader *r = enter_reader(reader);
    if (!r)
        return 0;
    while (r->owner) {
        service_idle(r);
        service_wait();
        service_busy(r);
    }
    if (r->card) {
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
        for (struct context *c = service.contexts; c; c = c->next)
            c->dead = true;
        service_changed(); /* for a command that hangs */
        for (int i = 0; i < READERS_MAX; i++) {
            struct reader *reader = &service.readers[i];
            service_busy(reader);
            service_orphan_handles(reader);
            service_power_down_unused(reader);
            service_idle(reader);
        }
    }
    service_changed();
    service_leave();
}

/*
 * Enters and gives READER, at rest or not; NULL, without entering, for a wrong
 * number.
 */
static struct reader *enter_at_once(int reader)
{
    if (reader < 0 || reader >= READERS_MAX)
        return NULL;
    service_enter();
    return &service.readers[reader];
}

void vcontrol_faults(int reader, const struct vfault_plan *plans, size_t count)
{
    struct reader *r = enter_at_once(reader);
    if (r) {
        fault_plan(&r->faults, plans, count);
        service_leave();
    }
}

void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value)
{
    const struct vfault_plan plan = {at, how, value, false};
    vcontrol_faults(reader, &plan, how == VFAULT_NONE ? 0 : 1);
}

bool vcontrol_stalled(int reader, unsigned milliseconds)
{
    const struct timespec deadline = service_deadline_in(milliseconds);
    struct reader *r = enter_at_once(reader);
    if (!r)
        return false;
    while (!r->stalled && service_wait_until(&deadline)) {
    }
    bool stalled = r->stalled;
    service_leave();
    return stalled;
}

void vcontrol_release(int reader)
{
    struct reader *r = enter_at_once(reader);
    if (r) {
        r->stalled = false;
        service_changed();
        service_leave();
    }
}

void vcontrol_link(int reader, const struct vcontrol_link *link)
{
    struct reader *r = enter_at_once(reader);
    if (r) {
        r->link = *link;
        service_leave();
    }
}

void vcontrol_loss(int reader, const struct vcontrol_loss *loss)
{
    struct reader *r = enter_at_once(reader);
    if (r) {
        r->loss = *loss;
        service_leave();
    }
}

unsigned vcontrol_lost(int reader)
{
    unsigned lost = 0;
    struct reader *r = enter_at_once(reader);
    if (r) {
        lost = r->lost;
        service_leave();
    }
    return lost;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/module/threads.h"

/* What workers do without a session, and the one that moves the cards. */

static void pause_us(struct worker *worker, unsigned most)
{
    usleep(1 + worker_below(worker, most));
}

static void look_at_module(struct worker *worker, struct worker_slot *slot)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = 64;
    CK_INFO info;

    (void)ASK(worker, C_GetInfo, &info);
    if (ASK(worker, C_GetSlotList,
            worker_chance(worker, 50) ? CK_TRUE : CK_FALSE,
            worker_chance(worker, 50) ? NULL : slots, &count) == CKR_OK &&
        count > THREADS_SLOTS)
        complain("%lu slots", count);
}

/* A slot id names one reader, whatever comes and goes. */
static void look_at_slot(struct worker *worker, struct worker_slot *slot)
{
    CK_SLOT_INFO info;
    char name[40];

    (void)snprintf(name, sizeof name, "Reader %lu %s ", slot->id / 2,
        slot->id % 2 ? "sign" : "auth");
    if (ASK(worker, C_GetSlotInfo, slot->id, &info) == CKR_OK &&
        memcmp(info.slotDescription, name, strlen(name)) != 0)
        complain("slot %lu is %.64s", slot->id, info.slotDescription);
}

static void look_at_token(struct worker *worker, struct worker_slot *slot)
{
    static const char *const labels[] = {
        "JPKI Auth (4-digit PIN) ", "JPKI Sign (6-16 chars) "};
    const char *label = labels[slot->id % 2];
    CK_TOKEN_INFO info;

    if (ASK(worker, C_GetTokenInfo, slot->id, &info) != CKR_OK)
        return;
    if (memcmp(info.label, label, strlen(label)) != 0 ||
        memcmp(info.label + strlen(label), info.serialNumber, 4) != 0)
        complain("slot %lu: token %.32s", slot->id, info.label);
    if (info.flags & CKF_USER_PIN_LOCKED)
        complain("slot %lu: locked", slot->id);
}

static void look_at_mechanisms(struct worker *worker, struct worker_slot *slot)
{
    CK_MECHANISM_TYPE types[32];
    CK_MECHANISM_INFO info;
    CK_ULONG count = 32;

    if (ASK(worker, C_GetMechanismList, slot->id, types, &count) == CKR_OK &&
        count != 13)
        complain("slot %lu: %lu mechanisms", slot->id, count);
    (void)ASK(worker, C_GetMechanismInfo, slot->id, CKM_SHA256_RSA_PKCS, &info);
}

static void look_at_session(struct worker *worker, struct worker_slot *slot)
{
    CK_SESSION_INFO info;
    CK_RV rv;

    if (!slot->session) {
        if (ASK(worker, C_OpenSession, slot->id, CKF_SERIAL_SESSION, NULL, NULL,
                &slot->session) != CKR_OK)
            return;
    }
    rv = ASK(worker, C_GetSessionInfo, slot->session, &info);
    if (rv == CKR_OK && info.slotID != slot->id)
        complain("a session of slot %lu is one of %lu", slot->id, info.slotID);
    if (rv != CKR_OK)
        worker_slot_reset(slot);
}

static void poll_events(struct worker *worker, struct worker_slot *slot)
{
    CK_SLOT_ID told = 0;

    if (ASK(worker, C_WaitForSlotEvent, CKF_DONT_BLOCK, &told, NULL) == CKR_OK)
        count(&threads.events);
    pause_us(worker, 1000);
}

/* The last answer is that of C_Finalize: then nothing is left to wait for. */
static void wait_for_event(struct worker *worker, struct worker_slot *slot)
{
    CK_SLOT_ID told = 0;
    CK_RV rv = functions()->C_WaitForSlotEvent(0, &told, NULL);

    worker->calls++;
    if (rv == CKR_OK)
        count(&threads.events);
    else if (rv != CKR_CRYPTOKI_NOT_INITIALIZED)
        complain("C_WaitForSlotEvent: %#lx", rv);
    if (rv == CKR_OK && told >= THREADS_SLOTS)
        complain("an event of slot %lu", told);
    if (rv != CKR_OK)
        pause_us(worker, 1000);
}

/* Another reader's turn, a card's at random; a reader now and then. */
static void move_a_card(struct worker *worker, struct worker_slot *slot)
{
    const unsigned i = worker_below(worker, (unsigned)threads.mix->readers);
    const char *folder = threads.folders[i][worker_below(worker, PERSONS)];
    char name[16];

    switch (worker_below(worker, 6)) {
    case 0:
        vcontrol_remove(threads.readers[i]);
        pause_us(worker, 10000);
        break;
    case 1:
        vcontrol_reader_remove(threads.readers[i]);
        pause_us(worker, 10000);
        (void)snprintf(name, sizeof name, "Reader %u", i);
        threads.readers[i] = vcontrol_reader_add(name);
        break;
    default:
        break;
    }
    if (vcontrol_swap(threads.readers[i], folder) != 0)
        complain("no card can be put into reader %u", i);
    count(&threads.card_changes);
    pause_us(worker, 60000);
}

static void restart(struct worker *worker, struct worker_slot *slot)
{
    CK_RV rv;

    pause_us(worker, 100000);
    rv = functions()->C_Finalize(NULL);
    /* One call may take more than the time that it waits for. */
    if (rv == CKR_FUNCTION_FAILED && is_emulated())
        return;
    if (rv != CKR_OK)
        complain("C_Finalize: %#lx", rv);
    pause_us(worker, 2000);
    rv = functions()->C_Initialize(NULL);
    if (rv != CKR_OK)
        complain("C_Initialize: %#lx", rv);
    count(&threads.restarts);
}

const struct part part_looker = {"a looker",
    {{20, look_at_module}, {20, look_at_slot}, {20, look_at_token},
        {10, look_at_mechanisms}, {20, look_at_session}, {10, poll_events}}};
const struct part part_watcher = {"a watcher", {{1, poll_events}}};
const struct part part_waiter = {"a waiter", {{1, wait_for_event}}};
const struct part part_card_mover = {"the hand", {{1, move_a_card}}};
const struct part part_restarter = {"a restarter", {{1, restart}}};

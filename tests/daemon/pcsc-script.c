/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <reader.h>
#include <winscard.h>

#include "tests/daemon/pcsc-control.h"
#include "tests/daemon/pcsc-script.h"

/*
 * One script of PC/SC calls whose codes go to stdout. Run on the stand-in for
 * libpcsclite and on a real pcscd it must print the same. $JPKI_READER0 holds a
 * card, $JPKI_READER1 is empty.
 */
const char *reader0, *reader1;
SCARDCONTEXT ctx, other_ctx;
static const uint8_t select_jpki[] = {0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92,
    0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

void say(const char *what, LONG code)
{
    printf("%-52s %08lX\n", what, (unsigned long)code & 0xFFFFFFFFUL);
    fflush(stdout);
}

LONG connect_to(const char *name, DWORD mode, SCARDHANDLE *ret_handle)
{
    DWORD protocol = 0;
    *ret_handle = 0;
    return SCardConnect(
        ctx, name, mode, SCARD_PROTOCOL_ANY, ret_handle, &protocol);
}

LONG connect_other(DWORD mode, SCARDHANDLE *ret_handle)
{
    DWORD protocol = 0;
    *ret_handle = 0;
    return SCardConnect(
        other_ctx, reader0, mode, SCARD_PROTOCOL_ANY, ret_handle, &protocol);
}

static LONG send_select(SCARDHANDLE handle)
{
    uint8_t response[258];
    DWORD len = sizeof response;
    return SCardTransmit(handle, SCARD_PCI_T1, select_jpki, sizeof select_jpki,
        NULL, response, &len);
}

static LONG ask_status(SCARDHANDLE handle)
{
    DWORD state = 0, protocol = 0, name_len = 0, atr_len = 0;
    LONG rc =
        SCardStatus(handle, NULL, &name_len, &state, &protocol, NULL, &atr_len);
    if (rc == SCARD_S_SUCCESS) {
        printf("  state %04lX protocol %lu name %lu atr %lu\n", state & 0xFFFF,
            protocol, name_len, atr_len);
    }
    return rc;
}

/* Answered by the reader's driver; the card is not asked. */
static LONG ask_features(SCARDHANDLE handle)
{
    uint8_t features[64];
    DWORD len = 0;
    return SCardControl(handle, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, features,
        sizeof features, &len);
}

static LONG again(SCARDHANDLE handle, DWORD mode, DWORD initialization)
{
    DWORD protocol = 0;
    return SCardReconnect(
        handle, mode, SCARD_PROTOCOL_ANY, initialization, &protocol);
}

/*
 * A call that may have to wait for somebody else: it is made in a thread of its
 * own, "waits" is printed when it has not come back after a while, and its code
 * when it has.
 */
struct call {
    const char *what;
    LONG (*make)(SCARDHANDLE handle);
    SCARDHANDLE handle;
    LONG code;
    bool done;
    pthread_mutex_t lock;
    pthread_t thread;
};

static void *make_call(void *arg)
{
    struct call *call = arg;
    LONG code = call->make(call->handle);
    pthread_mutex_lock(&call->lock);
    call->code = code;
    call->done = true;
    pthread_mutex_unlock(&call->lock);
    return NULL;
}

static void call_start(struct call *call, const char *what,
    LONG (*make)(SCARDHANDLE handle), SCARDHANDLE handle)
{
    bool done = false;
    *call = (struct call){.what = what, .make = make, .handle = handle};
    pthread_mutex_init(&call->lock, NULL);
    pthread_create(&call->thread, NULL, make_call, call);
    for (int i = 0; i < 20 && !done; i++) {
        control_pause(40);
        pthread_mutex_lock(&call->lock);
        done = call->done;
        pthread_mutex_unlock(&call->lock);
    }
    if (!done)
        printf("%-52s waits\n", what);
}

static void call_end(struct call *call)
{
    pthread_join(call->thread, NULL);
    pthread_mutex_destroy(&call->lock);
    say(call->what, call->code);
}

static LONG take_exclusively(SCARDHANDLE handle)
{
    return again(handle, SCARD_SHARE_EXCLUSIVE, SCARD_LEAVE_CARD);
}

static LONG reset_card(SCARDHANDLE handle)
{
    return again(handle, SCARD_SHARE_SHARED, SCARD_RESET_CARD);
}

static LONG end_transaction(SCARDHANDLE handle)
{
    return SCardEndTransaction(handle, SCARD_LEAVE_CARD);
}

static LONG connect_and_disconnect(SCARDHANDLE unused)
{
    (void)unused; /* it makes one */
    SCARDHANDLE handle = 0;
    LONG rc = connect_other(SCARD_SHARE_SHARED, &handle);
    if (rc == SCARD_S_SUCCESS)
        SCardDisconnect(handle, SCARD_LEAVE_CARD);
    return rc;
}

static LONG disconnect_reset(SCARDHANDLE handle)
{
    return SCardDisconnect(handle, SCARD_RESET_CARD);
}

static void contexts(void)
{
    SCARDCONTEXT none = 0, dead = 0;
    char names[8];
    DWORD len = sizeof names;
    puts("-- contexts");
    SAY(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, NULL));
    SAY(SCardEstablishContext(7, NULL, NULL, &none));
    SAY(SCardIsValidContext(ctx));
    SAY(SCardIsValidContext(12345));
    SAY(SCardReleaseContext(12345));
    SAY(SCardCancel(12345));
    SAY(SCardCancel(ctx));
    SAY(SCardListReaders(ctx, NULL, NULL, NULL));
    SAY(SCardListReaders(12345, NULL, NULL, &len));
    SAY(SCardListReaders(ctx, NULL, names, &len));
    printf("  %lu\n", len);
    SAY(SCardListReaders(ctx, NULL, NULL, &len));
    printf("  %lu\n", len);
    char *all = NULL;
    len = SCARD_AUTOALLOCATE;
    SAY(SCardListReaders(ctx, NULL, (LPSTR)(void *)&all, &len));
    printf("  %lu %s\n", len, all);
    SAY(SCardFreeMemory(ctx, all));
    len = 0;
    SAY(SCardListReaderGroups(ctx, NULL, &len));
    printf("  %lu\n", len);
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &dead);
    SAY(SCardReleaseContext(dead));
    SAY(SCardReleaseContext(dead));
    SAY(SCardIsValidContext(dead));
}

static void connections(void)
{
    SCARDHANDLE h = 0, h2 = 0;
    DWORD protocol = 0;
    puts("-- connections");
    SAY(connect_to("No Such Reader", SCARD_SHARE_SHARED, &h));
    SAY(connect_to(NULL, SCARD_SHARE_SHARED, &h));
    SAY(connect_to(reader0, 9, &h));
    SAY(connect_to(reader1, SCARD_SHARE_SHARED, &h));
    SAY(SCardConnect(ctx, reader0, SCARD_SHARE_SHARED, 0, &h, &protocol));
    SAY(SCardConnect(
        ctx, reader0, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0, &h, &protocol));
    SAY(SCardConnect(
        ctx, reader0, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, NULL, &protocol));
    SAY(SCardConnect(
        ctx, reader0, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &h, NULL));
    SAY(connect_to(reader1, SCARD_SHARE_DIRECT, &h));
    SAY(ask_status(h));
    SAY(send_select(h));
    SAY(SCardDisconnect(h, 9));
    SAY(SCardDisconnect(h, SCARD_LEAVE_CARD));
    SAY(SCardDisconnect(h, SCARD_LEAVE_CARD));
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(ask_status(h));
    SAY(connect_other(SCARD_SHARE_EXCLUSIVE, &h2));
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SAY(again(h, 9, SCARD_LEAVE_CARD));
    SAY(again(h, SCARD_SHARE_SHARED, 9));
    SAY(SCardReconnect(h, SCARD_SHARE_SHARED, 0, SCARD_LEAVE_CARD, &protocol));
    struct call exclusive;
    call_start(&exclusive, "take_exclusively", take_exclusively, h);
    SAY(SCardDisconnect(h2, SCARD_LEAVE_CARD));
    call_end(&exclusive);
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SAY(connect_other(SCARD_SHARE_DIRECT, &h2));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
}

static void commands(void)
{
    SCARDHANDLE h = 0;
    uint8_t response[258];
    DWORD len = sizeof response;
    puts("-- commands");
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(send_select(h));
    SAY(send_select(4711));
    SAY(SCardTransmit(h, SCARD_PCI_T1, select_jpki, 3, NULL, response, &len));
    len = 1;
    SAY(SCardTransmit(h, SCARD_PCI_T1, select_jpki, sizeof select_jpki, NULL,
        response, &len));
    len = sizeof response;
    SAY(SCardTransmit(h, SCARD_PCI_T0, select_jpki, sizeof select_jpki, NULL,
        response, &len));
    SAY(ask_features(h));
    SAY(ask_features(4711));
    SAY(SCardTransmit(
        h, NULL, select_jpki, sizeof select_jpki, NULL, response, &len));
    SAY(SCardTransmit(h, SCARD_PCI_T1, NULL, 5, NULL, response, &len));
    /* Two bytes of room for an answer of four. */
    static const uint8_t read4[] = {0x00, 0xB0, 0x86, 0x00, 0x02};
    len = 3;
    SAY(SCardTransmit(
        h, SCARD_PCI_T1, read4, sizeof read4, NULL, response, &len));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
}

static void transactions(void)
{
    SCARDHANDLE h = 0, h2 = 0;
    puts("-- transactions");
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(SCardEndTransaction(h, 9));
    SAY(SCardBeginTransaction(4711));
    SAY(SCardBeginTransaction(h));
    SAY(SCardBeginTransaction(h));
    SAY(send_select(h));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(send_select(h));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(send_select(h2));
    SAY(SCardBeginTransaction(h2));
    SAY(SCardDisconnect(h2, SCARD_LEAVE_CARD));
    SAY(send_select(h));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
}

/* What the others do meanwhile; each call is let go by the end of ours. */
static void waiting_for_a_transaction(void)
{
    static const struct {
        const char *what;
        LONG (*make)(SCARDHANDLE handle);
    } calls[] = {
        {"SCardTransmit", send_select},
        {"SCardStatus", ask_status},
        {"SCardControl", ask_features},
        {"SCardBeginTransaction", SCardBeginTransaction},
        {"SCardEndTransaction", end_transaction},
        {"SCardReconnect", reset_card},
        {"SCardConnect", connect_and_disconnect},
        {"SCardDisconnect", disconnect_reset},
    };
    puts("-- calls in another's transaction");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        SCARDHANDLE h = 0, h2 = 0;
        struct call call;
        connect_to(reader0, SCARD_SHARE_SHARED, &h);
        connect_other(SCARD_SHARE_SHARED, &h2);
        SCardBeginTransaction(h);
        call_start(&call, calls[i].what, calls[i].make, h2);
        SCardEndTransaction(h, SCARD_LEAVE_CARD);
        call_end(&call);
        SCardDisconnect(h2, SCARD_LEAVE_CARD);
        SCardDisconnect(h, SCARD_LEAVE_CARD);
    }
}

/* One program has the reader to itself. */
static void exclusive(void)
{
    SCARDHANDLE h = 0, h2 = 0;
    puts("-- exclusive");
    SAY(connect_to(reader0, SCARD_SHARE_EXCLUSIVE, &h));
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SAY(connect_other(SCARD_SHARE_DIRECT, &h2));
    SAY(send_select(h));
    SAY(ask_features(h));
    SAY(SCardBeginTransaction(h));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SCardDisconnect(h2, SCARD_LEAVE_CARD);
}

/* What the other handle, and the own one, are told after a reset. */
static void resets(DWORD how)
{
    SCARDHANDLE h = 0, h2 = 0;
    printf("-- resets %lu\n", how);
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(connect_other(SCARD_SHARE_SHARED, &h2));
    SAY(again(h, SCARD_SHARE_SHARED, how));
    SAY(send_select(h));
    SAY(send_select(h2));
    SAY(ask_status(h2));
    SAY(ask_features(h2));
    SAY(SCardBeginTransaction(h2));
    SAY(SCardEndTransaction(h2, SCARD_LEAVE_CARD));
    SAY(again(h2, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(send_select(h2));
    SAY(SCardBeginTransaction(h));
    SAY(SCardEndTransaction(h, how));
    SAY(send_select(h));
    SAY(ask_status(h));
    SAY(send_select(h2));
    SAY(again(h2, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(again(h, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(SCardDisconnect(h2, how));
    SAY(send_select(h));
    SAY(again(h, SCARD_SHARE_SHARED, SCARD_RESET_CARD));
    SAY(send_select(h));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
}

static void removal(void)
{
    SCARDHANDLE h = 0;
    puts("-- removal");
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(SCardBeginTransaction(h));
    control_remove();
    SAY(send_select(h));
    SAY(ask_status(h));
    SAY(ask_features(h));
    SAY(SCardBeginTransaction(h));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(again(h, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(send_select(h));
    control_insert();
    SAY(send_select(h));
    SAY(ask_status(h));
    SAY(ask_features(h));
    SAY(SCardBeginTransaction(h));
    SAY(again(h, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(send_select(h));
    SAY(SCardEndTransaction(h, SCARD_LEAVE_CARD));
    SAY(SCardDisconnect(h, SCARD_LEAVE_CARD));
}

static void *stop_later(void *arg)
{
    (void)arg; /* it has no code to give */
    control_pause(300);
    control_stop_service();
    return NULL;
}

static void restart(void)
{
    SCARDHANDLE h = 0;
    DWORD len = 0;
    puts("-- restart of the service");
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    wait_for_events(stop_later);
    SAY(send_select(h));
    SAY(ask_features(h));
    SAY(SCardBeginTransaction(h));
    SAY(SCardListReaders(ctx, NULL, NULL, &len));
    SAY(SCardIsValidContext(ctx));
    SAY(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &other_ctx));
    control_start_service();
    SAY(SCardIsValidContext(ctx));
    SAY(send_select(h));
    SAY(ask_features(h));
    SAY(ask_status(h));
    SAY(again(h, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD));
    SAY(SCardListReaders(ctx, NULL, NULL, &len));
    SAY(look(0, reader0, SCARD_STATE_UNAWARE));
    SAY(SCardCancel(ctx));
    SAY(SCardDisconnect(h, SCARD_LEAVE_CARD));
    SAY(SCardReleaseContext(ctx));
    SAY(SCardReleaseContext(ctx));
    SAY(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &ctx));
    control_wait_for_card(true);
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(send_select(h));
    SAY(SCardReleaseContext(ctx));
    SAY(send_select(h));
}

int main(void)
{
    reader0 = getenv("JPKI_READER0");
    reader1 = getenv("JPKI_READER1");
    control_find();
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &ctx);
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &other_ctx);
    contexts();
    connections();
    commands();
    transactions();
    waiting_for_a_transaction();
    resets(SCARD_RESET_CARD);
    resets(SCARD_UNPOWER_CARD);
    exclusive();
    removal();
    status_changes();
    cancels();
    restart();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>

#include <winscard.h>

#include "tests/daemon/pcsc-control.h"
#include "tests/daemon/pcsc-script.h"

#define CHANGED ((DWORD)SCARD_STATE_CHANGED)

static const char pnp[] = "\\\\?PnP?\\Notification";

LONG look(DWORD timeout, const char *name, DWORD known)
{
    SCARD_READERSTATE state = {.szReader = name, .dwCurrentState = known};
    LONG rc = SCardGetStatusChange(ctx, timeout, &state, 1);
    printf("  event %04lX atr %lu\n", state.dwEventState & 0xFFFF, state.cbAtr);
    return rc;
}

static DWORD event_of(const char *name)
{
    SCARD_READERSTATE state = {.szReader = name};
    SCardGetStatusChange(ctx, 0, &state, 1);
    return state.dwEventState;
}

static LONG look_with_pnp(const char *name, DWORD known)
{
    SCARD_READERSTATE states[] = {
        {.szReader = name, .dwCurrentState = known}, {.szReader = pnp}};
    LONG rc = SCardGetStatusChange(ctx, 50, states, 2);
    printf("  events %04lX and %04lX\n", states[0].dwEventState & 0xFFFF,
        states[1].dwEventState & 0xFFFF);
    return rc;
}

void status_changes(void)
{
    SCARDHANDLE h = 0;
    puts("-- status changes");
    SAY(SCardGetStatusChange(ctx, 0, NULL, 0));
    SAY(SCardGetStatusChange(ctx, 0, NULL, 1));
    SAY(look(0, NULL, 0));
    SAY(look(0, "No Such Reader", 0));
    SAY(look(0, reader0, SCARD_STATE_IGNORE));
    SAY(look(0, reader0, SCARD_STATE_UNAWARE));
    SAY(look(0, reader1, SCARD_STATE_UNAWARE));
    SAY(look(0, reader0, SCARD_STATE_EMPTY));
    SAY(look(50, reader0, SCARD_STATE_PRESENT));
    SAY(look(50, reader0, event_of(reader0)));
    SAY(look(50, reader0, event_of(reader0) + 0x10000));
    SAY(look(50, reader0, SCARD_STATE_PRESENT | SCARD_STATE_UNKNOWN));
    SAY(look(0, pnp, SCARD_STATE_UNAWARE));
    SAY(look(50, pnp, SCARD_STATE_UNAWARE));
    SAY(look(50, pnp, 2 << 16));
    SAY(look(50, pnp, SCARD_STATE_IGNORE));
    SAY(look_with_pnp(reader0, event_of(reader0) & ~CHANGED));
    SAY(look_with_pnp(reader0, SCARD_STATE_EMPTY));
    SAY(look_with_pnp("No Such Reader", 0));
    SAY(connect_to(reader0, SCARD_SHARE_SHARED, &h));
    SAY(look(0, reader0, SCARD_STATE_UNAWARE));
    SAY(look(0, reader0, SCARD_STATE_PRESENT));
    SAY(look(0, reader0, SCARD_STATE_PRESENT | SCARD_STATE_INUSE));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
    SAY(look(0, reader0, SCARD_STATE_PRESENT | SCARD_STATE_INUSE));
    SAY(connect_to(reader0, SCARD_SHARE_EXCLUSIVE, &h));
    SAY(look(0, reader0, SCARD_STATE_UNAWARE));
    SAY(look(0, reader0, SCARD_STATE_PRESENT | SCARD_STATE_INUSE));
    SCardDisconnect(h, SCARD_LEAVE_CARD);
    SAY(look(0, reader0, SCARD_STATE_PRESENT | SCARD_STATE_EXCLUSIVE));
    DWORD before = event_of(reader0) >> 16;
    control_remove();
    printf("  removed: counter +%lu\n", (event_of(reader0) >> 16) - before);
    control_insert();
    printf("  inserted: counter +%lu\n", (event_of(reader0) >> 16) - before);
}

static void *cancel_later(void *arg)
{
    control_pause(300);
    LONG *ret_code = arg;
    *ret_code = SCardCancel(ctx);
    return NULL;
}

void wait_for_events(void *(*meanwhile)(void *))
{
    pthread_t thread;
    DWORD known = event_of(reader0) & ~CHANGED;
    LONG other = 0;
    pthread_create(&thread, NULL, meanwhile, &other);
    LONG rc = look(5000, reader0, known);
    pthread_join(thread, NULL);
    say("a waiting SCardGetStatusChange", rc);
    say("what ended it", other);
}

/* SCardCancel ends a wait under way, and none that begins later. */
void cancels(void)
{
    SCARDCONTEXT idle = 0;
    DWORD len = 0;
    puts("-- cancels");
    SAY(SCardCancel(ctx));
    SAY(SCardListReaders(ctx, NULL, NULL, &len));
    SAY(look(50, reader0, event_of(reader0) & ~CHANGED));
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &idle);
    SAY(SCardCancel(idle));
    SAY(SCardReleaseContext(idle));
    SAY(SCardCancel(idle));
    wait_for_events(cancel_later);
    SAY(look(50, reader0, event_of(reader0) & ~CHANGED));
    SAY(SCardCancel(ctx));
    SAY(SCardListReaders(ctx, NULL, NULL, &len));
    wait_for_events(cancel_later);
}

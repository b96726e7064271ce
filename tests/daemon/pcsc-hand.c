/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/pcsc-hand.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <winscard.h>

static void (*stand_in_remove)(int reader);
static int (*stand_in_insert)(int reader, const char *folder);
static void (*stand_in_service)(bool running);

void hand_find(void)
{
    void *all = dlopen(NULL, RTLD_NOW);
    *(void **)&stand_in_remove = dlsym(all, "vcontrol_remove");
    *(void **)&stand_in_insert = dlsym(all, "vcontrol_insert");
    *(void **)&stand_in_service = dlsym(all, "vcontrol_service");
}

void hand_pause(long ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

static void order(const char *line)
{
    FILE *out = fopen(getenv("JPKI_VCARD_CTL0"), "we");
    if (out) {
        fprintf(out, "%s\n", line);
        fclose(out);
    }
}

void hand_wait_for_card(bool present)
{
    SCARDCONTEXT watch = 0;
    SCARD_READERSTATE state = {.szReader = getenv("JPKI_READER0")};
    DWORD wanted = present ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &watch);
    do {
        hand_pause(20);
        state.dwCurrentState = SCARD_STATE_UNAWARE;
        SCardGetStatusChange(watch, 0, &state, 1);
    } while ((state.dwEventState & wanted) == 0);
    SCardReleaseContext(watch);
    hand_pause(600); /* pcscd powers a new card up and lets it settle */
}

void hand_remove(void)
{
    if (stand_in_remove)
        stand_in_remove(0);
    else
        order("remove");
    hand_wait_for_card(false);
}

void hand_insert(void)
{
    if (stand_in_insert)
        stand_in_insert(0, getenv("JPKI_PERSONA"));
    else
        order("insert");
    hand_wait_for_card(true);
}

void hand_signal_service(int signal)
{
    FILE *file = fopen(getenv("JPKI_PCSCD_PIDFILE"), "re");
    int pid = 0;
    if (!file || fscanf(file, "%d", &pid) != 1 || kill(pid, signal) != 0)
        puts("pcscd cannot be sent a signal");
    if (file)
        fclose(file);
}

void hand_launch_service(void)
{
    if (system("\"$JPKI_PCSCD_START\"") != 0)
        puts("pcscd cannot be started");
}

void hand_stop_service(void)
{
    if (stand_in_service)
        stand_in_service(false);
    else
        hand_signal_service(SIGKILL);
    hand_pause(500);
}

void hand_start_service(void)
{
    if (stand_in_service)
        stand_in_service(true);
    else
        hand_launch_service();
    hand_pause(2000);
}

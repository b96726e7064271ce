/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/pcsc-control.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <winscard.h>

static void (*stand_in_remove)(int reader);
static int (*stand_in_insert)(int reader, const char *folder);
static void (*stand_in_service)(bool running);

void control_find(void)
{
    void *all = dlopen(NULL, RTLD_NOW);
    *(void **)&stand_in_remove = dlsym(all, "vcontrol_remove");
    *(void **)&stand_in_insert = dlsym(all, "vcontrol_insert");
    *(void **)&stand_in_service = dlsym(all, "vcontrol_service");
}

void control_pause(long ms)
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

void control_wait_for_card(bool present)
{
    SCARDCONTEXT watch = 0;
    SCARD_READERSTATE state = {.szReader = getenv("JPKI_READER0")};
    DWORD wanted = present ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY;
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &watch);
    do {
        control_pause(20);
        state.dwCurrentState = SCARD_STATE_UNAWARE;
        SCardGetStatusChange(watch, 0, &state, 1);
    } while ((state.dwEventState & wanted) == 0);
    SCardReleaseContext(watch);
    control_pause(600); /* pcscd powers a new card up and lets it settle */
}

void control_remove(void)
{
    if (stand_in_remove)
        stand_in_remove(0);
    else
        order("remove");
    control_wait_for_card(false);
}

void control_insert(void)
{
    if (stand_in_insert)
        stand_in_insert(0, getenv("JPKI_PERSONA"));
    else
        order("insert");
    control_wait_for_card(true);
}

void control_signal_service(int signal)
{
    FILE *file = fopen(getenv("JPKI_PCSCD_PIDFILE"), "re");
    int pid = 0;
    if (!file || fscanf(file, "%d", &pid) != 1 || kill(pid, signal) != 0)
        puts("pcscd cannot be sent a signal");
    if (file)
        fclose(file);
}

void control_launch_service(void)
{
    if (system("\"$JPKI_PCSCD_START\"") != 0)
        puts("pcscd cannot be started");
}

void control_stop_service(void)
{
    if (stand_in_service)
        stand_in_service(false);
    else
        control_signal_service(SIGKILL);
    control_pause(500);
}

void control_start_service(void)
{
    if (stand_in_service)
        stand_in_service(true);
    else
        control_launch_service();
    control_pause(2000);
}

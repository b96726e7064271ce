/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <winscard.h>

#include "tests/vcard/control.h"

/*
 * To be preloaded into a program on the stand-in, whose first reader it is
 * about:
 *
 *     JPKI_CARD_FAULT    "removed N", "removed-after N": the card is taken out
 *                        before, or after, the command that N others precede
 *                        (vcontrol_fault)
 *     JPKI_CARD_ANSWER   "INS SW": commands with INS are answered by SW, and
 *                        not done
 *     JPKI_CARD_SIGNAL   "INS NUMBER [NTH]": this process gets the signal as
 *                        soon as the first, or NTH, command with INS and with
 *                        data is answered
 *     JPKI_CARD_KEPT     PATH: another program has a transaction while there is
 *                        such a file
 *     JPKI_CARD_OUT      PATH: the card is taken out once there is such a
 *                        file, which is removed then
 *     JPKI_CARD_NEXT     "PATH FOLDER": the card of FOLDER lies there instead
 *                        once there is a file PATH, which is removed then
 */
static const struct {
    const char *name;
    enum vfault how;
} faults[] = {
    {"removed", VFAULT_REMOVE},
    {"removed-after", VFAULT_REMOVE_AFTER},
};

static void plan_fault(const char *text)
{
    char name[16];
    unsigned at;
    size_t i;

    if (sscanf(text, "%15s %u", name, &at) != 2)
        return;
    for (i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(name, faults[i].name) == 0)
            vcontrol_fault(0, at, faults[i].how, 0);
}

/* Waits until there is a file PATH, or none. */
static void wait_for_file(const char *path, bool is_there)
{
    const struct timespec pause = {.tv_nsec = 20000000};

    while ((access(path, F_OK) == 0) != is_there)
        nanosleep(&pause, NULL);
}

static void *keep_card(void *arg)
{
    const SCARDHANDLE *card = arg;

    wait_for_file(getenv("JPKI_CARD_KEPT"), false);
    SCardEndTransaction(*card, SCARD_LEAVE_CARD);
    return NULL;
}

static void *take_card_out(void *arg)
{
    wait_for_file(arg, true);
    vcontrol_remove(0);
    unlink(arg);
    return NULL;
}

static void *exchange_card(void *arg)
{
    char *folder = strchr(arg, ' ');

    *folder++ = '\0';
    wait_for_file(arg, true);
    vcontrol_swap(0, folder);
    unlink(arg);
    return NULL;
}

static void begin_transaction(SCARDHANDLE *card)
{
    SCARDCONTEXT context;
    DWORD protocol, len = SCARD_AUTOALLOCATE;
    char *readers = NULL;

    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS ||
        SCardListReaders(context, NULL, (char *)&readers, &len) !=
            SCARD_S_SUCCESS ||
        SCardConnect(context, readers, SCARD_SHARE_SHARED,
            SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, card,
            &protocol) != SCARD_S_SUCCESS ||
        SCardBeginTransaction(*card) != SCARD_S_SUCCESS)
        abort();
}

static void start(void *(*run)(void *arg), void *arg)
{
    sigset_t all, before;
    pthread_t thread;

    /* Signals are for the program's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, run, arg) != 0)
        abort();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

__attribute__((constructor)) static void plan(void)
{
    static SCARDHANDLE kept;
    const char *fault = getenv("JPKI_CARD_FAULT");
    char *out = getenv("JPKI_CARD_OUT"), *next = getenv("JPKI_CARD_NEXT");

    /* Not in a pinentry that it starts. */
    if (strncmp(program_invocation_short_name, "jpki", 4) != 0)
        return;
    if (fault)
        plan_fault(fault);
    if (getenv("JPKI_CARD_KEPT")) {
        begin_transaction(&kept);
        start(keep_card, &kept);
    }
    if (out)
        start(take_card_out, out);
    if (next && strchr(next, ' '))
        start(exchange_card, strdup(next));
}

typedef LONG transmit(SCARDHANDLE card, const SCARD_IO_REQUEST *send_pci,
    LPCBYTE command, DWORD len, SCARD_IO_REQUEST *receive_pci, LPBYTE answer,
    LPDWORD answer_len);

transmit SCardTransmit;

/* True where another answer than the card's is wanted. */
static bool answer_instead(BYTE ins, LPBYTE answer, LPDWORD answer_len)
{
    const char *text = getenv("JPKI_CARD_ANSWER");
    unsigned wanted, sw;

    if (!text || sscanf(text, "%x %x", &wanted, &sw) != 2 || wanted != ins)
        return false;
    answer[0] = (BYTE)(sw >> 8);
    answer[1] = (BYTE)sw;
    *answer_len = 2;
    return true;
}

LONG SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *send_pci,
    LPCBYTE command, DWORD len, SCARD_IO_REQUEST *receive_pci, LPBYTE answer,
    LPDWORD answer_len)
{
    static unsigned answered;
    void *found = dlsym(RTLD_NEXT, "SCardTransmit");
    transmit *next;
    LONG code;
    const char *text = getenv("JPKI_CARD_SIGNAL");
    unsigned ins, nth = 1;
    int number;

    if (answer_instead(command[1], answer, answer_len))
        return SCARD_S_SUCCESS;
    memcpy(&next, &found, sizeof next);
    code = next(card, send_pci, command, len, receive_pci, answer, answer_len);
    if (text && sscanf(text, "%x %d %u", &ins, &number, &nth) >= 2 &&
        command[1] == ins && len > 5 && ++answered == nth)
        raise(number);
    return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "tests/vcard/control.h"

/*
 * To be preloaded into a program on the stand-in: by $JPKI_CARD_FAULT, "removed
 * N", the card of the first reader is taken out before the command that N
 * others precede, by "removed-after N" after it. See vcontrol_fault.
 */
static const struct {
    const char *name;
    enum vfault how;
} faults[] = {
    {"removed", VFAULT_REMOVE},
    {"removed-after", VFAULT_REMOVE_AFTER},
};

__attribute__((constructor)) static void plan(void)
{
    const char *text = getenv("JPKI_CARD_FAULT");
    char name[16];
    unsigned at;
    size_t i;

    if (!text || sscanf(text, "%15s %u", name, &at) != 2)
        return;
    for (i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(name, faults[i].name) == 0)
            vcontrol_fault(0, at, faults[i].how, 0);
}

typedef LONG transmit(SCARDHANDLE card, const SCARD_IO_REQUEST *send_pci,
    LPCBYTE command, DWORD len, SCARD_IO_REQUEST *receive_pci, LPBYTE answer,
    LPDWORD answer_len);

/*
 * $JPKI_CARD_SIGNAL, "INS NUMBER [NTH]": this process gets the signal as soon as
 * the first, or NTH, command with INS and with data is answered.
 */
transmit SCardTransmit;

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

    memcpy(&next, &found, sizeof next);
    code = next(card, send_pci, command, len, receive_pci, answer, answer_len);
    if (text && sscanf(text, "%x %d %u", &ins, &number, &nth) >= 2 &&
        command[1] == ins && len > 5 && ++answered == nth)
        raise(number);
    return code;
}

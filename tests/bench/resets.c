/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <winscard.h>

/*
 * bench-resets READER MS: connects to the card, resets it and leaves, with so
 * many milliseconds in between, until it is killed. Prints a line at the first
 * reset.
 */
static LONG reset(SCARDCONTEXT context, const char *reader)
{
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    LONG rc = SCardConnect(context, reader, SCARD_SHARE_SHARED,
        SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);

    return rc == SCARD_S_SUCCESS ? SCardDisconnect(card, SCARD_RESET_CARD) : rc;
}

int main(int argc, char **argv)
{
    SCARDCONTEXT context = 0;
    struct timespec pause = {0};
    long ms;
    int said = 0;

    if (argc != 3)
        return 2;
    ms = strtol(argv[2], NULL, 10);
    pause.tv_sec = ms / 1000;
    pause.tv_nsec = ms % 1000 * 1000000;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
        SCARD_S_SUCCESS)
        return 1;
    for (;;) {
        if (reset(context, argv[1]) == SCARD_S_SUCCESS && !said) {
            said = puts("resets") >= 0;
            fflush(stdout);
        }
        nanosleep(&pause, NULL);
    }
}

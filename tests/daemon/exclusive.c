/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include <winscard.h>

/*
 * exclusive: takes the card in $JPKI_READER0 for itself, says "held", and keeps
 * it until its standard input ends.
 */
int main(void)
{
    const char *reader = getenv("JPKI_READER0");
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    DWORD protocol;

    if (!reader ||
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS ||
        SCardConnect(context, reader, SCARD_SHARE_EXCLUSIVE,
            SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &handle,
            &protocol) != SCARD_S_SUCCESS)
        return 1;
    puts("held");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    (void)SCardDisconnect(handle, SCARD_LEAVE_CARD);
    (void)SCardReleaseContext(context);
    return 0;
}

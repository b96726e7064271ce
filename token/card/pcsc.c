/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/pcsc.h"

#include <stddef.h>

struct row {
    LONG code;
    const char *name;
    enum tok_err err;
    const char *advice;
};

#define ROW(code, err)             \
    {                              \
        (code), #code, (err), NULL \
    }
#define ADVISED(code, err, advice)     \
    {                                  \
        (code), #code, (err), (advice) \
    }

static const struct row rows[] = {
    ROW(SCARD_S_SUCCESS, TOK_OK),
    ROW(SCARD_F_COMM_ERROR, TOK_NO_SERVICE),
    ROW(SCARD_F_INTERNAL_ERROR, TOK_IO),
    ROW(SCARD_E_CANCELLED, TOK_IO),
    ROW(SCARD_E_INVALID_HANDLE, TOK_NO_SERVICE),
    ADVISED(SCARD_E_NO_SERVICE, TOK_NO_SERVICE,
        "pcscd is not running, or out of reach: start it, for example by "
        "\"systemctl start pcscd.socket\"; where it runs, a systemd unit or a "
        "container may hide its socket in /run/pcscd or forbid AF_UNIX, or "
        "polkit may refuse this user"),
    /* Of neighbouring versions the one does not know the other's protocol. */
    ADVISED(SCARD_E_SERVICE_STOPPED, TOK_NO_SERVICE,
        "pcscd and this program's libpcsclite are of versions that do not "
        "understand each other: install both from one release, in a container "
        "that of the host"),
    ROW(SCARD_E_NO_MEMORY, TOK_NOMEM),
    ROW(SCARD_E_INSUFFICIENT_BUFFER, TOK_REPLY),
    /* What pcscd answers for the handle of a reader that was unplugged. */
    ROW(SCARD_E_INVALID_VALUE, TOK_NO_READER),
    ROW(SCARD_E_INVALID_PARAMETER, TOK_IO),
    ROW(SCARD_E_UNKNOWN_READER, TOK_NO_READER),
    ROW(SCARD_E_READER_UNAVAILABLE, TOK_NO_READER),
    ADVISED(SCARD_E_NO_READERS_AVAILABLE, TOK_NO_READER,
        "pcscd knows no card reader: plug one in, or install its driver "
        "(package libccid or pcsc-lite-ccid for most)"),
    ROW(SCARD_E_TIMEOUT, TOK_IO),
    ADVISED(SCARD_E_SHARING_VIOLATION, TOK_BUSY,
        "another program holds the card exclusively: end it, or let it share "
        "the card (GnuPG: \"pcsc-shared\" in scdaemon.conf)"),
    ROW(SCARD_E_NO_SMARTCARD, TOK_NO_CARD),
    ROW(SCARD_E_PROTO_MISMATCH, TOK_IO),
    ROW(SCARD_E_NOT_TRANSACTED, TOK_IO),
    ROW(SCARD_W_REMOVED_CARD, TOK_REMOVED),
    ROW(SCARD_W_RESET_CARD, TOK_IO),
    ROW(SCARD_W_UNPOWERED_CARD, TOK_NO_CARD),
    ROW(SCARD_W_UNRESPONSIVE_CARD, TOK_NO_CARD),
    ROW(SCARD_W_UNSUPPORTED_CARD, TOK_NO_CARD),
    /*
     * Of polkit; of the 201st context; and what is read from pcscd's socket
     * when it was killed.
     */
    ADVISED(SCARD_W_SECURITY_VIOLATION, TOK_NO_SERVICE,
        "pcscd refuses this user, or is full: see the polkit rule for "
        "org.debian.pcsc-lite.access_pcsc, or end programs that use cards "
        "(pcscd takes 200 connections)"),
};

static const struct row *find(LONG code)
{
    static const struct row other = {0, "an unknown code", TOK_IO, NULL};
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return &rows[i];
    return &other;
}

enum tok_err pcsc_err(LONG code)
{
    return find(code)->err;
}

bool pcsc_context_is_dead(LONG code)
{
    return pcsc_err(code) == TOK_NO_SERVICE;
}

const char *pcsc_advice(LONG code)
{
    return find(code)->advice;
}

const char *pcsc_name(LONG code)
{
    return find(code)->name;
}

bool pcsc_is_new_reason(LONG code, LONG logged)
{
    return code != SCARD_S_SUCCESS && code != logged &&
           !(code == SCARD_E_NO_SERVICE &&
               logged == SCARD_W_SECURITY_VIOLATION);
}

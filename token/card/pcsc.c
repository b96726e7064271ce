/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/pcsc.h"

#include <stddef.h>

struct row {
    LONG code;
    const char *name;
    enum tok_err err;
    bool dead; /* the context is of no more use */
    const char *advice;
};

#define ROW(code, err, dead)               \
    {                                      \
        (code), #code, (err), (dead), NULL \
    }
#define ADVISED(code, err, dead, advice)       \
    {                                          \
        (code), #code, (err), (dead), (advice) \
    }

static const struct row rows[] = {
    ROW(SCARD_S_SUCCESS, TOK_OK, false),
    ROW(SCARD_F_COMM_ERROR, TOK_NO_SERVICE, true),
    ROW(SCARD_F_INTERNAL_ERROR, TOK_IO, false),
    ROW(SCARD_E_CANCELLED, TOK_IO, false),
    ROW(SCARD_E_INVALID_HANDLE, TOK_NO_SERVICE, true),
    ADVISED(SCARD_E_NO_SERVICE, TOK_NO_SERVICE, true,
        "pcscd is not running, or out of reach: start it, for example by "
        "\"systemctl start pcscd.socket\"; where it runs, a systemd unit or a "
        "container may hide its socket in /run/pcscd or forbid AF_UNIX, or "
        "polkit may refuse this user"),
    /* Of neighbouring versions the one does not know the other's protocol. */
    ADVISED(SCARD_E_SERVICE_STOPPED, TOK_NO_SERVICE, true,
        "pcscd and this program's libpcsclite are of versions that do not "
        "understand each other: install both from one release, in a container "
        "that of the host"),
    ROW(SCARD_E_NO_MEMORY, TOK_NOMEM, false),
    ROW(SCARD_E_INSUFFICIENT_BUFFER, TOK_REPLY, false),
    /* What pcscd answers for the handle of a reader that was unplugged. */
    ROW(SCARD_E_INVALID_VALUE, TOK_NO_READER, false),
    ROW(SCARD_E_INVALID_PARAMETER, TOK_IO, false),
    ROW(SCARD_E_UNKNOWN_READER, TOK_NO_READER, false),
    ROW(SCARD_E_READER_UNAVAILABLE, TOK_NO_READER, false),
    ADVISED(SCARD_E_NO_READERS_AVAILABLE, TOK_NO_READER, false,
        "pcscd knows no card reader: plug one in, or install its driver "
        "(package libccid or pcsc-lite-ccid for most)"),
    ROW(SCARD_E_TIMEOUT, TOK_IO, false),
    ADVISED(SCARD_E_SHARING_VIOLATION, TOK_BUSY, false,
        "another program holds the card exclusively: end it, or let it share "
        "the card (GnuPG: \"pcsc-shared\" in scdaemon.conf)"),
    ROW(SCARD_E_NO_SMARTCARD, TOK_NO_CARD, false),
    ROW(SCARD_E_PROTO_MISMATCH, TOK_IO, false),
    ROW(SCARD_E_NOT_TRANSACTED, TOK_IO, false),
    ROW(SCARD_W_REMOVED_CARD, TOK_REMOVED, false),
    ROW(SCARD_W_RESET_CARD, TOK_IO, false),
    ROW(SCARD_W_UNPOWERED_CARD, TOK_NO_CARD, false),
    ROW(SCARD_W_UNRESPONSIVE_CARD, TOK_NO_CARD, false),
    ROW(SCARD_W_UNSUPPORTED_CARD, TOK_NO_CARD, false),
    /*
     * Of polkit; of the 201st context; and what is read from pcscd's socket
     * when it was killed.
     */
    ADVISED(SCARD_W_SECURITY_VIOLATION, TOK_NO_SERVICE, true,
        "pcscd refuses this user, or is full: see the polkit rule for "
        "org.debian.pcsc-lite.access_pcsc, or end programs that use cards "
        "(pcscd takes 200 connections)"),
};

static const struct row *find(LONG code)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return &rows[i];
    return NULL;
}

enum tok_err pcsc_err(LONG code)
{
    const struct row *row = find(code);

    return row ? row->err : TOK_IO;
}

bool pcsc_context_is_dead(LONG code)
{
    const struct row *row = find(code);

    return row && row->dead;
}

const char *pcsc_advice(LONG code)
{
    const struct row *row = find(code);

    return row ? row->advice : NULL;
}

bool pcsc_is_new_reason(LONG code, LONG logged)
{
    return code != SCARD_S_SUCCESS && code != logged &&
           !(code == SCARD_E_NO_SERVICE &&
               logged == SCARD_W_SECURITY_VIOLATION);
}

const char *pcsc_name(LONG code)
{
    const struct row *row = find(code);

    return row ? row->name : "an unknown code";
}

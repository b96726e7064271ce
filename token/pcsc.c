/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pcsc.h"

#include <stdatomic.h>
#include <stddef.h>

#include "conf/log.h"

struct row {
    LONG code;
    const char *name;
    enum tok_err err;
    bool dead; /* the context is of no more use */
};

#define ROW(code, err, dead)         \
    {                                \
        (code), #code, (err), (dead) \
    }

static const struct row rows[] = {
    ROW(SCARD_S_SUCCESS, TOK_OK, false),
    ROW(SCARD_F_COMM_ERROR, TOK_NO_SERVICE, true),
    ROW(SCARD_F_INTERNAL_ERROR, TOK_IO, false),
    ROW(SCARD_E_CANCELLED, TOK_IO, false),
    ROW(SCARD_E_INVALID_HANDLE, TOK_NO_SERVICE, true),
    ROW(SCARD_E_NO_SERVICE, TOK_NO_SERVICE, true),
    ROW(SCARD_E_SERVICE_STOPPED, TOK_NO_SERVICE, true),
    ROW(SCARD_E_NO_MEMORY, TOK_NOMEM, false),
    ROW(SCARD_E_INSUFFICIENT_BUFFER, TOK_REPLY, false),
    /* What pcscd answers for the handle of a reader that was unplugged. */
    ROW(SCARD_E_INVALID_VALUE, TOK_NO_READER, false),
    ROW(SCARD_E_INVALID_PARAMETER, TOK_IO, false),
    ROW(SCARD_E_UNKNOWN_READER, TOK_NO_READER, false),
    ROW(SCARD_E_READER_UNAVAILABLE, TOK_NO_READER, false),
    ROW(SCARD_E_NO_READERS_AVAILABLE, TOK_NO_READER, false),
    ROW(SCARD_E_TIMEOUT, TOK_IO, false),
    ROW(SCARD_E_SHARING_VIOLATION, TOK_BUSY, false),
    ROW(SCARD_E_NO_SMARTCARD, TOK_NO_CARD, false),
    ROW(SCARD_E_PROTO_MISMATCH, TOK_IO, false),
    ROW(SCARD_E_NOT_TRANSACTED, TOK_IO, false),
    ROW(SCARD_W_REMOVED_CARD, TOK_REMOVED, false),
    ROW(SCARD_W_RESET_CARD, TOK_IO, false),
    ROW(SCARD_W_UNPOWERED_CARD, TOK_NO_CARD, false),
    ROW(SCARD_W_UNRESPONSIVE_CARD, TOK_NO_CARD, false),
    ROW(SCARD_W_UNSUPPORTED_CARD, TOK_NO_CARD, false),
    /* Of polkit; and what is read from pcscd's socket when it was killed. */
    ROW(SCARD_W_SECURITY_VIOLATION, TOK_NO_SERVICE, true),
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

void pcsc_warn_of_refusal(LONG code)
{
    static atomic_flag warned = ATOMIC_FLAG_INIT;

    if (code == SCARD_W_SECURITY_VIOLATION &&
        !atomic_flag_test_and_set(&warned))
        log_warn("pcscd refuses this user, so there are no readers: see the "
                 "polkit rule for org.debian.pcsc-lite.access_pcsc");
}

const char *pcsc_name(LONG code)
{
    const struct row *row = find(code);

    return row ? row->name : "an unknown code";
}

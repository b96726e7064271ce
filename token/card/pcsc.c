/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/pcsc.h"

#include <stddef.h>
#include <stdint.h>

#include <reader.h>

#include "conf/words_card.h"

struct row {
    LONG code;
    enum tok_err err;
    struct trouble trouble;
};

#define ROW(code, err)            \
    {                             \
        (code), (err),            \
        {                         \
            TROUBLE_OTHER, #code, \
            {                     \
                NULL, NULL        \
            }                     \
        }                         \
    }
#define ADVISED(code, err, kind, advice) \
    {                                    \
        (code), (err),                   \
        {                                \
            kind, #code,                 \
            {                            \
                advice                   \
            }                            \
        }                                \
    }

static const struct row rows[] = {
    ROW(SCARD_S_SUCCESS, TOK_OK),
    ROW(SCARD_F_COMM_ERROR, TOK_NO_SERVICE),
    ROW(SCARD_F_INTERNAL_ERROR, TOK_IO),
    ROW(SCARD_E_CANCELLED, TOK_IO),
    ROW(SCARD_E_INVALID_HANDLE, TOK_NO_SERVICE),
    ADVISED(
        SCARD_E_NO_SERVICE, TOK_NO_SERVICE, TROUBLE_NO_SERVICE, W_NO_SERVICE),
    /* Of neighbouring versions the one does not know the other's protocol. */
    ADVISED(SCARD_E_SERVICE_STOPPED, TOK_NO_SERVICE, TROUBLE_DIFFERS,
        W_SERVICE_DIFFERS),
    ROW(SCARD_E_NO_MEMORY, TOK_NOMEM),
    ROW(SCARD_E_INSUFFICIENT_BUFFER, TOK_REPLY),
    /* What pcscd answers for the handle of a reader that was unplugged. */
    ROW(SCARD_E_INVALID_VALUE, TOK_NO_READER),
    ROW(SCARD_E_INVALID_PARAMETER, TOK_IO),
    ROW(SCARD_E_UNKNOWN_READER, TOK_NO_READER),
    ROW(SCARD_E_READER_UNAVAILABLE, TOK_NO_READER),
    ADVISED(SCARD_E_NO_READERS_AVAILABLE, TOK_NO_READER, TROUBLE_NO_READER,
        W_NO_READERS),
    ROW(SCARD_E_TIMEOUT, TOK_IO),
    ADVISED(SCARD_E_SHARING_VIOLATION, TOK_BUSY, TROUBLE_EXCLUSIVE,
        W_CARD_EXCLUSIVE),
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
    ADVISED(SCARD_W_SECURITY_VIOLATION, TOK_NO_SERVICE, TROUBLE_REFUSED,
        W_SERVICE_REFUSES),
};

static const struct row *find(LONG code)
{
    static const struct row other = {
        0, TOK_IO, {TROUBLE_OTHER, "an unknown code", {NULL, NULL}}};
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

bool pcsc_is_power_up(LONG code)
{
    return code == SCARD_E_PROTO_MISMATCH ||
           code == SCARD_W_UNRESPONSIVE_CARD || code == SCARD_W_UNPOWERED_CARD;
}

bool pcsc_is_reset(LONG code)
{
    return code == SCARD_W_RESET_CARD || code == SCARD_E_PROTO_MISMATCH;
}

bool pcsc_context_is_dead(LONG code)
{
    return pcsc_err(code) == TOK_NO_SERVICE;
}

const struct trouble *pcsc_trouble(LONG code)
{
    return &find(code)->trouble;
}

const char *pcsc_name(LONG code)
{
    return pcsc_trouble(code)->name;
}

bool pcsc_is_new_reason(LONG code, LONG logged)
{
    return code != SCARD_S_SUCCESS && code != logged &&
           !(code == SCARD_E_NO_SERVICE &&
               logged == SCARD_W_SECURITY_VIOLATION);
}

LONG pcsc_reconnect(SCARDHANDLE handle, DWORD *ret_protocol)
{
    DWORD name_len = 0, atr_len = 0, state = 0, protocol = 0;
    LONG code = SCardReconnect(handle, SCARD_SHARE_SHARED, PCSC_PROTOCOLS,
        SCARD_LEAVE_CARD, ret_protocol);

    if (code == SCARD_S_SUCCESS)
        code = SCardStatus(
            handle, NULL, &name_len, &state, &protocol, NULL, &atr_len);
    if (code == SCARD_S_SUCCESS && !(state & SCARD_POWERED))
        code = SCardReconnect(handle, SCARD_SHARE_SHARED, PCSC_PROTOCOLS,
            SCARD_RESET_CARD, ret_protocol);
    return code;
}

bool pcsc_is_locked_out(SCARDHANDLE handle)
{
    uint8_t features[MAX_BUFFER_SIZE];
    DWORD len = 0;

    return SCardControl(handle, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, features,
               sizeof features, &len) == SCARD_E_SHARING_VIOLATION;
}

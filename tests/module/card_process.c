/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/card_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <winscard.h>

#include "tests/module/card_server.h"
#include "tests/vcard/control.h"

static const char reader_name[] = "Virtual Reader";

static struct {
    int sock;
    bool plugged;
    bool present;
    unsigned events; /* insertions and removals */
    unsigned connections;
    long last_id;
    enum vfault fault;
    unsigned fault_at; /* commands still to pass */
    uint32_t fault_value;
} self = {.sock = -1};

/* A handle is the number of the insertion that it was made for. */
static LONG check(SCARDHANDLE handle)
{
    return self.present && handle == (SCARDHANDLE)self.events
               ? SCARD_S_SUCCESS
               : SCARD_W_REMOVED_CARD;
}

void card_process_start(void)
{
    int pair[2];
    pid_t card;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    card = fork();
    if (card < 0)
        abort();
    if (card == 0) {
        close(pair[0]);
        card_serve(pair[1]);
    }
    close(pair[1]);
    self.sock = pair[0];
}

/* Asks the card's process; the answer's data, RET_LEN bytes, is cut to ROOM. */
static bool ask(enum card_order order, const void *data, size_t len,
    void *ret_data, size_t room, size_t *ret_len)
{
    struct card_message head = {order, (uint32_t)len};
    struct iovec parts[2] = {{&head, sizeof head}, {NULL, len}};
    uint8_t answer[CARD_DATA_MAX];

    memcpy(&parts[1].iov_base, &data, sizeof data);
    if (writev(self.sock, parts, 2) != (ssize_t)(sizeof head + len) ||
        !card_receive(self.sock, &head, sizeof head) ||
        head.len > sizeof answer ||
        !card_receive(self.sock, answer, head.len)) {
        fputs("the card's process is gone\n", stderr);
        abort();
    }
    if (ret_data)
        memcpy(ret_data, answer, head.len < room ? head.len : room);
    if (ret_len)
        *ret_len = head.len;
    /* The real library reads straight into its caller's memory. */
    explicit_bzero(answer, sizeof answer);
    return head.order == 0;
}

static void order(enum card_order what)
{
    (void)ask(what, NULL, 0, NULL, 0, NULL);
}

int vcontrol_reader_add(const char *name)
{
    (void)name; /* there is one */
    self.plugged = true;
    return 0;
}

void vcontrol_remove(int reader)
{
    (void)reader;
    if (!self.present)
        return;
    order(CARD_FREE);
    self.present = false;
    self.connections = 0;
    self.events++;
}

int vcontrol_insert(int reader, const char *folder)
{
    vcontrol_remove(reader);
    if (!ask(CARD_LOAD, folder, strlen(folder), NULL, 0, NULL))
        return -1;
    self.present = true;
    self.events++;
    return 0;
}

void vcontrol_reset(void)
{
    vcontrol_remove(0);
    self.plugged = false;
    self.fault = VFAULT_NONE;
}

void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    memset(ret_ledger, 0, sizeof *ret_ledger);
    if (reader == 0 && self.present)
        (void)ask(CARD_LEDGER, NULL, 0, ret_ledger, sizeof *ret_ledger, NULL);
}

bool vcontrol_is_verified(int reader)
{
    struct vcard_ledger ledger;

    vcontrol_ledger(reader, &ledger);
    return ledger.verified[0] || ledger.verified[1] || ledger.verified[2];
}

void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value)
{
    (void)reader;
    self.fault = how;
    self.fault_at = at;
    self.fault_value = value;
}

LONG SCardEstablishContext(
    DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT ret_context)
{
    (void)scope;
    (void)a;
    (void)b;
    *ret_context = ++self.last_id;
    return SCARD_S_SUCCESS;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
    (void)context;
    return SCARD_S_SUCCESS;
}

LONG SCardListReaders(
    SCARDCONTEXT context, LPCSTR groups, LPSTR ret_names, LPDWORD size)
{
    (void)context;
    (void)groups;
    if (!self.plugged)
        return SCARD_E_NO_READERS_AVAILABLE;
    memset(ret_names, 0, *size);
    memcpy(ret_names, reader_name, sizeof reader_name);
    *size = sizeof reader_name + 1;
    return SCARD_S_SUCCESS;
}

LONG SCardGetStatusChange(
    SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
    DWORD i;

    (void)context;
    (void)timeout;
    for (i = 0; i < count; i++)
        states[i].dwEventState =
            SCARD_STATE_CHANGED | (DWORD)self.events << 16 |
            (self.present ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY);
    return self.plugged ? SCARD_S_SUCCESS : SCARD_E_UNKNOWN_READER;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
    DWORD protocols, LPSCARDHANDLE ret_handle, LPDWORD ret_protocol)
{
    (void)context;
    (void)reader;
    (void)share;
    (void)protocols;
    if (!self.present)
        return SCARD_E_NO_SMARTCARD;
    if (self.connections++ == 0)
        order(CARD_POWER_ON);
    *ret_handle = (SCARDHANDLE)self.events;
    *ret_protocol = SCARD_PROTOCOL_T1;
    return SCARD_S_SUCCESS;
}

LONG SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
    DWORD disposition, LPDWORD ret_protocol)
{
    (void)share;
    (void)protocols;
    (void)disposition;
    *ret_protocol = SCARD_PROTOCOL_T1;
    return check(handle);
}

static void power_cycle(DWORD disposition)
{
    if (disposition != SCARD_UNPOWER_CARD)
        return;
    order(CARD_POWER_OFF);
    order(CARD_POWER_ON);
}

LONG SCardDisconnect(SCARDHANDLE handle, DWORD disposition)
{
    if (check(handle) == SCARD_S_SUCCESS) {
        power_cycle(disposition);
        if (--self.connections == 0)
            order(CARD_POWER_OFF);
    }
    return SCARD_S_SUCCESS;
}

LONG SCardBeginTransaction(SCARDHANDLE handle)
{
    return check(handle);
}

LONG SCardEndTransaction(SCARDHANDLE handle, DWORD disposition)
{
    if (check(handle) == SCARD_S_SUCCESS)
        power_cycle(disposition);
    return check(handle);
}

/* The fault that falls due with this command. */
static enum vfault take_fault(void)
{
    enum vfault due = self.fault;

    if (due == VFAULT_NONE)
        return VFAULT_NONE;
    if (self.fault_at > 0) {
        self.fault_at--;
        return VFAULT_NONE;
    }
    self.fault = VFAULT_NONE;
    return due;
}

LONG SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
    LPCBYTE command, DWORD len, SCARD_IO_REQUEST *ret_pci, LPBYTE ret_bytes,
    LPDWORD length)
{
    enum vfault fault = take_fault();
    size_t got = 2;

    (void)pci;
    (void)ret_pci;
    if (fault == VFAULT_REMOVE)
        vcontrol_remove(0);
    if (check(handle) != SCARD_S_SUCCESS)
        return SCARD_W_REMOVED_CARD;
    if (fault == VFAULT_PCSC)
        return (LONG)self.fault_value;
    if (fault == VFAULT_SW) {
        ret_bytes[0] = (uint8_t)(self.fault_value >> 8);
        ret_bytes[1] = (uint8_t)self.fault_value;
    } else {
        (void)ask(CARD_TRANSMIT, command, len, ret_bytes, *length, &got);
    }
    if (fault == VFAULT_PCSC_AFTER)
        return (LONG)self.fault_value;
    *length = got;
    return got < 2 ? SCARD_E_NOT_TRANSACTED : SCARD_S_SUCCESS;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/token/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <reader.h>

#include "conf/log.h"
#include "token/card/pcscd_clients.h"

#define CONTEXT 0x1234
#define HANDLE 0x5678
#define STEPS_MAX 256
#define TEXT_MAX 65536

const SCARD_IO_REQUEST g_rgSCardT0Pci = {SCARD_PROTOCOL_T0, 0};
const SCARD_IO_REQUEST g_rgSCardT1Pci = {SCARD_PROTOCOL_T1, 0};
const SCARD_IO_REQUEST g_rgSCardRawPci = {SCARD_PROTOCOL_RAW, 0};

struct step {
    const char *command, *answer;
    LONG code;
};

struct failure {
    unsigned skip, count;
    LONG code;
};

struct fake fake;
static struct step steps[STEPS_MAX];
static size_t step_count, step_next;
static struct failure failures[FAKE_CALLS];
static char words[TEXT_MAX], records[TEXT_MAX];

static const char one_reader[] = FAKE_READER "\0";

void fake_reset(void)
{
    fake = (struct fake){
        .protocol = SCARD_PROTOCOL_T1,
        .event_state = 7 << 16 | SCARD_STATE_PRESENT | SCARD_STATE_CHANGED,
        .list = one_reader,
        .list_len = sizeof one_reader,
        .list_claim = sizeof one_reader,
    };
    memset(failures, 0, sizeof failures);
    step_count = step_next = 0;
    words[0] = records[0] = '\0';
}

static void add_step(struct step step)
{
    assert_true(step_count < STEPS_MAX);
    steps[step_count++] = step;
}

void fake_expect(const char *command, const char *answer)
{
    add_step((struct step){command, answer, SCARD_S_SUCCESS});
}

void fake_expect_code(const char *command, LONG code)
{
    add_step((struct step){command, NULL, code});
}

void fake_fail(enum fake_call call, unsigned skip, unsigned count, LONG code)
{
    failures[call] = (struct failure){skip, count, code};
}

static void note(const char *word)
{
    size_t len = strlen(words);

    assert_true(len + strlen(word) + 2 < sizeof words);
    sprintf(words + len, "%s%s", len ? " " : "", word);
}

void fake_saw(const char *expected)
{
    assert_string_equal(words, expected);
    assert_int_equal(step_next, step_count);
    step_count = step_next = 0;
    fake_forget();
}

const char *fake_words(void)
{
    return words;
}

void fake_forget(void)
{
    words[0] = '\0';
}

const char *fake_log(void)
{
    return records;
}

size_t fake_bytes(const char *hex, uint8_t *ret_bytes, size_t cap)
{
    size_t len = strlen(hex) / 2, i;

    assert_true(len <= cap);
    for (i = 0; i < len; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        ret_bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return len;
}

/* Writes CALL down; what it is to return. */
static LONG enter(enum fake_call call, const char *word)
{
    struct failure *failure = &failures[call];
    unsigned nth = fake.counts[call]++;

    note(word);
    if (nth >= failure->skip && nth - failure->skip < failure->count)
        return failure->code;
    return SCARD_S_SUCCESS;
}

LONG SCardEstablishContext(
    DWORD scope, LPCVOID reserved1, LPCVOID reserved2, LPSCARDCONTEXT ret)
{
    LONG code = enter(FAKE_ESTABLISH, "establish");

    assert_null(reserved1);
    assert_null(reserved2);
    assert_int_equal(scope, SCARD_SCOPE_SYSTEM);
    if (code == SCARD_S_SUCCESS) {
        *ret = CONTEXT;
        fake.contexts++;
    }
    return code;
}

LONG SCardReleaseContext(SCARDCONTEXT context)
{
    LONG code = enter(FAKE_RELEASE, "release");

    assert_int_equal(context, CONTEXT);
    assert_true(fake.contexts > 0);
    fake.contexts--;
    fake.connected = fake.in_transaction = false;
    return code;
}

LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
    DWORD protocols, LPSCARDHANDLE ret, LPDWORD ret_protocol)
{
    LONG code = enter(FAKE_CONNECT, "connect");

    fake.clock_ms += fake.connect_ms;
    assert_int_equal(context, CONTEXT);
    assert_false(fake.connected);
    assert_string_equal(reader, FAKE_READER);
    assert_int_equal(share, SCARD_SHARE_SHARED);
    assert_int_equal(protocols, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1);
    if (code == SCARD_S_SUCCESS) {
        *ret = HANDLE;
        *ret_protocol = fake.protocol;
        fake.connected = true;
    }
    return code;
}

LONG SCardReconnect(SCARDHANDLE handle, DWORD share, DWORD protocols,
    DWORD initialization, LPDWORD ret_protocol)
{
    LONG code = enter(FAKE_RECONNECT,
        initialization == SCARD_RESET_CARD ? "reconnect:reset" : "reconnect");

    assert_int_equal(handle, HANDLE);
    assert_int_equal(share, SCARD_SHARE_SHARED);
    assert_int_equal(protocols, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1);
    if (initialization != SCARD_LEAVE_CARD) {
        assert_int_equal(initialization, SCARD_RESET_CARD);
        assert_true(fake.unpowered);
        fake.unpowered = false;
    }
    if (code == SCARD_S_SUCCESS)
        *ret_protocol = fake.protocol;
    return code;
}

LONG SCardStatus(SCARDHANDLE handle, LPSTR name, LPDWORD name_len,
    LPDWORD ret_state, LPDWORD ret_protocol, LPBYTE atr, LPDWORD atr_len)
{
    LONG code = enter(FAKE_POWER, "power?");

    assert_int_equal(handle, HANDLE);
    assert_null(name);
    assert_null(atr);
    assert_non_null(name_len);
    assert_non_null(atr_len);
    if (code == SCARD_S_SUCCESS) {
        *ret_state = SCARD_PRESENT | (fake.unpowered ? 0 : SCARD_POWERED);
        *ret_protocol = fake.unpowered ? 0 : fake.protocol;
    }
    return code;
}

static void dispose(DWORD disposition)
{
    if (disposition == SCARD_UNPOWER_CARD && fake.power_off)
        fake.power_off();
}

LONG SCardDisconnect(SCARDHANDLE handle, DWORD disposition)
{
    static const char *const names[] = {
        [SCARD_LEAVE_CARD] = "disconnect",
        [SCARD_RESET_CARD] = "disconnect:reset",
        [SCARD_UNPOWER_CARD] = "disconnect:unpower",
    };
    LONG code;

    assert_in_range(disposition, SCARD_LEAVE_CARD, SCARD_UNPOWER_CARD);
    code = enter(FAKE_DISCONNECT, names[disposition]);

    assert_int_equal(handle, HANDLE);
    assert_true(fake.connected);
    dispose(disposition);
    fake.connected = fake.in_transaction = false;
    return code;
}

LONG SCardBeginTransaction(SCARDHANDLE handle)
{
    LONG code = enter(FAKE_BEGIN, "begin");

    fake.clock_ms += fake.begin_ms;
    assert_int_equal(handle, HANDLE);
    assert_true(fake.connected);
    assert_false(fake.in_transaction);
    fake.in_transaction = code == SCARD_S_SUCCESS;
    return code;
}

LONG SCardEndTransaction(SCARDHANDLE handle, DWORD disposition)
{
    LONG code = enter(
        FAKE_END, disposition == SCARD_UNPOWER_CARD ? "end:unpower" : "end");

    assert_int_equal(handle, HANDLE);
    assert_true(fake.in_transaction);
    assert_true(
        disposition == SCARD_LEAVE_CARD || disposition == SCARD_UNPOWER_CARD);
    if (code == SCARD_S_SUCCESS) {
        dispose(disposition);
        fake.in_transaction = false;
    }
    return code;
}

static LONG wait_for_change(
    DWORD timeout, const SCARD_READERSTATE *states, DWORD count)
{
    LONG code = enter(FAKE_WAIT, "wait");
    DWORD i;

    fake.waited_ms = (unsigned)timeout;
    fake.watched = (unsigned)count;
    for (i = 0; i < count; i++) {
        assert_non_null(states[i].szReader);
        (void)snprintf(fake.watch[i].name, sizeof fake.watch[i].name, "%s",
            states[i].szReader);
        fake.watch[i].state = states[i].dwCurrentState;
    }
    return code == SCARD_S_SUCCESS ? SCARD_E_TIMEOUT : code;
}

/* A driver that knows no control code. */
LONG SCardControl(SCARDHANDLE handle, DWORD control_code, LPCVOID input,
    DWORD input_len, LPVOID ret_output, DWORD room, LPDWORD ret_len)
{
    LONG code = enter(FAKE_CONTROL, "control");

    assert_int_equal(handle, HANDLE);
    assert_int_equal(control_code, CM_IOCTL_GET_FEATURE_REQUEST);
    assert_null(input);
    assert_int_equal(input_len, 0);
    assert_non_null(ret_output);
    assert_true(room > 0);
    *ret_len = 0;
    return code == SCARD_S_SUCCESS ? SCARD_E_UNSUPPORTED_FEATURE : code;
}

LONG SCardCancel(SCARDCONTEXT context)
{
    assert_int_equal(context, CONTEXT);
    return enter(FAKE_CANCEL, "cancel");
}

LONG SCardGetStatusChange(
    SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *states, DWORD count)
{
    LONG code;
    DWORD i;

    assert_int_equal(context, CONTEXT);
    assert_in_range(count, 1, PCSCLITE_MAX_READERS_CONTEXTS);
    if (timeout != 0)
        return wait_for_change(timeout, states, count);
    code = enter(FAKE_STATUS, "status");
    for (i = 0; i < count; i++) {
        assert_non_null(states[i].szReader);
        assert_int_equal(states[i].dwCurrentState, SCARD_STATE_UNAWARE);
        states[i].dwEventState = fake.event_state;
        if (fake.connected || fake.others)
            states[i].dwEventState |= SCARD_STATE_INUSE;
        if (fake.torn_states > 0)
            states[i].dwEventState ^= 1 << 16;
    }
    if (fake.torn_states > 0)
        fake.torn_states--;
    return code;
}

uint64_t pcscd_clients(void)
{
    return fake.clients;
}

LONG SCardListReaders(
    SCARDCONTEXT context, LPCSTR groups, LPSTR ret_list, LPDWORD ret_len)
{
    LONG code = enter(FAKE_LIST, "list");

    assert_int_equal(context, CONTEXT);
    assert_null(groups);
    if (code != SCARD_S_SUCCESS)
        return code;
    assert_true(fake.list_len <= *ret_len);
    memcpy(ret_list, fake.list, fake.list_len);
    *ret_len = fake.list_claim;
    return code;
}

/* The next step of the script. */
static LONG follow_script(
    const char *command, uint8_t *ret_answer, DWORD *ret_answer_len)
{
    const struct step *step = &steps[step_next];

    if (step_next == step_count)
        fail_msg("not in the script: %s", command);
    assert_string_equal(command, step->command);
    step_next++;
    if (step->answer)
        *ret_answer_len = fake_bytes(step->answer, ret_answer, 258);
    return step->code;
}

LONG SCardTransmit(SCARDHANDLE handle, const SCARD_IO_REQUEST *pci,
    LPCBYTE command, DWORD len, SCARD_IO_REQUEST *ret_pci, LPBYTE ret_answer,
    LPDWORD ret_answer_len)
{
    char hex[2 * 261 + 1] = "";
    DWORD i;

    assert_int_equal(handle, HANDLE);
    assert_true(fake.in_transaction);
    assert_int_equal(pci->dwProtocol, fake.protocol);
    assert_null(ret_pci);
    assert_int_equal(*ret_answer_len, 258);
    assert_in_range(len, 4, 261);
    for (i = 0; i < len; i++)
        sprintf(hex + 2 * i, "%02X", command[i]);
    note(hex);
    if (fake.card)
        return fake.card(command, len, ret_answer, ret_answer_len);
    return follow_script(hex, ret_answer, ret_answer_len);
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *ret_rest);

int __wrap_nanosleep(const struct timespec *time, struct timespec *ret_rest)
{
    unsigned ms = (unsigned)(time->tv_sec * 1000 + time->tv_nsec / 1000000);

    (void)ret_rest;
    fake.slept_ms += ms;
    fake.clock_ms += ms;
    return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC);
    ret_time->tv_sec = 1000 + fake.clock_ms / 1000;
    ret_time->tv_nsec = (long)(fake.clock_ms % 1000) * 1000000L;
    return 0;
}

/* Their names where a time_t of 64 bits is not the platform's own. */
int __wrap___nanosleep64(const struct timespec *time, struct timespec *ret_rest)
    __attribute__((alias("__wrap_nanosleep")));
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret_time)
    __attribute__((alias("__wrap_clock_gettime")));

void log_write(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    size_t len = strlen(records);
    va_list args;

    if (sizeof records - len < 1024)
        return;
    len += (size_t)sprintf(records + len, "%s: ", names[level]);
    va_start(args, format);
    len += (size_t)vsprintf(records + len, format, args);
    va_end(args);
    strcpy(records + len, "\n");
}

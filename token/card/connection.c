/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/connection.h"

#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "conf/clock.h"
#include "conf/log.h"
#include "conf/words_log.h"
#include "token/card/fairness.h"
#include "token/card/monitor.h"
#include "token/card/pcsc.h"
#include "token/card/pcscd_clients.h"
#include "token/card/pin.h"

#define BUSY_TRIES 20
#define BUSY_PAUSE_MS 100
/* Powering a card up takes less than this many pauses. */
#define POWER_UP_TRIES 5
/*
 * Programs that reset the card at their end do so while this one waits for a
 * transaction, and while it reconnects after the reset before.
 */
#define BEGIN_TRIES 20
#define LOCKED_PAUSE_MS 50 /* between questions whether the card is free */
#define KEPT_MS 1000       /* so long a wait for others that the log tells */
/* No reader is unplugged, plugged in again and given a card in this time. */
#define PLUG_IN_MS 300

struct connection {
    char name[READER_NAME_MAX];
    uint32_t insertion;
    bool has_context;
    SCARDCONTEXT context;
    bool connected;
    SCARDHANDLE handle;
    DWORD protocol;
    bool proven; /* a transaction of this connection found the right card */
    bool is_new; /* the one in progress is the first to do so */
    bool lost;   /* a proven connection broke; see connection_begin */
    bool stale;  /* has no protocol after a reset; see connection_end */
    struct fairness fairness;
    int64_t waited_ms; /* inside PC/SC, for the transaction in progress */
    struct card_caller caller;
    /* What was logged of it, until it is over. */
    LONG logged_code;
    bool logged_wait;
};

enum tok_err connection_new(
    const char *name, struct connection **ret_connection)
{
    struct connection *connection = calloc(1, sizeof *connection);

    if (!connection)
        return TOK_NOMEM;
    memcpy(connection->name, name, strnlen(name, sizeof connection->name - 1));
    *ret_connection = connection;
    return TOK_OK;
}

static void disconnect(struct connection *connection, DWORD disposition)
{
    if (connection->connected)
        (void)SCardDisconnect(connection->handle, disposition);
    connection->connected = false;
    connection->proven = false;
}

void connection_disconnect(struct connection *connection, bool reset)
{
    disconnect(connection, reset ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
}

static void drop_context(struct connection *connection)
{
    disconnect(connection, SCARD_LEAVE_CARD);
    if (connection->has_context)
        (void)SCardReleaseContext(connection->context);
    connection->has_context = false;
}

void connection_free(struct connection *connection)
{
    if (!connection)
        return;
    drop_context(connection);
    free(connection);
}

void connection_heed(
    struct connection *connection, const struct card_caller *caller)
{
    static const struct card_caller nobody = {NULL, NULL};

    connection->caller = caller ? *caller : nobody;
}

bool connection_is_called_off(const struct connection *connection)
{
    return caller_is_gone(&connection->caller);
}

bool connection_expect(struct connection *connection, uint32_t insertion)
{
    if (connection->insertion == insertion)
        return true;
    drop_context(connection);
    connection->insertion = insertion;
    connection->lost = false;
    return false;
}

/* Turns CODE into ours. */
static enum tok_err judge(
    struct connection *connection, const char *call, LONG code)
{
    if (code != SCARD_S_SUCCESS)
        log_debug("%s: %s gave %s (%08lX)", connection->name, call,
            pcsc_name(code), (unsigned long)code & 0xfffffffful);
    return pcsc_err(code);
}

/*
 * Gives up the connection, which CODE says is of no more use, and the context
 * where it says that of it too.
 */
static void give_up(struct connection *connection, LONG code, DWORD disposition)
{
    bool dead = pcsc_context_is_dead(code);

    if (connection->proven && (dead || pcsc_err(code) == TOK_NO_READER))
        connection->lost = true;
    disconnect(connection, disposition);
    if (dead)
        drop_context(connection);
}

/* The same for a call outside a transaction. */
static enum tok_err settle(
    struct connection *connection, const char *call, LONG code)
{
    if (code != SCARD_S_SUCCESS && code != SCARD_E_SHARING_VIOLATION)
        give_up(connection, code, SCARD_LEAVE_CARD);
    return judge(connection, call, code);
}

/* Says what CODE means for a person; once, until there is a connection. */
static void explain(struct connection *connection, LONG code)
{
    const struct trouble *trouble = pcsc_trouble(code);

    if (!trouble->advice.en ||
        !pcsc_is_new_reason(code, connection->logged_code))
        return;
    log_warn("%s: %s", connection->name, words_of(&trouble->advice));
    connection->logged_code = code;
}

static enum tok_err open_context(struct connection *connection)
{
    LONG code;

    if (connection->has_context)
        return TOK_OK;
    code = SCardEstablishContext(
        SCARD_SCOPE_SYSTEM, NULL, NULL, &connection->context);
    connection->has_context = code == SCARD_S_SUCCESS;
    fairness_note_clients(&connection->fairness, pcscd_clients());
    explain(connection, code);
    return settle(connection, "SCardEstablishContext", code);
}

/*
 * Says how long PC/SC, which has no limit for it, waited for others; once,
 * until the card was to be had without.
 */
static void explain_wait(struct connection *connection)
{
    bool kept = connection->waited_ms >= KEPT_MS;

    if (kept && !connection->logged_wait)
        log_warn(words(W_LOG_WAITED), connection->name,
            (int)(connection->waited_ms / 1000));
    connection->logged_wait = kept;
}

/* What pcscd sees in the reader now; asks no card. */
static LONG get_reader_state(
    const struct connection *connection, DWORD *ret_state)
{
    SCARD_READERSTATE state = {.szReader = connection->name};
    LONG code = SCardGetStatusChange(connection->context, 0, &state, 1);

    *ret_state = state.dwEventState;
    return code;
}

/*
 * Always shared: a card held exclusively would be lost to everybody else. Where
 * another program took it so while this one looked for others, it is waited
 * for. pcscd also refuses a card that another program left without power.
 */
static LONG try_connecting(struct connection *connection)
{
    LONG code = SCARD_E_SHARING_VIOLATION;
    DWORD state = 0;
    int i;

    for (i = 0; i < BUSY_TRIES; i++) {
        int64_t asked;
        if (i > 0)
            clock_pause(BUSY_PAUSE_MS);
        asked = clock_ms();
        code = SCardConnect(connection->context, connection->name,
            SCARD_SHARE_SHARED, PCSC_PROTOCOLS, &connection->handle,
            &connection->protocol);
        connection->waited_ms += clock_ms() - asked;
        if (pcsc_is_power_up(code) && i + 1 < POWER_UP_TRIES)
            continue;
        if (code == SCARD_S_SUCCESS)
            fairness_note_wait(&connection->fairness, asked);
        if (code != SCARD_E_SHARING_VIOLATION)
            break;
        (void)get_reader_state(connection, &state);
        if (state & SCARD_STATE_EXCLUSIVE && !connection->proven)
            break;
    }
    if (state & SCARD_STATE_EXCLUSIVE)
        explain(connection, code);
    return code;
}

static enum tok_err connect_card(struct connection *connection)
{
    LONG code;

    if (connection->connected)
        return TOK_OK;
    code = try_connecting(connection);
    connection->connected = code == SCARD_S_SUCCESS;
    if (connection->connected)
        connection->logged_code = SCARD_S_SUCCESS;
    return settle(connection, "SCardConnect", code);
}

enum patience { WAIT, NO_WAIT };

static LONG try_transaction(
    struct connection *connection, bool after_reset, enum patience patience)
{
    LONG code = SCARD_S_SUCCESS;

    if (patience == NO_WAIT && pcsc_is_locked_out(connection->handle))
        return SCARD_E_SHARING_VIOLATION;
    if (after_reset)
        code = pcsc_reconnect(connection->handle, &connection->protocol);
    return code == SCARD_S_SUCCESS ? SCardBeginTransaction(connection->handle)
                                   : code;
}

/*
 * Looks for other programs on the card, LISTEN: also for those who still wait
 * for a connection. pcscd counts this one among them, so it is dropped
 * meanwhile.
 */
static enum tok_err look_for_others(struct connection *connection, bool listen)
{
    bool proven = connection->proven;
    int64_t left = clock_ms();
    DWORD state = 0;
    enum tok_err err;
    LONG code;

    disconnect(connection, SCARD_LEAVE_CARD);
    connection->proven = proven; /* for give_up */
    if (listen)
        fairness_listen(&connection->fairness);
    code = get_reader_state(connection, &state);
    if (code != SCARD_S_SUCCESS)
        return settle(connection, "SCardGetStatusChange", code);
    fairness_note_others(&connection->fairness, state & SCARD_STATE_INUSE);
    err = connect_card(connection);
    connection->proven =
        proven && err == TOK_OK && clock_ms() - left < PLUG_IN_MS;
    return err;
}

/* Leaves the card to other programs where it is time to. */
static enum tok_err give_way(struct connection *connection)
{
    enum fairness_due due = fairness_due(&connection->fairness);

    if (due == FAIRNESS_LOOK) {
        fairness_note_clients(&connection->fairness, pcscd_clients());
        due = fairness_due(&connection->fairness);
    }
    if (due == FAIRNESS_LOOK || due == FAIRNESS_LISTEN) {
        enum tok_err err = look_for_others(connection, due == FAIRNESS_LISTEN);
        if (err != TOK_OK)
            return err;
        due = fairness_due(&connection->fairness);
    }
    if (due == FAIRNESS_BREAK)
        fairness_take_break(&connection->fairness);
    return TOK_OK;
}

/*
 * Waits for the end of another program's transaction, since the library's own
 * wait cannot be called off. False where it was.
 */
static bool wait_for_turn(struct connection *connection)
{
    while (connection->caller.is_called_off &&
           pcsc_is_locked_out(connection->handle)) {
        if (connection_is_called_off(connection))
            return false;
        clock_pause(LOCKED_PAUSE_MS);
    }
    return true;
}

/* What lies in the reader after a reset is checked afterwards. */
static enum tok_err begin_transaction(
    struct connection *connection, enum patience patience)
{
    enum tok_err err = patience == WAIT ? give_way(connection) : TOK_OK;
    LONG code = SCARD_W_RESET_CARD;
    int64_t asked = clock_ms();
    int i;

    if (err != TOK_OK)
        return err;
    fairness_begin(&connection->fairness);
    for (i = 0; i < BEGIN_TRIES && pcsc_is_reset(code); i++) {
        if (patience == WAIT && !wait_for_turn(connection))
            return TOK_CANCELLED;
        code = try_transaction(connection, i > 0, patience);
    }
    if (code == SCARD_S_SUCCESS)
        fairness_note_wait(&connection->fairness, asked);
    connection->waited_ms += clock_ms() - asked;
    return settle(connection, "SCardBeginTransaction", code);
}

/* True where STATE is of the insertion that was meant. */
static bool is_expected(const struct connection *connection, DWORD state)
{
    return state & SCARD_STATE_PRESENT &&
           (state >> 16 & 0xffff) == (connection->insertion & 0xffff);
}

/*
 * Inside the transaction: is this the insertion that was meant? Asked once more
 * before it is not: libpcsclite reads its table of readers while pcscd writes
 * it, and may see half of a change.
 */
static LONG check_insertion(struct connection *connection)
{
    DWORD state = 0;
    LONG code = SCARD_S_SUCCESS;
    int i;

    for (i = 0; i < 2; i++) {
        code = get_reader_state(connection, &state);
        if (code != SCARD_S_SUCCESS || is_expected(connection, state))
            return code;
    }
    return SCARD_W_REMOVED_CARD;
}

static enum tok_err begin_once(
    struct connection *connection, enum patience patience)
{
    enum tok_err err = open_context(connection);
    LONG code;

    if (err != TOK_OK)
        return err;
    if (connection->lost) {
        connection->lost = false;
        return TOK_REMOVED;
    }
    connection->waited_ms = 0;
    err = connect_card(connection);
    if (err == TOK_OK)
        err = begin_transaction(connection, patience);
    explain_wait(connection);
    if (err != TOK_OK)
        return err;
    code = check_insertion(connection);
    if (code != SCARD_S_SUCCESS) {
        connection_end(connection, false);
        return settle(connection, "SCardGetStatusChange", code);
    }
    connection->is_new = !connection->proven;
    connection->proven = true;
    return TOK_OK;
}

enum tok_err connection_begin(struct connection *connection)
{
    bool used = connection->has_context;
    enum tok_err err = begin_once(connection, WAIT);

    /* pcscd may have been restarted since the context was made. */
    if (err == TOK_NO_SERVICE && used && !connection->has_context)
        err = begin_once(connection, WAIT);
    return err;
}

enum tok_err connection_begin_no_wait(struct connection *connection)
{
    if (!connection->connected || fairness_is_over(&connection->fairness))
        return TOK_BUSY;
    return begin_once(connection, NO_WAIT);
}

bool connection_is_new(const struct connection *connection)
{
    return connection->is_new;
}

void connection_end(struct connection *connection, bool power_off)
{
    DWORD how = power_off ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD;
    LONG code;

    if (!connection->connected)
        return;
    code = SCardEndTransaction(connection->handle, how);
    fairness_end(&connection->fairness);
    if (judge(connection, "SCardEndTransaction", code) != TOK_OK)
        /* The connection's end is the other way to end a transaction. */
        give_up(connection, code, how);
    else if (connection->stale)
        disconnect(connection, SCARD_LEAVE_CARD);
    connection->stale = false;
}

enum tok_err connection_reset(struct connection *connection)
{
    return judge(connection, "SCardReconnect",
        SCardReconnect(connection->handle, SCARD_SHARE_SHARED, PCSC_PROTOCOLS,
            SCARD_RESET_CARD, &connection->protocol));
}

/*
 * A failure changes nothing here: only the end of the transaction gives the
 * connection up, since it may have a card to power off.
 */
enum tok_err connection_transmit(struct connection *connection,
    const uint8_t *bytes, size_t len, struct response *ret_response)
{
    const SCARD_IO_REQUEST *pci =
        connection_is_t0(connection) ? SCARD_PCI_T0 : SCARD_PCI_T1;
    uint8_t answer[APDU_LE_MAX + 2] = {0};
    DWORD answer_len = sizeof answer;
    enum tok_err err;
    LONG code;

    if (!connection->connected)
        return TOK_IO;
    code = SCardTransmit(
        connection->handle, pci, bytes, len, NULL, answer, &answer_len);
    connection->stale = connection->stale || code == SCARD_E_PROTO_MISMATCH;
    err = judge(connection, "SCardTransmit", code);
    if (err == TOK_OK && (answer_len < 2 || answer_len > sizeof answer))
        err = TOK_REPLY;
    if (err == TOK_OK) {
        memset(ret_response, 0, sizeof *ret_response);
        ret_response->len = answer_len - 2;
        memcpy(ret_response->body, answer, ret_response->len);
        ret_response->sw =
            (uint16_t)(answer[answer_len - 2] << 8 | answer[answer_len - 1]);
        log_debug("%s: %02X %02X %02X %02X gave %04X", connection->name,
            bytes[0], bytes[1], bytes[2], bytes[3], ret_response->sw);
    }
    /* It may be a part of the signing certificate: name and address. */
    explicit_bzero(answer, sizeof answer);
    return err;
}

bool connection_is_t0(const struct connection *connection)
{
    return connection->protocol == SCARD_PROTOCOL_T0;
}

bool connection_failed(enum tok_err err)
{
    return err != TOK_OK && err <= TOK_IO;
}

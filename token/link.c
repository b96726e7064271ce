/* SPDX-License-Identifier: Apache-2.0 */
#include "token/link.h"

#include <stdlib.h>
#include <string.h>

#include <reader.h>
#include <winscard.h>

#include "conf/log.h"
#include "token/clock.h"
#include "token/monitor.h"
#include "token/pcsc.h"
#include "token/pin.h"
#include "token/turn.h"

#define PROTOCOLS (SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
#define BUSY_TRIES 20
#define BUSY_PAUSE_MS 100
/*
 * Programs that reset the card as they leave it do so while this one waits for
 * its turn, and while it takes note of the reset before.
 */
#define BEGIN_TRIES 20
#define EXCHANGE_ROUNDS 8

#define KEPT_MS 1000 /* so long a wait for others that the log tells */

struct link {
    char name[READER_NAME_MAX];
    uint32_t insertion;
    bool has_context;
    SCARDCONTEXT context;
    bool connected;
    SCARDHANDLE handle;
    DWORD protocol;
    bool proven; /* a transaction of this connection found the right card */
    bool is_new; /* the one in progress is the first to do so */
    bool lost;   /* a proven connection broke; see link_begin */
    struct turn turn;
    int64_t waited_ms; /* inside PC/SC, for the transaction in progress */
    /* What the log says of it, until it is over. */
    LONG said_code;
    bool said_kept;
};

enum tok_err link_new(const char *name, struct link **ret_link)
{
    struct link *link = calloc(1, sizeof *link);

    if (!link)
        return TOK_NOMEM;
    memcpy(link->name, name, strnlen(name, sizeof link->name - 1));
    *ret_link = link;
    return TOK_OK;
}

static void disconnect(struct link *link, DWORD disposition)
{
    if (link->connected)
        (void)SCardDisconnect(link->handle, disposition);
    link->connected = false;
    link->proven = false;
}

void link_disconnect(struct link *link)
{
    disconnect(link, SCARD_LEAVE_CARD);
}

static void drop_context(struct link *link)
{
    link_disconnect(link);
    if (link->has_context)
        (void)SCardReleaseContext(link->context);
    link->has_context = false;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    drop_context(link);
    free(link);
}

bool link_expect(struct link *link, uint32_t insertion)
{
    if (link->insertion == insertion)
        return true;
    drop_context(link);
    link->insertion = insertion;
    link->lost = false;
    return false;
}

/* Turns CODE into ours. */
static enum tok_err judge(struct link *link, const char *call, LONG code)
{
    if (code != SCARD_S_SUCCESS)
        log_debug("%s: %s gave %s (%08lX)", link->name, call, pcsc_name(code),
            (unsigned long)code & 0xfffffffful);
    return pcsc_err(code);
}

/*
 * Gives up the connection, which CODE says is of no more use, and the context
 * where it says that of it too.
 */
static void give_up(struct link *link, LONG code, DWORD disposition)
{
    bool dead = pcsc_context_is_dead(code);

    if (link->proven && (dead || pcsc_err(code) == TOK_NO_READER))
        link->lost = true;
    disconnect(link, disposition);
    if (dead)
        drop_context(link);
}

/* The same for a call outside a transaction. */
static enum tok_err settle(struct link *link, const char *call, LONG code)
{
    if (code != SCARD_S_SUCCESS && code != SCARD_E_SHARING_VIOLATION)
        give_up(link, code, SCARD_LEAVE_CARD);
    return judge(link, call, code);
}

/* Says what CODE means for a person; once, until there is a connection. */
static void explain(struct link *link, LONG code)
{
    const char *advice = pcsc_advice(code);

    if (!advice || !pcsc_is_news(code, link->said_code))
        return;
    log_warn("%s: %s", link->name, advice);
    link->said_code = code;
}

static enum tok_err open_context(struct link *link)
{
    LONG code;

    if (link->has_context)
        return TOK_OK;
    code =
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &link->context);
    link->has_context = code == SCARD_S_SUCCESS;
    if (code != SCARD_S_SUCCESS)
        explain(link, code);
    return settle(link, "SCardEstablishContext", code);
}

/*
 * Says how long PC/SC, which has no limit for it, waited for others; once,
 * until the card was to be had without.
 */
static void explain_wait(struct link *link)
{
    bool kept = link->waited_ms >= KEPT_MS;

    if (kept && !link->said_kept)
        log_warn("%s: waited %d s for the card: another program kept it, or "
                 "the reader is slow; if that goes on, end the other program",
            link->name, (int)(link->waited_ms / 1000));
    link->said_kept = kept;
}

/* What pcscd sees in the reader now; asks no card. */
static LONG look(const struct link *link, DWORD *ret_state)
{
    SCARD_READERSTATE state;
    LONG code;

    memset(&state, 0, sizeof state);
    state.szReader = link->name;
    state.dwCurrentState = SCARD_STATE_UNAWARE;
    code = SCardGetStatusChange(link->context, 0, &state, 1);
    *ret_state = state.dwEventState;
    return code;
}

static bool is_held_exclusively(const struct link *link)
{
    DWORD state;

    return look(link, &state) == SCARD_S_SUCCESS &&
           (state & SCARD_STATE_EXCLUSIVE);
}

/*
 * Always shared: a card held exclusively would be lost to everybody else.
 * pcscd also refuses a card that another program left without power.
 */
static LONG try_connecting(struct link *link)
{
    LONG code = SCARD_E_SHARING_VIOLATION;
    int i;

    for (i = 0; i < BUSY_TRIES; i++) {
        int64_t asked;
        if (i > 0)
            clock_pause(BUSY_PAUSE_MS);
        asked = clock_ms();
        code = SCardConnect(link->context, link->name, SCARD_SHARE_SHARED,
            PROTOCOLS, &link->handle, &link->protocol);
        link->waited_ms += clock_ms() - asked;
        if (code != SCARD_E_SHARING_VIOLATION)
            break;
        if (is_held_exclusively(link)) {
            explain(link, code);
            break;
        }
    }
    return code;
}

static enum tok_err connect_card(struct link *link)
{
    LONG code;

    if (link->connected)
        return TOK_OK;
    code = try_connecting(link);
    link->connected = code == SCARD_S_SUCCESS;
    if (link->connected)
        link->said_code = SCARD_S_SUCCESS;
    return settle(link, "SCardConnect", code);
}

/*
 * Takes note of a reset by another program and leaves the card as it is, unless
 * that program left it without power. pcscd would take such a card for one in
 * use and refuse it to all who connect.
 */
static LONG reconnect(struct link *link)
{
    DWORD name_len = 0, atr_len = 0, state = 0, protocol = 0;
    LONG code = SCardReconnect(link->handle, SCARD_SHARE_SHARED, PROTOCOLS,
        SCARD_LEAVE_CARD, &link->protocol);

    if (code == SCARD_S_SUCCESS)
        code = SCardStatus(
            link->handle, NULL, &name_len, &state, &protocol, NULL, &atr_len);
    if (code == SCARD_S_SUCCESS && !(state & SCARD_POWERED))
        code = SCardReconnect(link->handle, SCARD_SHARE_SHARED, PROTOCOLS,
            SCARD_RESET_CARD, &link->protocol);
    return code;
}

/*
 * True while another program has a transaction. Of all calls on a connection
 * only SCardControl never waits for its end. Drivers answer this code by
 * themselves, if at all.
 */
static bool is_locked_out(const struct link *link)
{
    uint8_t features[MAX_BUFFER_SIZE];
    DWORD len = 0;

    return SCardControl(link->handle, CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0,
               features, sizeof features, &len) == SCARD_E_SHARING_VIOLATION;
}

enum patience { WAIT, NO_WAIT };

static LONG try_transaction(
    struct link *link, bool after_reset, enum patience patience)
{
    LONG code = SCARD_S_SUCCESS;

    if (patience == NO_WAIT && is_locked_out(link))
        return SCARD_E_SHARING_VIOLATION;
    if (after_reset)
        code = reconnect(link);
    return code == SCARD_S_SUCCESS ? SCardBeginTransaction(link->handle) : code;
}

/* What lies in the reader after a reset is checked afterwards. */
static enum tok_err begin_transaction(struct link *link, enum patience patience)
{
    LONG code = SCARD_W_RESET_CARD;
    int64_t asked;
    int i;

    turn_take_break(&link->turn);
    asked = clock_ms();
    for (i = 0; i < BEGIN_TRIES && code == SCARD_W_RESET_CARD; i++)
        code = try_transaction(link, i > 0, patience);
    if (code == SCARD_S_SUCCESS)
        turn_take(&link->turn, asked);
    link->waited_ms += clock_ms() - asked;
    return settle(link, "SCardBeginTransaction", code);
}

/* Inside the transaction: is this the insertion that was meant? */
static LONG check_insertion(struct link *link)
{
    DWORD state;
    LONG code = look(link, &state);

    if (code != SCARD_S_SUCCESS)
        return code;
    if (!(state & SCARD_STATE_PRESENT) ||
        (state >> 16 & 0xffff) != (link->insertion & 0xffff))
        return SCARD_W_REMOVED_CARD;
    return SCARD_S_SUCCESS;
}

static enum tok_err begin_once(struct link *link, enum patience patience)
{
    enum tok_err err = open_context(link);
    LONG code;

    if (err == TOK_OK && link->lost) {
        link->lost = false;
        return TOK_REMOVED;
    }
    link->waited_ms = 0;
    if (err == TOK_OK)
        err = connect_card(link);
    if (err == TOK_OK)
        err = begin_transaction(link, patience);
    explain_wait(link);
    if (err != TOK_OK)
        return err;
    code = check_insertion(link);
    if (code != SCARD_S_SUCCESS) {
        link_end(link, false);
        return settle(link, "SCardGetStatusChange", code);
    }
    link->is_new = !link->proven;
    link->proven = true;
    return TOK_OK;
}

enum tok_err link_begin(struct link *link)
{
    bool used = link->has_context;
    enum tok_err err = begin_once(link, WAIT);

    /* pcscd may have been started anew since the context was made. */
    if (err == TOK_NO_SERVICE && used && !link->has_context)
        err = begin_once(link, WAIT);
    return err;
}

enum tok_err link_begin_no_wait(struct link *link)
{
    if (!link->connected || turn_break_due(&link->turn) > 0)
        return TOK_BUSY;
    return begin_once(link, NO_WAIT);
}

bool link_is_new(const struct link *link)
{
    return link->is_new;
}

void link_end(struct link *link, bool power_off)
{
    DWORD how = power_off ? SCARD_UNPOWER_CARD : SCARD_LEAVE_CARD;
    LONG code;

    if (!link->connected)
        return;
    code = SCardEndTransaction(link->handle, how);
    turn_end(&link->turn);
    if (judge(link, "SCardEndTransaction", code) != TOK_OK)
        /* The connection's end is the other way to end a transaction. */
        give_up(link, code, how);
}

/*
 * A failure changes nothing here: only the end of the transaction gives the
 * connection up, since it may have a card to power off.
 */
enum tok_err link_transmit(struct link *link, const uint8_t *bytes, size_t len,
    struct response *ret_response)
{
    const SCARD_IO_REQUEST *pci =
        link->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    uint8_t answer[APDU_LE_MAX + 2];
    DWORD answer_len = sizeof answer;
    enum tok_err err;

    if (!link->connected)
        return TOK_IO;
    memset(answer, 0, sizeof answer);
    err = judge(link, "SCardTransmit",
        SCardTransmit(
            link->handle, pci, bytes, len, NULL, answer, &answer_len));
    if (err == TOK_OK && (answer_len < 2 || answer_len > sizeof answer))
        err = TOK_REPLY;
    if (err == TOK_OK) {
        memset(ret_response, 0, sizeof *ret_response);
        ret_response->len = answer_len - 2;
        memcpy(ret_response->body, answer, ret_response->len);
        ret_response->sw =
            (uint16_t)(answer[answer_len - 2] << 8 | answer[answer_len - 1]);
        log_debug("%s: %02X %02X %02X %02X gave %04X", link->name, bytes[0],
            bytes[1], bytes[2], bytes[3], ret_response->sw);
    }
    /* It may be a part of the signing certificate: name and address. */
    pin_wipe(answer, sizeof answer);
    return err;
}

/* Encodes COMMAND for the protocol in use, and sends it. */
static enum tok_err send_command(struct link *link, const struct apdu *command,
    struct response *ret_response)
{
    uint8_t bytes[APDU_COMMAND_MAX];
    size_t len;
    bool with_le = link->protocol != SCARD_PROTOCOL_T0;
    enum tok_err err = apdu_encode(command, with_le, bytes, &len);

    return err == TOK_OK ? link_transmit(link, bytes, len, ret_response) : err;
}

/* Appends what came to what is there. */
static enum tok_err append(struct response *all, const struct response *part)
{
    if (part->len > sizeof all->body - all->len)
        return TOK_REPLY;
    memcpy(all->body + all->len, part->body, part->len);
    all->len += part->len;
    all->sw = part->sw;
    return TOK_OK;
}

enum tok_err link_exchange(struct link *link, const struct apdu *command,
    struct response *ret_response)
{
    const struct apdu get_response = {.ins = 0xc0};
    struct apdu next = *command;
    struct response all, part;
    enum tok_err err = TOK_OK;
    int round;

    memset(&all, 0, sizeof all);
    for (round = 0; round < EXCHANGE_ROUNDS; round++) {
        size_t le;
        err = send_command(link, &next, &part);
        /* What comes with 6Cxx comes again with the answer. */
        if (err == TOK_OK && part.sw >> 8 != 0x6c)
            err = append(&all, &part);
        if (err != TOK_OK)
            break;
        le = part.sw & 0xff ? part.sw & 0xff : APDU_LE_MAX;
        if (part.sw >> 8 == 0x61)
            next = get_response;
        else if (part.sw >> 8 != 0x6c) {
            *ret_response = all;
            break;
        }
        next.le = le;
        err = TOK_REPLY; /* for the last round */
    }
    pin_wipe(&all, sizeof all);
    pin_wipe(&part, sizeof part);
    return err;
}

bool link_failed(enum tok_err err)
{
    switch (err) {
    case TOK_NOMEM:
    case TOK_NO_SERVICE:
    case TOK_NO_READER:
    case TOK_NO_CARD:
    case TOK_REMOVED:
    case TOK_BUSY:
    case TOK_IO:
        return true;
    default:
        return false;
    }
}

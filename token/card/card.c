/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/card.h"

#include <stdlib.h>
#include <string.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "token/card/card_state.h"

enum tok_err card_new(const char *name, struct card **ret_card)
{
    struct card *card = calloc(1, sizeof *card);
    enum tok_err err =
        card ? connection_new(name, &card->connection) : TOK_NOMEM;

    if (err != TOK_OK) {
        free(card);
        return err;
    }
    *ret_card = card;
    return TOK_OK;
}

void card_free(struct card *card)
{
    if (!card)
        return;
    if (card->outcome != VERIFY_NOT_SENT)
        (void)card_end(card);
    connection_free(card->connection);
    explicit_bzero(card, sizeof *card);
    free(card);
}

void card_expect(struct card *card, uint32_t insertion)
{
    if (!connection_expect(card->connection, insertion))
        card_forget(card);
}

void card_forget(struct card *card)
{
    const struct card kept = {.connection = card->connection,
        .cert_check = card->cert_check,
        .cert_check_arg = card->cert_check_arg};

    card_release(card);
    explicit_bzero(card, sizeof *card);
    *card = kept;
}

void card_check_certs(struct card *card, card_cert_check *check, void *arg)
{
    card->cert_check = check;
    card->cert_check_arg = arg;
}

bool card_takes_cert(
    struct card *card, uint16_t ef, const uint8_t *bytes, size_t len)
{
    bool takes, is_rsa_2048 = false;
    size_t i;

    if (!card->cert_check)
        return true;
    takes = card->cert_check(card->cert_check_arg, bytes, len, &is_rsa_2048);
    for (i = 0; i < JPKI_ROLES; i++)
        if (jpki_role((enum jpki_role_id)i)->ef_cert == ef)
            card->is_other_key[i] = takes && !is_rsa_2048;
    return takes;
}

void card_identify(
    struct card *card, uint16_t ef, const uint8_t *bytes, size_t len)
{
    if (len > sizeof card->identity)
        len = sizeof card->identity;
    card->identity_ef = ef;
    card->identity_len = len;
    memcpy(card->identity, bytes, len);
}

bool card_has_identity(
    const struct card *card, uint16_t ef, const uint8_t *bytes, size_t len)
{
    return ef != card->identity_ef || len < card->identity_len ||
           memcmp(bytes, card->identity, card->identity_len) == 0;
}

void card_release(struct card *card)
{
    connection_disconnect(card->connection, false);
}

void card_reset(struct card *card)
{
    connection_disconnect(card->connection, true);
}

enum tok_err card_decode_answer(uint16_t sw)
{
    enum tok_err err = sw_decode(sw);

    return err == TOK_PIN_WRONG || err == TOK_PIN_LOCKED ? TOK_REPLY : err;
}

/* SELECT by AID or file id, without asking for the FCI. */
static enum tok_err send_select(struct card *card, uint8_t p1,
    const uint8_t *id, size_t len, uint16_t *ret_sw)
{
    const struct apdu select = {
        .ins = 0xa4, .p1 = p1, .p2 = 0x0c, .data = id, .data_len = len};
    struct response response;
    enum tok_err err = card_exchange(card, &select, &response);

    card->current_ef = NO_EF;
    if (err == TOK_OK)
        *ret_sw = response.sw;
    return err;
}

#define SELECT_BY_AID 0x04
#define SELECT_EF 0x02
/* The first command after power-up may get it, on some cards. */
#define SW_NOT_YET 0x6f00

bool card_may_pass(uint16_t sw)
{
    return sw >= 0x6400 && sw <= 0x66ff;
}

bool card_is_refusal(uint16_t sw)
{
    return sw >= 0x6200 && sw < 0x6f00 && !card_may_pass(sw);
}

enum tok_err card_try_application(
    struct card *card, enum card_application application, uint16_t *ret_sw)
{
    const struct card_aid *aid = card_aid(application);
    enum tok_err err =
        send_select(card, SELECT_BY_AID, aid->bytes, aid->len, ret_sw);

    card->application = err == TOK_OK && sw_decode(*ret_sw) == TOK_OK
                            ? application
                            : APPLICATION_UNKNOWN;
    return err;
}

enum tok_err card_select_application(
    struct card *card, enum card_application application)
{
    uint16_t sw = 0;
    enum tok_err err = card_try_application(card, application, &sw);

    if (err == TOK_OK && sw == SW_NOT_YET)
        err = card_try_application(card, application, &sw);
    if (err != TOK_OK || sw_decode(sw) == TOK_OK)
        return err;
    return card_is_refusal(sw) ? TOK_NOT_FOUND : TOK_REPLY;
}

static enum tok_err select_jpki(struct card *card)
{
    enum tok_err err = card_select_application(card, APPLICATION_JPKI);

    return err == TOK_NOT_FOUND ? TOK_NOT_JPKI : err;
}

enum tok_err card_enter(struct card *card, const struct jpki_role *role)
{
    return card->application == role->application
               ? TOK_OK
               : card_select_application(card, role->application);
}

/* Compares the bytes that tell cards apart. */
static enum tok_err compare_identity(struct card *card, bool *ret_same)
{
    uint8_t bytes[IDENTITY_MAX];
    size_t len = 0;
    enum tok_err err =
        card_read(card, card->identity_ef, 0, card->identity_len, bytes, &len);

    *ret_same = err == TOK_OK && len == card->identity_len &&
                memcmp(bytes, card->identity, len) == 0;
    explicit_bzero(bytes, sizeof bytes);
    return connection_failed(err) ? err : TOK_OK;
}

/*
 * On a connection's first transaction: is it still the card that was
 * identified? One that cannot be compared counts as another, and one wrong byte
 * on the way does not.
 */
static enum tok_err check_identity(struct card *card)
{
    bool same = false;
    enum tok_err err;

    if (card->identity_len == 0 || !connection_is_new(card->connection))
        return TOK_OK;
    err = compare_identity(card, &same);
    if (err == TOK_OK && !same)
        err = compare_identity(card, &same);
    if (err != TOK_OK)
        return err;
    return same ? TOK_OK : TOK_REMOVED;
}

/* The application and the card are made sure of once a transaction is there. */
static enum tok_err begin(struct card *card,
    enum tok_err (*begin_connection)(struct connection *connection))
{
    enum tok_err err = begin_connection(card->connection);

    if (err != TOK_OK)
        return err;
    card->outcome = VERIFY_NOT_SENT;
    card->signing_refused = false;
    card->application = APPLICATION_UNKNOWN;
    err = select_jpki(card);
    if (err == TOK_OK)
        err = check_identity(card);
    if (err == TOK_OK)
        return TOK_OK;
    (void)card_end(card);
    if (err == TOK_REMOVED)
        card_forget(card);
    return err;
}

void card_heed(struct card *card, const struct card_caller *caller)
{
    connection_heed(card->connection, caller);
}

bool card_is_called_off(const struct card *card)
{
    return connection_is_called_off(card->connection);
}

enum tok_err card_begin(struct card *card)
{
    return begin(card, connection_begin);
}

enum tok_err card_begin_no_wait(struct card *card)
{
    return begin(card, connection_begin_no_wait);
}

/* Selects an application without a PIN of ours; false when there is none. */
static bool select_other_application(struct card *card)
{
    static const enum card_application others[] = {
        APPLICATION_ISSUER, APPLICATION_COMMON};
    size_t i;

    for (i = 0; i < sizeof others / sizeof *others; i++) {
        uint16_t sw = 0;
        if (card_try_application(card, others[i], &sw) != TOK_OK)
            return false;
        if (sw_decode(sw) == TOK_OK)
            return true;
    }
    return false;
}

bool card_may_refuse_short_id(uint16_t sw)
{
    return sw_decode(sw) != TOK_OK && sw_decode(sw) != TOK_DENIED &&
           (sw & 0xfff0) != 0x63c0;
}

/*
 * True where probe has something to ask: of a key of another kind than RSA of
 * 2048 bits it is not known what it cannot sign.
 */
static bool may_probe(const struct card *card, const struct jpki_role *role)
{
    return role->ef_private || !card->is_other_key[role->id];
}

/*
 * Asks for what only a verified PIN gives. Where the role has a file
 * that its PIN protects, one byte of it; else a signature over more bytes than
 * PKCS#1 v1.5 has room for, so that no card can give one.
 */
static enum tok_err probe(struct card *card, const struct jpki_role *role)
{
    static const uint8_t too_long[APDU_DATA_MAX] = {0};
    struct response response;
    uint8_t byte;
    size_t len;
    enum tok_err err = card_enter(card, role);

    if (err != TOK_OK)
        return err;
    if (role->ef_private)
        return card_read(card, role->ef_private, 0, 1, &byte, &len);
    err = card_compute(
        card, role, CARD_PKCS1, too_long, sizeof too_long, &response);
    return err == TOK_OK ? card_decode_answer(response.sw) : err;
}

enum tok_err card_reselect(struct card *card)
{
    enum card_application selected = card->application;

    return select_other_application(card)
               ? card_select_application(card, selected)
               : TOK_REPLY;
}

/* True when the card is known to be logged out; else power must go off. */
static bool log_out(struct card *card)
{
    bool *checked = &card->logout_checked[card->pin_role->application];
    enum tok_err err;

    if (card->logout_by_power || !select_other_application(card))
        return false;
    if (*checked || card->outcome == VERIFY_REFUSED)
        return true;
    if (!may_probe(card, card->pin_role))
        return false;
    err = probe(card, card->pin_role);
    if (err == TOK_DENIED) {
        /* Only a PIN that was verified shows by it that it no longer is. */
        *checked = card->outcome == VERIFY_ACCEPTED;
        return true;
    }
    if (!connection_failed(err)) {
        log_warn("%s", words(W_LOG_LOGOUT_BY_POWER));
        card->logout_by_power = true;
    }
    return false;
}

enum verify_outcome card_end(struct card *card)
{
    enum verify_outcome outcome = card->outcome;
    bool power_off = outcome != VERIFY_NOT_SENT && !log_out(card);

    card->outcome = VERIFY_NOT_SENT;
    card->application = APPLICATION_UNKNOWN;
    card->current_ef = NO_EF;
    connection_end(card->connection, power_off);
    return outcome;
}

enum tok_err card_select(struct card *card, uint16_t ef)
{
    const uint8_t id[] = {(uint8_t)(ef >> 8), (uint8_t)ef};
    uint16_t sw = 0;
    enum tok_err err = send_select(card, SELECT_EF, id, sizeof id, &sw);

    if (err == TOK_OK)
        err = card_decode_answer(sw);
    if (err == TOK_OK)
        card->current_ef = ef;
    return err;
}

#define SW_END_OF_FILE 0x6282 /* fewer bytes than asked for */
#define SW_PAST_THE_END 0x6b00

/* READ BINARY; P1 and P2 say from where. */
static enum tok_err read_binary(struct card *card, uint8_t p1, uint8_t p2,
    size_t le, uint8_t *ret_bytes, size_t *ret_len, uint16_t *ret_sw)
{
    const struct apdu command = {.ins = 0xb0, .p1 = p1, .p2 = p2, .le = le};
    struct response response;
    enum tok_err err = card_exchange(card, &command, &response);

    if (err != TOK_OK)
        return err;
    *ret_sw = response.sw;
    err = response.sw == SW_END_OF_FILE ? TOK_OK
                                        : card_decode_answer(response.sw);
    if (err == TOK_OK && response.len > le)
        err = TOK_REPLY;
    if (err == TOK_OK) {
        memcpy(ret_bytes, response.body, response.len);
        *ret_len = response.len;
    }
    explicit_bzero(&response, sizeof response);
    return err;
}

/* No file ends before its first byte: there SW may speak of the short id. */
static bool may_refuse_short_read(uint16_t sw, size_t offset)
{
    return card_may_refuse_short_id(sw) && sw != SW_END_OF_FILE &&
           (sw != SW_PAST_THE_END || offset == 0);
}

enum tok_err card_read(struct card *card, uint16_t ef, size_t offset, size_t le,
    uint8_t *ret_bytes, size_t *ret_len)
{
    uint8_t hi = (uint8_t)(offset >> 8), lo = (uint8_t)offset;
    bool by_short_id =
        card->current_ef != ef && offset <= 0xff && !card->short_read_refused;
    uint16_t sw = SW_OK; /* until another one comes */
    bool refused = false;
    enum tok_err err = TOK_OK;

    if (offset > 0x7fff || le == 0 || le > APDU_LE_MAX)
        return TOK_NOT_FOUND;
    if (by_short_id) {
        err = read_binary(card, SHORT_ID(ef), lo, le, ret_bytes, ret_len, &sw);
        card->current_ef = err == TOK_OK ? ef : NO_EF;
        if (!may_refuse_short_read(sw, offset))
            return err;
        refused = !card_may_pass(sw);
    }
    if (card->current_ef != ef)
        err = card_select(card, ef);
    if (err == TOK_OK)
        err = read_binary(card, hi, lo, le, ret_bytes, ret_len, &sw);
    if (refused && err == TOK_OK)
        card->short_read_refused = true;
    return err;
}

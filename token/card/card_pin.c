/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/card.h"

#include <string.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "token/card/card_state.h"

/*
 * The commands that have to do with PINs. Those that carry one go out by
 * card_transmit straight from the locked page, and never by
 * card_exchange, which may send a command again.
 */

unsigned retry_counter_max(
    const struct retry_counter *counter, const struct jpki_role *role)
{
    return counter->full ? counter->full : role->tries_max;
}

bool retry_counter_is_full(
    const struct retry_counter *counter, const struct jpki_role *role)
{
    return counter->left >= retry_counter_max(counter, role);
}

/* What SW says of the counter of ROLE's PIN. */
static struct retry_counter counter_from(
    const struct card *card, const struct jpki_role *role, uint16_t sw)
{
    struct retry_counter counter = {.full = card->pins[role->id].full};

    counter.known = sw_retry_counter(sw, &counter.left);
    counter.locked = counter.known && counter.left == 0;
    return counter;
}

/*
 * VERIFY without Lc and Le: P2 names the file. Sent as it is, and once: a T=0
 * card takes a fifth byte, such as the Le that 6Cxx asks for, for the length of
 * a PIN. RET_SW is 0 where the answer is too short.
 */
static enum tok_err query(struct card *card, uint8_t p2, uint16_t *ret_sw)
{
    const uint8_t command[] = {0x00, 0x20, 0x00, p2};
    struct response response;
    enum tok_err err = card_transmit(card, command, sizeof command, &response);

    *ret_sw = err == TOK_OK ? response.sw : 0;
    return connection_failed(err) ? err : TOK_OK;
}

/* One command in place of two; RET_COUNTER is not known where it did not work.
 */
static enum tok_err query_by_short_id(struct card *card,
    const struct jpki_role *role, struct retry_counter *ret_counter)
{
    uint16_t sw;
    enum tok_err err = query(card, SHORT_ID(role->ef_pin), &sw);

    *ret_counter = counter_from(card, role, sw);
    card->current_ef = ret_counter->known ? role->ef_pin : NO_EF;
    return err;
}

/* SELECT of the PIN's file, and its query. */
static enum tok_err select_and_query(
    struct card *card, const struct jpki_role *role, uint16_t *ret_sw)
{
    enum tok_err err = card_select(card, role->ef_pin);

    *ret_sw = 0;
    if (err == TOK_OK)
        err = query(card, CURRENT_EF, ret_sw);
    return connection_failed(err) ? err : TOK_OK;
}

/*
 * The same once more, where the answer tells no counter. One of SW_OK, by which
 * ISO 7816-4 says that the PIN is verified, is asked after a log-out: a program
 * that ended left it so.
 */
static enum tok_err ask_again(
    struct card *card, const struct jpki_role *role, uint16_t *sw)
{
    uint16_t first = *sw;
    enum tok_err err = TOK_OK;

    if (first == SW_OK)
        err = card_reselect(card);
    if (err == TOK_OK)
        err = select_and_query(card, role, sw);
    if (err != TOK_OK || counter_from(card, role, *sw).known)
        return err;
    /* Not from one word, nor from one that says that something went wrong. */
    if (*sw == first && card_is_refusal(first)) {
        card->pins[role->id].no_counter = true;
        log_warn(words(W_LOG_NO_COUNTER), role->name);
    }
    return TOK_OK;
}

enum tok_err card_retry_counter(struct card *card, const struct jpki_role *role,
    struct retry_counter *ret_counter)
{
    bool had_count = card->pins[role->id].counter_told;
    uint16_t sw;
    enum tok_err err = card_enter(card, role);

    *ret_counter = (struct retry_counter){.known = false};
    if (err != TOK_OK)
        return err;
    if (card->pins[role->id].query_selects)
        err = query_by_short_id(card, role, ret_counter);
    if (err != TOK_OK || ret_counter->known)
        return err;
    card->pins[role->id].query_selects = false;
    err = select_and_query(card, role, &sw);
    if (err == TOK_OK && sw != 0 && !counter_from(card, role, sw).known &&
        (sw == SW_OK || (!had_count && !card->pins[role->id].no_counter)))
        err = ask_again(card, role, &sw);
    if (err != TOK_OK)
        return connection_failed(err) ? err : TOK_OK;
    *ret_counter = counter_from(card, role, sw);
    if (ret_counter->known) {
        card->pins[role->id].counter_told = true;
        card->pins[role->id].no_counter = false;
    }
    return TOK_OK;
}

bool card_tells_no_counter(
    const struct card *card, const struct jpki_role *role)
{
    return card->pins[role->id].no_counter;
}

/* Not the file of a PIN, and on every card. */
#define EF_NO_PIN 0x0006
/* The four commands pay in a batch only. */
#define PROVE_AFTER_SIGNATURES 2

enum tok_err card_prove_query(struct card *card, const struct jpki_role *role)
{
    uint16_t none = 0, by_id = 0, after = 0;
    enum tok_err err;

    if (card->pins[role->id].query_asked ||
        card->pins[role->id].signatures < PROVE_AFTER_SIGNATURES)
        return TOK_OK;
    err = card_select(card, EF_NO_PIN);
    if (err == TOK_OK)
        err = query(card, CURRENT_EF, &none);
    if (err == TOK_OK)
        err = query(card, SHORT_ID(role->ef_pin), &by_id);
    if (err == TOK_OK)
        err = query(card, CURRENT_EF, &after);
    card->current_ef = NO_EF;
    if (connection_failed(err))
        return err;
    card->pins[role->id].query_asked = true;
    card->pins[role->id].query_selects =
        err == TOK_OK && !counter_from(card, role, none).known &&
        counter_from(card, role, by_id).known && after == by_id;
    return TOK_OK;
}

struct retry_counter card_full_counter(
    const struct card *card, const struct jpki_role *role)
{
    struct retry_counter counter = {
        .known = true, .full = card->pins[role->id].full};

    counter.left = retry_counter_max(&counter, role);
    return counter;
}

enum tok_err card_learn_full_counter(
    struct card *card, const struct jpki_role *role)
{
    struct retry_counter counter;
    uint16_t sw;
    enum tok_err err;

    if (card->pins[role->id].full || card->current_ef != role->ef_pin)
        return TOK_OK;
    err = query(card, CURRENT_EF, &sw);
    counter = counter_from(card, role, sw);
    if (err == TOK_OK && counter.known)
        card->pins[role->id].full = counter.left;
    return err;
}

static const uint8_t verify_header[] = {0x00, 0x20, 0x00, 0x80};
static const uint8_t change_header[] = {0x00, 0x24, 0x01, 0x80};

/*
 * Sends a command with a PIN, once, whatever comes back, and only to the file
 * of its own role. What card_end has to know is set before it is sent.
 */
static enum tok_err send_pin(struct card *card, const struct jpki_role *role,
    const uint8_t header[4], struct pin *pin, uint16_t *ret_sw)
{
    struct response response;
    size_t len;
    const uint8_t *bytes = pin_command(pin, header, &len);
    enum tok_err err;

    if (card->application != role->application ||
        card->current_ef != role->ef_pin)
        return TOK_NOT_FOUND;
    if (card->outcome != VERIFY_ACCEPTED)
        card->outcome = VERIFY_UNKNOWN;
    card->pin_role = role;
    err = card_transmit(card, bytes, len, &response);
    if (err == TOK_OK)
        *ret_sw = response.sw;
    return err;
}

enum tok_err card_verify(struct card *card, const struct jpki_role *role,
    struct pin *pin, struct retry_counter *ret_counter)
{
    uint16_t sw = 0;
    enum verify_outcome before = card->outcome;
    enum tok_err err = send_pin(card, role, verify_header, pin, &sw);

    *ret_counter = counter_from(card, role, sw);
    if (err != TOK_OK)
        return err;
    err = sw_decode(sw);
    if (err == TOK_OK) {
        card->outcome = VERIFY_ACCEPTED;
        return TOK_OK;
    }
    if (err != TOK_PIN_WRONG && err != TOK_PIN_LOCKED)
        return TOK_REPLY;
    if (before == VERIFY_NOT_SENT)
        card->outcome = VERIFY_REFUSED;
    return err;
}

enum tok_err card_change(
    struct card *card, const struct jpki_role *role, struct pin *new_pin)
{
    uint16_t sw = 0;
    enum tok_err err = send_pin(card, role, change_header, new_pin, &sw);

    return err == TOK_OK ? card_decode_answer(sw) : err;
}

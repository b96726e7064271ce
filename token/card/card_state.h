/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_CARD_STATE_H
#define TOKEN_CARD_CARD_STATE_H

#include "token/card/card.h"
#include "token/card/connection.h"

/* What the files share that work on struct card. */

#define NO_EF 0
#define IDENTITY_MAX 256

/* P2 of a command, or P1: by short file id, or the current file. */
#define SHORT_ID(ef) ((uint8_t)(0x80 | ((ef)&0x1f)))
#define CURRENT_EF 0x80
/* P1 of the signing command that means nothing on any chip. */
#define P1_NOTHING 0x0f

/* Called when a command of LEN BYTES was answered after US microseconds. */
typedef void card_trace(void *arg, const uint8_t *bytes, size_t len,
    const struct response *response, int64_t us);

struct card {
    struct connection *connection;
    card_trace *trace; /* NULL: none */
    void *trace_arg;
    card_cert_check *cert_check; /* NULL: none */
    void *cert_check_arg;

    /* What holds for the transaction in progress. */
    enum card_application application; /* that is selected */
    uint16_t current_ef;               /* NO_EF: not known */
    enum verify_outcome outcome;
    const struct jpki_role *pin_role; /* whose PIN was sent */
    bool signing_refused;             /* the last signing command */

    /* What was learnt of this card, good until it is taken out. */
    struct {
        bool query_asked;   /* whether the query selects the PIN's file */
        bool query_selects; /* it does */
        bool counter_told;  /* the card told its retry counter once */
        bool no_counter;    /* it never does */
        unsigned full;      /* its full counter; 0: not told yet */
        unsigned signatures;
    } pins[JPKI_PINS];
    /* Not RSA of 2048 bits, as a certificate says that was read. */
    bool is_other_key[JPKI_ROLES];
    bool short_read_refused;
    bool short_sign_refused;
    bool logout_checked[APPLICATIONS]; /* of an application's PINs */
    bool logout_by_power;
    uint16_t identity_ef;
    size_t identity_len; /* 0: not known */
    uint8_t identity[IDENTITY_MAX];
};

/* connection_transmit, which card.trace is told of. */
enum tok_err card_transmit(struct card *card, const uint8_t *bytes, size_t len,
    struct response *ret_response);

/*
 * What a status word says of a command that carries no PIN: words about PINs
 * would pass for the outcome of a VERIFY.
 */
enum tok_err card_decode_answer(uint16_t sw);

/* Something went wrong in the card, which may pass (ISO 7816-4, 5.6). */
bool card_may_pass(uint16_t sw);

/* True for the words by which ISO 7816-4 lets a card refuse a command. */
bool card_is_refusal(uint16_t sw);

/*
 * True when SW may mean that the chip does not know short file ids. Which word
 * it says so by is not known: any but those that come from the file or the key
 * itself. 61xx and 6Cxx do not come out of card_exchange.
 */
bool card_may_refuse_short_id(uint16_t sw);

/*
 * The signing command with the key of ROLE, by short file id, else as the
 * current file. TOK_OK whenever it was answered.
 */
enum tok_err card_compute(struct card *card, const struct jpki_role *role,
    uint8_t p1, const uint8_t *input, size_t len,
    struct response *ret_response);

/* SELECT of APPLICATION, sent once; RET_SW is the card's answer. */
enum tok_err card_try_application(
    struct card *card, enum card_application application, uint16_t *ret_sw);

/*
 * SELECT of APPLICATION, inside a transaction. TOK_NOT_FOUND: the card has it
 * not.
 */
enum tok_err card_select_application(
    struct card *card, enum card_application application);

/*
 * Selects another application, which logs the card out, and then again the one
 * that was selected. Inside a transaction. TOK_REPLY where the card has no
 * other application.
 */
enum tok_err card_reselect(struct card *card);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/facts.h"

#include <string.h>

#include "token/card/card_state.h"

#define SELECT 0xa4
#define READ_BINARY 0xb0
#define VERIFY 0x20
#define COMPUTE 0x2a
#define HEADER 4 /* bytes of a command without data */
#define ZEROS_MAX APDU_DATA_MAX

/* One command: SELECT of EF, or with so many ZEROS as data. */
struct step {
    enum card_fact fact;
    uint8_t cla, ins, p1, p2;
    uint16_t ef;
    size_t zeros;
    size_t le;
};

#define STEP_SELECT(fact, ef)                    \
    {                                            \
        fact, 0x00, SELECT, 0x02, 0x0c, ef, 0, 0 \
    }
#define STEP_READ(fact, p1, p2, le)               \
    {                                             \
        fact, 0x00, READ_BINARY, p1, p2, 0, 0, le \
    }
#define STEP_QUERY(fact, p2)                  \
    {                                         \
        fact, 0x00, VERIFY, 0x00, p2, 0, 0, 0 \
    }
#define STEP_COMPUTE(fact, p1, p2, zeros)                  \
    {                                                      \
        fact, 0x80, COMPUTE, p1, p2, 0, zeros, APDU_LE_MAX \
    }

/* In JPKI, just selected, and after another application: no PIN is verified. */
static const struct step steps[] = {
    STEP_READ(FACT_SHORT_READ, 0x86, 0x00, 1),
    STEP_SELECT(FACT_SELECT_0006, 0x0006),
    STEP_READ(FACT_READ_0006, 0x00, 0x00, JPKI_TOKEN_INFO_SIZE),
    STEP_READ(FACT_READ_MORE, 0x00, 0x00, APDU_LE_MAX),
    STEP_READ(FACT_READ_PAST, 0x7f, 0x00, 1),
    STEP_SELECT(FACT_SELECT_0008, 0x0008),
    STEP_READ(FACT_READ_0008, 0x00, 0x00, 3),
    STEP_SELECT(FACT_SELECT_0001, 0x0001),
    STEP_READ(FACT_READ_0001, 0x00, 0x00, 1),
    STEP_SELECT(FACT_SELECT_000A, 0x000a),
    STEP_READ(FACT_READ_000A, 0x00, 0x00, APDU_LE_MAX),
    STEP_SELECT(FACT_SELECT_OTHER, 0x0006),
    STEP_QUERY(FACT_QUERY_OTHER, CURRENT_EF),
    STEP_QUERY(FACT_QUERY_SHORT, 0x98),
    STEP_QUERY(FACT_QUERY_AFTER, CURRENT_EF),
    STEP_SELECT(FACT_SELECT_0018, 0x0018),
    STEP_QUERY(FACT_QUERY_AUTH, CURRENT_EF),
    STEP_SELECT(FACT_SELECT_001B, 0x001b),
    STEP_QUERY(FACT_QUERY_SIGN, CURRENT_EF),
    STEP_SELECT(FACT_SELECT_0017, 0x0017),
    STEP_COMPUTE(FACT_PSS, CARD_PSS, CURRENT_EF, 1),
    STEP_COMPUTE(FACT_P1_NOTHING, P1_NOTHING, CURRENT_EF, 1),
    STEP_COMPUTE(FACT_TOO_LONG, CARD_PKCS1, CURRENT_EF, ZEROS_MAX),
    STEP_COMPUTE(FACT_TOO_LONG_SHORT, CARD_PKCS1, 0x97, ZEROS_MAX),
    STEP_SELECT(FACT_EF_0005, 0x0005),
    STEP_SELECT(FACT_EF_0009, 0x0009),
    STEP_SELECT(FACT_EF_0010, 0x0010),
    STEP_SELECT(FACT_EF_0016, 0x0016),
    STEP_SELECT(FACT_EF_0019, 0x0019),
    STEP_SELECT(FACT_EF_001C, 0x001c),
    STEP_SELECT(FACT_EF_001E, 0x001e),
};

static void note(
    struct card_facts *facts, enum card_fact fact, uint16_t sw, size_t len)
{
    facts->answers[fact] = (struct card_answer){true, sw, (uint16_t)len};
}

/* The few bytes that a report shows. */
static void keep_body(struct card_facts *facts, enum card_fact fact,
    const struct response *response)
{
    if (fact == FACT_READ_0006)
        memcpy(facts->token_info, response->body,
            response->len < sizeof facts->token_info
                ? response->len
                : sizeof facts->token_info);
    if (fact == FACT_READ_0008)
        memcpy(facts->issued, response->body,
            response->len < sizeof facts->issued ? response->len
                                                 : sizeof facts->issued);
}

/*
 * Sends one command, once and as it is: neither 61xx nor 6Cxx is followed. What
 * is current afterwards nobody knows.
 */
static enum tok_err take_step(
    struct card *card, const struct step *step, struct card_facts *facts)
{
    static const uint8_t zeros[ZEROS_MAX];
    const uint8_t id[] = {(uint8_t)(step->ef >> 8), (uint8_t)step->ef};
    const struct apdu command = {.cla = step->cla,
        .ins = step->ins,
        .p1 = step->p1,
        .p2 = step->p2,
        .data = step->ef ? id : zeros,
        .data_len = step->ef ? sizeof id : step->zeros,
        .le = step->le};
    uint8_t bytes[APDU_COMMAND_MAX];
    struct response response;
    size_t len;
    bool with_le = !connection_is_t0(card->connection);
    enum tok_err err = apdu_encode(&command, with_le, bytes, &len);

    card->current_ef = NO_EF;
    if (err == TOK_OK)
        err = card_transmit(card, bytes, len, &response);
    if (err != TOK_OK)
        return err;
    note(facts, step->fact, response.sw, response.len);
    keep_body(facts, step->fact, &response);
    explicit_bzero(&response, sizeof response);
    return TOK_OK;
}

static enum tok_err take_steps(struct card *card, const struct step *list,
    size_t count, struct card_facts *facts)
{
    enum tok_err err = TOK_OK;
    size_t i;

    for (i = 0; i < count && err == TOK_OK; i++)
        err = take_step(card, &list[i], facts);
    return err;
}

/* SELECT of an application, noted as FACT unless that is CARD_FACTS. */
static enum tok_err enter(struct card *card, enum card_application application,
    enum card_fact fact, struct card_facts *facts)
{
    uint16_t sw = 0;
    enum tok_err err = card_try_application(card, application, &sw);

    if (err == TOK_OK && fact != CARD_FACTS)
        note(facts, fact, sw, 0);
    return err;
}

static enum tok_err reset(struct card *card)
{
    card->application = APPLICATION_UNKNOWN;
    card->current_ef = NO_EF;
    return connection_reset(card->connection);
}

/* Other applications, which log out, and what a reset leaves selected. */
static enum tok_err ask_applications(
    struct card *card, struct card_facts *facts)
{
    static const struct step after_reset[] = {
        STEP_SELECT(FACT_RESET_SELECT, 0x0006)};
    enum tok_err err = enter(card, APPLICATION_ISSUER, FACT_ISSUER, facts);

    if (err == TOK_OK)
        err = enter(card, APPLICATION_COMMON, FACT_COMMON, facts);
    if (err == TOK_OK)
        err = enter(card, APPLICATION_TEXT, FACT_TEXT, facts);
    if (err == TOK_OK)
        err = enter(card, APPLICATION_JPKI, CARD_FACTS, facts);
    if (err == TOK_OK)
        err = reset(card);
    return err == TOK_OK ? take_steps(card, after_reset, 1, facts) : err;
}

/* Without power the card forgets all, also that a program left it verified. */
static enum tok_err ask_first(struct card *card, struct card_facts *facts)
{
    enum tok_err err = connection_begin(card->connection);

    if (err != TOK_OK)
        return err;
    connection_end(card->connection, true);
    err = connection_begin(card->connection);
    if (err != TOK_OK)
        return err;
    err = enter(card, APPLICATION_JPKI, FACT_FIRST, facts);
    connection_end(card->connection, false);
    return err;
}

enum tok_err facts_ask(struct card *card, struct card_facts *facts)
{
    struct jpki_attempts attempts = {0};
    enum tok_err err = ask_first(card, facts);

    if (err != TOK_OK)
        return err;
    while (jpki_next_attempt(card, &attempts)) {
        attempts.err =
            take_steps(card, steps, sizeof steps / sizeof *steps, facts);
        if (attempts.err == TOK_OK)
            attempts.err = ask_applications(card, facts);
    }
    return attempts.err;
}

/* What only a verified PIN gets another answer to; no signature. */
static enum tok_err ask_verified(
    struct card *card, enum card_fact fact, struct card_facts *facts)
{
    const struct step probe[] = {
        STEP_SELECT(FACT_SELECT_0017, 0x0017),
        STEP_COMPUTE(fact, CARD_PKCS1, CURRENT_EF, ZEROS_MAX),
    };

    return take_steps(card, probe, 2, facts);
}

enum tok_err facts_ask_out(struct card *card, struct card_facts *facts)
{
    return ask_verified(card, FACT_OUT, facts);
}

/* Another application and JPKI again; nothing where the card has no other. */
static enum tok_err ask_other(struct card *card, struct card_facts *facts)
{
    enum tok_err err = card_reselect(card);

    if (err == TOK_REPLY)
        return TOK_OK;
    return err == TOK_OK ? ask_verified(card, FACT_OTHER, facts) : err;
}

enum tok_err facts_ask_in(
    struct card *card, bool after_reset, struct card_facts *facts)
{
    static const struct step query[] = {
        STEP_SELECT(FACT_SELECT_0018, 0x0018),
        STEP_QUERY(FACT_IN_QUERY, CURRENT_EF),
    };
    enum tok_err err;

    if (after_reset) {
        err = reset(card);
        if (err == TOK_OK)
            err = enter(card, APPLICATION_JPKI, CARD_FACTS, facts);
        return err == TOK_OK ? ask_verified(card, FACT_AFTER_RESET, facts)
                             : err;
    }
    err = ask_verified(card, FACT_IN, facts);
    if (err == TOK_OK)
        err = take_steps(card, query, 2, facts);
    if (err == TOK_OK)
        err = enter(card, APPLICATION_JPKI, CARD_FACTS, facts);
    if (err == TOK_OK)
        err = ask_verified(card, FACT_SAME, facts);
    return err == TOK_OK ? ask_other(card, facts) : err;
}

/* Which timing a command of LEN BYTES counts for; CARD_TIMINGS: none. */
static enum card_timing find_timing(
    const uint8_t *bytes, size_t len, const struct response *response)
{
    switch (bytes[1]) {
    case SELECT:
        return bytes[2] == 0x04 ? TIMING_SELECT_APPLICATION
                                : TIMING_SELECT_FILE;
    case READ_BINARY:
        return response->len == APDU_LE_MAX ? TIMING_READ_256 : CARD_TIMINGS;
    case VERIFY:
        return len > HEADER ? TIMING_VERIFY : TIMING_QUERY;
    case COMPUTE:
        if (response->len != CARD_SIGNATURE_SIZE && response->sw >> 8 != 0x61)
            return CARD_TIMINGS;
        return bytes[2] == CARD_PSS ? TIMING_SIGN_PSS : TIMING_SIGN;
    default:
        return CARD_TIMINGS;
    }
}

/* A card_trace; ARG is a struct card_facts. */
static void note_time(void *arg, const uint8_t *bytes, size_t len,
    const struct response *response, int64_t us)
{
    struct card_facts *facts = arg;
    enum card_timing timing = find_timing(bytes, len, response);
    struct card_time *time;

    if (timing == CARD_TIMINGS)
        return;
    time = &facts->times[timing];
    if (time->count == 0 || us < time->min_us)
        time->min_us = us;
    if (us > time->max_us)
        time->max_us = us;
    time->sum_us += us;
    time->count++;
}

void facts_trace(struct card *card, struct card_facts *facts)
{
    card->trace = facts ? note_time : NULL;
    card->trace_arg = facts;
}

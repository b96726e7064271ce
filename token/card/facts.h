/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_FACTS_H
#define TOKEN_CARD_FACTS_H

#include "token/card/card.h"
#include "token/card/jpki.h"

/*
 * What no public source settles about a card (docs/card.md), asked of the card
 * itself: the answers to commands that change nothing.
 */

/* Which command; in the order in which they are sent. */
enum card_fact {
    /* Without a PIN. */
    FACT_FIRST,        /* SELECT of JPKI, the first command after power-up */
    FACT_SHORT_READ,   /* EF 0006 by short id */
    FACT_SELECT_0006,  /* and then the current file's */
    FACT_READ_0006,    /* 160 bytes */
    FACT_READ_MORE,    /* more than there are */
    FACT_READ_PAST,    /* from behind its end */
    FACT_SELECT_0008,  /* and then */
    FACT_READ_0008,    /* 3 bytes of it */
    FACT_SELECT_0001,  /* the signing certificate, and then */
    FACT_READ_0001,    /* a byte of it */
    FACT_SELECT_000A,  /* the authentication certificate, and then */
    FACT_READ_000A,    /* 256 bytes of it */
    FACT_SELECT_OTHER, /* EF 0006 again, for the queries */
    FACT_QUERY_OTHER,  /* a query of a counter where no PIN is selected */
    FACT_QUERY_SHORT,  /* the authentication PIN's by short id */
    FACT_QUERY_AFTER,  /* what FACT_QUERY_OTHER was, after it */
    FACT_SELECT_0018,
    FACT_QUERY_AUTH,
    FACT_SELECT_001B,
    FACT_QUERY_SIGN,
    FACT_SELECT_0017,
    FACT_PSS,            /* P1 = 04 with one byte: no card can sign that */
    FACT_P1_NOTHING,     /* P1 = 0F, which means nothing */
    FACT_TOO_LONG,       /* P1 = 00 with 255 bytes: no card can sign that */
    FACT_TOO_LONG_SHORT, /* the same by short id */
    FACT_EF_0005,        /* SELECTs of what nobody has described */
    FACT_EF_0009,
    FACT_EF_0010,
    FACT_EF_0016,
    FACT_EF_0019,
    FACT_EF_001C,
    FACT_EF_001E,
    FACT_ISSUER, /* SELECTs of other applications */
    FACT_COMMON,
    FACT_TEXT,
    FACT_RESET_SELECT, /* EF 0006, after JPKI was selected and a reset */
    /* With the authentication PIN verified; all are FACT_TOO_LONG. */
    FACT_OUT,         /* before that */
    FACT_IN,          /* after it */
    FACT_IN_QUERY,    /* the query, after it */
    FACT_SAME,        /* after JPKI was selected once more */
    FACT_OTHER,       /* after another application, and JPKI again */
    FACT_AFTER_RESET, /* after a reset, and JPKI again */
    CARD_FACTS,
};

struct card_answer {
    bool asked;
    uint16_t sw;
    uint16_t len; /* of the answer's body */
};

/* How long commands took. */
enum card_timing {
    TIMING_SELECT_APPLICATION,
    TIMING_SELECT_FILE,
    TIMING_READ_256, /* READ BINARY that gave as many bytes */
    TIMING_QUERY,
    TIMING_VERIFY,
    TIMING_SIGN,
    TIMING_SIGN_PSS,
    CARD_TIMINGS,
};

struct card_time {
    unsigned count;
    int64_t min_us, max_us, sum_us;
};

struct card_facts {
    struct card_answer answers[CARD_FACTS];
    uint8_t token_info[JPKI_TOKEN_INFO_SIZE];
    uint8_t issued[3]; /* EF 0008 */
    struct card_time times[CARD_TIMINGS];
};

/*
 * From here on all commands to the card are timed for FACTS; NULL: no more. An
 * exchange of the card ends it.
 */
void facts_trace(struct card *card, struct card_facts *facts);

/*
 * Powers the card off and asks it all that needs no PIN. Sends no VERIFY but
 * queries, which cost no try.
 */
enum tok_err facts_ask(struct card *card, struct card_facts *facts)
    EXCLUDES(token_held);

/*
 * Parts of an operation with the authentication PIN, in its transaction: before
 * the VERIFY, and after it, by AFTER_RESET for FACT_AFTER_RESET alone.
 */
enum tok_err facts_ask_out(struct card *card, struct card_facts *facts);
enum tok_err facts_ask_in(
    struct card *card, bool after_reset, struct card_facts *facts);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOKEN_FAKE_H
#define TESTS_UNIT_TOKEN_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <winscard.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * A PC/SC of one reader that answers as a test says and writes down what it was
 * asked. It fails the running test where a call breaks the rules: a wrong
 * handle, a command outside a transaction, an exclusive connection.
 */

enum fake_call {
    FAKE_ESTABLISH,
    FAKE_RELEASE,
    FAKE_CONNECT,
    FAKE_RECONNECT,
    FAKE_DISCONNECT,
    FAKE_BEGIN,
    FAKE_END,
    FAKE_POWER,  /* SCardStatus */
    FAKE_STATUS, /* SCardGetStatusChange */
    FAKE_WAIT,   /* SCardGetStatusChange with a timeout */
    FAKE_CANCEL,
    FAKE_CONTROL,
    FAKE_LIST,
    FAKE_CALLS,
};

#define FAKE_READER "Fake 00"

/* A command as a card gets it; RET_ANSWER has room for 258 bytes. */
typedef LONG fake_card(const uint8_t *command, size_t len, uint8_t *ret_answer,
    DWORD *ret_answer_len);

struct fake {
    DWORD protocol;    /* given at SCardConnect */
    DWORD event_state; /* of every reader */
    const char *list;  /* what SCardListReaders gives: LIST_LEN bytes, */
    size_t list_len;
    DWORD list_claim;        /* logged to be so many */
    fake_card *card;         /* NULL: the script */
    void (*power_off)(void); /* NULL: nothing */
    unsigned slept_ms;       /* by nanosleep */
    unsigned clock_ms;       /* goes on by nanosleep, and by what follows */
    unsigned begin_ms;       /* what a transaction has to be waited for */
    unsigned connect_ms;     /* what a connection has */
    unsigned contexts;       /* open now */
    bool connected, in_transaction;
    bool unpowered;   /* by another program; a reset ends that */
    bool others;      /* are connected to the card */
    uint64_t clients; /* of pcscd */
    /* So many answers of SCardGetStatusChange have a wrong counter. */
    unsigned torn_states;
    /* What the last FAKE_WAIT was for. */
    unsigned waited_ms, watched;
    struct {
        char name[MAX_READERNAME];
        DWORD state;
    } watch[PCSCLITE_MAX_READERS_CONTEXTS];
    unsigned counts[FAKE_CALLS];
};

extern struct fake fake;

/* A fresh PC/SC with a card, counter 7, and an empty script. */
void fake_reset(void);

/*
 * The script: COMMAND, in hexadecimal, must come next and gets ANSWER, which
 * ends in a status word, or the PC/SC code CODE.
 */
void fake_expect(const char *command, const char *answer);
void fake_expect_code(const char *command, LONG code);

/* The calls of CALL from the SKIP-th on, COUNT of them, give CODE. */
void fake_fail(enum fake_call call, unsigned skip, unsigned count, LONG code);

/*
 * Compares what was asked since the last time with WORDS: the names of calls,
 * ":unpower" behind those that powered off, and commands; and asks that the
 * script was used up.
 */
void fake_saw(const char *words);
/* The same list, to be searched; fake_forget empties it. */
const char *fake_words(void);
void fake_forget(void);

/* All that was logged since fake_reset. */
const char *fake_log(void);

/* Bytes from hexadecimal; returns their number. */
size_t fake_bytes(const char *hex, uint8_t *ret_bytes, size_t cap);

/* Commands and words that many tests meet. */
#define C_JPKI "00A4040C0AD392F000260100000001"
#define C_ISSUER "00A4040C07A0000001510000"
#define C_COMMON "00A4040C0AD3921000310001010100"
#define C_EF(id) "00A4020C02" id
#define C_QUERY "00200080"
#define W_OPEN "establish connect begin status " C_JPKI
#define W_AGAIN "begin status " C_JPKI

#endif

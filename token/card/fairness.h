/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_FAIRNESS_H
#define TOKEN_CARD_FAIRNESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How a program that uses a card all the time leaves it to others: transactions
 * that follow one upon the other are a burst. While other programs are
 * connected to the card a burst ends with a break. Whether they are is looked
 * for once a second; pcscd tells it to a program without a connection of its
 * own only. Part of struct connection; zeroed at the beginning.
 */
struct fairness {
    /* By clock_ms. */
    int64_t began;
    int64_t ended;        /* the last transaction */
    int64_t looked;       /* for others */
    int64_t listen_at;    /* the next FAIRNESS_LISTEN */
    int64_t shared_until; /* others use the card */
    bool others;          /* are connected, as was seen last */
    uint64_t clients;     /* of pcscd, the same */
};

/* What is due before the next transaction. */
enum fairness_due {
    FAIRNESS_NOTHING,
    FAIRNESS_BREAK, /* fairness_take_break */
    /*
     * To look at the clients of pcscd, fairness_note_clients, and unless more
     * is due, without a connection, for others, fairness_note_others.
     */
    FAIRNESS_LOOK,
    /* The latter, once fairness_listen has let those come in who wait. */
    FAIRNESS_LISTEN,
};

enum fairness_due fairness_due(const struct fairness *fairness);
/* True where others are connected and have to be given a break. */
bool fairness_is_over(const struct fairness *fairness);
/* Sleeps for what is missing of a break. */
void fairness_take_break(struct fairness *fairness);
/* Sleeps until who waits in SCardConnect has got a connection. */
void fairness_listen(struct fairness *fairness);
/*
 * CLIENTS (pcscd_clients) are there: where they are others than before, the
 * next FAIRNESS_LISTEN is due, unless fairness_note_others sees one connected.
 */
void fairness_note_clients(struct fairness *fairness, uint64_t clients);
/* Other programs are connected, or none is. */
void fairness_note_others(struct fairness *fairness, bool others);

/* A call that waits for the card was made at ASKED and has returned. */
void fairness_note_wait(struct fairness *fairness, int64_t asked);
/* A transaction begins; one has ended. */
void fairness_begin(struct fairness *fairness);
void fairness_end(struct fairness *fairness);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_FAIRNESS_H
#define TOKEN_CARD_FAIRNESS_H

#include <stdint.h>

/*
 * How a program that uses a card all the time leaves it to others: transactions
 * that follow one upon the other are a turn, which ends after a while with a
 * break. Part of struct connection; zeroed at the beginning.
 */
struct fairness {
    /* By clock_ms. */
    int64_t began;
    int64_t paused;       /* the end of the last transaction */
    int64_t shared_until; /* others use the card */
};

/* What is missing of a break before the next transaction, in milliseconds. */
int64_t fairness_break_due(const struct fairness *fairness);
/* Sleeps that long. */
void fairness_take_break(struct fairness *fairness);

/* A transaction that was asked for at ASKED is there. */
void fairness_begin(struct fairness *fairness, int64_t asked);
/* It has ended. */
void fairness_end(struct fairness *fairness);

#endif

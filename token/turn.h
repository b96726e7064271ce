/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_TURN_H
#define TOKEN_TURN_H

#include <stdint.h>

/*
 * How a program that uses a card all the time leaves it to others: transactions
 * that follow one upon the other are a turn, which ends after a while with a
 * break. Part of struct link; zeroed at the beginning.
 */
struct turn {
    /* By clock_ms. */
    int64_t began;
    int64_t paused;       /* the end of the last transaction */
    int64_t shared_until; /* others use the card */
};

/* What is missing of a break before the next transaction, in milliseconds. */
int64_t turn_break_due(const struct turn *turn);
/* Sleeps that long. */
void turn_take_break(struct turn *turn);

/* A transaction that was asked for at ASKED is there. */
void turn_take(struct turn *turn, int64_t asked);
/* It has ended. */
void turn_end(struct turn *turn);

#endif

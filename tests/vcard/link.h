/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_LINK_H
#define TESTS_VCARD_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The way to a card: how long it takes and what gets lost on it. */

/* In microseconds; all zero: no time at all. */
struct vcontrol_link {
    unsigned per_apdu;
    unsigned per_byte; /* of command and response */
    unsigned per_signature;
};

/*
 * Of each exchange that the reader is asked for PER_MILLE are lost, by a
 * sequence of random numbers that SEED determines: before the card sees the
 * command, or its answer.
 */
struct vcontrol_loss {
    unsigned per_mille; /* 0: nothing */
    bool after;         /* the answer */
    uint64_t seed;
};

/* Waits so many microseconds. */
void link_wait(unsigned long long us);

/* True when the next exchange is lost. The seed moves on. */
bool link_loses(struct vcontrol_loss *loss);

#endif

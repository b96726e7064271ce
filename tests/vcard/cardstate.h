/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CARDSTATE_H
#define TESTS_VCARD_CARDSTATE_H

#include "tests/vcard/cardfile.h"

/*
 * What a card remembers without power: PINs and their counters, in the file
 * "state" of the persona's folder. Several processes may have the same card;
 * they agree because each looks again before it decides, under a file lock.
 */
struct card_state {
    struct {
        unsigned left;
        uint8_t pin[16];
        size_t len;
    } pins[PINS];
};

/*
 * Takes the lock and reads the state; without a state file it is that of
 * issue. Returns what cardstate_leave wants, or -1.
 */
int cardstate_enter(const struct card_file *file, struct card_state *ret_state);

/* Writes STATE unless it is NULL, and gives the lock back. 0 or -1. */
int cardstate_leave(
    const struct card_file *file, int lock, const struct card_state *state);

#endif

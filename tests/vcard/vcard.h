/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_VCARD_H
#define TESTS_VCARD_VCARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/vcard/cardledger.h"

/*
 * A JPKI card in software, as docs/card.md describes the real one. It knows
 * nothing of the module. Its files, keys, PIN counters and peculiarities lie in
 * a persona's folder, made by make-persona; counters are written back there, so
 * that a PIN stays locked from one process to the next.
 */
struct vcard;

/* Loads the persona in FOLDER, powered off. NULL with a line on stderr. */
struct vcard *vcard_load(const char *folder);
void vcard_free(struct vcard *card);

/* The answer to reset, valid as long as CARD. */
const uint8_t *vcard_atr(const struct vcard *card, size_t *ret_len);
/* True for a card that answers no reset; only the stand-in heeds it. */
bool vcard_is_mute(const struct vcard *card);

void vcard_power_on(struct vcard *card);
void vcard_power_off(struct vcard *card);
void vcard_warm_reset(struct vcard *card);

/*
 * Takes a command APDU and gives the response with its status word; RESPONSE
 * has room for 258 bytes. Returns the response's length.
 */
size_t vcard_transmit(struct vcard *card, const uint8_t *command, size_t len,
    uint8_t response[258]);

/* The ledger, and the part of it that is asked most. */
bool vcard_is_verified(const struct vcard *card);
void vcard_ledger(const struct vcard *card, struct vcard_ledger *ret_ledger);

#endif

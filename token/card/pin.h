/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_PIN_H
#define TOKEN_CARD_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/role.h"
#include "token/card/tokerr.h"

/*
 * PINs, and nothing else, live in pages of memory that are locked, left out of
 * core dumps and zeroed in a forked child (docs/design.md section 4, rule 5).
 * The command that carries a PIN to the card is put together around it in the
 * same scope, so that no copy of ours is ever elsewhere.
 */
struct pin_page;

/*
 * Maps the first page; more are mapped when it is full. Where memory may not be
 * locked (RLIMIT_MEMLOCK) it is used unlocked and the log says so. TOK_NOMEM
 * when there is no page at all.
 */
enum tok_err pin_page_new(struct pin_page **ret_page);
/* Wipes and unmaps; PAGE may be NULL. No pin of it may be in use. */
void pin_page_free(struct pin_page *page);

/*
 * Tells the kernel to lock SIZE bytes from BYTES on, to leave them out of core
 * dumps and to zero them in forked children. What it refuses is logged in the
 * log: the memory can be used all the same. BYTES begin and end with a page.
 */
void pin_protect(void *bytes, size_t size);

/* A PIN of the right form for a role. One thread at a time. */
struct pin;

/*
 * Takes room for a PIN and fills it from TEXT (LEN bytes, not terminated): a-z
 * is folded to A-Z when FOLD is true, then length and characters must be those
 * of ROLE (docs/design.md section 4, rule 1).
 * TOK_PIN_FORM: cannot be a PIN of ROLE. TOK_NOMEM: there is no page left.
 * The caller gives the PIN back with pin_free. Thread-safe.
 */
enum tok_err pin_new(struct pin_page *page, const struct jpki_role *role,
    const uint8_t *text, size_t len, bool fold, struct pin **ret_pin);

/* Wipes PIN and gives its room back; NULL is fine. Thread-safe. */
void pin_free(struct pin *pin);

/*
 * The command HEADER (CLA INS P1 P2) with PIN as its data, ready to transmit,
 * inside the locked page: valid until the next call for this PIN.
 */
const uint8_t *pin_command(
    struct pin *pin, const uint8_t header[4], size_t *ret_len);

/* The characters the card will get, inside the locked page. */
const uint8_t *pin_text(const struct pin *pin, size_t *ret_len);

/* True when both would send the same characters; in constant time. */
bool pin_equals(const struct pin *pin, const struct pin *other);

#endif

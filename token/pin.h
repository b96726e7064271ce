/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_PIN_H
#define TOKEN_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/role.h"
#include "token/tokerr.h"

/*
 * PINs, and nothing else, live in one page of memory that is locked, left out
 * of core dumps and zeroed in a forked child (design.md section 4, rule 5).
 * The command that carries a PIN to the card is put together around it in the
 * same place, so that no copy of ours is ever elsewhere.
 */
struct pin_page;

/*
 * Maps a page. Where memory may not be locked (RLIMIT_MEMLOCK) the page is used
 * unlocked and the log says so once. TOK_NOMEM when there is no page at all.
 */
enum tok_err pin_page_new(struct pin_page **ret_page);
/* Wipes and unmaps; PAGE may be NULL. No pin of it may be in use. */
void pin_page_free(struct pin_page *page);

/* A PIN of the right form for a role. One thread at a time. */
struct pin;

/*
 * Takes room for a PIN and fills it from TEXT (LEN bytes, not terminated): a-z
 * is folded to A-Z when FOLD is true, then length and characters must be those
 * of ROLE (design.md section 4, rule 1).
 * TOK_PIN_FORM: cannot be a PIN of ROLE. TOK_NOMEM: the page is full.
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

/*
 * What is remembered of a PIN that was refused: a digest of it, made by the
 * caller over pin_salt and the PIN. It lives in the same page.
 */
#define PIN_DIGEST_SIZE 32
#define PIN_SALT_SIZE 16

/* PIN_SALT_SIZE random bytes, chosen when the page was made. */
const uint8_t *pin_salt(const struct pin_page *page);

struct pin_mark;
/* Room for a digest, empty; TOK_NOMEM when the page is full. Thread-safe. */
enum tok_err pin_mark_new(struct pin_page *page, struct pin_mark **ret_mark);
void pin_mark_free(struct pin_mark *mark);
void pin_mark_set(struct pin_mark *mark, const uint8_t digest[PIN_DIGEST_SIZE]);
void pin_mark_clear(struct pin_mark *mark);
/* True when DIGEST is the one last set; in constant time. */
bool pin_mark_is(
    const struct pin_mark *mark, const uint8_t digest[PIN_DIGEST_SIZE]);

/* Overwrites LEN bytes in a way the compiler must keep. */
void pin_wipe(void *bytes, size_t len);

#endif

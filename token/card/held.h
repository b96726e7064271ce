/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_HELD_H
#define TOKEN_CARD_HELD_H

#include "conf/lock.h"

/*
 * The lock of a token, as clang's thread safety analysis sees it: one name for
 * the locks of all tokens, since a thread holds one at most. What speaks with
 * pcscd says EXCLUDES(token_held), so that no lock is held over it. Named in
 * annotations only, and defined nowhere.
 */
extern struct CAPABILITY("token's lock") token_held {
    int unused;
} token_held;

/* A function that is called with a token's lock held. */
#define TOKEN_LOCKED REQUIRES(token_held)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_CALLER_H
#define TOKEN_CARD_CALLER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Who waits for the card. IS_CALLED_OFF is asked by the thread that made the
 * call, with a token's lock held or without: before the card is used, while
 * another program keeps it, and inside the transaction before a PIN and before
 * a signing command. It takes no lock of token/. True ends the call
 * with TOK_CANCELLED; nothing more is sent but what logs the card out.
 */
struct card_caller {
    bool (*is_called_off)(void *arg); /* NULL: never */
    void *arg;
};

static inline bool caller_is_gone(const struct card_caller *caller)
{
    return caller->is_called_off && caller->is_called_off(caller->arg);
}

#endif

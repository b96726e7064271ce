/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_USE_PIN_H
#define TOOL_USE_PIN_H

#include "token/token.h"
#include "token/typed_pin.h"
#include "tool/command.h"

/*
 * Asks a person for a PIN and gives it to the card, by the rules
 * (docs/design.md section 4): how many tries are left is told first; the last
 * one wants a word for it, typed in full; what cannot be the PIN is not sent,
 * and asked for again; what the card refused is not.
 */

/*
 * What is done with PIN: one function of login.h, to which CALLER is passed on.
 * With the token's lock held.
 */
typedef enum tok_err use_typed_pin(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller,
    void *arg) TOKEN_LOCKED;

struct pin_use {
    enum jpki_role_id role;
    const char *about; /* what it is for, with a '\n'; NULL */
    bool may_skip;     /* an empty answer is one */
    use_typed_pin *use;
    void *arg;
};

/*
 * EXIT_GOOD: the card took the PIN and USE did its work. *RET_SKIPPED, which
 * may be NULL where may_skip is not set: a person left it out, and nothing was
 * sent. Else standard error was told what is wrong.
 */
enum exit_status use_pin(struct token *token, const struct pin_use *use,
    bool *ret_skipped) EXCLUDES(token_held);

/* ROLE's PIN by its name and form. */
const char *pin_name(enum jpki_role_id role);

#endif

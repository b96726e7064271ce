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
 * With the token's lock held, which clang cannot check of a pointer.
 */
typedef enum tok_err use_typed_pin(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg);

struct pin_use {
    enum jpki_role_id role;
    const char *about;        /* what it is for, with a '\n'; NULL */
    bool may_skip;            /* an empty answer is one */
    const struct words *lost; /* to be told where the card was lost; NULL */
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

/*
 * The two halves of it. First the question: RET_ANSWER has a PIN of the right
 * form afterwards, and *RET_LAST_TRY whether it is for the last try, which is
 * passed on to the second half.
 */
enum exit_status pin_ask(struct token *token, const struct pin_use *use,
    struct typed_pin *ret_answer, bool *ret_last_try, bool *ret_skipped)
    EXCLUDES(token_held);
enum exit_status pin_give(struct token *token, const struct pin_use *use,
    const struct typed_pin *pin, bool last_try) EXCLUDES(token_held);

/* ROLE's PIN by its name and form. */
const char *pin_name(enum jpki_role_id role);

#endif

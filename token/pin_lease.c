/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pin_lease.h"

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "token/card/pin.h"
#include "token/pin_rules.h"

bool pin_lease_take(struct token *token, enum jpki_role_id role,
    struct pin *own, struct pin_lease *ret_lease)
{
    struct token_key *key = &token->keys[role];

    *ret_lease = (struct pin_lease){.pin = own ? own : key->pin, .held = !own};
    if (!own)
        key->pin = NULL;
    return ret_lease->pin;
}

/* True when the PIN that gave RESULT and ERR is of no more use. */
static bool is_invalid(const struct verify_result *result, enum tok_err err)
{
    return result->outcome == VERIFY_REFUSED ||
           result->outcome == VERIFY_UNKNOWN || err == TOK_PIN_CHANGED ||
           err == TOK_PIN_LOCKED;
}

enum tok_err pin_lease_note(struct token *token, enum jpki_role_id role,
    struct pin_lease *lease, const struct verify_result *result,
    enum tok_err err)
{
    lease->invalid = is_invalid(result, err);
    pin_held_note(token, role, lease->pin, result);
    if (err == TOK_PIN_WRONG)
        log_warn(
            words(W_LOG_PIN_HELD_REFUSED), token->name, jpki_role(role)->name);
    pin_refusal_log(token, role, err);
    return err == TOK_PIN_WRONG || err == TOK_PIN_LOCKED ? TOK_PIN_CHANGED
                                                         : err;
}

void pin_lease_end(
    struct token *token, enum jpki_role_id role, const struct pin_lease *lease)
{
    struct token_key *key = &token->keys[role];

    if (lease->held && key->logged_in && !key->pin && !lease->invalid)
        key->pin = lease->pin;
    else
        pin_free(lease->pin);
    if (lease->invalid)
        token_log_out(token, role);
}

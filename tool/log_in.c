/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/log_in.h"

#include "token/login.h"

static TOKEN_LOCKED enum tok_err use(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    const enum jpki_role_id *role = arg;

    return login_user(token, *role, pin->bytes, pin->len, caller);
}

enum exit_status log_in(struct token *token, enum jpki_role_id role)
{
    const struct pin_use pin_use = {.role = role, .use = use, .arg = &role};

    return use_pin(token, &pin_use, NULL);
}

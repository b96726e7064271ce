/* SPDX-License-Identifier: Apache-2.0 */
#include "token/holder.h"

bool token_holder(const struct token *token, struct holder *ret_holder)
{
    const struct cert *cert = token->keys[JPKI_SIGN].cert.cert;

    if (!cert || !token->keys[JPKI_SIGN].logged_in)
        return false;
    holder_read(cert, ret_holder);
    return true;
}

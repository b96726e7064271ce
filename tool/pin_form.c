/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/pin_form.h"

#include <ctype.h>
#include <string.h>

bool pin_fits(const struct token *token, enum jpki_role_id role,
    const struct typed_pin *pin)
{
    const struct jpki_role *row = jpki_role(role);
    size_t i;

    if (pin->len < row->pin_min || pin->len > row->pin_max)
        return false;
    for (i = 0; i < pin->len; i++) {
        int c = pin->bytes[i];

        if (token->context->conf.fold_case && c >= 'a' && c <= 'z')
            c = toupper(c);
        if (c == 0 || !strchr(row->pin_alphabet, c))
            return false;
    }
    return true;
}

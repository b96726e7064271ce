/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_PIN_FORM_H
#define TOOL_PIN_FORM_H

#include "token/token.h"
#include "token/typed_pin.h"

/* True where PIN has the form of ROLE's; a-z counts as A-Z where it is folded.
 */
bool pin_fits(const struct token *token, enum jpki_role_id role,
    const struct typed_pin *pin);

#endif

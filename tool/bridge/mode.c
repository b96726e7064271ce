/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/mode.h"

#include <string.h>

#include "conf/words_bridge.h"

static const struct mode modes[MODES] = {
    {MODE_LOG_IN, "01", true, JPKI_AUTH, 1, {W_ASK_PIN_AUTH},
        {W_ASK_PROMPT_PIN}, {W_ASK_FORM_DIGITS}},
    {MODE_SIGN, "02", true, JPKI_SIGN, MODE_DIGESTS_MAX, {W_ASK_PIN_SIGN},
        {W_ASK_PROMPT_PASSWORD}, {W_ASK_FORM_SIGN}},
    {MODE_TEXT, "04", true, JPKI_TEXT, 0, {W_ASK_PIN_TEXT}, {W_ASK_PROMPT_PIN},
        {W_ASK_FORM_DIGITS}},
    {.id = MODE_CLOSE, .name = "05"},
    {.id = MODE_CHECK, .name = "check"},
};

const struct mode *mode_find(const char *name)
{
    size_t i;

    for (i = 0; i < MODES; i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    return NULL;
}

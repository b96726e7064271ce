/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/words.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static atomic_bool is_japanese;

/* "ja", or "ja" before a territory, codeset or modifier. */
static bool names_japanese(const char *locale)
{
    return strncmp(locale, "ja", 2) == 0 &&
           (locale[2] == '\0' || strchr("_.@-", locale[2]));
}

void words_choose_language(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    bool japanese = false;
    size_t i;

    for (i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = secure_getenv(variables[i]);

        if (value && value[0] != '\0') {
            japanese = names_japanese(value);
            break;
        }
    }
    atomic_store(&is_japanese, japanese);
}

bool words_is_japanese(void)
{
    return atomic_load(&is_japanese);
}

const char *words(const char *en, const char *ja)
{
    return words_is_japanese() ? ja : en;
}

const char *words_of(const struct words *row)
{
    return words_is_japanese() ? row->ja : row->en;
}

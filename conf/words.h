/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_WORDS_H
#define CONF_WORDS_H

#include <stdbool.h>

/*
 * Sentences for a person, in English and Japanese, for the module and for the
 * command jpki. gettext needs an installed locale and setlocale, which changes
 * the host; this needs neither. All text is UTF-8.
 *
 * The table of sentences is conf/words_*.h, one row for each:
 *
 *     #define W_READER_EMPTY "no card in %s", "%sにカードがありません"
 *
 * A row is two string literals, which take the same arguments in the same
 * order. It stands where words() takes its arguments, or where a struct words
 * is initialised; the compiler checks both languages against the arguments of
 * printf and its like:
 *
 *     log_warn(words(W_READER_EMPTY), name);
 *     static const struct words title = {W_TITLE};
 */
struct words {
    const char *en;
    const char *ja;
};

/* One language of a row, for data that has both. */
#define WORDS_FIRST(en, ja) en
#define WORDS_SECOND(en, ja) ja
#define WORDS_EN(row) WORDS_FIRST(row)
#define WORDS_JA(row) WORDS_SECOND(row)

/*
 * Chooses the language by the first of LC_ALL, LC_MESSAGES and LANG that is not
 * empty: Japanese where it names that language ("ja", "ja_JP.UTF-8"), else
 * English, as before the first call. By secure_getenv; not while another thread
 * may change the environment.
 */
void words_choose_language(void);

/* True when the language is Japanese. */
bool words_is_japanese(void);

/* EN or JA, by the language. */
const char *words(const char *en, const char *ja)
    __attribute__((format_arg(1), format_arg(2)));

/* The same of a row kept as data, which takes no arguments. */
const char *words_of(const struct words *row);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/options.h"

#include <getopt.h>
#include <string.h>

#include "conf/words_certificate.h"
#include "conf/words_report.h"
#include "conf/words_sign.h"
#include "conf/words_tool.h"
#include "tool/output.h"

static const struct option_row rows[OPTIONS] = {
    [OPTION_HELP] = {"help", 'h', NULL, {W_OPTION_HELP}},
    [OPTION_VERSION] = {"version", 'V', NULL, {W_OPTION_VERSION}},
    [OPTION_JSON] = {"json", 'j', NULL, {W_OPTION_JSON}},
    [OPTION_PEM] = {"pem", '\0', NULL, {W_OPTION_PEM}},
    [OPTION_TEXT] = {"text", '\0', NULL, {W_OPTION_TEXT}},
    [OPTION_READER] = {"reader", 'r', "TEXT", {W_OPTION_READER}},
    [OPTION_FORMAT] = {"format", '\0', "FORMAT", {W_OPTION_FORMAT}},
    [OPTION_FORCE] = {"force", '\0', NULL, {W_OPTION_FORCE}},
    [OPTION_WITH_PIN] = {"with-pin", '\0', NULL, {W_OPTION_WITH_PIN}},
};

const struct option_row *option_row(enum option_id id)
{
    return &rows[id];
}

/* What getopt_long wants to know; it answers with FIRST + the option's id. */
struct getopt_rows {
    char letters[2 * OPTIONS + 2];
    struct option names[OPTIONS + 1];
};

#define FIRST 256 /* above every letter */

static void make_getopt_rows(struct getopt_rows *ret_rows)
{
    char *letter = ret_rows->letters;
    size_t i;

    memset(ret_rows, 0, sizeof *ret_rows);
    *letter++ = ':'; /* tell a missing value from an unknown option */
    for (i = 0; i < OPTIONS; i++) {
        struct option *name = &ret_rows->names[i];

        name->name = rows[i].name;
        name->has_arg = rows[i].value ? required_argument : no_argument;
        name->val = FIRST + (int)i;
        if (rows[i].letter == '\0')
            continue;
        *letter++ = rows[i].letter;
        if (rows[i].value)
            *letter++ = ':';
    }
}

/* The id of what getopt_long answered; OPTIONS for '?' and ':'. */
static size_t find_id(int answer)
{
    size_t i;

    if (answer >= FIRST)
        return (size_t)(answer - FIRST);
    for (i = 0; i < OPTIONS; i++)
        if (rows[i].letter != '\0' && rows[i].letter == answer)
            break;
    return i;
}

/* The option that ANSWER of getopt_long complains of, as it was written. */
static const char *name_mistake(char **argv, char letter_text[3])
{
    if (optopt == 0 || optopt >= FIRST)
        return argv[optind - 1];
    letter_text[0] = '-';
    letter_text[1] = (char)optopt;
    letter_text[2] = '\0';
    return letter_text;
}

bool options_parse(int argc, char **argv, struct options *ret_options)
{
    struct getopt_rows getopt_rows;
    char letter_text[3];
    int answer;

    make_getopt_rows(&getopt_rows);
    memset(ret_options, 0, sizeof *ret_options);
    opterr = 0;
    while ((answer = getopt_long(argc, argv, getopt_rows.letters,
                getopt_rows.names, NULL)) != -1) {
        size_t id = find_id(answer);

        if (id == OPTIONS) {
            const char *name = name_mistake(argv, letter_text);

            if (answer == ':')
                complain(words(W_OPTION_WANTS_VALUE), name);
            else
                complain(words(W_NO_SUCH_OPTION), name);
            return false;
        }
        ret_options->is_set[id] = true;
        ret_options->value[id] = optarg;
    }
    ret_options->count = argc - optind;
    ret_options->operands = argv + optind;
    return true;
}

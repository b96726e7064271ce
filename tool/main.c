/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "conf/words_certificate.h"
#include "conf/words_check.h"
#include "conf/words_doctor.h"
#include "conf/words_pin.h"
#include "conf/words_report.h"
#include "conf/words_sign.h"
#include "conf/words_register.h"
#include "conf/words_status.h"
#include "conf/words_tool.h"
#include "tool/command.h"
#include "tool/descriptors.h"
#include "tool/output.h"

/* jpki: a My Number Card in a terminal; see jpki(1). */

#define REGISTER_TARGETS "[firefox|chromium|p11-kit|ssh|java|git|bridge]..."
#define REGISTER_TARGETS_MAX 7
#define REGISTER_TAKES (TAKES(OPTION_DRY_RUN) | TAKES(OPTION_SYSTEM))

/* In the order of --help; the first is what jpki does without a command. */
static const struct command commands[] = {
    {"status", {W_STATUS_WHAT}, "", TAKES(OPTION_JSON) | TAKES(OPTION_READER),
        0, 0, status_run},
    {"check", {W_CHECK_WHAT}, "[sign]", TAKES(OPTION_READER), 0, 1, check_run},
    {"certificate", {W_CERTIFICATE_WHAT}, "auth|sign",
        TAKES(OPTION_PEM) | TAKES(OPTION_TEXT) | TAKES(OPTION_READER), 1, 1,
        certificate_run},
    {"pin", {W_PIN_WHAT}, "check|change auth|sign|text", TAKES(OPTION_READER),
        2, 2, pin_run},
    {"sign", {W_SIGN_WHAT}, "FILE...",
        TAKES(OPTION_FORMAT) | TAKES(OPTION_FORCE) | TAKES(OPTION_READER), 1,
        INT_MAX, sign_run},
    {"doctor", {W_DOCTOR_WHAT}, "", TAKES(OPTION_JSON) | TAKES(OPTION_READER),
        0, 0, doctor_run},
    {"report", {W_REPORT_WHAT}, "",
        TAKES(OPTION_WITH_PIN) | TAKES(OPTION_READER), 0, 0, report_run},
    {"register", {W_REGISTER_WHAT}, REGISTER_TARGETS, REGISTER_TAKES, 0,
        REGISTER_TARGETS_MAX, register_run},
    {"unregister", {W_UNREGISTER_WHAT}, REGISTER_TARGETS, REGISTER_TAKES, 0,
        REGISTER_TARGETS_MAX, unregister_run},
};

#define COMMANDS (sizeof commands / sizeof *commands)

/* Every command takes these. */
#define ALWAYS (TAKES(OPTION_HELP) | TAKES(OPTION_VERSION))

static const struct command *find_command(const char *name)
{
    size_t i;

    for (i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void show_options(unsigned takes)
{
    unsigned i;

    printf("\n%s\n", words(W_USAGE_OPTIONS));
    for (i = 0; i < OPTIONS; i++) {
        const struct option_row *row = option_row((enum option_id)i);
        char name[32];

        if (!(takes & TAKES(i)))
            continue;
        snprintf(name, sizeof name, "--%s%s%s", row->name,
            row->value ? " " : "", row->value ? row->value : "");
        if (row->letter)
            printf("  -%c, %-16s", row->letter, name);
        else
            printf("      %-16s", name);
        printf("%s\n", words_of(&row->what));
    }
}

static void show_help(void)
{
    size_t i;

    printf("%s\n%s\n\n%s\n", words(W_USAGE), words(W_USAGE_WHAT),
        words(W_USAGE_COMMANDS));
    for (i = 0; i < COMMANDS; i++)
        printf("  %-20s%s\n", commands[i].name, words_of(&commands[i].what));
    show_options(ALWAYS);
    printf("\n%s\n", words(W_USAGE_DEFAULT));
}

static void show_command_help(const struct command *command)
{
    printf(words(W_USAGE_OF), command->name);
    printf("%s%s\n%s\n", command->synopsis[0] ? " " : "", command->synopsis,
        words_of(&command->what));
    show_options(command->takes | ALWAYS);
}

/* The command of the first operand, which it loses; NULL for an unknown one. */
static const struct command *take_command(struct options *options)
{
    const struct command *command = &commands[0];

    if (options->count == 0)
        return command;
    command = find_command(options->operands[0]);
    if (!command) {
        complain(words(W_NO_SUCH_COMMAND), options->operands[0]);
        return NULL;
    }
    options->operands++;
    options->count--;
    return command;
}

/* False where COMMAND does not take what OPTIONS hold, as is told. */
static bool check_usage(
    const struct command *command, const struct options *options)
{
    unsigned i;

    for (i = 0; i < OPTIONS; i++) {
        if (options->is_set[i] && !(command->takes & TAKES(i))) {
            complain(words(W_OPTION_NOT_HERE),
                option_row((enum option_id)i)->name, command->name);
            return false;
        }
    }
    if (options->count > command->operands_max) {
        complain(words(W_TOO_MANY_OPERANDS),
            options->operands[command->operands_max]);
        return false;
    }
    if (options->count < command->operands_min) {
        complain("%s", words(W_TOO_FEW_OPERANDS));
        return false;
    }
    return true;
}

static enum exit_status run(int argc, char **argv)
{
    const struct command *command;
    struct options options;
    bool is_bare;

    if (!options_parse(argc, argv, &options))
        return EXIT_USAGE;
    is_bare = options.count == 0;
    if (options.is_set[OPTION_VERSION]) {
        printf("jpki %s\n", JPKI_VERSION);
        return EXIT_GOOD;
    }
    command = take_command(&options);
    if (!command)
        return EXIT_USAGE;
    if (options.is_set[OPTION_HELP]) {
        if (is_bare)
            show_help();
        else
            show_command_help(command);
        return EXIT_GOOD;
    }
    return check_usage(command, &options) ? command->run(&options) : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    enum exit_status status;

    descriptors_fill();
    words_choose_language();
    output_init();
    status = run(argc, argv);
    if (status == EXIT_USAGE)
        complain("%s", words(W_USAGE_HINT));
    if (!output_finish() && status != EXIT_USAGE)
        status = EXIT_TROUBLE;
    return (int)status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/register.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/words_register.h"
#include "tool/home.h"
#include "tool/output.h"

void registering_worsen(struct registering *job, enum exit_status status)
{
    if (status > job->status)
        job->status = status;
}

char *register_path(const char *format, ...)
{
    char *path = NULL;
    va_list args;
    int len;

    va_start(args, format);
    len = vasprintf(&path, format, args);
    va_end(args);
    if (len < 0) {
        complain("%s", words(W_REGISTER_MEMORY));
        exit(EXIT_TROUBLE);
    }
    return path;
}

char *register_home_path(const char *below)
{
    char *path = home_path(below);

    if (!path) {
        complain("%s", words(W_REGISTER_MEMORY));
        exit(EXIT_TROUBLE);
    }
    return path;
}

void register_p11_kit(struct registering *job)
{
    char *ours = register_path("%s/jpki-pkcs11.module", P11_KIT_CONFIGS);
    char *path = job->is_system
                     ? register_path("/etc/pkcs11/modules/jpki-pkcs11.module")
                     : register_path(
                           "%s/pkcs11/modules/jpki-pkcs11.module", job->config);

    /* Where the installation has seen to it there is nothing to do. */
    if (!job->is_removal && access(ours, R_OK) == 0)
        printf(words(W_REGISTER_ALREADY), ours);
    else
        register_file(job, path, "module: " JPKI_MODULE_PATH "\n");
    free(path);
    free(ours);
}

/* A card is asked for where the server takes its key. */
static void register_ssh(struct registering *job)
{
    char *ours = register_path("%s/.ssh/jpki-pkcs11.conf", job->home);
    char *theirs = register_path("%s/.ssh/config", job->home);

    if (register_file(job, ours, "PKCS11Provider " JPKI_MODULE_PATH "\n"))
        register_line(job, theirs, "Include jpki-pkcs11.conf\n");
    free(theirs);
    free(ours);
}

#define JAVA_CONFIG \
    "name = JPKI\nlibrary = " JPKI_MODULE_PATH "\nslotListIndex = 1\n"

static void register_java(struct registering *job)
{
    char *path = register_path("%s/jpki-pkcs11/java.cfg", job->config);

    register_file(job, path, JAVA_CONFIG);
    if (!job->is_removal)
        printf(words(W_REGISTER_JAVA_USE), path);
    free(path);
}

/* The key by a command, so that a renewed certificate needs nothing new. git
 * runs it without a shell. */
#define GIT_CONFIG                                                 \
    "[gpg]\n\tformat = ssh\n[gpg \"ssh\"]\n\tdefaultKeyCommand = " \
    "\"ssh-keygen -D " JPKI_MODULE_PATH "\"\n"

/* Where git looks first, or the other place if only that is there. */
static char *find_gitconfig(const struct registering *job)
{
    char *usual = register_path("%s/.gitconfig", job->home);
    char *other = register_path("%s/git/config", job->config);
    bool is_other = access(usual, F_OK) != 0 && access(other, F_OK) == 0;

    free(is_other ? usual : other);
    return is_other ? other : usual;
}

/* TEXT as git-config(1) has it between quotes, to be freed. */
static char *quote(const char *text)
{
    char *quoted = register_path("%s%s", text, text); /* room for all */
    char *to = quoted;

    for (; *text; text++) {
        if (strchr("\"\\\n", *text))
            *to++ = '\\';
        *to++ = *text;
        if (*text == '\n')
            to[-1] = 'n';
    }
    *to = '\0';
    return quoted;
}

static void register_git(struct registering *job)
{
    char *ours = register_path("%s/jpki-pkcs11/gitconfig", job->config);
    char *theirs = find_gitconfig(job);
    char *quoted = quote(ours);
    char *line = register_path("[include]\tpath = \"%s\"\n", quoted);

    if (register_file(job, ours, GIT_CONFIG))
        register_line(job, theirs, line);
    if (!job->is_removal)
        printf("%s", words(W_REGISTER_GIT_USE));
    free(line);
    free(quoted);
    free(theirs);
    free(ours);
}

/* In the order of the manual page. */
static const struct target {
    const char *name;
    void (*run)(struct registering *job);
    bool is_for_all; /* knows --system */
    bool is_usual;   /* registered where no target is named */
} targets[] = {
    {"firefox", register_firefox, true, true},
    {"chromium", register_chromium, false, true},
    {"p11-kit", register_p11_kit, true, true},
    {"ssh", register_ssh, false, false},
    {"java", register_java, false, false},
    {"git", register_git, false, false},
    {"bridge", register_bridge, true, false},
};

#define TARGETS (sizeof targets / sizeof *targets)

static const struct target *find_target(const char *name)
{
    size_t i;

    for (i = 0; i < TARGETS; i++)
        if (strcmp(targets[i].name, name) == 0)
            return &targets[i];
    return NULL;
}

/* All that was named is checked before anything is done. */
static bool check_targets(
    const struct options *options, const struct registering *job)
{
    int i;

    for (i = 0; i < options->count; i++) {
        const struct target *target = find_target(options->operands[i]);

        if (!target) {
            complain(words(W_REGISTER_NO_TARGET), options->operands[i]);
            return false;
        }
        if (job->is_system && !target->is_for_all) {
            complain(words(W_REGISTER_NOT_FOR_ALL), target->name);
            return false;
        }
    }
    return true;
}

static bool is_wanted(const struct target *target,
    const struct options *options, const struct registering *job)
{
    int i;

    for (i = 0; i < options->count; i++)
        if (strcmp(target->name, options->operands[i]) == 0)
            return true;
    if (options->count > 0 || (job->is_system && !target->is_for_all))
        return false;
    return target->is_usual || job->is_removal;
}

static enum exit_status run(const struct options *options, bool is_removal)
{
    struct registering job = {.is_removal = is_removal,
        .is_dry_run = options->is_set[OPTION_DRY_RUN],
        .is_system = options->is_set[OPTION_SYSTEM],
        .home = home_folder()};
    char *config = NULL;
    size_t i;

    if (!check_targets(options, &job))
        return EXIT_USAGE;
    if (!job.is_system && !job.home) {
        complain("%s", words(W_REGISTER_NO_HOME));
        return EXIT_TROUBLE;
    }
    if (!job.is_system)
        job.config = config = register_home_path(".config");
    for (i = 0; i < TARGETS; i++) {
        if (!is_wanted(&targets[i], options, &job))
            continue;
        print(TONE_TITLE, "%s\n", targets[i].name);
        targets[i].run(&job);
    }
    free(config);
    return job.status;
}

enum exit_status register_run(const struct options *options)
{
    return run(options, false);
}

enum exit_status unregister_run(const struct options *options)
{
    return run(options, true);
}

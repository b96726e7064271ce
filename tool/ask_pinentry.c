/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <assuan.h>

#include "conf/words.h"
#include "conf/words_pin.h"
#include "tool/ask_pin.h"

/*
 * The dialog of the desktop, by its own protocol (pinentry(1)). Its SETTIMEOUT
 * ends with the first key, and it outlives its caller: the clock is ours, and
 * it is ended by its process id.
 */
#define SECONDS 120
#define LINE_MAX_BYTES 900 /* libassuan cuts at 1000, and says nothing */

static volatile sig_atomic_t dialog; /* its process; 0: none */

static void end_dialog(int number)
{
    (void)number; /* it is SIGALRM */
    if (dialog > 0)
        (void)kill((pid_t)dialog, SIGTERM);
}

/* The first "pinentry" of $PATH; false: there is none. */
static bool find_pinentry(char *ret_path, size_t size)
{
    const char *path = getenv("PATH");
    size_t len;

    for (; path && *path; path += len + (path[len] == ':')) {
        int n;

        len = strcspn(path, ":");
        n = snprintf(ret_path, size, "%.*s/pinentry", (int)len, path);
        if (path[0] == '/' && n > 0 && (size_t)n < size &&
            access(ret_path, X_OK) == 0)
            return true;
    }
    return false;
}

/* COMMAND and TEXT, in which only these three are escaped. */
static gpg_error_t send_text(
    assuan_context_t pinentry, const char *command, const char *text)
{
    char line[LINE_MAX_BYTES];
    size_t n = (size_t)snprintf(line, sizeof line, "%s ", command);

    for (; *text && n + 4 < sizeof line; text++) {
        if (strchr("%\r\n", *text))
            n += (size_t)snprintf(
                line + n, sizeof line - n, "%%%02X", (unsigned)*text);
        else
            line[n++] = *text;
    }
    line[n] = '\0';
    return assuan_transact(pinentry, line, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* The data of GETPIN, which comes unescaped. */
static gpg_error_t take_data(void *arg, const void *data, size_t len)
{
    struct typed_pin *answer = arg;
    size_t room = sizeof answer->bytes - answer->len;

    if (len > room)
        len = room;
    memcpy(answer->bytes + answer->len, data, len);
    answer->len += len;
    return 0;
}

static gpg_error_t converse(assuan_context_t pinentry,
    const struct question *question, struct typed_pin *answer)
{
    gpg_error_t err;

    answer->len = 0;
    /* Japanese shows in a UTF-8 locale only; an old pinentry refuses these. */
    (void)send_text(pinentry, "OPTION",
        words_is_japanese() ? "lc-ctype=ja_JP.UTF-8" : "lc-ctype=C.UTF-8");
    err = send_text(pinentry, "SETTITLE", "jpki");
    if (!err && question->about)
        err = send_text(pinentry, "SETDESC", question->about);
    if (!err)
        err = send_text(pinentry, "SETPROMPT", question->prompt);
    if (err)
        return err;
    assuan_begin_confidential(pinentry);
    err = assuan_transact(
        pinentry, "GETPIN", take_data, answer, NULL, NULL, NULL, NULL);
    assuan_end_confidential(pinentry);
    return err;
}

static gpg_error_t run(
    const char *path, const struct question *question, struct typed_pin *answer)
{
    const char *argv[] = {"pinentry", NULL};
    assuan_context_t pinentry = NULL;
    gpg_error_t err = assuan_new(&pinentry);

    if (!err)
        err = assuan_pipe_connect(pinentry, path, argv, NULL, NULL, NULL, 0);
    if (!err) {
        dialog = (sig_atomic_t)assuan_get_pid(pinentry);
        (void)alarm(SECONDS);
        err = converse(pinentry, question, answer);
        (void)alarm(0);
        /* assuan_release waits for it. */
        end_dialog(0);
        dialog = 0;
    }
    assuan_release(pinentry);
    return err;
}

enum ask_result ask_pinentry(
    const struct question *question, struct typed_pin *ret_answer)
{
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction alarm_action, pipe_action, ours;
    char path[4096];
    gpg_error_t err;

    if (!find_pinentry(path, sizeof path))
        return ASK_IMPOSSIBLE;
    memset(&ours, 0, sizeof ours);
    sigemptyset(&ours.sa_mask);
    ours.sa_handler = end_dialog;
    (void)sigaction(SIGALRM, &ours, &alarm_action);
    (void)sigaction(SIGPIPE, &ignored, &pipe_action);
    err = run(path, question, ret_answer);
    (void)sigaction(SIGPIPE, &pipe_action, NULL);
    (void)sigaction(SIGALRM, &alarm_action, NULL);
    if (!err)
        return ASK_GIVEN;
    explicit_bzero(ret_answer, sizeof *ret_answer);
    return gpg_err_code(err) == GPG_ERR_CANCELED ||
                   gpg_err_code(err) == GPG_ERR_TIMEOUT
               ? ASK_CANCELLED
               : ASK_IMPOSSIBLE;
}

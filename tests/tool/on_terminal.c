/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

/*
 * on-terminal [ANSWER ...] -- PROGRAM [ARGUMENT ...]
 *
 * Runs PROGRAM on a terminal of its own and types an ANSWER, and Enter, for
 * each question, which ends in ": "; "^C" and "^D" are those keys, "^Q" the one
 * that quits. Prints what the program writes, before each answer "[echo off]"
 * or "[echo on]" as the terminal is then, and at last "[echo on]" or off as it
 * is left. Exits as the program did, with 128 and the signal that ended it, or
 * with 125 where it asked more than there are answers, or fewer.
 */

#define PATIENCE_MS 20000
#define STEP_MS 20
#define QUIET_MS 60 /* a question is one when nothing follows */

static int master;

static void say_echo(void)
{
    struct termios modes;

    if (tcgetattr(master, &modes) == 0)
        printf("[echo %s]\n", modes.c_lflag & ECHO ? "on" : "off");
}

static void type(const char *answer)
{
    char line[256];
    size_t len;

    if (answer[0] == '^' && answer[1] != '\0' && answer[2] == '\0')
        len = (size_t)snprintf(line, sizeof line, "%c",
            0x1f & (answer[1] == 'Q' ? '\\' : answer[1]));
    else
        len = (size_t)snprintf(line, sizeof line, "%s\n", answer);
    if (write(master, line, len) != (ssize_t)len)
        perror("on-terminal");
}

/* True where the output so far ends in a question. */
static bool is_question(const char *last)
{
    return last[0] == ':' && last[1] == ' ';
}

static void take_output(char last[2])
{
    char bytes[4096];
    ssize_t n = read(master, bytes, sizeof bytes);

    for (ssize_t i = n > 2 ? n - 2 : 0; i < n; i++) {
        last[0] = last[1];
        last[1] = bytes[i];
    }
    if (n > 0)
        (void)fwrite(bytes, 1, (size_t)n, stdout);
}

/* Until CHILD ends, as *RET_STATUS tells: how many answers it did not want. */
static int converse(pid_t child, char **answers, int count, int *ret_status)
{
    char last[2] = "";
    int next = 0, idle_ms = 0;

    for (;;) {
        struct pollfd poll_fd = {.fd = master, .events = POLLIN};
        bool ended = waitpid(child, ret_status, WNOHANG) == child;

        /* SLAVE is open here: its end is not told. */
        while (poll(&poll_fd, 1, STEP_MS) > 0) {
            take_output(last);
            idle_ms = 0;
        }
        idle_ms += STEP_MS;
        if (ended)
            return count - next;
        if (idle_ms >= QUIET_MS && is_question(last) && next < count) {
            say_echo();
            last[1] = '\0';
            type(answers[next++]);
        } else if (idle_ms >= PATIENCE_MS ||
                   (idle_ms >= QUIET_MS && is_question(last))) {
            (void)kill(child, SIGKILL);
            (void)waitpid(child, ret_status, 0);
            return -1;
        }
    }
}

int main(int argc, char **argv)
{
    int dashes = 1, left, slave, status = 0;
    pid_t child;

    while (dashes < argc && strcmp(argv[dashes], "--") != 0)
        dashes++;
    if (dashes + 1 >= argc || openpty(&master, &slave, NULL, NULL, NULL) != 0)
        return 125;
    child = fork();
    if (child == 0) {
        (void)close(master);
        /* nohup's and a shell's jobs in the background ignore them. */
        (void)signal(SIGHUP, SIG_DFL);
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGQUIT, SIG_DFL);
        if (login_tty(slave) == 0)
            (void)execvp(argv[dashes + 1], argv + dashes + 1);
        _exit(127);
    }
    left = converse(child, argv + 1, dashes - 1, &status);
    say_echo();
    if (left != 0)
        return 125;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tool/ask_pin.h"

/* Those that end or stop a program while it reads from its terminal. */
static const int signals[] = {
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
#define SIGNALS (sizeof signals / sizeof *signals)

static volatile sig_atomic_t caught; /* the last of them; 0: none */

static void note_signal(int number)
{
    caught = number;
}

/* A terminal as it was found. */
struct terminal {
    int fd;
    int in; /* the same, for reading: never waits */
    struct termios modes;
    struct sigaction actions[SIGNALS];
};

/* No SA_RESTART: the read shall end. */
static void catch_signals(struct terminal *terminal)
{
    struct sigaction action;
    size_t i;

    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note_signal;
    caught = 0;
    for (i = 0; i < SIGNALS; i++) {
        (void)sigaction(signals[i], NULL, &terminal->actions[i]);
        if (terminal->actions[i].sa_handler != SIG_IGN)
            (void)sigaction(signals[i], &action, NULL);
    }
}

static void release_signals(const struct terminal *terminal)
{
    size_t i;

    for (i = 0; i < SIGNALS; i++)
        (void)sigaction(signals[i], &terminal->actions[i], NULL);
}

/* Waits for its turn where the program was moved to the background. */
static bool set_modes(int fd, const struct termios *modes)
{
    int rc;

    do {
        rc = tcsetattr(fd, TCSAFLUSH, modes);
    } while (rc != 0 && errno == EINTR && !caught);
    return rc == 0;
}

static bool echo_off(const struct terminal *terminal)
{
    struct termios modes = terminal->modes;

    modes.c_lflag &= (tcflag_t) ~(ECHO | ECHOE | ECHOK | ECHONL);
    modes.c_lflag |= ICANON | ISIG;
    return set_modes(terminal->fd, &modes);
}

static void say(int fd, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n <= 0)
            return; /* then the person sees no question, and gives no answer */
        text += n;
        len -= (size_t)n;
    }
}

/*
 * Waits for a line or one of the signals, which no moment between is lost for:
 * they come in ppoll only. True for a line.
 */
static bool wait_for_line(int in)
{
    struct pollfd polled = {.fd = in, .events = POLLIN};
    sigset_t held, before;
    size_t i;
    int n = 0;

    sigemptyset(&held);
    for (i = 0; i < SIGNALS; i++)
        sigaddset(&held, signals[i]);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    while (
        !caught && (n = ppoll(&polled, 1, NULL, &before)) < 0 && errno == EINTR)
        ;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return !caught && n > 0;
}

/* The rest of a line that is too long goes nowhere. */
static ssize_t drop_line(int fd)
{
    char rest[TYPED_PIN_MAX];
    ssize_t n;

    do {
        n = read(fd, rest, sizeof rest);
    } while (n > 0 && !memchr(rest, '\n', (size_t)n));
    explicit_bzero(rest, sizeof rest);
    return n;
}

/* A line, as the terminal gives it: whole, up to the room there is. */
static enum ask_result read_line(int in, struct typed_pin *answer)
{
    ssize_t n;

    answer->len = 0;
    /* A signal may take the line away again. */
    do {
        n = wait_for_line(in) ? read(in, answer->bytes, sizeof answer->bytes)
                              : 0;
    } while (n < 0 && errno == EAGAIN);
    if (n <= 0)
        return ASK_CANCELLED;
    answer->len = (size_t)n;
    if (answer->bytes[n - 1] == '\n')
        answer->len--;
    else if (answer->len == sizeof answer->bytes && drop_line(in) <= 0)
        return ASK_CANCELLED;
    return ASK_GIVEN;
}

static enum ask_result ask_once(struct terminal *terminal,
    const struct question *question, struct typed_pin *answer)
{
    enum ask_result result = ASK_IMPOSSIBLE;

    catch_signals(terminal);
    if (question->is_word || echo_off(terminal)) {
        if (question->about)
            say(terminal->fd, question->about);
        say(terminal->fd, question->prompt);
        say(terminal->fd, ": ");
        result = read_line(terminal->in, answer);
        if (!question->is_word || result != ASK_GIVEN)
            say(terminal->fd, "\n");
        /* Whatever signal comes now, the echo goes on again. */
        while (!question->is_word &&
               tcsetattr(terminal->fd, TCSAFLUSH, &terminal->modes) != 0 &&
               errno == EINTR)
            ;
    }
    release_signals(terminal);
    return result;
}

enum ask_result ask_terminal(
    const struct question *question, struct typed_pin *ret_answer)
{
    struct terminal terminal;
    enum ask_result result;
    int number;

    terminal.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal.fd < 0)
        return ASK_IMPOSSIBLE;
    terminal.in =
        open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    do {
        result =
            terminal.in >= 0 && tcgetattr(terminal.fd, &terminal.modes) == 0
                ? ask_once(&terminal, question, ret_answer)
                : ASK_IMPOSSIBLE;
        number = caught;
        caught = 0;
        /* Ends or stops here; a program that goes on again asks again. */
        if (number != 0) {
            explicit_bzero(ret_answer, sizeof *ret_answer);
            (void)raise(number);
            result = ASK_CANCELLED;
        }
    } while (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU);
    close(terminal.fd);
    if (terminal.in >= 0)
        close(terminal.in);
    return result;
}

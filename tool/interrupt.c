/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

/* Those that call off what is being done. */
static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDING (sizeof ending / sizeof *ending)

static volatile sig_atomic_t came;
static int news[2] = {-1, -1}; /* a pipe: read, write */

static void note(int number)
{
    int err = errno;

    (void)number;
    came = 1;
    if (news[1] >= 0 && write(news[1], "", 1) < 0)
        came = 1; /* full: it can be read */
    errno = err;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note}; /* no SA_RESTART */
    size_t i;

    if (news[0] < 0 && pipe2(news, O_CLOEXEC | O_NONBLOCK) != 0)
        news[0] = news[1] = -1;
    sigemptyset(&action.sa_mask);
    for (i = 0; i < ENDING; i++)
        sigaction(ending[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

/* True where NUMBER does something; what is ignored may be pending, too. */
static bool is_heeded(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 &&
           action.sa_handler != SIG_IGN;
}

bool interrupt_came(void)
{
    sigset_t pending;
    size_t i;

    if (came)
        return true;
    if (sigpending(&pending) != 0)
        return false;
    for (i = 0; i < ENDING; i++)
        if (sigismember(&pending, ending[i]) == 1 && is_heeded(ending[i]))
            return true;
    return false;
}

bool interrupt_calls_off(void *arg)
{
    (void)arg;
    return interrupt_came();
}

int interrupt_watch(void)
{
    return news[0];
}

void interrupt_hold(sigset_t *ret_before)
{
    sigset_t held;
    size_t i;

    sigemptyset(&held);
    for (i = 0; i < ENDING; i++)
        sigaddset(&held, ending[i]);
    sigaddset(&held, SIGTSTP);
    sigaddset(&held, SIGPIPE);
    (void)sigprocmask(SIG_BLOCK, &held, ret_before);
}

void interrupt_release(const sigset_t *before)
{
    (void)sigprocmask(SIG_SETMASK, before, NULL);
}

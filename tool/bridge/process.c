/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Kernels before 5.9 have no close_range. */
static void close_others(void)
{
    const int first = STDERR_FILENO + 1, last = 1023;
    int fd;

    if (close_range((unsigned)first, ~0U, 0) == 0)
        return;
    for (fd = first; fd <= last; fd++)
        (void)close(fd);
}

void process_harden(void)
{
    const struct rlimit none = {0, 0};

    close_others();
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

void descriptors_fill(void)
{
    int fd;

    /* What is opened gets the lowest number that is free; the wrong way round,
     * so that nobody takes the output for written. */
    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
}

void descriptors_close_others(void)
{
    const int first = STDERR_FILENO + 1, last = 1023;
    int fd;

    /* Kernels before 5.9 have no close_range, and musl no function for it. */
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
        return;
    for (fd = first; fd <= last; fd++)
        (void)close(fd);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/pcscd_clients.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/fileperm.h"

/* The folder differs between distributions. */
static const char socket_name[] = "/pcscd.comm";

static bool is_of_pcscd(const char *line, size_t len)
{
    size_t name_len = sizeof socket_name - 1;

    return len > name_len &&
           memcmp(line + len - name_len, socket_name, name_len) == 0;
}

/*
 * Adds up the inodes of pcscd's sockets in TEXT. Returns where its last line
 * begins, which goes on.
 */
static size_t add_inodes(char *text, uint64_t *sum)
{
    char *line = text, *end;
    uint64_t inode;

    for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
        if (is_of_pcscd(line, (size_t)(end - line)) &&
            sscanf(line, "%*s %*s %*s %*s %*s %*s %" SCNu64, &inode) == 1)
            *sum += inode;
    return (size_t)(line - text);
}

uint64_t pcscd_clients(void)
{
    int fd = open("/proc/net/unix", O_RDONLY | O_CLOEXEC);
    char text[4096];
    size_t len = 0, done;
    uint64_t sum = 0;
    ssize_t got;

    if (fd == -1)
        return 0;
    while ((got = fileperm_read(fd, text + len, sizeof text - 1 - len)) > 0) {
        len += (size_t)got;
        text[len] = '\0';
        done = add_inodes(text, &sum);
        len -= done;
        memmove(text, text + done, len);
    }
    (void)close(fd);
    return sum;
}

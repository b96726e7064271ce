/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/daemon/played_pcscd.h"

/*
 * beside-pcscd KIND SOCKET COMMAND...: runs COMMAND beside a pcscd that is
 * absent, refuses or differs, played on SOCKET, and exits as it does.
 */

static const char *const kinds[] = {"absent", "refuses", "differs"};

static int run(char **command)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return 126;
    return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    size_t kind = 0;
    pid_t pcscd;
    int status;

    if (argc < 4)
        return 125;
    while (kind < sizeof kinds / sizeof *kinds &&
           strcmp(kinds[kind], argv[1]) != 0)
        kind++;
    if (kind == sizeof kinds / sizeof *kinds ||
        setenv("PCSCLITE_CSOCK_NAME", argv[2], 1) != 0)
        return 125;
    pcscd = play_pcscd((enum played_pcscd)kind, argv[2]);
    if (pcscd < 0)
        return 125;
    status = run(argv + 3);
    if (pcscd > 0)
        kill(pcscd, SIGKILL);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/words.h"
#include "conf/words_register.h"
#include "tool/output.h"

#define SECONDS 60
#define STEP_MS 10

/* The wait status of PID, which is gone then; -1 where it had to be killed. */
static int wait_for(pid_t pid, const char *name)
{
    int64_t until = clock_ms() + SECONDS * 1000;
    int status = -1;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (clock_ms() < until) {
            clock_pause(STEP_MS);
            continue;
        }
        complain(words(W_REGISTER_TIMED_OUT), name, SECONDS);
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return -1;
    }
    return status;
}

int run_program(const char *const command[RUN_PROGRAM_ARGUMENTS])
{
    char *argv[RUN_PROGRAM_ARGUMENTS]; /* posix_spawn changes none of them */
    posix_spawn_file_actions_t actions;
    int status = -1;
    pid_t pid;
    int err;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    memcpy(argv, command, sizeof argv);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
    err = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (err == ENOENT)
        complain(words(W_REGISTER_NO_PROGRAM), argv[0]);
    else if (err == 0)
        status = wait_for(pid, argv[0]);
    return status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

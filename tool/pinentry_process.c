/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/pinentry_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/clock.h"

#define PATIENCE_MS 500
#define STEP_MS 10

static void close_end(int *end)
{
    if (*end >= 0)
        (void)close(*end);
    *end = -1;
}

bool pinentry_find(char ret_path[PATH_MAX])
{
    const char *folders = getenv("PATH");
    size_t len;

    for (; folders && *folders; folders += len + (folders[len] == ':')) {
        int n;

        len = strcspn(folders, ":");
        n = snprintf(ret_path, PATH_MAX, "%.*s/pinentry", (int)len, folders);
        if (folders[0] == '/' && n < PATH_MAX && access(ret_path, X_OK) == 0)
            return true;
    }
    return false;
}

/* In the child: becomes pinentry, with IN and OUT and no other descriptor. */
static _Noreturn void become_pinentry(
    const char *path, int in, int out, pid_t parent)
{
    char name[] = "pinentry", *const argv[] = {name, NULL};
    int null = open("/dev/null", O_WRONLY);
    sigset_t none;

    sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || dup2(in, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    (void)close_range(STDERR_FILENO + 1, ~0U, 0);
    (void)execv(path, argv);
    _exit(127);
}

bool pinentry_start(struct pinentry_process *ret_process)
{
    char path[PATH_MAX];
    pid_t parent = getpid();
    int to[2] = {-1, -1}, from[2] = {-1, -1};

    *ret_process = (struct pinentry_process){-1, -1, -1};
    if (!pinentry_find(path))
        return false;
    if (pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0)
        ret_process->pid = fork();
    if (ret_process->pid == 0)
        become_pinentry(path, to[0], from[1], parent);
    close_end(&to[0]);
    close_end(&from[1]);
    ret_process->to = to[1];
    ret_process->from = from[0];
    return ret_process->pid > 0;
}

/* True once it has ended. */
static bool has_ended(pid_t pid, int64_t ms)
{
    int64_t until = clock_ms() + ms;

    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (clock_ms() >= until)
            return false;
        clock_pause(STEP_MS);
    }
    return true;
}

void pinentry_end(struct pinentry_process *process)
{
    close_end(&process->to);
    close_end(&process->from);
    if (process->pid <= 0)
        return;
    (void)kill(process->pid, SIGTERM);
    if (!has_ended(process->pid, PATIENCE_MS)) {
        (void)kill(process->pid, SIGKILL);
        (void)waitpid(process->pid, NULL, 0);
    }
    process->pid = -1;
}

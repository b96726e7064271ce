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
#include "tool/descriptors.h"

#define PATIENCE_MS 500
#define STEP_MS 10
#define SHELL_SIGNAL 128 /* and a number: how a shell tells of a signal */

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

/*
 * In the child, with all signals blocked: becomes pinentry in a session of its
 * own, with IN and OUT and no other descriptor. In a process group only, it
 * could not read a terminal whose foreground has another.
 */
static _Noreturn void become_pinentry(
    const char *path, int in, int out, pid_t parent)
{
    char name[] = "pinentry", *const argv[] = {name, NULL};
    int null, number;
    sigset_t none;

    (void)setsid();
    /* A handler of ours would tell our parent of a signal to us. */
    for (number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    null = open("/dev/null", O_WRONLY);
    if (getppid() != parent || dup2(in, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(127);
    descriptors_close_others();
    (void)execv(path, argv);
    _exit(127);
}

bool pinentry_start(struct pinentry_process *ret_process)
{
    char path[PATH_MAX];
    pid_t parent = getpid();
    int to[2] = {-1, -1}, from[2] = {-1, -1};
    sigset_t all, before;

    *ret_process = (struct pinentry_process){-1, -1, -1};
    if (!pinentry_find(path))
        return false;
    sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    if (pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0)
        ret_process->pid = fork();
    if (ret_process->pid == 0)
        become_pinentry(path, to[0], from[1], parent);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    close_end(&to[0]);
    close_end(&from[1]);
    ret_process->to = to[1];
    ret_process->from = from[0];
    return ret_process->pid > 0;
}

/*
 * True once it has ended until then, as RET_INFO tells, which has no si_pid
 * where that is not known. Its number stays its own: it is not waited for yet.
 */
static bool has_ended(pid_t pid, int64_t until, siginfo_t *ret_info)
{
    for (;;) {
        memset(ret_info, 0, sizeof *ret_info);
        if (waitid(P_PID, (id_t)pid, ret_info, WEXITED | WNOHANG | WNOWAIT) !=
                0 ||
            ret_info->si_pid == pid)
            return true;
        if (clock_ms() >= until)
            return false;
        clock_pause(STEP_MS);
    }
}

bool pinentry_was_left(const struct pinentry_process *process)
{
    siginfo_t info;
    int number;

    if (!has_ended(process->pid, clock_ms() + PATIENCE_MS, &info))
        return false;
    number = info.si_status;
    /* A shell around it exits so. */
    if (info.si_code == CLD_EXITED)
        number = number > SHELL_SIGNAL ? number - SHELL_SIGNAL : 0;
    return number == 0 || number == SIGINT;
}

static void end_process(pid_t pid, int64_t until)
{
    siginfo_t info;

    /* Before its setsid it has no group. */
    if (kill(-pid, SIGTERM) != 0)
        (void)kill(pid, SIGTERM);
    if (!has_ended(pid, until, &info) && kill(-pid, SIGKILL) != 0)
        (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

/* Those that it has started: no new process gets their group's number. */
static void end_group(pid_t group, int64_t until)
{
    while (kill(-group, 0) == 0) {
        if (clock_ms() >= until) {
            (void)kill(-group, SIGKILL);
            return;
        }
        clock_pause(STEP_MS);
    }
}

void pinentry_end(struct pinentry_process *process)
{
    int64_t until = clock_ms() + PATIENCE_MS;

    close_end(&process->to);
    close_end(&process->from);
    if (process->pid <= 0)
        return;
    end_process(process->pid, until);
    end_group(process->pid, until);
    process->pid = -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_PINENTRY_PROCESS_H
#define TOOL_PINENTRY_PROCESS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* A pinentry that was started, and the pipes to it. */
struct pinentry_process {
    pid_t pid; /* -1: none */
    int to, from;
};

/*
 * The first "pinentry" of $PATH, in whose folders that are not absolute none is
 * looked for. False: there is none.
 */
bool pinentry_find(char ret_path[PATH_MAX]);

/*
 * Starts it, with nothing of ours open but the pipes, and in a session of its
 * own; it ends when we do, even by SIGKILL. False: there is none, no memory or
 * no process. The caller passes RET_PROCESS to pinentry_end either way.
 */
bool pinentry_start(struct pinentry_process *ret_process);

/*
 * After the end of its output: true where it ended by itself or by ^C, so that
 * a person may have left it. False where another signal ended it, or nothing
 * within half a second.
 */
bool pinentry_was_left(const struct pinentry_process *process);

/*
 * Ends it by its process id, since none notices while it asks that its caller
 * is gone, and what it has started, where it is a script around another; waits
 * for that: half a second at most.
 */
void pinentry_end(struct pinentry_process *process);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "tool/descriptors.h"

void process_harden(void)
{
    const struct rlimit none = {0, 0};

    descriptors_close_others();
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL);
}

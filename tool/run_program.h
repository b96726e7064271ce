/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_RUN_PROGRAM_H
#define TOOL_RUN_PROGRAM_H

#define RUN_PROGRAM_ARGUMENTS 9 /* with a NULL behind them */

/*
 * Runs COMMAND, a program found in $PATH and its arguments, without a word of
 * its own; its exit status. -1: there is none, it was killed by a signal, or by
 * us since it had not ended within a minute, as standard error is told.
 */
int run_program(const char *const command[RUN_PROGRAM_ARGUMENTS]);

#endif

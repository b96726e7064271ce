/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_PROCESS_H
#define TOOL_BRIDGE_PROCESS_H

/*
 * Makes a process that a browser started fit for PINs: nothing open but the
 * first three descriptors (Firefox leaves one), no core dump and no debugger of
 * this user, SIGPIPE ignored (Firefox does that, Chromium does not), children
 * waited for.
 */
void process_harden(void);

#endif

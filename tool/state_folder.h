/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_STATE_FOLDER_H
#define TOOL_STATE_FOLDER_H

#include <limits.h>
#include <stdbool.h>

/*
 * What lasts longer than a process, in $XDG_STATE_HOME/jpki-pkcs11 or
 * ~/.local/state/jpki-pkcs11, which is made where it is not there.
 */

/* False with errno: there is none. RET_FOLDER is what it should be, or "". */
bool state_folder(char ret_folder[PATH_MAX]);

/* The folder, to be closed: for openat only; -1 with errno: there is none. */
int state_open_folder(void);

/*
 * Takes the lock under which this user is asked for a PIN by pinentry, until
 * the descriptor that is returned is closed. -1 with errno: EWOULDBLOCK where
 * another process has it, else what is wrong with the folder.
 */
int state_lock(void);

#endif

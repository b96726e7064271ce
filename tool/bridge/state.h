/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_STATE_H
#define TOOL_BRIDGE_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What lasts longer than a process, in $XDG_STATE_HOME/jpki-pkcs11 or
 * ~/.local/state/jpki-pkcs11, which is made where it is not there.
 */

/* False: there is none. RET_FOLDER is what it should be, or "". */
bool state_folder(char ret_folder[PATH_MAX]);

#define STATE_UUID_SIZE 16

/*
 * The number by which sites know this installation: random, made at the first
 * call. False: it could not be kept.
 */
bool state_uuid(uint8_t ret_uuid[STATE_UUID_SIZE]);

/*
 * Takes the lock under which this user is asked for a PIN, until the descriptor
 * that is returned is closed. -1 with errno: EWOULDBLOCK where another process
 * has it, else what is wrong with the folder.
 */
int state_lock(void);

#endif

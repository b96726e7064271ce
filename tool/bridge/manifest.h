/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_MANIFEST_H
#define TOOL_BRIDGE_MANIFEST_H

#include <stdbool.h>

/*
 * Tells the browsers of this user, or of all users, where jpki-bridge is and
 * that only our extension may start it: a file in the folder where each looks.
 * Standard output says which were written, standard error which could not be;
 * false: one of them.
 */
bool manifest_write_all(bool for_all_users);

/* Takes that back. A file that is not there is no failure. */
bool manifest_remove_all(bool for_all_users);

#endif

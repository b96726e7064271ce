/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_HOME_H
#define TOOL_HOME_H

#include <glob.h>
#include <stdbool.h>

/*
 * Where a person's programs keep their files: below $HOME, and what a name
 * begins with ".config" or ".local/share" for, below $XDG_CONFIG_HOME or
 * $XDG_DATA_HOME where that is a path.
 */

/* $HOME; NULL where it is no path. */
const char *home_folder(void);

/* The path of BELOW, to be freed; NULL: no home, or no memory. */
char *home_path(const char *below);

/*
 * What there is of PATTERN of glob(3), below home_folder as it is, whatever its
 * own characters: to be freed by globfree. False: no memory; none.
 */
bool home_find(const char *pattern, glob_t *ret_paths);

#endif

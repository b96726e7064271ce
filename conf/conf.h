/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>

#include "conf/values.h"

/* Where the configuration is looked for; see conf_find. */
struct conf_paths {
    const char *system; /* always read when it exists; not owned */
    char *user;         /* NULL when there is none to look for */
    bool user_required; /* named by $JPKI_PKCS11_CONF: it has to exist */
};

/*
 * Fills in the system path and the user's path: $JPKI_PKCS11_CONF, else
 * $XDG_CONFIG_HOME/jpki-pkcs11/jpki-pkcs11.conf, else ~/.config/... All by
 * secure_getenv, so a set-uid program has no user path. An empty variable
 * counts as unset, and so does a relative folder. Returns 0 or ENOMEM. The
 * caller passes RET_PATHS to conf_paths_done.
 */
int conf_find(struct conf_paths *ret_paths);
void conf_paths_done(struct conf_paths *paths);

/*
 * Reads the system file and over it the user's; a list of the user's replaces
 * the system's list. A file that does not exist is no error, except one named
 * by $JPKI_PKCS11_CONF, and a user's folder that may not be searched holds
 * none. A file that is there and cannot be read is an error, and so is a user's
 * file that others own or may write. PROGRAM is the base name of the running
 * executable, for [app NAME] sections: their keys of [slots] and [pin] win over
 * both files' plain ones. Where the system file says `enforce = yes`, the
 * user's [policy], [pin] and [bridge] (and [pin] keys of the user's [app]
 * sections) are ignored, with one warning in the log.
 *
 * Returns 0, ENOMEM, or EINVAL with RET_ERROR set to one line that names file,
 * line and mistake, for the caller to free. On failure RET_CONF is untouched.
 * The caller passes RET_CONF to conf_done.
 */
int conf_load(const struct conf_paths *paths, const char *program,
    struct conf *ret_conf, char **ret_error);

#endif

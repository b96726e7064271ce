/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include "conf/keys.h"

/* What one file says. */
struct conf_file {
    struct conf_layer plain;
    struct conf_layer app; /* of the [app NAME] of the running program */
};

/* Whose a file is; that decides on absence, owner and mode. */
enum conf_source {
    CONF_SYSTEM,
    CONF_USER,
    CONF_USER_NAMED, /* by $JPKI_PKCS11_CONF */
};

/*
 * Reads the file PATH for PROGRAM (see conf_load). A file that does not exist
 * says nothing, unless $JPKI_PKCS11_CONF names it; nor does the user's in a
 * folder that may not be searched. A user's file that cannot be trusted
 * (conf/fileperm.h) is an error, and in a set-uid program a system's file that
 * its group or others may write.
 *
 * Returns 0, ENOMEM, or EINVAL with RET_ERROR set to one line for the caller
 * to free. FILE is zeroed by the caller, filled in as far as the reading came,
 * and passed to conf_file_done either way.
 */
int conf_file_read(const char *path, enum conf_source source,
    const char *program, struct conf_file *file, char **ret_error);

void conf_file_done(struct conf_file *file);

#endif

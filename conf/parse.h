/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include "conf/keys.h"

/* One line that gives a key a value that it takes. */
struct conf_setting {
    const struct conf_key *key;
    const char *value; /* in the file's text */
    const char *app;   /* of [app NAME], in the file's text; else NULL */
    bool again;        /* the key stands before, in a section of this name */
    unsigned line;     /* in the file */
};

/* What one file says, in its order. */
struct conf_file {
    char *text;
    struct conf_setting *settings;
    size_t count;
    bool enforce; /* it says `enforce = yes` */
};

/* Whose a file is; that decides on absence, owner and mode. */
enum conf_source {
    CONF_SYSTEM,
    CONF_USER,
    CONF_USER_NAMED, /* by $JPKI_PKCS11_CONF */
};

/*
 * Reads the file PATH (see conf_load). A file that does not exist
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
    struct conf_file *file, char **ret_error);

void conf_file_done(struct conf_file *file);

/* True when SETTING stands in [app APP], or for APP NULL in another section. */
bool conf_setting_is_for(const struct conf_setting *setting, const char *app);

#endif

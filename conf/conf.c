/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "conf/keys.h"
#include "conf/log.h"
#include "conf/parse.h"

static const char *user_variable(const char *name)
{
    const char *value = getauxval(AT_SECURE) ? NULL : secure_getenv(name);

    return value && value[0] != '\0' ? value : NULL;
}

/* FOLDER/BELOW, or NULL in RET_PATH when FOLDER is not absolute. */
static int join_user_path(
    const char *folder, const char *below, char **ret_path)
{
    char *path = NULL;

    if (!folder || folder[0] != '/')
        return 0;
    if (asprintf(&path, "%s/%s", folder, below) < 0)
        return ENOMEM;
    *ret_path = path;
    return 0;
}

static int find_user_path(struct conf_paths *paths)
{
    const char *named = user_variable("JPKI_PKCS11_CONF");
    int status = 0;

    if (named) {
        paths->user_required = true;
        paths->user = strdup(named);
        return paths->user ? 0 : ENOMEM;
    }
    status = join_user_path(user_variable("XDG_CONFIG_HOME"),
        "jpki-pkcs11/jpki-pkcs11.conf", &paths->user);
    if (status == 0 && !paths->user)
        status = join_user_path(user_variable("HOME"),
            ".config/jpki-pkcs11/jpki-pkcs11.conf", &paths->user);
    return status;
}

int conf_find(struct conf_paths *ret_paths)
{
    struct conf_paths paths = {NULL, NULL, false};
    int status = 0;

    paths.system = strdup(JPKI_SYSTEM_CONF);
    if (!paths.system)
        return ENOMEM;
    status = find_user_path(&paths);
    if (status != 0)
        conf_paths_done(&paths);
    else
        *ret_paths = paths;
    return status;
}

void conf_paths_done(struct conf_paths *paths)
{
    free(paths->system);
    free(paths->user);
    *paths = (struct conf_paths){NULL, NULL, false};
}

/* Takes from the user's file what the system keeps to itself. */
static void enforce(struct conf_file *user, const char *user_path)
{
    const uint32_t enforced = conf_keys_enforced();
    const uint32_t lost = (user->plain.set | user->app.set) & enforced;

    user->plain.set &= ~enforced;
    user->app.set &= ~enforced;
    if (lost != 0)
        log_warn("%s: [pin] and [policy] are ignored: the system's "
                 "configuration says enforce = yes",
            user_path);
}

static int read_files(const struct conf_paths *paths, const char *program,
    struct conf_file *system, struct conf_file *user, char **ret_error)
{
    int status =
        conf_file_read(paths->system, CONF_SYSTEM, program, system, ret_error);

    if (status == 0 && paths->user)
        status = conf_file_read(paths->user,
            paths->user_required ? CONF_USER_NAMED : CONF_USER, program, user,
            ret_error);
    return status;
}

int conf_load(const struct conf_paths *paths, const char *program,
    struct conf *ret_conf, char **ret_error)
{
    struct conf_file system = {0};
    struct conf_file user = {0};
    struct conf_layer merged = {0};
    int status = conf_layer_set_defaults(&merged);

    if (status == 0)
        status = read_files(paths, program, &system, &user, ret_error);
    if (status != 0)
        goto out;
    if (system.plain.enforce)
        enforce(&user, paths->user);
    conf_layer_merge(&merged, &system.plain);
    conf_layer_merge(&merged, &user.plain);
    conf_layer_merge(&merged, &system.app);
    conf_layer_merge(&merged, &user.app);
    *ret_conf = merged.conf;
    merged.conf = (struct conf){0};
out:
    conf_file_done(&system);
    conf_file_done(&user);
    conf_done(&merged.conf);
    return status;
}

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
#include "conf/words.h"
#include "conf/words_log.h"

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

int conf_find(struct conf_paths *ret_paths)
{
    const char *named = user_variable("JPKI_PKCS11_CONF");
    int status = 0;

    *ret_paths = (struct conf_paths){JPKI_SYSTEM_CONF, NULL, false};
    if (named) {
        ret_paths->user_required = true;
        ret_paths->user = strdup(named);
        return ret_paths->user ? 0 : ENOMEM;
    }
    status = join_user_path(user_variable("XDG_CONFIG_HOME"),
        "jpki-pkcs11/jpki-pkcs11.conf", &ret_paths->user);
    if (status != 0 || ret_paths->user)
        return status;
    return join_user_path(user_variable("HOME"),
        ".config/jpki-pkcs11/jpki-pkcs11.conf", &ret_paths->user);
}

void conf_paths_done(struct conf_paths *paths)
{
    free(paths->user);
    paths->user = NULL;
}

/* Takes from the user's file what the system keeps to itself. */
static void enforce(
    struct conf_file *user, const char *program, const char *user_path)
{
    bool lost = false;
    size_t kept = 0;
    size_t i;

    for (i = 0; i < user->count; i++) {
        const struct conf_setting *setting = &user->settings[i];

        if (!setting->key->section->enforced)
            user->settings[kept++] = *setting;
        else if (conf_setting_is_for(setting, NULL) ||
                 conf_setting_is_for(setting, program))
            lost = true;
    }
    user->count = kept;
    if (lost)
        log_warn(words(W_LOG_CONF_ENFORCED), user_path);
}

static int read_files(const struct conf_paths *paths, struct conf_file *system,
    struct conf_file *user, char **ret_error)
{
    int status = conf_file_read(paths->system, CONF_SYSTEM, system, ret_error);

    if (status != 0 || !paths->user)
        return status;
    return conf_file_read(paths->user,
        paths->user_required ? CONF_USER_NAMED : CONF_USER, user, ret_error);
}

/* Adds to CONF what FILE says in [app APP], or for APP NULL elsewhere. */
static int apply(
    const struct conf_file *file, const char *app, struct conf *conf)
{
    int status = 0;
    size_t i;

    for (i = 0; i < file->count && status == 0; i++) {
        const struct conf_setting *setting = &file->settings[i];

        if (!conf_setting_is_for(setting, app))
            continue;
        if (setting->key->type->repeats && !setting->again)
            conf_key_clear(conf, setting->key);
        status = conf_key_set(conf, setting->key, setting->value);
    }
    return status;
}

int conf_load(const struct conf_paths *paths, const char *program,
    struct conf *ret_conf, char **ret_error)
{
    struct conf_file system = {.text = NULL};
    struct conf_file user = {.text = NULL};
    /* From the weakest upwards. */
    const struct {
        const struct conf_file *file;
        const char *app;
    } layers[] = {
        {&system, NULL}, {&user, NULL}, {&system, program}, {&user, program}};
    struct conf conf = {.crl = NULL};
    int status = conf_set_defaults(&conf);
    size_t i;

    if (status == 0)
        status = read_files(paths, &system, &user, ret_error);
    if (status == 0 && system.enforce)
        enforce(&user, program, paths->user);
    for (i = 0; i < sizeof layers / sizeof *layers && status == 0; i++)
        status = apply(layers[i].file, layers[i].app, &conf);
    if (status == 0)
        *ret_conf = conf;
    else
        conf_done(&conf);
    conf_file_done(&system);
    conf_file_done(&user);
    return status;
}

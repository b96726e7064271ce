/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/parse.h"
#include "conf/words_doctor.h"
#include "token/errors.h"
#include "tool/doctor.h"

/* The two files, of which the user's wins unless the system's says enforce. */
struct files {
    struct conf_file system, user;
};

/* False where the file is not there, or it cannot be read for ERROR. */
static bool check_file(struct doctor *doctor, const char *path,
    enum conf_source source, struct conf_file *file, bool *ret_is_usable)
{
    char *error = NULL;
    int status = conf_file_read(path, source, file, &error);

    *ret_is_usable = status == 0;
    if (status != 0) {
        doctor_tell(doctor, "configuration", GRADE_BAD, "%s",
            error ? error : words_of(tok_err_words(TOK_NOMEM)));
        doctor_add(doctor, "%s", words(W_DOCTOR_CONF_WRONG));
        doctor_exit(doctor, EXIT_TROUBLE);
    }
    free(error);
    return status == 0 && file->text;
}

/* True when OTHER, of another file, has the key of SETTING in its place. */
static bool is_replaced(
    const struct conf_setting *setting, const struct conf_file *other)
{
    size_t i;

    for (i = 0; i < other->count; i++)
        if (other->settings[i].key == setting->key &&
            conf_setting_is_for(&other->settings[i], setting->app))
            return true;
    return false;
}

/* Why a line has no effect, or "". */
static const char *effect_of(const struct files *files,
    const struct conf_file *file, const struct conf_setting *setting)
{
    bool is_enforced = files->system.enforce && setting->key->section->enforced;

    if (file == &files->user)
        return is_enforced ? words(W_DOCTOR_CONF_ENFORCED) : "";
    return !is_enforced && is_replaced(setting, &files->user)
               ? words(W_DOCTOR_CONF_REPLACED)
               : "";
}

static void add_settings(struct doctor *doctor, const struct files *files,
    const struct conf_file *file)
{
    size_t i;

    for (i = 0; i < file->count; i++) {
        const struct conf_setting *setting = &file->settings[i];

        doctor_add(doctor, words(W_DOCTOR_CONF_LINE), setting->line,
            setting->app ? "app " : "",
            setting->app ? setting->app : setting->key->section->name,
            setting->key->name, setting->value,
            effect_of(files, file, setting));
    }
}

static void tell_file(struct doctor *doctor, const struct files *files,
    const char *path, const struct conf_file *file)
{
    doctor_tell(
        doctor, "configuration", GRADE_GOOD, words(W_DOCTOR_CONF_FILE), path);
    if (file->count == 0)
        doctor_add(doctor, "%s", words(W_DOCTOR_CONF_EMPTY));
    add_settings(doctor, files, file);
}

/* A CA that is named has to be there, or the module works in no program. */
static void check_cas(struct doctor *doctor, const struct files *files,
    const char *path, const struct conf_file *file)
{
    size_t i;

    for (i = 0; i < file->count; i++) {
        const struct conf_setting *setting = &file->settings[i];

        if (strcmp(setting->key->name, "sign_ca") != 0 ||
            effect_of(files, file, setting)[0] ||
            access(setting->value, R_OK) == 0)
            continue;
        doctor_tell(doctor, "configuration", GRADE_BAD,
            words(W_DOCTOR_CA_UNREADABLE), path, setting->line, setting->value,
            strerror(errno));
    }
}

static bool check_files(struct doctor *doctor, const struct conf_paths *paths)
{
    struct files files = {0};
    bool has_system, has_user = false, system_usable, user_usable = true;

    has_system = check_file(
        doctor, paths->system, CONF_SYSTEM, &files.system, &system_usable);
    if (paths->user)
        has_user = check_file(doctor, paths->user,
            paths->user_required ? CONF_USER_NAMED : CONF_USER, &files.user,
            &user_usable);
    if (has_system)
        tell_file(doctor, &files, paths->system, &files.system);
    if (has_user)
        tell_file(doctor, &files, paths->user, &files.user);
    check_cas(doctor, &files, paths->system, &files.system);
    check_cas(doctor, &files, paths->user, &files.user);
    if (system_usable && user_usable && !has_system && !has_user)
        doctor_tell(doctor, "configuration", GRADE_GOOD,
            words(W_DOCTOR_CONF_NONE), paths->system,
            paths->user ? paths->user : "-");
    conf_file_done(&files.system);
    conf_file_done(&files.user);
    return system_usable && user_usable;
}

bool doctor_check_conf(struct doctor *doctor)
{
    struct conf_paths paths = {0};
    bool is_usable = conf_find(&paths) == 0 && check_files(doctor, &paths);

    conf_paths_done(&paths);
    return is_usable;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/words_doctor.h"
#include "tool/doctor.h"
#include "tool/home.h"

/* What the files of programs call the two modules. */
#define OURS "jpki-pkcs11.so"
#define OPENSC "opensc-pkcs11.so"
/* NSS may have all that p11-kit knows, by one module. */
#define PROXY "p11-kit-proxy.so"

#define LINE_MAX_BYTES 4096
#define SHOWN_MAX 512 /* bytes of a path that is shown */

/* PATTERN of glob(3) at home where it begins with "~/". False: none. */
static bool find_paths(const char *pattern, glob_t *ret_paths)
{
    if (strncmp(pattern, "~/", 2) == 0)
        return home_find(pattern + 2, ret_paths);
    if (glob(pattern, 0, NULL, ret_paths) == 0)
        return true;
    globfree(ret_paths);
    return false;
}

/* True when the file PATH has WORD in a line that is no comment. */
static bool has_word(const char *path, const char *word)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_BYTES];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file))
        found = line[0] != '#' && strstr(line, word);
    if (file)
        fclose(file);
    return found;
}

/*
 * The folders of p11-kit's module files (pkcs11.conf(5)): a user's file takes
 * the place of the system's of the same name, that of the distribution's.
 */
static const char *const module_folders[] = {
    "~/.config/pkcs11/modules/", "/etc/pkcs11/modules/", P11_KIT_CONFIGS "/"};

/* The module files of a folder. */
static bool find_module_files(const char *folder, glob_t *ret_paths)
{
    char pattern[LINE_MAX_BYTES];

    snprintf(pattern, sizeof pattern, "%s*.module", folder);
    return find_paths(pattern, ret_paths);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* True when a folder before FOLDER has a file of the base name of PATH. */
static bool is_replaced(const char *path, size_t folder)
{
    bool found = false;
    size_t i, n;

    for (i = 0; i < folder && !found; i++) {
        glob_t paths;

        if (!find_module_files(module_folders[i], &paths))
            continue;
        for (n = 0; n < paths.gl_pathc && !found; n++)
            found = strcmp(base_name(paths.gl_pathv[n]), base_name(path)) == 0;
        globfree(&paths);
    }
    return found;
}

/* What a module file says. */
struct module_file {
    char path[PATH_MAX];
    char module[PATH_MAX]; /* as a path */
    bool is_limited;       /* enable-in or disable-in */
};

static void trim(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
}

/* The value of KEY in LINE, "KEY: VALUE"; NULL where it is another line. */
static const char *value_of(char *line, const char *key)
{
    size_t len = strlen(key);

    if (strncmp(line, key, len) != 0 || line[len] != ':')
        return NULL;
    trim(line);
    return line + len + 1 + strspn(line + len + 1, " \t");
}

static bool read_module_file(const char *path, struct module_file *ret_file)
{
    FILE *file = fopen(path, "re");
    char line[LINE_MAX_BYTES];

    memset(ret_file, 0, sizeof *ret_file);
    snprintf(ret_file->path, sizeof ret_file->path, "%s", path);
    while (file && fgets(line, sizeof line, file)) {
        const char *module = value_of(line, "module");

        if (module)
            snprintf(ret_file->module, sizeof ret_file->module, "%s%.1000s",
                module[0] == '/' ? "" : P11_KIT_MODULES "/", module);
        if (value_of(line, "enable-in") || value_of(line, "disable-in"))
            ret_file->is_limited = true;
    }
    if (file)
        fclose(file);
    return ret_file->module[0];
}

/*
 * Finds a module file in force whose module has the base name NAME; of several
 * one that is good for all programs.
 */
static bool find_module_file(const char *name, struct module_file *ret_file)
{
    struct module_file *file = malloc(sizeof *file);
    bool found = false;
    size_t i, n;

    for (i = 0; file && i < sizeof module_folders / sizeof *module_folders;
         i++) {
        glob_t paths;

        if (!find_module_files(module_folders[i], &paths))
            continue;
        for (n = 0; n < paths.gl_pathc; n++) {
            if (is_replaced(paths.gl_pathv[n], i) ||
                !read_module_file(paths.gl_pathv[n], file) ||
                strcmp(base_name(file->module), name) != 0)
                continue;
            if (!found || ret_file->is_limited)
                *ret_file = *file;
            found = true;
        }
        globfree(&paths);
    }
    free(file);
    return found;
}

static void check_module(struct doctor *doctor)
{
    if (access(JPKI_MODULE_PATH, R_OK) == 0)
        doctor_tell(doctor, "module", GRADE_GOOD, words(W_DOCTOR_MODULE_GOOD),
            JPKI_MODULE_PATH);
    else
        doctor_tell(doctor, "module", GRADE_BAD, words(W_DOCTOR_MODULE_MISSING),
            JPKI_MODULE_PATH);
}

static void check_p11_kit(struct doctor *doctor, struct module_file *file)
{
    if (!find_module_file(OURS, file)) {
        doctor_tell(doctor, "p11-kit", GRADE_BAD, words(W_DOCTOR_P11_MISSING),
            P11_KIT_CONFIGS, "/etc/pkcs11/modules");
        doctor_add(doctor, words(W_DOCTOR_P11_ADD),
            "/etc/pkcs11/modules/jpki-pkcs11.module", JPKI_MODULE_PATH);
    } else if (access(file->module, R_OK) != 0) {
        doctor_tell(doctor, "p11-kit", GRADE_BAD, words(W_DOCTOR_P11_BROKEN),
            file->path, file->module);
    } else {
        doctor_tell(doctor, "p11-kit",
            file->is_limited ? GRADE_NOTE : GRADE_GOOD,
            file->is_limited ? words(W_DOCTOR_P11_OFF)
                             : words(W_DOCTOR_P11_GOOD),
            file->path);
    }
}

static void check_opensc(struct doctor *doctor, struct module_file *file)
{
    char off[SHOWN_MAX];

    if (!find_module_file(OPENSC, file) || file->is_limited)
        return;
    snprintf(
        off, sizeof off, "/etc/pkcs11/modules/%.250s", base_name(file->path));
    doctor_tell(
        doctor, "opensc", GRADE_NOTE, words(W_DOCTOR_OPENSC), file->path);
    doctor_add(doctor, words(W_DOCTOR_OPENSC_OFF), off);
}

#define FILES_MAX 8

/* A browser: where it has its list of modules, each a pattern of glob(3). */
static const struct browser {
    const char *check, *name;
    const char *files[FILES_MAX]; /* of a user's profiles */
    const char *policies[FILES_MAX];
    struct words to_register, to_begin; /* with a profile, without one */
} browsers[] = {
    {"firefox", "Firefox",
        {"~/.mozilla/firefox/*/pkcs11.txt",
            "~/.config/mozilla/firefox/*/pkcs11.txt",
            "~/snap/firefox/common/.mozilla/firefox/*/pkcs11.txt",
            "~/.var/app/org.mozilla.firefox/.mozilla/firefox/*/pkcs11.txt"},
        {"/etc/firefox/policies/policies.json",
            "/usr/lib*/firefox*/distribution/policies.json"},
        {W_DOCTOR_FIREFOX_ADD}, {W_DOCTOR_FIREFOX_BEGIN}},
    {"chromium", "Chromium",
        {"~/.pki/nssdb/pkcs11.txt", "~/.local/share/pki/nssdb/pkcs11.txt",
            "~/snap/chromium/*/.pki/nssdb/pkcs11.txt",
            "~/.var/app/org.chromium.Chromium/.pki/nssdb/pkcs11.txt",
            "~/.var/app/com.google.Chrome/.pki/nssdb/pkcs11.txt"},
        {NULL}, {W_DOCTOR_CHROMIUM_ADD}, {W_DOCTOR_CHROMIUM_ADD}},
};

/* What the files of a browser come to. */
struct search {
    char missing[SHOWN_MAX]; /* the first one without the module, or "" */
    char found[SHOWN_MAX];   /* the first one with it, or "" */
};

static void search_file(const char *path, struct search *search)
{
    bool has = has_word(path, OURS) || has_word(path, PROXY);
    char *kept = has ? search->found : search->missing;

    if (kept[0] == '\0')
        snprintf(kept, SHOWN_MAX, "%s", path);
}

static void search_files(
    const char *const patterns[FILES_MAX], struct search *search)
{
    size_t i, n;

    for (i = 0; i < FILES_MAX && patterns[i]; i++) {
        glob_t paths;

        if (!find_paths(patterns[i], &paths))
            continue;
        for (n = 0; n < paths.gl_pathc; n++)
            search_file(paths.gl_pathv[n], search);
        globfree(&paths);
    }
}

/* MISSING: a profile that has no module, or "". */
static void tell_unregistered(
    struct doctor *doctor, const struct browser *browser, const char *missing)
{
    if (missing[0])
        doctor_tell(doctor, browser->check, GRADE_NOTE,
            words(W_DOCTOR_BROWSER_NOT), browser->name, missing);
    else
        doctor_tell(doctor, browser->check, GRADE_NOTE,
            words(W_DOCTOR_BROWSER_NONE), browser->name);
    doctor_add(doctor, "%s",
        words_of(missing[0] ? &browser->to_register : &browser->to_begin));
}

static void check_browser(struct doctor *doctor, const struct browser *browser)
{
    struct search profiles = {0}, policies = {0};

    search_files(browser->files, &profiles);
    search_files(browser->policies, &policies);
    if (policies.found[0] || profiles.found[0])
        doctor_tell(doctor, browser->check, GRADE_GOOD,
            words(W_DOCTOR_BROWSER_GOOD), browser->name,
            policies.found[0] ? policies.found : profiles.found);
    if (!policies.found[0] && (!profiles.found[0] || profiles.missing[0]))
        tell_unregistered(doctor, browser, profiles.missing);
}

void doctor_check_programs(struct doctor *doctor)
{
    struct module_file *file = malloc(sizeof *file);
    size_t i;

    check_module(doctor);
    if (file) {
        check_p11_kit(doctor, file);
        check_opensc(doctor, file);
    }
    free(file);
    for (i = 0; i < sizeof browsers / sizeof *browsers; i++)
        check_browser(doctor, &browsers[i]);
}

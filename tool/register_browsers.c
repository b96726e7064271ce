/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/register.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words_register.h"
#include "tool/home.h"
#include "tool/output.h"
#include "tool/run_program.h"

#define NAME "jpki-pkcs11"
#define SYSTEM_POLICY "/etc/firefox/policies/policies.json"
#define NAMES_MAX 8

#define POLICY                                                             \
    "{\n  \"policies\": {\n    \"SecurityDevices\": {\n      \"Add\": {\n" \
    "        \"My Number Card (jpki-pkcs11)\": \"" JPKI_MODULE_PATH "\"\n" \
    "      }\n    }\n  }\n}\n"

static const struct browser {
    const char *name;
    const char *programs[NAMES_MAX];       /* as its executables are called */
    const char *folders[NAMES_MAX];        /* of databases, for home_find */
    const char *snap, *flatpak[NAMES_MAX]; /* folders below $HOME */
} firefox = {"Firefox", {"firefox", "firefox-esr", "firefox-bin"},
    {".mozilla/firefox/*", ".config/mozilla/firefox/*"}, "snap/firefox",
    {".var/app/org.mozilla.firefox"}},
  chromium = {"Chromium",
      {"chromium", "chrome", "brave", "msedge", "vivaldi-bin", "opera"},
      {".pki/nssdb", ".local/share/pki/nssdb"}, "snap/chromium",
      {".var/app/org.chromium.Chromium", ".var/app/com.google.Chrome"}};

/* True when the process PID is one of the programs of BROWSER. */
static bool is_browser(const struct browser *browser, const char *pid)
{
    static const char gone[] = " (deleted)";
    char link[64], target[PATH_MAX];
    const char *name;
    ssize_t len;
    size_t i;

    snprintf(link, sizeof link, "/proc/%.20s/exe", pid);
    len = readlink(link, target, sizeof target - 1);
    if (len <= 0)
        return false;
    target[len] = '\0';
    /* Of a program that was replaced since it was started. */
    if ((size_t)len > strlen(gone) &&
        strcmp(target + len - strlen(gone), gone) == 0)
        target[(size_t)len - strlen(gone)] = '\0';
    name = strrchr(target, '/');
    for (i = 0; name && i < NAMES_MAX && browser->programs[i]; i++)
        if (strcmp(name + 1, browser->programs[i]) == 0)
            return true;
    return false;
}

/* True when the process PID has HOME for its home. Another user's is not ours
 * to read. */
static bool is_at_home(const char *pid, const char *home)
{
    char path[64], *entry = NULL;
    size_t room = 0;
    FILE *environment;
    bool is_same = false;

    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    environment = fopen(path, "re");
    while (environment && getdelim(&entry, &room, '\0', environment) > 0)
        if (strncmp(entry, "HOME=", 5) == 0)
            is_same = strcmp(entry + 5, home) == 0;
    if (environment)
        fclose(environment);
    free(entry);
    return is_same;
}

/* A browser that runs writes its own list back, over what we change. */
static bool is_running(const struct browser *browser, const char *home)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;
    bool runs = false;

    while (processes && !runs && (entry = readdir(processes)))
        runs = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
               is_browser(browser, entry->d_name) &&
               is_at_home(entry->d_name, home);
    if (processes)
        closedir(processes);
    return runs;
}

/* FOLDER has a database. What lists its modules is made with the first. */
static bool is_database(const char *folder)
{
    static const char *const files[] = {"pkcs11.txt", "cert9.db", "key4.db"};
    bool is_there = false;
    size_t i;

    for (i = 0; i < sizeof files / sizeof *files && !is_there; i++) {
        char *path = register_path("%s/%s", folder, files[i]);

        is_there = access(path, F_OK) == 0;
        free(path);
    }
    return is_there;
}

/* The database in FOLDER has a module of our name. */
static bool has_module(const char *folder)
{
    char *path = register_path("%s/pkcs11.txt", folder);
    FILE *file = fopen(path, "re");
    char line[PATH_MAX];
    bool has = false;

    while (file && !has && fgets(line, sizeof line, file))
        has = strcmp(line, "name=" NAME "\n") == 0;
    if (file)
        fclose(file);
    free(path);
    return has;
}

void register_nss(struct registering *job, const char *folder)
{
    char *database = register_path("sql:%s", folder);
    const char *const add[RUN_PROGRAM_ARGUMENTS] = {"modutil", "-force",
        "-dbdir", database, "-add", NAME, "-libfile", JPKI_MODULE_PATH, NULL};
    const char *const drop[RUN_PROGRAM_ARGUMENTS] = {
        "modutil", "-force", "-dbdir", database, "-delete", NAME, NULL};

    if (has_module(folder) == !job->is_removal) {
        printf(job->is_removal ? words(W_REGISTER_NOTHING)
                               : words(W_REGISTER_ALREADY),
            folder);
    } else if (!job->is_dry_run &&
               run_program(job->is_removal ? drop : add) != 0) {
        complain(words(W_REGISTER_MODUTIL), folder);
        registering_worsen(job, EXIT_TROUBLE);
    } else {
        printf(job->is_removal ? words(W_REGISTER_NSS_GONE)
                               : words(W_REGISTER_NSS),
            folder);
    }
    free(database);
}

/* The databases of BROWSER; how many there are. */
static size_t each_database(
    struct registering *job, const struct browser *browser, bool is_counting)
{
    size_t count = 0;
    size_t i, n;

    for (i = 0; i < NAMES_MAX && browser->folders[i]; i++) {
        glob_t paths;

        if (!home_find(browser->folders[i], &paths))
            continue;
        for (n = 0; n < paths.gl_pathc; n++) {
            if (!is_database(paths.gl_pathv[n]))
                continue;
            count++;
            if (!is_counting)
                register_nss(job, paths.gl_pathv[n]);
        }
        globfree(&paths);
    }
    return count;
}

static bool has_folder(const struct registering *job, const char *name)
{
    char *path = register_path("%s/%s", job->home, name);
    bool has = access(path, F_OK) == 0;

    free(path);
    return has;
}

/* Browsers in a sandbox see no module, no libraries and no program of ours. */
static void tell_of_sandboxes(
    struct registering *job, const struct browser *browser)
{
    size_t i;

    if (job->is_removal || !job->home)
        return;
    if (has_folder(job, browser->snap)) {
        printf(words(W_REGISTER_SANDBOX), browser->name, "Snap");
        registering_worsen(job, EXIT_TO_DO);
    }
    for (i = 0; i < NAMES_MAX && browser->flatpak[i]; i++) {
        if (!has_folder(job, browser->flatpak[i]))
            continue;
        printf(words(W_REGISTER_SANDBOX), browser->name, "Flatpak");
        registering_worsen(job, EXIT_TO_DO);
    }
}

void register_tell_of_sandboxes(struct registering *job)
{
    tell_of_sandboxes(job, &firefox);
    tell_of_sandboxes(job, &chromium);
}

/* True when BROWSER is out of the way. */
static bool is_free(struct registering *job, const struct browser *browser)
{
    if (!is_running(browser, job->home))
        return true;
    printf(words(W_REGISTER_RUNNING), browser->name);
    registering_worsen(job, EXIT_TO_DO);
    return false;
}

void register_firefox(struct registering *job)
{
    if (job->is_system) {
        register_file(job, SYSTEM_POLICY, POLICY);
        return;
    }
    tell_of_sandboxes(job, &firefox);
    if (each_database(job, &firefox, true) == 0) {
        printf(job->is_removal ? words(W_REGISTER_NOTHING)
                               : words(W_REGISTER_NO_PROFILE),
            firefox.name);
        if (!job->is_removal)
            registering_worsen(job, EXIT_TO_DO);
    } else if (is_free(job, &firefox)) {
        each_database(job, &firefox, false);
    }
}

/* Chromium uses this folder wherever it is there, without a database too. */
static bool is_first_empty(const struct registering *job)
{
    char *folder = register_path("%s/.pki/nssdb", job->home);
    bool is_empty = access(folder, F_OK) == 0 && !is_database(folder);

    free(folder);
    return is_empty;
}

/* A database where every version of Chromium looks; it would hide the one that
 * Chromium makes, ~/.local/share/pki/nssdb, with what is in it. */
static void make_database(struct registering *job)
{
    char *parent = register_path("%s/.pki", job->home);
    char *folder = register_path("%s/nssdb", parent);
    char *database = register_path("sql:%s", folder);
    const char *const make[RUN_PROGRAM_ARGUMENTS] = {
        "certutil", "-N", "-d", database, "--empty-password", NULL};

    if (!job->is_dry_run && ((mkdir(parent, 0700) != 0 && errno != EEXIST) ||
                                (mkdir(folder, 0700) != 0 && errno != EEXIST) ||
                                run_program(make) != 0)) {
        complain(words(W_REGISTER_MODUTIL), folder);
        registering_worsen(job, EXIT_TROUBLE);
    } else {
        printf(words(W_REGISTER_MADE), folder);
        register_nss(job, folder);
    }
    free(database);
    free(folder);
    free(parent);
}

void register_chromium(struct registering *job)
{
    size_t count;

    tell_of_sandboxes(job, &chromium);
    if (!is_free(job, &chromium))
        return;
    count = each_database(job, &chromium, false);
    if (!job->is_removal && (count == 0 || is_first_empty(job)))
        make_database(job);
}

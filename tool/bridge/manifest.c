/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words.h"
#include "conf/words_bridge.h"

#define NAME "jpki_pkcs11.bridge" /* extension/background.js has it too */
#define FILE_NAME NAME ".json"
#define DESCRIPTION "My Number Card for Mynaportal (jpki-pkcs11)"
/* That of the "key" in extension/manifest.json, and its gecko id. */
#define CHROMIUM_ORIGIN "chrome-extension://fbgefdcnibholnhlglicmhfggndjgkeo/"
#define FIREFOX_ID "bridge@jpki-pkcs11"

/*
 * Where a browser looks; Firefox in ~/.mozilla wherever its profile lies. A
 * user's folders begin at $HOME.
 */
static const struct place {
    const char *user, *system;
    bool is_firefox;
} places[] = {
    {".mozilla/native-messaging-hosts",
        "/usr/lib/mozilla/native-messaging-hosts", true},
    {".config/chromium/NativeMessagingHosts",
        "/etc/chromium/native-messaging-hosts", false},
    {".config/google-chrome/NativeMessagingHosts",
        "/etc/opt/chrome/native-messaging-hosts", false},
};

#define PATH_SIZE 1024
#define PLACES (sizeof places / sizeof *places)

/* False: it is too long, or there is no home. */
static bool find_path(
    const struct place *place, bool for_all_users, char ret_path[PATH_SIZE])
{
    const char *home = getenv("HOME");
    int len;

    if (!for_all_users && (!home || home[0] != '/')) {
        errno = ENOENT;
        return false;
    }
    len = for_all_users
              ? snprintf(ret_path, PATH_SIZE, "%s/" FILE_NAME, place->system)
              : snprintf(
                    ret_path, PATH_SIZE, "%s/%s/" FILE_NAME, home, place->user);
    return len < PATH_SIZE;
}

/* Firefox refuses a file with a key that it does not know. */
static json_t *describe(const struct place *place)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "name", NAME, "description",
        DESCRIPTION, "path", JPKI_BRIDGE_PATH, "type", "stdio",
        place->is_firefox ? "allowed_extensions" : "allowed_origins",
        place->is_firefox ? FIREFOX_ID : CHROMIUM_ORIGIN);
}

static bool make_folders(const char *path)
{
    char part[PATH_SIZE];
    const char *slash = path;

    while ((slash = strchr(slash + 1, '/')) != NULL) {
        memcpy(part, path, (size_t)(slash - path));
        part[slash - path] = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool write_file(const char *path, const json_t *json)
{
    char new_path[PATH_SIZE + 8];
    FILE *file;
    bool is_written;

    snprintf(new_path, sizeof new_path, "%s.new", path);
    if (!make_folders(path))
        return false;
    file = fopen(new_path, "we");
    if (!file)
        return false;
    is_written = json_dumpf(json, file, JSON_INDENT(2)) == 0 &&
                 fputc('\n', file) != EOF && fchmod(fileno(file), 0644) == 0;
    is_written = fclose(file) == 0 && is_written;
    if (is_written && rename(new_path, path) == 0)
        return true;
    (void)unlink(new_path);
    return false;
}

static bool write_one(const struct place *place, bool for_all_users)
{
    char path[PATH_SIZE] = "";
    json_t *json = describe(place);
    bool is_written =
        json && find_path(place, for_all_users, path) && write_file(path, json);

    json_decref(json);
    if (is_written) {
        printf(words(W_BRIDGE_WRITTEN), path);
        putchar('\n');
    } else {
        fprintf(stderr, words(W_BRIDGE_NOT_WRITTEN), path, strerror(errno));
        fputc('\n', stderr);
    }
    return is_written;
}

bool manifest_write_all(bool for_all_users)
{
    bool all = true;
    size_t i;

    for (i = 0; i < PLACES; i++)
        all = write_one(&places[i], for_all_users) && all;
    return all;
}

bool manifest_remove_all(bool for_all_users)
{
    bool all = true;
    size_t i;

    for (i = 0; i < PLACES; i++) {
        char path[PATH_SIZE];

        if (!find_path(&places[i], for_all_users, path))
            return false;
        if (unlink(path) == 0) {
            printf(words(W_BRIDGE_REMOVED), path);
            putchar('\n');
        } else if (errno != ENOENT && errno != ENOTDIR) {
            fprintf(stderr, words(W_BRIDGE_NOT_REMOVED), path, strerror(errno));
            fputc('\n', stderr);
            all = false;
        }
    }
    return all;
}

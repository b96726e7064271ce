/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/words_register.h"
#include "tool/home.h"
#include "tool/output.h"

/*
 * jpki register bridge: tells the browsers where jpki-bridge is and that only
 * our extension may start it, by a file in the folder where each looks.
 */

#define NAME \
    "jpki_pkcs11.bridge" /* bridge/extension/background.js has it too */

/* Firefox refuses a file with a key that it does not know: one for each. */
#define MANIFEST(key, extension)                                         \
    "{\n"                                                                \
    "  \"name\": \"" NAME "\",\n"                                        \
    "  \"description\": \"My Number Card for Mynaportal (jpki-pkcs11)\"" \
    ",\n"                                                                \
    "  \"path\": \"" JPKI_BRIDGE_PATH "\",\n"                            \
    "  \"type\": \"stdio\",\n"                                           \
    "  \"" key "\": [\"" extension "\"]\n"                               \
    "}\n"

/* The gecko id in extension/manifest.json, and the id of the "key" there. */
#define FIREFOX_ID "bridge@jpki-pkcs11"
#define CHROMIUM_ID "chrome-extension://fbgefdcnibholnhlglicmhfggndjgkeo/"

static const char firefox[] = MANIFEST("allowed_extensions", FIREFOX_ID);
static const char chromium[] = MANIFEST("allowed_origins", CHROMIUM_ID);

/* Firefox looks in ~/.mozilla wherever its profile lies. */
static const struct bridge_place places[] = {
    {"Firefox", ".mozilla/native-messaging-hosts",
        "/usr/lib/mozilla/native-messaging-hosts", NULL, FIREFOX_ID, firefox},
    /* Where Fedora's looks. */
    {"Firefox", NULL, "/usr/lib64/mozilla/native-messaging-hosts",
        "/usr/lib64/mozilla", FIREFOX_ID, firefox},
    {"Chromium", ".config/chromium/NativeMessagingHosts",
        "/etc/chromium/native-messaging-hosts", NULL, CHROMIUM_ID, chromium},
    {"Chrome", ".config/google-chrome/NativeMessagingHosts",
        "/etc/opt/chrome/native-messaging-hosts", NULL, CHROMIUM_ID, chromium},
};

const struct bridge_place *register_bridge_places(size_t *ret_count)
{
    *ret_count = sizeof places / sizeof *places;
    return places;
}

char *register_bridge_path(const struct bridge_place *place, bool is_system)
{
    char *folder, *path;

    if (is_system ? place->needs && access(place->needs, F_OK) != 0
                  : !place->user || !home_folder())
        return NULL;
    folder = is_system ? register_path("%s", place->system)
                       : register_home_path(place->user);
    path = register_path("%s/" NAME ".json", folder);
    free(folder);
    return path;
}

void register_bridge(struct registering *job)
{
    size_t i;

    if (!job->is_removal && !JPKI_WITH_BRIDGE) {
        complain("%s", words(W_REGISTER_NO_BRIDGE));
        registering_worsen(job, EXIT_TO_DO);
        return;
    }
    register_tell_of_sandboxes(job);
    for (i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = register_bridge_path(&places[i], job->is_system);

        if (path)
            register_file(job, path, places[i].text);
        free(path);
    }
    if (!job->is_removal) {
        printf(words(W_REGISTER_BRIDGE_CHROMIUM), JPKI_BRIDGE_DIR);
        printf(words(W_REGISTER_BRIDGE_FIREFOX), JPKI_BRIDGE_DIR);
    }
}

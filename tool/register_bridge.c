/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/words_register.h"
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
static const char firefox[] =
    MANIFEST("allowed_extensions", "bridge@jpki-pkcs11");
static const char chromium[] = MANIFEST(
    "allowed_origins", "chrome-extension://fbgefdcnibholnhlglicmhfggndjgkeo/");

/* Firefox looks in ~/.mozilla wherever its profile lies. */
static const struct place {
    const char *user; /* for home_path; NULL: for all users only */
    const char *system;
    const char *needs; /* a folder that has to be there; NULL: none */
    const char *text;
} places[] = {
    {".mozilla/native-messaging-hosts",
        "/usr/lib/mozilla/native-messaging-hosts", NULL, firefox},
    /* Where Fedora's looks. */
    {NULL, "/usr/lib64/mozilla/native-messaging-hosts", "/usr/lib64/mozilla",
        firefox},
    {".config/chromium/NativeMessagingHosts",
        "/etc/chromium/native-messaging-hosts", NULL, chromium},
    {".config/google-chrome/NativeMessagingHosts",
        "/etc/opt/chrome/native-messaging-hosts", NULL, chromium},
};

static void register_place(struct registering *job, const struct place *place)
{
    char *path, *folder;

    if (job->is_system ? place->needs && access(place->needs, F_OK) != 0
                       : !place->user)
        return;
    folder = job->is_system ? register_path("%s", place->system)
                            : register_home_path(place->user);
    path = register_path("%s/" NAME ".json", folder);
    register_file(job, path, place->text);
    free(path);
    free(folder);
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
    for (i = 0; i < sizeof places / sizeof *places; i++)
        register_place(job, &places[i]);
    if (!job->is_removal) {
        printf(words(W_REGISTER_BRIDGE_CHROMIUM), JPKI_BRIDGE_DIR);
        printf(words(W_REGISTER_BRIDGE_FIREFOX), JPKI_BRIDGE_DIR);
    }
}

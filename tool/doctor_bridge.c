/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words_doctor.h"
#include "tool/doctor.h"
#include "tool/pinentry_process.h"
#include "tool/register.h"

/*
 * Whether a page gets as far as the person: browser, the file by which it finds
 * jpki-bridge, that program, and the dialog.
 */

#define TEXT_SIZE 4096 /* of a file; ours have a tenth of it */

/* Its beginning, with a NUL behind it. False with errno. */
static bool read_text(const char *path, char ret_text[TEXT_SIZE])
{
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(ret_text, 1, TEXT_SIZE - 1, file) : 0;
    bool is_good = file && !ferror(file);
    int error = errno;

    ret_text[len] = '\0';
    if (file)
        fclose(file);
    errno = error;
    return is_good;
}

/* Cuts out what is between quotes behind "path" in TEXT; NULL: nothing is. */
static char *take_program(char *text)
{
    static const char key[] = "\"path\"";
    char *at = strstr(text, key), *end;

    if (!at)
        return NULL;
    at += strlen(key);
    at += strspn(at, " \t\r\n:");
    end = *at == '"' ? strchr(at + 1, '"') : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    return at + 1;
}

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           access(path, X_OK) == 0;
}

/* The file that is there for the browser of PLACE. */
static void check_file(
    struct doctor *doctor, const struct bridge_place *place, const char *path)
{
    const char *browser = place->browser, *program;
    bool is_allowed;
    char text[TEXT_SIZE];

    if (!read_text(path, text)) {
        doctor_tell(doctor, "bridge", GRADE_BAD,
            words(W_DOCTOR_BRIDGE_UNREADABLE), browser, path, strerror(errno));
        doctor_add(doctor, "%s", words(W_DOCTOR_BRIDGE_AGAIN));
        return;
    }
    is_allowed = strstr(text, place->extension) != NULL;
    program = take_program(text);
    if (!is_allowed || !program) {
        doctor_tell(doctor, "bridge", GRADE_BAD, words(W_DOCTOR_BRIDGE_OTHER),
            browser, path);
        doctor_add(doctor, "%s", words(W_DOCTOR_BRIDGE_AGAIN));
    } else if (!is_program(program)) {
        doctor_tell(doctor, "bridge", GRADE_BAD, words(W_DOCTOR_BRIDGE_NO_HOST),
            browser, program, path);
        doctor_add(doctor, "%s",
            strcmp(program, JPKI_BRIDGE_PATH) == 0
                ? words(W_DOCTOR_BRIDGE_INSTALL)
                : words(W_DOCTOR_BRIDGE_AGAIN));
    } else {
        doctor_tell(doctor, "bridge", GRADE_GOOD, words(W_DOCTOR_BRIDGE_GOOD),
            browser, path);
    }
}

/*
 * The file that BROWSER takes, to be freed; NULL: it is not registered. All
 * look for the user's before the system's.
 */
static char *find_file(
    const char *browser, const struct bridge_place **ret_place)
{
    size_t count, i;
    const struct bridge_place *places = register_bridge_places(&count);
    int is_system;

    for (is_system = 0; is_system <= 1; is_system++)
        for (i = 0; i < count; i++) {
            char *path;

            if (strcmp(places[i].browser, browser) != 0)
                continue;
            path = register_bridge_path(&places[i], is_system);
            *ret_place = &places[i];
            if (path && access(path, F_OK) == 0)
                return path;
            free(path);
        }
    return NULL;
}

static const char *const browsers[] = {"Firefox", "Chromium", "Chrome"};

#define BROWSERS (sizeof browsers / sizeof *browsers)

/* True where it is registered in one of them. */
static bool check_browsers(struct doctor *doctor)
{
    const struct bridge_place *places[BROWSERS];
    char *paths[BROWSERS];
    bool is_registered = false;
    size_t i;

    for (i = 0; i < BROWSERS; i++) {
        paths[i] = find_file(browsers[i], &places[i]);
        is_registered |= paths[i] != NULL;
    }
    for (i = 0; i < BROWSERS && is_registered; i++) {
        if (paths[i])
            check_file(doctor, places[i], paths[i]);
        else
            doctor_tell(doctor, "bridge", GRADE_NOTE,
                words(W_DOCTOR_BRIDGE_NOT), browsers[i]);
        free(paths[i]);
    }
    if (!is_registered) {
        doctor_tell(
            doctor, "bridge", GRADE_NOTE, "%s", words(W_DOCTOR_BRIDGE_NONE));
        doctor_add(doctor, "%s", words(W_DOCTOR_BRIDGE_ADD));
    }
    return is_registered;
}

/* The name of the pinentry that PATH is, where it has no windows; else NULL. */
static const char *find_text_pinentry(const char *path)
{
    static const char *const names[] = {"pinentry-curses", "pinentry-tty"};
    char *real = realpath(path, NULL);
    const char *slash = real ? strrchr(real, '/') : NULL, *found = NULL;
    size_t i;

    for (i = 0; slash && i < sizeof names / sizeof *names; i++)
        if (strcmp(slash + 1, names[i]) == 0)
            found = names[i];
    free(real);
    return found;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && value[0];
}

/* Something has to be done about it only where the bridge is registered. */
static void check_pinentry(struct doctor *doctor, bool is_registered)
{
    enum grade lack = is_registered ? GRADE_BAD : GRADE_NOTE;
    char path[PATH_MAX];
    const char *name;

    if (!pinentry_find(path)) {
        doctor_tell(
            doctor, "pinentry", lack, "%s", words(W_DOCTOR_PINENTRY_NONE));
        doctor_add(doctor, "%s", words(W_DOCTOR_PINENTRY_ADD));
        return;
    }
    name = find_text_pinentry(path);
    if (name) {
        doctor_tell(doctor, "pinentry", lack, words(W_DOCTOR_PINENTRY_TEXT),
            path, name);
        doctor_add(doctor, "%s", words(W_DOCTOR_PINENTRY_ADD));
    } else if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) {
        doctor_tell(
            doctor, "pinentry", GRADE_NOTE, words(W_DOCTOR_NO_DISPLAY), path);
        doctor_add(doctor, "%s", words(W_DOCTOR_NO_DISPLAY_ADD));
    } else {
        doctor_tell(doctor, "pinentry", GRADE_GOOD,
            words(W_DOCTOR_PINENTRY_GOOD), path);
    }
}

void doctor_check_bridge(struct doctor *doctor)
{
    if (JPKI_WITH_BRIDGE)
        check_pinentry(doctor, check_browsers(doctor));
}

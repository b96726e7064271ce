/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/home.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path_of(const char *variable)
{
    const char *path = getenv(variable);

    return path && path[0] == '/' ? path : NULL;
}

const char *home_folder(void)
{
    return path_of("HOME");
}

/* What a variable moves (XDG Base Directory Specification). */
static const struct moved {
    const char *below, *variable;
} moved[] = {
    {".config", "XDG_CONFIG_HOME"},
    {".local/share", "XDG_DATA_HOME"},
};

/* What is left of PATH below FOLDER; NULL where it lies elsewhere. */
static const char *skip_folder(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    if (strncmp(path, folder, len) != 0)
        return NULL;
    if (path[len] == '/')
        return path + len + 1;
    return path[len] == '\0' ? path + len : NULL;
}

/* The folder of BELOW, which moves on to what is below that; NULL: none. */
static const char *base_of(const char **below)
{
    size_t i;

    for (i = 0; i < sizeof moved / sizeof *moved; i++) {
        const char *folder = path_of(moved[i].variable);
        const char *rest = skip_folder(*below, moved[i].below);

        if (folder && rest) {
            *below = rest;
            return folder;
        }
    }
    return home_folder();
}

/* BASE and BELOW with a slash between them, to be freed; NULL: no memory. */
static char *join(const char *base, const char *below)
{
    char *path = NULL;

    return asprintf(&path, "%s%s%s", base, below[0] ? "/" : "", below) < 0
               ? NULL
               : path;
}

char *home_path(const char *below)
{
    const char *base = base_of(&below);

    return base ? join(base, below) : NULL;
}

/* PATH as a pattern that nothing but PATH matches, to be freed; NULL. */
static char *escape(const char *path)
{
    char *pattern = malloc(2 * strlen(path) + 1), *to = pattern;

    for (; pattern && *path; path++) {
        if (strchr("*?[]\\", *path))
            *to++ = '\\';
        *to++ = *path;
    }
    if (pattern)
        *to = '\0';
    return pattern;
}

bool home_find(const char *pattern, glob_t *ret_paths)
{
    const char *base = base_of(&pattern);
    char *escaped = base ? escape(base) : NULL;
    char *whole = escaped ? join(escaped, pattern) : NULL;
    int err = whole ? glob(whole, 0, NULL, ret_paths) : GLOB_NOSPACE;

    if (!whole)
        memset(ret_paths, 0, sizeof *ret_paths);
    free(whole);
    free(escaped);
    if (err == 0)
        return true;
    globfree(ret_paths);
    return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/persona.h"

#include <dirent.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* One folder for all copies of the process; a forked child leaves it alone. */
static char root[512];
static pid_t root_owner;
static unsigned copies;

static int remove_one(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st; /* everything goes, whatever it is */
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_root(void)
{
    if (root_owner == getpid())
        (void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int make_root(void)
{
    const char *tmp = getenv("TMPDIR");
    if (root[0] != '\0')
        return 0;
    snprintf(
        root, sizeof root, "%s/jpki-persona-XXXXXX", !tmp ? P_tmpdir : tmp);
    if (mkdtemp(root) == NULL) {
        root[0] = '\0';
        return -1;
    }
    root_owner = getpid();
    return atexit(remove_root);
}

static int copy_file(const char *from, const char *to)
{
    char block[4096];
    size_t n = 0;
    int rc = -1;
    FILE *in = fopen(from, "re");
    FILE *out = fopen(to, "we");
    if (in && out) {
        while ((n = fread(block, 1, sizeof block, in)) > 0)
            fwrite(block, 1, n, out);
        rc = ferror(in) || ferror(out) ? -1 : 0;
    }
    if (in)
        fclose(in);
    if (out && fclose(out) != 0)
        rc = -1;
    return rc;
}

static int copy_folder(const char *from, const char *to)
{
    char source[1024], target[1024];
    struct stat st;
    int rc = 0;
    DIR *dir = opendir(from);
    if (!dir || mkdir(to, 0700) != 0)
        rc = -1;
    struct dirent *entry = NULL;
    while (rc == 0 && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        if (name[0] == '.' || strcmp(name, "state") == 0 ||
            strcmp(name, "lock") == 0)
            continue;
        int n = snprintf(source, sizeof source, "%s/%s", from, name);
        int m = snprintf(target, sizeof target, "%s/%s", to, name);
        if (n < 0 || (size_t)n >= sizeof source || m < 0 ||
            (size_t)m >= sizeof target || stat(source, &st) != 0) {
            rc = -1;
        } else {
            rc = S_ISDIR(st.st_mode) ? copy_folder(source, target)
                                     : copy_file(source, target);
        }
    }
    if (dir)
        closedir(dir);
    return rc;
}

int vcard_persona_copy(
    const char *name, char ret_folder[VCARD_PERSONA_FOLDER_SIZE])
{
    const char *personas = getenv("JPKI_PERSONAS");
    char from[1024], to[VCARD_PERSONA_FOLDER_SIZE];
    if (!personas || make_root() != 0) {
        fprintf(stderr, "persona: $JPKI_PERSONAS or temporary folder\n");
        return -1;
    }
    int n = snprintf(from, sizeof from, "%s/%s", personas, name);
    int m = snprintf(to, sizeof to, "%s/%s-%u", root, name, copies++);
    if (n < 0 || (size_t)n >= sizeof from || m < 0 || (size_t)m >= sizeof to ||
        copy_folder(from, to) != 0) {
        fprintf(stderr, "persona: %s cannot be copied\n", name);
        return -1;
    }
    memcpy(ret_folder, to, sizeof to);
    return 0;
}

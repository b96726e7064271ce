/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/cardstate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <ini.h>

static const char *const names[PINS] = {"auth", "sign", "text"};

static int folder_path(
    const struct card_file *file, const char *name, char *ret_path, size_t room)
{
    int n = snprintf(ret_path, room, "%s/%s", file->folder, name);
    return n < 0 || (size_t)n >= room ? -1 : 0;
}

static void state_at_issue(
    const struct card_file *file, struct card_state *ret_state)
{
    memset(ret_state, 0, sizeof *ret_state);
    for (size_t i = 0; i < PINS; i++) {
        ret_state->pins[i].left = file->pins[i].left;
        ret_state->pins[i].len = file->pins[i].len;
        memcpy(ret_state->pins[i].pin, file->pins[i].bytes,
            sizeof file->pins[i].bytes);
    }
}

static int set_value(
    void *user, const char *section, const char *name, const char *value)
{
    struct card_state *state = user;
    size_t role = 0;
    while (role + 1 < PINS && strcmp(section, names[role]) != 0)
        role++;
    if (strcmp(name, "left") == 0) {
        state->pins[role].left = (unsigned)strtoul(value, NULL, 10);
        return 1;
    }
    if (strcmp(name, "pin") == 0) {
        state->pins[role].len = cardfile_hex(
            value, state->pins[role].pin, sizeof state->pins[role].pin);
        return 1;
    }
    return 0;
}

int cardstate_enter(const struct card_file *file, struct card_state *ret_state)
{
    char path[CARDFILE_PATH_MAX];
    if (folder_path(file, "lock", path, sizeof path) != 0)
        return -1;
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock < 0)
        return -1;
    int rc = 0;
    do {
        rc = flock(lock, LOCK_EX);
    } while (rc != 0 && errno == EINTR);
    struct card_state state;
    state_at_issue(file, &state);
    if (rc == 0) {
        (void)folder_path(file, "state", path, sizeof path);
        rc = access(path, F_OK) == 0 ? ini_parse(path, set_value, &state) : 0;
    }
    if (rc != 0) {
        close(lock);
        return -1;
    }
    *ret_state = state;
    return lock;
}

static int write_state(
    const struct card_file *file, const struct card_state *state)
{
    char from[CARDFILE_PATH_MAX], to[CARDFILE_PATH_MAX];
    if (folder_path(file, "state.new", from, sizeof from) != 0 ||
        folder_path(file, "state", to, sizeof to) != 0)
        return -1;
    FILE *out = fopen(from, "we");
    if (!out)
        return -1;
    for (size_t i = 0; i < PINS; i++) {
        fprintf(out, "[%s]\nleft = %u\npin = ", names[i], state->pins[i].left);
        for (size_t k = 0; k < state->pins[i].len; k++)
            fprintf(out, "%02X", (unsigned)state->pins[i].pin[k]);
        fputc('\n', out);
    }
    int rc = ferror(out) ? -1 : 0;
    if (fclose(out) != 0 || rc != 0)
        return -1;
    return rename(from, to);
}

int cardstate_leave(
    const struct card_file *file, int lock, const struct card_state *state)
{
    int rc = !state ? 0 : write_state(file, state);
    close(lock);
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_REGISTER_H
#define TOOL_REGISTER_H

#include <stdbool.h>
#include <stddef.h>

#include "tool/command.h"

/*
 * jpki register and unregister: the module in the lists of programs. What is
 * done twice does nothing the second time; what register did, unregister takes
 * back, byte by byte, and nothing else.
 */
struct registering {
    bool is_removal;
    bool is_dry_run; /* nothing is changed; what would be is told */
    bool is_system;  /* for all users of this machine */
    /* $HOME, and where its configuration lies; NULL for all users. */
    const char *home, *config;
    enum exit_status status; /* the worst so far */
};

/* Notes STATUS where it is worse than what was before. */
void registering_worsen(struct registering *job, enum exit_status status);

/* Home or system: a path from printf's FORMAT. Exits without memory. */
char *register_path(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* home_path, where there is a home. Exits without memory. */
char *register_home_path(const char *below);

/*
 * A file of our own, PATH with TEXT in it: made, or removed where it has just
 * that. Another's file of this name is left as it is, as is told; then false.
 */
bool register_file(struct registering *job, const char *path, const char *text);

/*
 * The line LINE, with its newline, at the beginning of the file PATH, where #
 * is for comments. A file that was not there is made, with a comment that says
 * so, and goes with its only line.
 */
void register_line(struct registering *job, const char *path, const char *line);

/* The database of NSS in FOLDER, by modutil. */
void register_nss(struct registering *job, const char *folder);

/* Says which browsers are here in a sandbox, too, where nothing is of use. */
void register_tell_of_sandboxes(struct registering *job);

/* Where a browser looks for the file that names jpki-bridge. */
struct bridge_place {
    const char *browser;
    const char *user; /* for home_path; NULL: for all users only */
    const char *system;
    const char *needs;     /* for SYSTEM: a folder that is there; NULL: none */
    const char *extension; /* that may start it, as the file has it */
    const char *text;      /* of the file */
};

/* All of them, those of one browser in the order in which it looks. */
const struct bridge_place *register_bridge_places(size_t *ret_count);

/*
 * The path of that file, to be freed; NULL where this browser has none of this
 * kind. Exits without memory.
 */
char *register_bridge_path(const struct bridge_place *place, bool is_system);

/* One function for each target. */
void register_bridge(struct registering *job);
void register_firefox(struct registering *job);
void register_chromium(struct registering *job);
void register_p11_kit(struct registering *job);

#endif

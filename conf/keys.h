/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/values.h"
#include "conf/words.h"

struct conf_section {
    const char *name;
    bool in_app;   /* its keys may stand in [app NAME] */
    bool enforced; /* the system's `enforce = yes` takes it from the user */
};

struct conf_key;

/* How a value is checked and kept. */
struct conf_type {
    /* As conf_key_set. */
    int (*set)(
        const struct conf_key *key, const char *value, struct conf *conf);
    /* What the key takes beside its words, for messages; or none. */
    struct words takes;
    bool repeats;
};

struct conf_key {
    const struct conf_section *section;
    const char *name;
    const struct conf_type *type;
    size_t offset;            /* in struct conf */
    const char *const *words; /* NULL-terminated, or NULL */
    unsigned min, max;        /* of a number */
    const char *standard;     /* the default as it would be written, or NULL */
};

extern const struct conf_key conf_keys[];
extern const size_t conf_key_count;

/* The section named NAME, or NULL. */
const struct conf_section *conf_section_find(const char *name);

/*
 * The key NAME of SECTION or, when SECTION is NULL, of any section whose keys
 * may stand in [app NAME]. NULL when there is none.
 */
const struct conf_key *conf_key_find(
    const struct conf_section *section, const char *name);

/*
 * Gives KEY the value VALUE in CONF; a key that may repeat gets one more.
 * Returns 0, EINVAL for a value that KEY does not take, or ENOMEM.
 */
int conf_key_set(
    struct conf *conf, const struct conf_key *key, const char *value);

/* Leaves KEY, which may repeat, without values in CONF. */
void conf_key_clear(struct conf *conf, const struct conf_key *key);

/* Gives every key that has a default its default. Returns 0 or ENOMEM. */
int conf_set_defaults(struct conf *conf);

/* Writes what KEY takes for a message, in the language of conf/words.h. */
void conf_key_describe(const struct conf_key *key, char *ret_text, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/values.h"

/*
 * The table of keys, and layers: the values that one part of one file sets.
 * The configuration is a pile of layers, merged from the weakest upwards.
 */

struct conf_layer {
    struct conf conf;
    bool enforce;
    uint32_t set; /* one bit for each key that has a value, by conf_key_bit */
};

struct conf_section {
    const char *name;
    bool in_app;   /* its keys may stand in [app NAME] */
    bool enforced; /* the system's `enforce = yes` takes it from the user */
};

struct conf_key;

/* How a value is checked, kept and handed from layer to layer. */
struct conf_type {
    /* Returns 0, EINVAL for a value that the key does not take, or ENOMEM. */
    int (*set)(const struct conf_key *key, const char *value,
        struct conf_layer *layer);
    /* Replaces the value in TO by that in FROM, which is left without. */
    void (*move)(const struct conf_key *key, struct conf_layer *from,
        struct conf_layer *to);
    /* What the key takes beside its words, for messages; or NULL. */
    const char *takes;
    bool repeats;
};

struct conf_key {
    const struct conf_section *section;
    const char *name;
    const struct conf_type *type;
    size_t offset;            /* in struct conf_layer */
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

uint32_t conf_key_bit(const struct conf_key *key);

/* The keys that the system's `enforce = yes` takes from the user. */
uint32_t conf_keys_enforced(void);

/*
 * Gives KEY the value VALUE in LAYER; a key that may repeat gets one more.
 * Returns 0, EINVAL for a value that KEY does not take, or ENOMEM.
 */
int conf_layer_set(
    struct conf_layer *layer, const struct conf_key *key, const char *value);

/* Gives every key that has a default its default. Returns 0 or ENOMEM. */
int conf_layer_set_defaults(struct conf_layer *layer);

/* Lets what UPPER sets win over LOWER; UPPER is left without values. */
void conf_layer_merge(struct conf_layer *lower, struct conf_layer *upper);

/* Writes what KEY takes, in words, for a message. */
void conf_key_describe(const struct conf_key *key, char *ret_text, size_t size);

#endif

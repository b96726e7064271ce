/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_RESOURCES_IMPORTS_H
#define TESTS_MODULE_RESOURCES_IMPORTS_H

#include <stddef.h>

/*
 * Every function that the module imports, under all compilers and options: how
 * it fails, or that it cannot.
 */

enum import_kind {
    SURE, /* cannot fail, or tells nobody */
    MEMORY,
    SYSTEM,
    PCSC,
    OPENSSL,
    WITHIN, /* an allocation by libcrypto itself, inside such a call */
    IMPORT_KINDS,
};

/* What a call does that has to be in balance in the end. */
enum import_effect {
    NO_EFFECT,
    MAKES_BLOCK, /* unless it returns NULL */
    MAKES_TEXT,  /* unless it returns a negative int */
    FREES_BLOCK,
    GROWS_BLOCK, /* makes one out of NULL */
    MAPS,
    UNMAPS,
    CLOSES,     /* even when it fails */
    ASKS_CARD,  /* what libcrypto does meanwhile, it does for the card */
    BREAKS_LOCK /* when it fails, what it should have made is no lock */
};

struct import {
    const char *name;
    enum import_kind kind;
    long failure; /* what it returns then */
    int error;    /* and what errno is */
    enum import_effect effect;
};

extern const struct import imports[];
extern const size_t imports_count;

extern const char *const import_kind_names[IMPORT_KINDS];

/* The row of NAME; -1: a compiler's own, not a library's; -2: not known. */
int import_find(const char *name);

#endif

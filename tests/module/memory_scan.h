/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_MEMORY_SCAN_H
#define TESTS_MODULE_MEMORY_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Looks for PINs, and for the holder's certificate, in the memory of the
 * process that runs it, and in files. So
 * that it does not find itself, nothing here ever holds one in clear: a secret
 * is kept under a mask, and what is searched is read into pages that are not
 * searched.
 */
#define SECRET_MAX 16

struct secret {
    uint8_t masked[SECRET_MAX];
    size_t len;
};

/* LEN characters of ALPHABET, of random; the first one of FIRST. */
void secret_draw(struct secret *ret_secret, const char *first,
    const char *alphabet, size_t len);
/* The same in small letters. */
void secret_lower(const struct secret *secret, struct secret *ret_secret);
/* LEN bytes, not more than SECRET_MAX; the caller wipes BYTES. */
void secret_of(const void *bytes, size_t len, struct secret *ret_secret);
/* True when it is somewhere in LEN BYTES, as it is. */
bool secret_is_in(const struct secret *secret, const void *bytes, size_t len);
/* The text, not terminated, byte by byte; the caller wipes it. */
void secret_reveal(const struct secret *secret, uint8_t ret_text[SECRET_MAX]);

/* One place where a secret was found. */
struct find {
    size_t secret;    /* its index */
    const char *form; /* "text", "VERIFY", "UTF-16" ... */
    uintptr_t address;
    bool locked;
    /* Left out of core files, wiped in a forked child, and locked, where
       memory can be. */
    bool set_apart;
    char mapping[64];
};

#define FINDS_MAX 16

/*
 * Searches everything this process can read and write, all threads' stacks
 * with it, for COUNT secrets in each form: the characters, as they are and
 * inside a VERIFY command, UTF-16, hexadecimal text with and without blanks.
 * Text of digits inside a longer number is none. Returns how many there are; no
 * more than FINDS_MAX are described.
 */
size_t scan_memory(const struct secret *secrets, size_t count,
    struct find ret_finds[FINDS_MAX]);

/* The same for the file PATH, whose addresses are offsets. */
size_t scan_file(const char *path, const struct secret *secrets, size_t count,
    struct find ret_finds[FINDS_MAX]);

#endif

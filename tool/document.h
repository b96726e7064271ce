/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_DOCUMENT_H
#define TOOL_DOCUMENT_H

#include <stdbool.h>
#include <sys/stat.h>
#include "crypto/digest.h"

/* The file that a signature is made of, and the one that it goes to. */

#define DOCUMENT_DIGEST DIGEST_SHA256

struct document {
    const char *path; /* the caller's */
    char *shown;      /* the same for a person's eyes */
    char *out;        /* where the signature, or the signed document, goes */
    char *out_shown;
    struct stat st; /* once it was read; its output is for the same people */
    uint8_t hash[DIGEST_MAX]; /* when it was read first */
    size_t room; /* bytes of disk that its output may want; 0: not read yet */
    bool is_signed;
};

/* What a file holds. */
struct content {
    uint8_t hash[DIGEST_MAX];
    uint8_t *bytes; /* NULL unless they were wanted */
    size_t len;
};

/*
 * Names DOCUMENT by PATH, and what is made of it by PATH and SUFFIX, before
 * which PATH loses ENDING, if it has it. False: no memory. To be passed to
 * document_done either way.
 */
bool document_name(struct document *document, const char *path,
    const char *ending, const char *suffix);
void document_done(struct document *document);

/*
 * Reads the file. Standard error is told what is wrong with it, and the result
 * is false: it cannot be read, or is no regular file. With WANTS_BYTES they are
 * there as well; content_done frees them.
 */
bool document_read(struct document *document, struct crypto *crypto,
    bool wants_bytes, struct content *ret_content);
void content_done(struct content *content);

#endif

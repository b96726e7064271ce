/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_SIGN_FORMAT_H
#define TOOL_SIGN_FORMAT_H

#include "tool/document.h"
#include "tool/signing_key.h"

/* The formats of jpki sign: one row each. */
struct sign_format {
    const char *name;   /* as --format has it */
    const char *ending; /* that the file's name loses; "": none */
    const char *suffix; /* that the output's name has in its place */
    bool wants_bytes;   /* the content, beside its digest; goes to the output */
    size_t room;        /* bytes that the output wants beyond that, at most */
    /*
     * True where CONTENT of DOCUMENT can be signed, else standard error is
     * told; NULL: all can.
     */
    bool (*check)(
        const struct document *document, const struct content *content);
    /* What goes to the output; *RET_BYTES is freed by the caller with free().
     */
    enum exit_status (*sign)(struct signing_key *key,
        const struct document *document, const struct content *content,
        uint8_t **ret_bytes, size_t *ret_len);
};

/*
 * The row of NAME, NULL being the default; NULL where there is none, or the
 * program was built without it, as standard error is told.
 */
const struct sign_format *sign_format_find(const char *name);

#endif

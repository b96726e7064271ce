/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_PDF_H
#define TOOL_PDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * PDF documents with room for a signature of the kind adbe.pkcs7.detached (ISO
 * 32000-1 12.8), which says what bytes it is about and takes a CMS SignedData.
 */

/* Bytes of CMS that there is room for: two certificates and a signature. */
#define PDF_ROOM 12288

enum pdf_err {
    PDF_OK,
    PDF_NOMEM,
    PDF_MALFORMED, /* no PDF, or one that cannot be read */
    PDF_ENCRYPTED,
    PDF_CERTIFIED, /* its author's signature allows no change (DocMDP 1) */
    PDF_ERRS,
};

/* A document in memory. */
struct pdf {
    uint8_t *bytes; /* free() */
    size_t len;
    /* The signature in hexadecimal, with < and >: all else is signed. */
    size_t gap, gap_end;
};

/* True where the program was built with PDF. */
bool pdf_is_known(void);

/*
 * Adds an empty signature, dated AT (seconds since 1970), to the document of
 * LEN BYTES, as an update behind them: what is in it stays as it is, earlier
 * signatures too. RET_PDF->bytes is the caller's to free after PDF_OK. Throws
 * nothing.
 */
enum pdf_err pdf_prepare(
    const uint8_t *bytes, size_t len, int64_t at, struct pdf *ret_pdf);

#ifdef __cplusplus
}
#endif

#endif

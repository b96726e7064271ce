/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/pdf.h"

/* In place of pdf_podofo.cc where the program is built without libpodofo. */

bool pdf_is_known(void)
{
    return false;
}

enum pdf_err pdf_prepare(
    const uint8_t *bytes, size_t len, int64_t at, struct pdf *ret_pdf)
{
    (void)bytes;
    (void)len;
    (void)at;
    (void)ret_pdf;
    return PDF_MALFORMED;
}

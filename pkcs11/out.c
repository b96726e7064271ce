/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/out.h"

#include <string.h>

CK_RV out_begin(const void *buffer, CK_ULONG *len, CK_ULONG need, bool *ret_go)
{
    CK_ULONG room;

    *ret_go = false;
    if (!len)
        return CKR_ARGUMENTS_BAD;
    room = *len;
    *len = need;
    if (!buffer)
        return CKR_OK;
    if (room < need)
        return CKR_BUFFER_TOO_SMALL;
    *ret_go = true;
    return CKR_OK;
}

void out_text(unsigned char *field, size_t size, const char *text)
{
    memset(field, ' ', size);
    memcpy(field, text, strnlen(text, size));
}

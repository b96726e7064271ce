/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/textfile.h"

#include <string.h>

#define FIELDS 4
#define TAG_FILE 0xFF20
#define TAG_OFFSETS 0xDF21 /* those of the fields follow it */

/* Tag of two bytes and length; how many bytes that is. */
static size_t put_header(unsigned tag, size_t len, uint8_t *ret_bytes)
{
    size_t n = 0;
    ret_bytes[n++] = (uint8_t)(tag >> 8);
    ret_bytes[n++] = (uint8_t)tag;
    if (len > 0xFF) {
        ret_bytes[n++] = 0x82;
        ret_bytes[n++] = (uint8_t)(len >> 8);
    } else if (len > 0x7F) {
        ret_bytes[n++] = 0x81;
    }
    ret_bytes[n++] = (uint8_t)len;
    return n;
}

size_t textfile_make(
    const struct textfile *text, uint8_t ret_bytes[TEXTFILE_MAX])
{
    const char *const values[FIELDS] = {
        text->name, text->address, text->birth, text->sex};
    uint8_t fields[TEXTFILE_MAX], table[2 * FIELDS];
    size_t starts[FIELDS], used = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        size_t len = strlen(values[i]);
        if (len > sizeof fields - used - 8)
            return 0;
        starts[i] = used;
        used += put_header(TAG_OFFSETS + 1 + (unsigned)i, len, fields + used);
        memcpy(fields + used, values[i], len);
        used += len;
    }
    if (used > TEXTFILE_MAX - 32)
        return 0;
    size_t n = put_header(TAG_FILE, 3 + sizeof table + used, ret_bytes);
    const size_t first = n + 3 + sizeof table;
    for (size_t i = 0; i < FIELDS; i++) {
        table[2 * i] = (uint8_t)((first + starts[i]) >> 8);
        table[2 * i + 1] = (uint8_t)(first + starts[i]);
    }
    n += put_header(TAG_OFFSETS, sizeof table, ret_bytes + n);
    memcpy(ret_bytes + n, table, sizeof table);
    n += sizeof table;
    memcpy(ret_bytes + n, fields, used);
    return n + used;
}

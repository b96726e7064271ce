/* SPDX-License-Identifier: Apache-2.0 */
#include "token/text.h"

#include <string.h>

#include "token/card/text_file.h"

#define FIELD(tag, member)                         \
    {                                              \
        tag, offsetof(struct text_data, member),   \
            sizeof((struct text_data *)0)->member, \
    }

/* docs/card.md 1.9. Other objects, such as that of the offsets, are left. */
static const struct field {
    unsigned tag;
    size_t offset, size; /* of the member */
} fields[] = {
    FIELD(0xdf22, name),
    FIELD(0xdf23, address),
    FIELD(0xdf24, birth_date),
    FIELD(0xdf25, sex),
};

static const struct field *find_field(unsigned tag)
{
    size_t i;

    for (i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].tag == tag)
            return &fields[i];
    return NULL;
}

/* False: too large, with a NUL in it, or there already. */
static bool take(struct text_data *data, const struct field *field,
    const uint8_t *bytes, size_t len)
{
    char *member = (char *)data + field->offset;

    if (len >= field->size || memchr(bytes, 0, len) || member[0] != '\0')
        return false;
    memcpy(member, bytes, len);
    member[len] = '\0';
    return true;
}

/* False where the objects in LEN BYTES do not fill them. */
static bool take_all(struct text_data *data, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        unsigned tag;
        size_t header, size;
        const struct field *field;

        if (!text_file_object(bytes, len, len, &tag, &header, &size))
            return false;
        field = find_field(tag);
        if (field && !take(data, field, bytes + header, size))
            return false;
        bytes += header + size;
        len -= header + size;
    }
    return true;
}

/* Empties TEXT unless it is LEN digits. */
static void keep_digits(char *text, size_t len)
{
    if (strlen(text) != len || strspn(text, "0123456789") != len)
        text[0] = '\0';
}

bool text_parse(const uint8_t *bytes, size_t len, struct text_data *ret_data)
{
    unsigned tag;
    size_t header, size;

    memset(ret_data, 0, sizeof *ret_data);
    if (!text_file_object(bytes, len, len, &tag, &header, &size) ||
        tag != TEXT_FILE_TAG || !take_all(ret_data, bytes + header, size)) {
        text_wipe(ret_data);
        return false;
    }
    keep_digits(ret_data->birth_date, sizeof ret_data->birth_date - 1);
    keep_digits(ret_data->sex, sizeof ret_data->sex - 1);
    return true;
}

void text_wipe(struct text_data *data)
{
    explicit_bzero(data, sizeof *data);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/der.h"

#define HIGH_TAG 0x1f
#define LONG_FORM 0x80
#define LENGTH_BYTES 4

/* Takes a length of the long form off REST. */
static bool read_long(struct der *rest, unsigned count, size_t *ret_len)
{
    size_t len = 0;
    unsigned i;

    if (count == 0 || count > LENGTH_BYTES || rest->len < count)
        return false;
    for (i = 0; i < count; i++)
        len = len << 8 | rest->data[i];
    if (len < LONG_FORM || rest->data[0] == 0)
        return false;
    rest->data += count;
    rest->len -= count;
    *ret_len = len;
    return true;
}

bool der_next(struct der *rest, struct der_item *ret_item)
{
    struct der left = *rest;
    size_t len = 0;
    unsigned tag = 0;

    if (left.len < 2)
        return false;
    tag = left.data[0];
    len = left.data[1];
    left.data += 2;
    left.len -= 2;
    if ((tag & HIGH_TAG) == HIGH_TAG)
        return false;
    if (len >= LONG_FORM && !read_long(&left, (unsigned)len - LONG_FORM, &len))
        return false;
    if (len > left.len)
        return false;
    ret_item->tag = tag;
    ret_item->value = (struct der){left.data, len};
    ret_item->whole =
        (struct der){rest->data, (size_t)(left.data - rest->data) + len};
    rest->data += ret_item->whole.len;
    rest->len -= ret_item->whole.len;
    return true;
}

bool der_take(struct der *rest, unsigned tag, struct der_item *ret_item)
{
    return der_is_next(rest, tag) && der_next(rest, ret_item);
}

bool der_is_next(const struct der *rest, unsigned tag)
{
    return rest->len > 0 && rest->data[0] == tag;
}

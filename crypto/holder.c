/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/holder.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/cert_x509.h"
#include "crypto/other_name.h"

#define TEXT(name, member)                      \
    {                                           \
        name, offsetof(struct holder, member),  \
            sizeof((struct holder *)0)->member, \
    }

static const struct {
    enum other_name name;
    size_t offset, size; /* of the member */
} texts[] = {
    TEXT(OTHER_NAME_NAME, name),
    TEXT(OTHER_NAME_ADDRESS, address),
    TEXT(OTHER_NAME_BIRTH, birth_date),
    TEXT(OTHER_NAME_SEX, sex),
    TEXT(OTHER_NAME_NAME_FLAGS, name_flags),
    TEXT(OTHER_NAME_ADDRESS_FLAGS, address_flags),
};

void holder_read(const struct cert *cert, struct holder *ret_holder)
{
    GENERAL_NAMES *names;
    size_t i;

    memset(ret_holder, 0, sizeof *ret_holder);
    ERR_set_mark();
    names = other_names_get(cert->x509);
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len = 0;
        const uint8_t *text = other_names_find(names, texts[i].name, &len);
        char *member = (char *)ret_holder + texts[i].offset;

        if (text && len < texts[i].size && !memchr(text, 0, len))
            memcpy(member, text, len);
    }
    other_names_free(names);
    ERR_pop_to_mark();
}

void holder_wipe(struct holder *holder)
{
    OPENSSL_cleanse(holder, sizeof *holder);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/other_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/objects.h>

#define ARC "1.2.392.200149.8.5.5."
#define OID_MAX 32 /* longer than each of them; a longer one is cut */

GENERAL_NAMES *other_names_get(const X509 *x509)
{
    return X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
}

void other_names_free(GENERAL_NAMES *names)
{
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const ASN1_TYPE *value =
            name->type == GEN_OTHERNAME ? name->d.otherName->value : NULL;

        if (value && value->type == V_ASN1_UTF8STRING)
            OPENSSL_cleanse(value->value.utf8string->data,
                (size_t)value->value.utf8string->length);
    }
    GENERAL_NAMES_free(names);
}

static bool is_called(const GENERAL_NAME *name, const char *oid)
{
    char text[OID_MAX] = "";

    if (name->type != GEN_OTHERNAME)
        return false;
    (void)OBJ_obj2txt(text, sizeof text, name->d.otherName->type_id, 1);
    return strcmp(text, oid) == 0;
}

/* The only one of them; NULL when there is none or more. */
static const OTHERNAME *find_only(const GENERAL_NAMES *names, const char *oid)
{
    const OTHERNAME *only = NULL;
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        if (!is_called(name, oid))
            continue;
        if (only)
            return NULL;
        only = name->d.otherName;
    }
    return only;
}

const uint8_t *other_names_find(
    const GENERAL_NAMES *names, enum other_name name, size_t *ret_len)
{
    char oid[OID_MAX];
    const OTHERNAME *found;
    const ASN1_STRING *text;

    (void)snprintf(oid, sizeof oid, ARC "%u", (unsigned)name);
    found = find_only(names, oid);
    if (!found || found->value->type != V_ASN1_UTF8STRING)
        return NULL;
    text = found->value->value.utf8string;
    *ret_len = (size_t)ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}

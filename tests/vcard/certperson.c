/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/certperson.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

#define OID_OTHER_NAME "1.2.392.200149.8.5.5."
#define ARC_BIRTH 4
#define PRINTABLE "printable:"

/* The value of an otherName. */
struct text {
    int type;
    char bytes[1024];
    int len;
};

static int push_other_name(
    GENERAL_NAMES *names, int arc, const struct text *text)
{
    char oid[64];
    snprintf(oid, sizeof oid, OID_OTHER_NAME "%d", arc);
    GENERAL_NAME *one = GENERAL_NAME_new();
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_STRING *string = ASN1_STRING_type_new(text->type);
    if (!one || !value || !string ||
        ASN1_STRING_set(string, text->bytes, text->len) != 1) {
        GENERAL_NAME_free(one);
        ASN1_TYPE_free(value);
        ASN1_STRING_free(string);
        return -1;
    }
    ASN1_TYPE_set(value, text->type, string);
    GENERAL_NAME_set0_othername(one, OBJ_txt2obj(oid, 1), value);
    sk_GENERAL_NAME_push(names, one);
    return 0;
}

static int push_text(GENERAL_NAMES *names, int arc, const char *given)
{
    struct text text = {.type = V_ASN1_UTF8STRING};
    text.len = snprintf(text.bytes, sizeof text.bytes, "%s", given);
    return (size_t)text.len < sizeof text.bytes
               ? push_other_name(names, arc, &text)
               : -1;
}

/* One text of certperson.h, LEN bytes of GIVEN. */
static struct text read_birth(const char *given, size_t len)
{
    struct text text = {.type = V_ASN1_UTF8STRING};
    size_t at = 0;
    if (strncmp(given, PRINTABLE, strlen(PRINTABLE)) == 0) {
        text.type = V_ASN1_PRINTABLESTRING;
        at = strlen(PRINTABLE);
    }
    while (at < len && (size_t)text.len < sizeof text.bytes) {
        int nul = strncmp(given + at, "\\0", 2) == 0;
        text.bytes[text.len++] = nul ? '\0' : given[at];
        at += nul ? 2 : 1;
    }
    return text;
}

static int push_births(GENERAL_NAMES *names, const char *given)
{
    while (*given != '\0') {
        size_t len = strcspn(given, ",");
        struct text text = read_birth(given, len);
        if (push_other_name(names, ARC_BIRTH, &text) != 0)
            return -1;
        given += len;
        given += *given == ',';
    }
    return 0;
}

/* The order 1, 4, 3, 5, 2, 6 is the card's. */
int certperson_add(X509 *cert, const struct cert_spec *spec)
{
    const struct {
        int arc;
        const char *text;
    } rows[] = {
        {1, spec->name},
        {ARC_BIRTH, spec->births},
        {3, spec->sex},
        {5, spec->address},
        {2, spec->name_flags},
        {6, spec->address_flags},
    };
    int rc = -1;
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    for (size_t i = 0; names && i < sizeof rows / sizeof *rows; i++) {
        rc = rows[i].arc == ARC_BIRTH
                 ? push_births(names, rows[i].text)
                 : push_text(names, rows[i].arc, rows[i].text);
        if (rc != 0)
            goto out;
    }
    rc = names && X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0,
                      X509V3_ADD_APPEND) == 1
             ? 0
             : -1;
out:
    GENERAL_NAMES_free(names);
    return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader_name.h"

#include <stdbool.h>
#include <string.h>

#include "conf/text.h"
#include "token/token.h"

#define DESCRIPTION_SIZE 64
#define MANUFACTURER_SIZE 32

static void sanitize(const char *name, char ret_text[READER_NAME_MAX])
{
    size_t len = strnlen(name, READER_NAME_MAX - 1);

    memcpy(ret_text, name, len);
    ret_text[len] = '\0';
    text_sanitize(ret_text);
}

void reader_name_describe(const char *name, const struct jpki_role *role,
    CK_UTF8CHAR ret_description[DESCRIPTION_SIZE])
{
    char text[READER_NAME_MAX];
    size_t role_len = strlen(role->name);
    size_t len;

    sanitize(name, text);
    len = text_cut(text, DESCRIPTION_SIZE - role_len - 1);
    memset(ret_description, ' ', DESCRIPTION_SIZE);
    memcpy(ret_description, text, len);
    memcpy(ret_description + len + 1, role->name, role_len);
}

/* A letter of ASCII, or of any other script. */
static bool may_begin_a_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80;
}

void reader_name_manufacturer(
    const char *name, CK_UTF8CHAR ret_manufacturer[MANUFACTURER_SIZE])
{
    char text[READER_NAME_MAX];

    sanitize(name, text);
    memset(ret_manufacturer, ' ', MANUFACTURER_SIZE);
    if (!may_begin_a_name(text[0]))
        return;
    text[strcspn(text, " ")] = '\0';
    memcpy(ret_manufacturer, text, text_cut(text, MANUFACTURER_SIZE));
}

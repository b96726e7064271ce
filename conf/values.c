/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/values.h"

#include <stdlib.h>

void conf_list_done(struct conf_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct conf_list){NULL, 0};
}

void conf_done(struct conf *conf)
{
    conf_list_done(&conf->reader);
    conf_list_done(&conf->ignore_reader);
    conf_list_done(&conf->sign_ca);
    conf_list_done(&conf->bridge_hosts);
    free(conf->crl);
    free(conf->ocsp_url);
    free(conf->log_file);
    *conf = (struct conf){0};
}

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Not strcasestr: the host's locale must not decide. */
static bool contains(const char *text, const char *part)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;

        while (part[i] != '\0' && ascii_lower(text[i]) == ascii_lower(part[i]))
            i++;
        if (part[i] == '\0')
            return true;
    }
    return false;
}

static bool any_part_of(const struct conf_list *list, const char *name)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        if (contains(name, list->items[i]))
            return true;
    return false;
}

bool conf_wants_reader(const struct conf *conf, const char *name)
{
    if (any_part_of(&conf->ignore_reader, name))
        return false;
    return conf->reader.count == 0 || any_part_of(&conf->reader, name);
}

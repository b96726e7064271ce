/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words are kept as unsigned, whatever enum they stand for. */
_Static_assert(sizeof(enum conf_pss) == sizeof(unsigned) &&
                   sizeof(enum conf_show) == sizeof(unsigned) &&
                   sizeof(enum conf_ca_certificates) == sizeof(unsigned) &&
                   sizeof(enum conf_signature_pin) == sizeof(unsigned) &&
                   sizeof(enum conf_last_try) == sizeof(unsigned) &&
                   sizeof(enum conf_revocation) == sizeof(unsigned) &&
                   sizeof(enum conf_ocsp) == sizeof(unsigned) &&
                   sizeof(enum log_level) == sizeof(unsigned),
    "an enum of struct conf is no unsigned");

static void *field(const struct conf_key *key, struct conf_layer *layer)
{
    return (char *)layer + key->offset;
}

static bool find_word(
    const struct conf_key *key, const char *value, unsigned *ret_index)
{
    unsigned i;

    for (i = 0; key->words[i]; i++) {
        if (strcmp(key->words[i], value) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static int set_string(const char *value, char **ret_string)
{
    char *copy = strdup(value);

    if (!copy)
        return ENOMEM;
    free(*ret_string);
    *ret_string = copy;
    return 0;
}

static void move_string(char **from, char **to)
{
    free(*to);
    *to = *from;
    *from = NULL;
}

static int set_word(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    return find_word(key, value, field(key, layer)) ? 0 : EINVAL;
}

/* Its words begin with the default, unlike enum log_level. */
static int set_level(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    static const enum log_level levels[] = {
        LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG};
    unsigned word = 0;

    if (!find_word(key, value, &word))
        return EINVAL;
    layer->conf.log_level = levels[word];
    return 0;
}

static int set_number(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    size_t length = strspn(value, "0123456789");
    unsigned number = 0;
    size_t i;

    /* No limit in the table has more than three digits. */
    if (length == 0 || length > 3 || value[length] != '\0' ||
        (length > 1 && value[0] == '0'))
        return EINVAL;
    for (i = 0; i < length; i++)
        number = number * 10 + (unsigned)(value[i] - '0');
    if (number < key->min || number > key->max)
        return EINVAL;
    *(unsigned *)field(key, layer) = number;
    return 0;
}

static void move_unsigned(
    const struct conf_key *key, struct conf_layer *from, struct conf_layer *to)
{
    *(unsigned *)field(key, to) = *(unsigned *)field(key, from);
}

static int set_flag(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    unsigned word = 0;

    if (!find_word(key, value, &word))
        return EINVAL;
    *(bool *)field(key, layer) = strcmp(value, "yes") == 0;
    return 0;
}

static void move_flag(
    const struct conf_key *key, struct conf_layer *from, struct conf_layer *to)
{
    *(bool *)field(key, to) = *(bool *)field(key, from);
}

static int set_path(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    return value[0] == '/' ? set_string(value, field(key, layer)) : EINVAL;
}

static int set_word_or_path(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    unsigned word = 0;

    if (find_word(key, value, &word))
        return set_string(value, field(key, layer));
    return set_path(key, value, layer);
}

static void move_path(
    const struct conf_key *key, struct conf_layer *from, struct conf_layer *to)
{
    move_string(field(key, from), field(key, to));
}

static int add_text(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    struct conf_list *list = field(key, layer);
    char **items = NULL;
    char *copy = NULL;

    if (value[0] == '\0')
        return EINVAL;
    copy = strdup(value);
    if (!copy)
        return ENOMEM;
    items = reallocarray(list->items, list->count + 1, sizeof *items);
    if (!items) {
        free(copy);
        return ENOMEM;
    }
    items[list->count] = copy;
    list->items = items;
    list->count++;
    return 0;
}

static int add_path(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    return value[0] == '/' ? add_text(key, value, layer) : EINVAL;
}

static void move_list(
    const struct conf_key *key, struct conf_layer *from, struct conf_layer *to)
{
    struct conf_list *upper = field(key, from);
    struct conf_list *lower = field(key, to);

    conf_list_done(lower);
    *lower = *upper;
    *upper = (struct conf_list){NULL, 0};
}

/* The scheme in lower case and some host; the HTTP client checks the rest. */
static bool is_http_url(const char *value)
{
    static const char scheme[] = "http://";
    const char *host = value + strlen(scheme);
    const char *c;

    if (strncmp(value, scheme, strlen(scheme)) != 0 || host[0] == '\0' ||
        strchr("/:?#", host[0]) != NULL)
        return false;
    for (c = host; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~')
            return false;
    }
    return true;
}

static int set_ocsp(
    const struct conf_key *key, const char *value, struct conf_layer *layer)
{
    struct conf *conf = &layer->conf;
    unsigned word = 0;
    int status = 0;

    if (find_word(key, value, &word)) {
        free(conf->ocsp_url);
        conf->ocsp_url = NULL;
        conf->ocsp = (enum conf_ocsp)word;
        return 0;
    }
    if (!JPKI_OCSP || !is_http_url(value))
        return EINVAL;
    status = set_string(value, &conf->ocsp_url);
    if (status == 0)
        conf->ocsp = CONF_OCSP_URL;
    return status;
}

static void move_ocsp(
    const struct conf_key *key, struct conf_layer *from, struct conf_layer *to)
{
    move_unsigned(key, from, to);
    move_string(&from->conf.ocsp_url, &to->conf.ocsp_url);
}

static const struct conf_type
    type_word = {set_word, move_unsigned, NULL, false},
    type_level = {set_level, move_unsigned, NULL, false},
    type_flag = {set_flag, move_flag, NULL, false},
    type_number = {set_number, move_unsigned, NULL, false},
    type_path = {set_path, move_path, "an absolute path", false},
    type_word_or_path = {set_word_or_path, move_path, "an absolute path",
        false},
    type_texts = {add_text, move_list, "some text", true},
    type_paths = {add_path, move_list, "an absolute path", true},
    type_ocsp = {set_ocsp, move_ocsp,
        JPKI_OCSP ? "an http:// URL" : "nothing else: this build has no OCSP",
        false};

static const struct conf_section sections[] = {
    {"card", false, false},
    {"slots", true, false},
    {"pin", true, true},
    {"policy", false, true},
    {"log", false, false},
};

#define CARD (&sections[0])
#define SLOTS (&sections[1])
#define PIN (&sections[2])
#define POLICY (&sections[3])
#define LOG (&sections[4])
#define AT(member) offsetof(struct conf_layer, member)
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Words of an enum stand in the order of its enumerators. */
/* clang-format off */
const struct conf_key conf_keys[] = {
    {CARD, "reader", &type_texts, AT(conf.reader), NULL, 0, 0, NULL},
    {CARD, "ignore_reader", &type_texts, AT(conf.ignore_reader), NULL, 0, 0,
        NULL},
    {CARD, "pss", &type_word, AT(conf.pss),
        WORDS("auto", "yes", "no"), 0, 0, "auto"},
    {SLOTS, "show", &type_word, AT(conf.show),
        WORDS("both", "auth", "sign"), 0, 0, "both"},
    {SLOTS, "ca_certificates", &type_word, AT(conf.ca_certificates),
        WORDS("sign", "both", "no"), 0, 0, "sign"},
    {SLOTS, "sign_profile", &type_flag, AT(conf.sign_profile),
        WORDS("yes", "no"), 0, 0, "yes"},
    {PIN, "signature_pin", &type_word, AT(conf.signature_pin),
        WORDS("ask", "every", "once"), 0, 0, "ask"},
    {PIN, "fold_case", &type_flag, AT(conf.fold_case),
        WORDS("yes", "no"), 0, 0, "yes"},
    {PIN, "remember_wrong", &type_flag, AT(conf.remember_wrong),
        WORDS("yes", "no"), 0, 0, "yes"},
    {PIN, "last_try", &type_word, AT(conf.last_try),
        WORDS("refuse", "allow"), 0, 0, "refuse"},
    {POLICY, "minimum_age", &type_number, AT(conf.minimum_age),
        NULL, 0, 120, "15"},
    {POLICY, "revocation", &type_word, AT(conf.revocation),
        WORDS("if-available", "require", "off"), 0, 0, "if-available"},
    {POLICY, "crl", &type_path, AT(conf.crl), NULL, 0, 0, NULL},
    {POLICY, "ocsp", &type_ocsp, AT(conf.ocsp),
        WORDS("off", JPKI_OCSP ? "aia" : NULL), 0, 0, "off"},
    {POLICY, "ocsp_timeout", &type_number, AT(conf.ocsp_timeout),
        NULL, 1, 60, "5"},
    {POLICY, "sign_ca", &type_paths, AT(conf.sign_ca), NULL, 0, 0, NULL},
    {POLICY, "enforce", &type_flag, AT(enforce),
        WORDS("no", "yes"), 0, 0, "no"},
    {LOG, "level", &type_level, AT(conf.log_level),
        WORDS("warn", "error", "info", "debug"), 0, 0, "warn"},
    {LOG, "file", &type_word_or_path, AT(conf.log_file),
        WORDS("syslog", "stderr"), 0, 0, "syslog"},
};
/* clang-format on */

#define KEY_COUNT (sizeof conf_keys / sizeof *conf_keys)
const size_t conf_key_count = KEY_COUNT;

_Static_assert(KEY_COUNT <= 32, "conf_layer.set has no room for another key");

const struct conf_section *conf_section_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    }
    return NULL;
}

const struct conf_key *conf_key_find(
    const struct conf_section *section, const char *name)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        const struct conf_key *key = &conf_keys[i];
        bool here = section ? key->section == section : key->section->in_app;

        if (here && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

uint32_t conf_key_bit(const struct conf_key *key)
{
    return UINT32_C(1) << (key - conf_keys);
}

uint32_t conf_keys_enforced(void)
{
    uint32_t keys = 0;
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        if (conf_keys[i].section->enforced)
            keys |= conf_key_bit(&conf_keys[i]);
    }
    return keys;
}

int conf_layer_set(
    struct conf_layer *layer, const struct conf_key *key, const char *value)
{
    int status = key->type->set(key, value, layer);

    if (status == 0)
        layer->set |= conf_key_bit(key);
    return status;
}

int conf_layer_set_defaults(struct conf_layer *layer)
{
    int status = 0;
    size_t i;

    for (i = 0; i < KEY_COUNT && status == 0; i++) {
        if (conf_keys[i].standard)
            status =
                conf_layer_set(layer, &conf_keys[i], conf_keys[i].standard);
    }
    return status;
}

void conf_layer_merge(struct conf_layer *lower, struct conf_layer *upper)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        if (upper->set & conf_key_bit(&conf_keys[i]))
            conf_keys[i].type->move(&conf_keys[i], upper, lower);
    }
    lower->set |= upper->set;
    upper->set = 0;
}

/* Adds ITEM to the list of wants in TEXT; the longest in the table fits. */
static void append(char *text, size_t size, const char *item)
{
    size_t length = strlen(text);

    snprintf(text + length, size - length, "%s%s", length ? ", " : "", item);
}

void conf_key_describe(const struct conf_key *key, char *ret_text, size_t size)
{
    size_t i;

    ret_text[0] = '\0';
    for (i = 0; key->words && key->words[i]; i++)
        append(ret_text, size, key->words[i]);
    if (key->type->takes)
        append(ret_text, size, key->type->takes);
    if (key->max > 0)
        snprintf(ret_text, size, "%u to %u", key->min, key->max);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/words_conf.h"

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

/* RFC 1035, as text. */
#define HOST_NAME_MAX_LENGTH 253
#define LABEL_MAX_LENGTH 63
#define PORT_MAX 65535

static void *field(const struct conf_key *key, struct conf *conf)
{
    return (char *)conf + key->offset;
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

static int set_word(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    return find_word(key, value, field(key, conf)) ? 0 : EINVAL;
}

/* Its words begin with the default, unlike enum log_level. */
static int set_level(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    static const enum log_level levels[] = {
        LOG_LEVEL_WARN, LOG_LEVEL_ERROR, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG};
    unsigned word = 0;

    if (!find_word(key, value, &word))
        return EINVAL;
    conf->log_level = levels[word];
    return 0;
}

static int set_number(
    const struct conf_key *key, const char *value, struct conf *conf)
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
    *(unsigned *)field(key, conf) = number;
    return 0;
}

static int set_flag(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    unsigned word = 0;

    if (!find_word(key, value, &word))
        return EINVAL;
    *(bool *)field(key, conf) = strcmp(value, "yes") == 0;
    return 0;
}

static int set_path(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    return value[0] == '/' ? set_string(value, field(key, conf)) : EINVAL;
}

static int set_word_or_path(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    unsigned word = 0;

    if (find_word(key, value, &word))
        return set_string(value, field(key, conf));
    return set_path(key, value, conf);
}

static int add_text(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    struct conf_list *list = field(key, conf);
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
    const struct conf_key *key, const char *value, struct conf *conf)
{
    return value[0] == '/' ? add_text(key, value, conf) : EINVAL;
}

/* Labels of a name with dots between them, of LENGTH characters in all. */
static bool is_host_name(const char *name, size_t length)
{
    static const char in_label[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const char *end = name + length;

    if (length > HOST_NAME_MAX_LENGTH)
        return false;
    for (;;) {
        size_t label = strspn(name, in_label);

        if (label == 0 || label > LABEL_MAX_LENGTH || name[0] == '-' ||
            name[label - 1] == '-')
            return false;
        name += label;
        if (name == end)
            return true;
        if (*name++ != '.')
            return false;
    }
}

/* As an origin has it: no zeros in front, and not that of https. */
static bool is_port(const char *text)
{
    size_t length = strspn(text, "0123456789");

    return length > 0 && length <= 5 && text[length] == '\0' &&
           text[0] != '0' && strtoul(text, NULL, 10) <= PORT_MAX &&
           strcmp(text, "443") != 0;
}

/* NAME or NAME:PORT as the origin of a page has it: lower case, punycode. */
static bool is_host(const char *value)
{
    size_t name = strcspn(value, ":");

    return is_host_name(value, name) &&
           (value[name] == '\0' || is_port(value + name + 1));
}

/* Some hosts with blanks between them. */
static int add_hosts(
    const struct conf_key *key, const char *value, struct conf *conf)
{
    char *copy = strdup(value), *rest = copy, *host;
    int status = copy ? EINVAL : ENOMEM;

    while ((host = strsep(&rest, " \t")) != NULL) {
        if (host[0] == '\0')
            continue;
        status = is_host(host) ? add_text(key, host, conf) : EINVAL;
        if (status != 0)
            break;
    }
    free(copy);
    return status;
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
    for (c = host; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return true;
}

static int set_ocsp(
    const struct conf_key *key, const char *value, struct conf *conf)
{
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

#if JPKI_OCSP
#define TAKES_URL W_CONF_TAKES_URL
#else
#define TAKES_URL W_CONF_TAKES_NO_URL
#endif

static const struct conf_type
    type_word = {set_word, {NULL, NULL}, false},
    type_level = {set_level, {NULL, NULL}, false},
    type_flag = {set_flag, {NULL, NULL}, false},
    type_number = {set_number, {NULL, NULL}, false},
    type_path = {set_path, {W_CONF_TAKES_PATH}, false},
    type_word_or_path = {set_word_or_path, {W_CONF_TAKES_PATH}, false},
    type_texts = {add_text, {W_CONF_TAKES_TEXT}, true},
    type_paths = {add_path, {W_CONF_TAKES_PATH}, true},
    type_hosts = {add_hosts, {W_CONF_TAKES_HOSTS}, true},
    type_ocsp = {set_ocsp, {TAKES_URL}, false};

static const struct conf_section sections[] = {
    {"card", false, false},
    {"slots", true, false},
    {"pin", true, true},
    {"policy", false, true},
    {"bridge", false, true},
    {"log", false, false},
};

#define CARD (&sections[0])
#define SLOTS (&sections[1])
#define PIN (&sections[2])
#define POLICY (&sections[3])
#define BRIDGE (&sections[4])
#define LOG (&sections[5])
#define AT(member) offsetof(struct conf, member)
/* The first word is the default. */
/* clang-format off */
#define WORDS(first, ...)                                                      \
    (const char *const[]){first, __VA_ARGS__, NULL}, 0, 0, first
#define NUMBER(min, max, standard) NULL, min, max, standard
#define NO_DEFAULT NULL, 0, 0, NULL
#define STANDARD(standard) NULL, 0, 0, standard

/* Words of an enum stand in the order of its enumerators. */
const struct conf_key conf_keys[] = {
    {CARD, "reader", &type_texts, AT(reader), NO_DEFAULT},
    {CARD, "ignore_reader", &type_texts, AT(ignore_reader), NO_DEFAULT},
    {CARD, "pss", &type_word, AT(pss), WORDS("auto", "yes", "no")},
    {SLOTS, "show", &type_word, AT(show), WORDS("both", "auth", "sign")},
    {SLOTS, "ca_certificates", &type_word, AT(ca_certificates),
        WORDS("sign", "both", "no")},
    {SLOTS, "sign_profile", &type_flag, AT(sign_profile), WORDS("yes", "no")},
    {PIN, "signature_pin", &type_word, AT(signature_pin),
        WORDS("ask", "every", "once")},
    {PIN, "fold_case", &type_flag, AT(fold_case), WORDS("yes", "no")},
    {PIN, "remember_wrong", &type_flag, AT(remember_wrong), WORDS("yes", "no")},
    {PIN, "last_try", &type_word, AT(last_try), WORDS("refuse", "allow")},
    {POLICY, "minimum_age", &type_number, AT(minimum_age),
        NUMBER(0, 120, "15")},
    {POLICY, "revocation", &type_word, AT(revocation),
        WORDS("if-available", "require", "off")},
    {POLICY, "crl", &type_path, AT(crl), NO_DEFAULT},
    {POLICY, "ocsp", &type_ocsp, AT(ocsp),
        WORDS("off", JPKI_OCSP ? "aia" : NULL)},
    {POLICY, "ocsp_timeout", &type_number, AT(ocsp_timeout),
        NUMBER(1, 60, "5")},
    {POLICY, "sign_ca", &type_paths, AT(sign_ca), NO_DEFAULT},
    {POLICY, "enforce", &type_flag, AT(enforce), WORDS("no", "yes")},
    {BRIDGE, "hosts", &type_hosts, AT(bridge_hosts),
        STANDARD("myna.go.jp onshikaku.org www.msc-tochigi.jp "
                 "www.okayama-musubi.jp")},
    {BRIDGE, "combination_code", &type_flag, AT(combination_code),
        WORDS("yes", "no")},
    {LOG, "level", &type_level, AT(log_level),
        WORDS("warn", "error", "info", "debug")},
    {LOG, "file", &type_word_or_path, AT(log_file), WORDS("syslog", "stderr")},
};
/* clang-format on */

#define KEY_COUNT (sizeof conf_keys / sizeof *conf_keys)
const size_t conf_key_count = KEY_COUNT;

const struct conf_section *conf_section_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
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

int conf_key_set(
    struct conf *conf, const struct conf_key *key, const char *value)
{
    return key->type->set(key, value, conf);
}

void conf_key_clear(struct conf *conf, const struct conf_key *key)
{
    conf_list_done(field(key, conf));
}

int conf_set_defaults(struct conf *conf)
{
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        const char *value = conf_keys[i].standard;
        int status = value ? conf_key_set(conf, &conf_keys[i], value) : 0;

        if (status != 0)
            return status;
    }
    return 0;
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
    if (key->type->takes.en)
        append(ret_text, size, words_of(&key->type->takes));
    if (key->max > 0)
        snprintf(
            ret_text, size, words(W_CONF_TAKES_NUMBER), key->min, key->max);
}

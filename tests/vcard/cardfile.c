/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/cardfile.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#define EF_SIZE_MAX 65535

struct quirk_key {
    const char *name;
    size_t offset;
    int base; /* 16: status word, 10: number, 2: yes or no */
    unsigned fact;
};

#define QUIRK(name, base, fact)                               \
    {                                                         \
#name, offsetof(struct card_quirks, name), base, fact \
    }

static const struct quirk_key quirk_keys[] = {
    QUIRK(short_ids_sw, 16, 0),
    QUIRK(locked_sw, 16, 0x6984),
    QUIRK(locked_query_sw, 16, 0),
    QUIRK(wrong_sw, 16, 0),
    QUIRK(first_sw, 16, 0),
    QUIRK(end_of_file_sw, 16, 0x9000),
    QUIRK(pss_salt, 10, 32),
    QUIRK(pss, 2, 1),
    QUIRK(access_first, 2, 0),
    QUIRK(isd, 2, 1),
    QUIRK(foreign, 2, 1),
    QUIRK(reset_drops, 2, 0),
    QUIRK(select_keeps, 2, 0),
    QUIRK(query_selects, 2, 0),
    QUIRK(exact_le, 2, 0),
    QUIRK(get_response, 2, 0),
};
#define N_QUIRKS (sizeof quirk_keys / sizeof *quirk_keys)

static unsigned *quirk_value(
    struct card_quirks *quirks, const struct quirk_key *key)
{
    return (unsigned *)(void *)((char *)quirks + key->offset);
}

struct layout {
    uint16_t id;
    enum card_access access;
    const char *name; /* in the persona's folder */
};

/* The files of a JPKI card and their access rules (docs/card.md 1.2, 1.9). */
static const struct layout layout[] = {
    {0x0001, ACCESS_SIGN, "ef/0001"},
    {0x0002, ACCESS_FREE, "ef/0002"},
    {0x0006, ACCESS_FREE, "ef/0006"},
    {0x0008, ACCESS_FREE, "ef/0008"},
    {0x0009, ACCESS_NEVER, "ef/0009"},
    {0x000A, ACCESS_FREE, "ef/000A"},
    {0x000B, ACCESS_FREE, "ef/000B"},
};
#define N_LAYOUT (sizeof layout / sizeof *layout)

static const struct layout text_layout[CARD_TEXT_EFS_MAX] = {
    {0x0001, ACCESS_TEXT, "text-0001"},
    {0x0002, ACCESS_TEXT, "text-0002"},
};

size_t cardfile_hex(const char *text, uint8_t *ret_bytes, size_t room)
{
    size_t digits = 0;
    for (; *text != '\0'; text++) {
        if (isspace((unsigned char)*text))
            continue;
        if (!isxdigit((unsigned char)*text) || digits / 2 == room)
            return 0;
        char digit[2] = {*text, '\0'};
        uint8_t value = (uint8_t)strtoul(digit, NULL, 16);
        uint8_t *byte = &ret_bytes[digits / 2];
        *byte = digits % 2 == 0 ? (uint8_t)(value << 4) : *byte | value;
        digits++;
    }
    return digits % 2 == 0 ? digits / 2 : 0;
}

/* Reads FOLDER/NAME whole. 1: there, 0: no such file, -1: unreadable. */
static int slurp(const char *folder, const char *name, struct card_ef *ret_ef)
{
    char path[CARDFILE_PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >=
        sizeof path)
        return -1;
    FILE *in = fopen(path, "rb");
    if (!in)
        return 0;
    int rc = -1;
    uint8_t *bytes = malloc(EF_SIZE_MAX + 1);
    if (!bytes)
        goto out;
    ret_ef->len = fread(bytes, 1, EF_SIZE_MAX, in);
    if (ferror(in))
        goto out;
    bytes[ret_ef->len] = '\0';
    ret_ef->bytes = bytes;
    bytes = NULL;
    rc = 1;
out:
    free(bytes);
    fclose(in);
    return rc;
}

static bool set_number(
    const char *value, int base, unsigned max, unsigned *ret_number)
{
    char *end = NULL;
    unsigned long number = strtoul(value, &end, base);
    if (end == value || *end != '\0' || number > max)
        return false;
    *ret_number = (unsigned)number;
    return true;
}

static bool set_yes_no(const char *value, unsigned *ret_yes)
{
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return false;
    *ret_yes = strcmp(value, "yes") == 0;
    return true;
}

static bool set_quirk(
    struct card_quirks *quirks, const char *name, const char *value)
{
    for (size_t i = 0; i < N_QUIRKS; i++) {
        const struct quirk_key *key = &quirk_keys[i];
        if (strcmp(key->name, name) == 0) {
            unsigned *target = quirk_value(quirks, key);
            return key->base == 2
                       ? set_yes_no(value, target)
                       : set_number(value, key->base, 0xFFFF, target);
        }
    }
    return false;
}

static bool set_pin(struct card_pin *pin, const char *name, const char *value)
{
    pin->present = true;
    if (strcmp(name, "pin") == 0) {
        pin->len = strlen(value);
        if (pin->len > sizeof pin->bytes)
            return false;
        memcpy(pin->bytes, value, pin->len);
        return true;
    }
    if (strcmp(name, "tries") == 0)
        return set_number(value, 10, 15, &pin->tries);
    return strcmp(name, "left") == 0 && set_number(value, 10, 15, &pin->left);
}

static bool set_card(
    struct card_file *file, const char *name, const char *value)
{
    if (strcmp(name, "atr") == 0) {
        file->atr_len = cardfile_hex(value, file->atr, sizeof file->atr);
        return file->atr_len > 0;
    }
    unsigned yes = 0;
    bool *flag = strcmp(name, "jpki") == 0   ? &file->jpki
                 : strcmp(name, "mute") == 0 ? &file->mute
                                             : NULL;
    if (!flag || !set_yes_no(value, &yes))
        return false;
    *flag = yes != 0;
    return true;
}

/* [access] NNNN = free, auth, sign, text or never */
static bool set_access(
    struct card_file *file, const char *name, const char *value)
{
    static const char *const words[] = {
        "free", "auth", "sign", "text", "never"};
    unsigned id = 0;
    if (!set_number(name, 16, 0xFFFF, &id))
        return false;
    for (size_t i = 0; i < file->n_efs; i++) {
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            if (file->efs[i].id == id && strcmp(words[w], value) == 0) {
                file->efs[i].access = (enum card_access)w;
                return true;
            }
        }
    }
    return false;
}

static int set_value(
    void *user, const char *section, const char *name, const char *value)
{
    struct card_file *file = user;
    if (strcmp(section, "card") == 0)
        return set_card(file, name, value);
    if (strcmp(section, "auth") == 0)
        return set_pin(&file->pins[AUTH], name, value);
    if (strcmp(section, "sign") == 0)
        return set_pin(&file->pins[SIGN], name, value);
    if (strcmp(section, "text") == 0)
        return set_pin(&file->pins[TEXT], name, value);
    if (strcmp(section, "access") == 0)
        return set_access(file, name, value);
    return strcmp(section, "quirks") == 0 &&
           set_quirk(&file->quirks, name, value);
}

/* The files of LAYOUT that are there, N at most, into RET_EFS. */
static int load_efs(const char *folder, const struct layout *rows, size_t n,
    struct card_ef *ret_efs, size_t *ret_n)
{
    for (size_t i = 0; i < n; i++) {
        struct card_ef *ef = &ret_efs[*ret_n];
        int there = slurp(folder, rows[i].name, ef);
        if (there < 0)
            return -1;
        if (there > 0) {
            ef->id = rows[i].id;
            ef->access = rows[i].access;
            (*ret_n)++;
        }
    }
    return 0;
}

static int load_files(struct card_file *file)
{
    if (load_efs(file->folder, layout, N_LAYOUT, file->efs, &file->n_efs) !=
            0 ||
        load_efs(file->folder, text_layout, CARD_TEXT_EFS_MAX, file->text_efs,
            &file->n_text_efs) != 0 ||
        slurp(file->folder, "common-0001", &file->common) < 0 ||
        slurp(file->folder, "key-0017.pem", &file->keys[AUTH]) < 0 ||
        slurp(file->folder, "key-001A.pem", &file->keys[SIGN]) < 0)
        return -1;
    return 0;
}

int cardfile_load(const char *folder, struct card_file *ret_file)
{
    char path[CARDFILE_PATH_MAX];
    memset(ret_file, 0, sizeof *ret_file);
    for (size_t i = 0; i < N_QUIRKS; i++)
        *quirk_value(&ret_file->quirks, &quirk_keys[i]) = quirk_keys[i].fact;
    ret_file->folder = strdup(folder);
    if (!ret_file->folder || load_files(ret_file) != 0) {
        fprintf(stderr, "vcard: %s: cannot be read\n", folder);
        return -1;
    }
    if ((size_t)snprintf(path, sizeof path, "%s/card.conf", folder) >=
        sizeof path) {
        fprintf(stderr, "vcard: %s: name too long\n", folder);
        return -1;
    }
    int line = ini_parse(path, set_value, ret_file);
    if (line != 0 || ret_file->atr_len == 0) {
        fprintf(stderr, "vcard: %s: line %d\n", path, line);
        return -1;
    }
    return 0;
}

void cardfile_done(struct card_file *file)
{
    for (size_t i = 0; i < CARD_EFS_MAX; i++)
        free(file->efs[i].bytes);
    for (size_t i = 0; i < CARD_TEXT_EFS_MAX; i++)
        free(file->text_efs[i].bytes);
    free(file->common.bytes);
    for (size_t i = 0; i < ROLES; i++)
        free(file->keys[i].bytes);
    free(file->folder);
    memset(file, 0, sizeof *file);
}

static const struct card_ef *find(
    const struct card_ef *efs, size_t n, uint16_t id)
{
    for (size_t i = 0; i < n; i++)
        if (efs[i].id == id)
            return &efs[i];
    return NULL;
}

const struct card_ef *cardfile_ef(const struct card_file *file, uint16_t id)
{
    return find(file->efs, file->n_efs, id);
}

const struct card_ef *cardfile_text_ef(
    const struct card_file *file, uint16_t id)
{
    return find(file->text_efs, file->n_text_efs, id);
}

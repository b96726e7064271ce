/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keys.h"
#include "tests/unit/conf/files.h"

/*
 * The man pages and the installed file hold the keys of the table, all of them,
 * in its order, under its sections, with its words and defaults, and no others.
 */

/* Takes roff's escapes out of LINE: fonts, and `\-` for a hyphen. */
static void unescape(char *line)
{
    char *to = line;

    for (const char *from = line; *from != '\0'; from++) {
        if (from[0] == '\\' && from[1] == 'f' && from[2] != '\0')
            from += 2;
        else if (from[0] != '\\')
            *to++ = *from;
    }
    *to = '\0';
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* "NAME = " and the words of KEY, or its default. */
static void format_tag(const struct conf_key *key, char *ret_tag, size_t size)
{
    int used = snprintf(ret_tag, size, "%s = ", key->name);

    if (!key->words) {
        snprintf(ret_tag + used, size - (size_t)used, "%s",
            key->standard ? key->standard : "");
        return;
    }
    for (size_t i = 0; key->words[i]; i++)
        used += snprintf(ret_tag + used, size - (size_t)used, "%s%s",
            i > 0 ? ", " : "", key->words[i]);
}

static void assert_tag(const char *path, const struct conf_key *key,
    const char *section, const char *tag)
{
    char expected[128];
    const char *rest = tag;

    format_tag(key, expected, sizeof expected);
    if (!starts_with(tag, expected) || strcmp(section, key->section->name) != 0)
        fail_msg("%s: [%s] %s where [%s] %s is due", path, section, tag,
            key->section->name, expected);
    /* Beside the words a page names what else a key takes, in its language. */
    rest += strlen(expected);
    if (!key->type->takes.en)
        assert_string_equal(rest, "");
    else
        assert_true(strlen(rest) > 0);
}

/* A section's name from "START[NAME]", or NULL when LINE is none. */
static char *section_of(char *line, const char *start)
{
    char *name = line + strlen(start);

    if (!starts_with(line, start) || name[0] != '[')
        return NULL;
    name[strcspn(name, "]")] = '\0';
    return name + 1;
}

static void check_man_page(const char *path)
{
    char *text = files_read(path);
    const char *section = "";
    bool after_tp = false;
    size_t keys = 0;

    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *name = section_of(line, ".SS ");

        if (name)
            section = name;
        if (after_tp && strstr(line, " = ") != NULL) {
            assert_true(keys < conf_key_count);
            assert_true(starts_with(line, ".B "));
            unescape(line);
            assert_tag(path, &conf_keys[keys++], section, line + 3);
        }
        after_tp = strcmp(line, ".TP") == 0;
    }
    assert_int_equal(keys, conf_key_count);
    free(text);
}

static void test_english_man_page_holds_the_table(void **state)
{
    (void)state;
    check_man_page(getenv("MAN_PAGE"));
}

static void test_japanese_man_page_holds_the_table(void **state)
{
    (void)state;
    check_man_page(getenv("MAN_PAGE_JA"));
}

static void assert_example(
    const struct conf_key *key, const char *section, const char *line)
{
    char expected[128];
    int length = snprintf(expected, sizeof expected, "%s = %s", key->name,
        key->standard ? key->standard : "");

    assert_string_equal(section, key->section->name);
    if (key->standard)
        assert_string_equal(line, expected);
    else if (!starts_with(line, expected) || line[length] == '\0')
        fail_msg("%s where %s is due", line, expected);
}

static void test_installed_file_holds_the_table_with_its_defaults(void **state)
{
    char *text = files_read(getenv("EXAMPLE"));
    const char *section = "";
    size_t keys = 0;

    (void)state;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *name = section_of(line, "");

        if (name && starts_with(name, "app "))
            break;
        if (name)
            section = name;
        if (line[0] == '#' && line[1] != ' ') {
            assert_true(keys < conf_key_count);
            assert_example(&conf_keys[keys++], section, line + 1);
        }
    }
    assert_int_equal(keys, conf_key_count);
    free(text);
}

/* What programs that were tried see with the file as it is installed. */
static void test_installed_file_has_rows_for_programs(void **state)
{
    static const struct {
        const char *program, *expected;
    } rows[] = {
        {"soffice.bin", "show=sign|sign_profile=no"},
        {"okular", "show=sign|sign_profile=no"},
        {"pdfsig", "show=sign|sign_profile=no"},
        {"ssh-pkcs11-helper", "show=auth|ca_certificates=no"},
        {"curl", "show=auth"},
        {"firefox-esr", "show=both|sign_profile=yes"},
        {"chromium", "show=both|sign_profile=yes"},
        {"java", "show=both|sign_profile=yes"},
        {"ssh", "show=both|ca_certificates=sign"},
        {"pkcs11-tool", "show=both|ca_certificates=sign"},
    };
    struct files *files = *state;
    char *text = files_read(getenv("EXAMPLE"));

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        files_load_ok(files, text, NULL, rows[i].program);
        files_expect(files, rows[i].expected);
    }
    free(text);
}

static void test_installed_file_can_be_uncommented(void **state)
{
    struct files *files = *state;
    char *text = files_read(getenv("EXAMPLE"));
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        bool key = from[0] == '#' && from[1] != ' ' && from[-1] == '\n';

        if (!key)
            *to++ = *from;
    }
    *to = '\0';
    files_load_ok(files, text, NULL, "firefox-esr");
    files_expect(files, "reader=RC-S300");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_english_man_page_holds_the_table),
        cmocka_unit_test(test_japanese_man_page_holds_the_table),
        cmocka_unit_test(test_installed_file_holds_the_table_with_its_defaults),
        FILES_TEST(test_installed_file_has_rows_for_programs),
        FILES_TEST(test_installed_file_can_be_uncommented),
    };

    return cmocka_run_group_tests_name("conf-docs", tests, NULL, NULL);
}

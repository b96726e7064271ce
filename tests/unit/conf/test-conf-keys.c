/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/conf/files.h"

/* Each key with each value it takes, as jpki-pkcs11.conf(5) lists them. */

static const struct {
    const char *section, *key, *value;
} cases[] = {
    {"card", "pss", "auto"},
    {"card", "pss", "yes"},
    {"card", "pss", "no"},
    {"slots", "show", "both"},
    {"slots", "show", "auth"},
    {"slots", "show", "sign"},
    {"slots", "ca_certificates", "sign"},
    {"slots", "ca_certificates", "both"},
    {"slots", "ca_certificates", "no"},
    {"pin", "signature_pin", "ask"},
    {"pin", "signature_pin", "every"},
    {"pin", "signature_pin", "once"},
    {"pin", "last_try", "allow"},
    {"pin", "last_try", "refuse"},
    {"policy", "minimum_age", "0"},
    {"policy", "minimum_age", "18"},
    {"policy", "minimum_age", "120"},
    {"policy", "revocation", "if-available"},
    {"policy", "revocation", "require"},
    {"policy", "revocation", "off"},
    {"policy", "ocsp", "off"},
    {"policy", "ocsp", "aia"},
    {"policy", "ocsp", "http://o.example/"},
    {"policy", "ocsp_timeout", "1"},
    {"policy", "ocsp_timeout", "60"},
    {"bridge", "hosts", "myna.go.jp"},
    {"bridge", "hosts", "localhost:8443"},
    {"bridge", "hosts", "127.0.0.1:1"},
    {"bridge", "hosts", "xn--3e0b707e.a--b:65535"},
    {"bridge", "combination_code", "no"},
    {"bridge", "combination_code", "yes"},
    {"log", "level", "error"},
    {"log", "level", "warn"},
    {"log", "level", "info"},
    {"log", "level", "debug"},
    {"slots", "sign_profile", "yes"},
    {"slots", "sign_profile", "no"},
    {"pin", "fold_case", "yes"},
    {"pin", "fold_case", "no"},
    {"pin", "remember_wrong", "yes"},
    {"pin", "remember_wrong", "no"},
    {"policy", "crl", "/a b/crl"},
    {"policy", "ocsp", "http://o.example:80/q"},
    {"log", "file", "syslog"},
    {"log", "file", "stderr"},
    {"log", "file", "/var/log/jpki"},
};

static void test_takes_each_value(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128], expected[64];

        snprintf(text, sizeof text, "[%s]\n%s = %s\n", cases[i].section,
            cases[i].key, cases[i].value);
        snprintf(
            expected, sizeof expected, "%s=%s", cases[i].key, cases[i].value);
        files_load_ok(files, text, NULL, "prog");
        files_expect(files, expected);
    }
}

static void test_takes_lists_in_the_order_of_the_file(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[card]\nreader = One\nignore_reader = Three\nreader = Two 2\n"
        "[policy]\nsign_ca = /b.der\nsign_ca = /a.der\n"
        "[bridge]\nhosts = b.example\thost-2:444  a\nhosts = c\n",
        NULL, "prog");
    files_expect(files,
        "reader=One,Two 2|ignore_reader=Three|sign_ca=/b.der,/a.der"
        "|hosts=b.example,host-2:444,a,c");
}

static void test_has_the_defaults(void **state)
{
    static const char defaults[] =
        "reader=|ignore_reader=|pss=auto|show=both|ca_certificates=sign"
        "|sign_profile=yes|signature_pin=ask|fold_case=yes|remember_wrong=yes"
        "|last_try=refuse|minimum_age=15|revocation=if-available|crl=|ocsp=off"
        "|ocsp_timeout=5|sign_ca=|hosts=myna.go.jp,onshikaku.org"
        ",www.msc-tochigi.jp,www.okayama-musubi.jp|combination_code=yes"
        "|level=warn|file=syslog";
    struct files *files = *state;

    files_load_ok(files, NULL, NULL, "prog");
    files_expect(files, defaults);
    files_load_ok(files, "", "# nothing\n\n[pin]\n[app x]\n", "prog");
    files_expect(files, defaults);
}

/* What is left of a value once blanks and comments are off. */
static void test_reads_what_an_ini_file_may_look_like(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "\xef\xbb\xbf; a comment\r\n"
        "[card] ; a comment\r\n"
        "\t reader=\tSony RC-S380;x \t; a comment\r\n"
        "  ignore_reader = a # b = c: d\r\n"
        "[log]\n"
        "level = debug",
        NULL, "prog");
    files_expect(
        files, "reader=Sony RC-S380;x|ignore_reader=a # b = c: d|level=debug");
}

static void test_reads_a_long_comment(void **state)
{
    struct files *files = *state;
    char text[1200];

    memset(text, 'x', sizeof text);
    text[0] = '#';
    memcpy(text + sizeof text - 24, "\n[log]\nlevel = debug\n\n\n", 24);
    files_load_ok(files, text, NULL, "prog");
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
}

static void test_reads_a_long_line_whole(void **state)
{
    struct files *files = *state;
    char text[5000] = "[policy]\ncrl = /";

    memset(text + strlen(text), 'x', 4096);
    files_load_ok(files, text, NULL, "prog");
    assert_int_equal(strlen(files->conf.crl), 4097);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_takes_each_value),
        FILES_TEST(test_takes_lists_in_the_order_of_the_file),
        FILES_TEST(test_has_the_defaults),
        FILES_TEST(test_reads_what_an_ini_file_may_look_like),
        FILES_TEST(test_reads_a_long_comment),
        FILES_TEST(test_reads_a_long_line_whole),
    };

    return cmocka_run_group_tests_name("conf-keys", tests, NULL, NULL);
}

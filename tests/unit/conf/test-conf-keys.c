/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conf/files.h"

/* Each key with each value it takes, as jpki-pkcs11.conf(5) lists them. */

#define AT(member) offsetof(struct conf, member)

static const struct {
    const char *text;
    size_t offset;
    unsigned expected;
} unsigned_cases[] = {
    {"[card]\npss = auto\n", AT(pss), CONF_PSS_AUTO},
    {"[card]\npss = yes\n", AT(pss), CONF_PSS_YES},
    {"[card]\npss = no\n", AT(pss), CONF_PSS_NO},
    {"[slots]\nshow = both\n", AT(show), CONF_SHOW_BOTH},
    {"[slots]\nshow = auth\n", AT(show), CONF_SHOW_AUTH},
    {"[slots]\nshow = sign\n", AT(show), CONF_SHOW_SIGN},
    {"[slots]\nca_certificates = sign\n", AT(ca_certificates), CONF_CA_SIGN},
    {"[slots]\nca_certificates = both\n", AT(ca_certificates), CONF_CA_BOTH},
    {"[slots]\nca_certificates = no\n", AT(ca_certificates), CONF_CA_NO},
    {"[pin]\nsignature_pin = ask\n", AT(signature_pin), CONF_PIN_ASK},
    {"[pin]\nsignature_pin = every\n", AT(signature_pin), CONF_PIN_EVERY},
    {"[pin]\nsignature_pin = once\n", AT(signature_pin), CONF_PIN_ONCE},
    {"[pin]\nlast_try = allow\n", AT(last_try), CONF_LAST_TRY_ALLOW},
    {"[pin]\nlast_try = refuse\n", AT(last_try), CONF_LAST_TRY_REFUSE},
    {"[policy]\nminimum_age = 0\n", AT(minimum_age), 0},
    {"[policy]\nminimum_age = 18\n", AT(minimum_age), 18},
    {"[policy]\nminimum_age = 120\n", AT(minimum_age), 120},
    {"[policy]\nrevocation = if-available\n", AT(revocation),
        CONF_REVOCATION_IF_AVAILABLE},
    {"[policy]\nrevocation = require\n", AT(revocation),
        CONF_REVOCATION_REQUIRE},
    {"[policy]\nrevocation = off\n", AT(revocation), CONF_REVOCATION_OFF},
    {"[policy]\nocsp = off\n", AT(ocsp), CONF_OCSP_OFF},
    {"[policy]\nocsp = aia\n", AT(ocsp), CONF_OCSP_AIA},
    {"[policy]\nocsp = http://o.example/\n", AT(ocsp), CONF_OCSP_URL},
    {"[policy]\nocsp_timeout = 1\n", AT(ocsp_timeout), 1},
    {"[policy]\nocsp_timeout = 60\n", AT(ocsp_timeout), 60},
    {"[log]\nlevel = error\n", AT(log_level), LOG_LEVEL_ERROR},
    {"[log]\nlevel = warn\n", AT(log_level), LOG_LEVEL_WARN},
    {"[log]\nlevel = info\n", AT(log_level), LOG_LEVEL_INFO},
    {"[log]\nlevel = debug\n", AT(log_level), LOG_LEVEL_DEBUG},
};

static const struct {
    const char *text;
    size_t offset;
    bool expected;
} bool_cases[] = {
    {"[slots]\nsign_profile = yes\n", AT(sign_profile), true},
    {"[slots]\nsign_profile = no\n", AT(sign_profile), false},
    {"[pin]\nfold_case = yes\n", AT(fold_case), true},
    {"[pin]\nfold_case = no\n", AT(fold_case), false},
    {"[pin]\nremember_wrong = yes\n", AT(remember_wrong), true},
    {"[pin]\nremember_wrong = no\n", AT(remember_wrong), false},
};

static const struct {
    const char *text;
    size_t offset;
    const char *expected;
} string_cases[] = {
    {"[policy]\ncrl = /a b/crl\n", AT(crl), "/a b/crl"},
    {"[policy]\nocsp = http://o.example:80/q\n", AT(ocsp_url),
        "http://o.example:80/q"},
    {"[log]\nfile = syslog\n", AT(log_file), "syslog"},
    {"[log]\nfile = stderr\n", AT(log_file), "stderr"},
    {"[log]\nfile = /var/log/jpki\n", AT(log_file), "/var/log/jpki"},
};

static const void *member(const struct conf *conf, size_t offset)
{
    return (const char *)conf + offset;
}

static void takes_each_word_and_number(void **state)
{
    struct files *files = *state;
    size_t count = sizeof(unsigned_cases) / sizeof(unsigned_cases[0]);

    for (size_t i = 0; i < count; i++) {
        unsigned value = 0;

        files_load_ok(files, unsigned_cases[i].text, NULL, "prog");
        memcpy(&value, member(&files->conf, unsigned_cases[i].offset),
            sizeof(value));
        if (value != unsigned_cases[i].expected)
            fail_msg("%s gave %u", unsigned_cases[i].text, value);
    }
}

static void takes_yes_and_no(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < sizeof(bool_cases) / sizeof(bool_cases[0]); i++) {
        bool value = false;

        files_load_ok(files, bool_cases[i].text, NULL, "prog");
        memcpy(
            &value, member(&files->conf, bool_cases[i].offset), sizeof(value));
        if (value != bool_cases[i].expected)
            fail_msg("%s gave %d", bool_cases[i].text, value);
    }
}

static void takes_paths_and_urls(void **state)
{
    struct files *files = *state;
    size_t count = sizeof(string_cases) / sizeof(string_cases[0]);

    for (size_t i = 0; i < count; i++) {
        const char *value = NULL;

        files_load_ok(files, string_cases[i].text, NULL, "prog");
        memcpy(&value, member(&files->conf, string_cases[i].offset),
            sizeof(value));
        assert_string_equal(value, string_cases[i].expected);
    }
}

static void takes_lists_in_the_order_of_the_file(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[card]\nreader = One\nignore_reader = Three\nreader = Two 2\n"
        "[policy]\nsign_ca = /b.der\nsign_ca = /a.der\n",
        NULL, "prog");
    assert_int_equal(files->conf.reader.count, 2);
    assert_string_equal(files->conf.reader.items[0], "One");
    assert_string_equal(files->conf.reader.items[1], "Two 2");
    assert_int_equal(files->conf.ignore_reader.count, 1);
    assert_string_equal(files->conf.ignore_reader.items[0], "Three");
    assert_int_equal(files->conf.sign_ca.count, 2);
    assert_string_equal(files->conf.sign_ca.items[0], "/b.der");
    assert_string_equal(files->conf.sign_ca.items[1], "/a.der");
}

static void assert_defaults(const struct conf *conf)
{
    assert_int_equal(conf->reader.count, 0);
    assert_int_equal(conf->ignore_reader.count, 0);
    assert_int_equal(conf->pss, CONF_PSS_AUTO);
    assert_int_equal(conf->show, CONF_SHOW_BOTH);
    assert_int_equal(conf->ca_certificates, CONF_CA_SIGN);
    assert_true(conf->sign_profile);
    assert_int_equal(conf->signature_pin, CONF_PIN_ASK);
    assert_true(conf->fold_case);
    assert_true(conf->remember_wrong);
    assert_int_equal(conf->last_try, CONF_LAST_TRY_REFUSE);
    assert_int_equal(conf->minimum_age, 15);
    assert_int_equal(conf->revocation, CONF_REVOCATION_IF_AVAILABLE);
    assert_null(conf->crl);
    assert_int_equal(conf->ocsp, CONF_OCSP_OFF);
    assert_null(conf->ocsp_url);
    assert_int_equal(conf->ocsp_timeout, 5);
    assert_int_equal(conf->sign_ca.count, 0);
    assert_int_equal(conf->log_level, LOG_LEVEL_WARN);
    assert_string_equal(conf->log_file, "syslog");
}

static void has_the_defaults_without_files(void **state)
{
    struct files *files = *state;

    files_load_ok(files, NULL, NULL, "prog");
    assert_defaults(&files->conf);
}

static void has_the_defaults_with_empty_files(void **state)
{
    struct files *files = *state;

    files_load_ok(files, "", "# nothing\n\n[pin]\n[app x]\n", "prog");
    assert_defaults(&files->conf);
}

/* What is left of a value once blanks and comments are off. */
static void reads_what_an_ini_file_may_look_like(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "\xEF\xBB\xBF; a comment\r\n"
        "[card] ; a comment\r\n"
        "\t reader=\tSony RC-S380;x \t; a comment\r\n"
        "  ignore_reader = a # b = c: d\r\n"
        "[log]\n"
        "level = debug",
        NULL, "prog");
    assert_string_equal(files->conf.reader.items[0], "Sony RC-S380;x");
    assert_string_equal(files->conf.ignore_reader.items[0], "a # b = c: d");
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
}

static void reads_a_long_comment(void **state)
{
    struct files *files = *state;
    char text[1200];

    memset(text, 'x', sizeof(text));
    text[0] = '#';
    memcpy(text + sizeof(text) - 24, "\n[log]\nlevel = debug\n\n\n", 24);
    files_load_ok(files, text, NULL, "prog");
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
}

static void reads_a_long_line_whole(void **state)
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
        FILES_TEST(takes_each_word_and_number),
        FILES_TEST(takes_yes_and_no),
        FILES_TEST(takes_paths_and_urls),
        FILES_TEST(takes_lists_in_the_order_of_the_file),
        FILES_TEST(has_the_defaults_without_files),
        FILES_TEST(has_the_defaults_with_empty_files),
        FILES_TEST(reads_what_an_ini_file_may_look_like),
        FILES_TEST(reads_a_long_comment),
        FILES_TEST(reads_a_long_line_whole),
    };

    return cmocka_run_group_tests_name("conf-keys", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/conf/files.h"

/* Each key with each value it takes, as jpki-pkcs11.conf(5) lists them. */

/* clang-format off */
#define NUMBER(text, member, value) \
    {text, offsetof(struct conf, member), value, false, NULL}
#define FLAG(text, member, value) \
    {text, offsetof(struct conf, member), value, true, NULL}
#define STRING(text, member, value) \
    {text, offsetof(struct conf, member), 0, false, value}

static const struct {
    const char *text;
    size_t offset;
    unsigned number;
    bool is_flag;
    const char *string;
} cases[] = {
    NUMBER("[card]\npss = auto", pss, CONF_PSS_AUTO),
    NUMBER("[card]\npss = yes", pss, CONF_PSS_YES),
    NUMBER("[card]\npss = no", pss, CONF_PSS_NO),
    NUMBER("[slots]\nshow = both", show, CONF_SHOW_BOTH),
    NUMBER("[slots]\nshow = auth", show, CONF_SHOW_AUTH),
    NUMBER("[slots]\nshow = sign", show, CONF_SHOW_SIGN),
    NUMBER("[slots]\nca_certificates = sign", ca_certificates, CONF_CA_SIGN),
    NUMBER("[slots]\nca_certificates = both", ca_certificates, CONF_CA_BOTH),
    NUMBER("[slots]\nca_certificates = no", ca_certificates, CONF_CA_NO),
    NUMBER("[pin]\nsignature_pin = ask", signature_pin, CONF_PIN_ASK),
    NUMBER("[pin]\nsignature_pin = every", signature_pin, CONF_PIN_EVERY),
    NUMBER("[pin]\nsignature_pin = once", signature_pin, CONF_PIN_ONCE),
    NUMBER("[pin]\nlast_try = allow", last_try, CONF_LAST_TRY_ALLOW),
    NUMBER("[pin]\nlast_try = refuse", last_try, CONF_LAST_TRY_REFUSE),
    NUMBER("[policy]\nminimum_age = 0", minimum_age, 0),
    NUMBER("[policy]\nminimum_age = 18", minimum_age, 18),
    NUMBER("[policy]\nminimum_age = 120", minimum_age, 120),
    NUMBER("[policy]\nrevocation = if-available", revocation,
        CONF_REVOCATION_IF_AVAILABLE),
    NUMBER("[policy]\nrevocation = require", revocation,
        CONF_REVOCATION_REQUIRE),
    NUMBER("[policy]\nrevocation = off", revocation, CONF_REVOCATION_OFF),
    NUMBER("[policy]\nocsp = off", ocsp, CONF_OCSP_OFF),
    NUMBER("[policy]\nocsp = aia", ocsp, CONF_OCSP_AIA),
    NUMBER("[policy]\nocsp = http://o.example/", ocsp, CONF_OCSP_URL),
    NUMBER("[policy]\nocsp_timeout = 1", ocsp_timeout, 1),
    NUMBER("[policy]\nocsp_timeout = 60", ocsp_timeout, 60),
    NUMBER("[log]\nlevel = error", log_level, LOG_LEVEL_ERROR),
    NUMBER("[log]\nlevel = warn", log_level, LOG_LEVEL_WARN),
    NUMBER("[log]\nlevel = info", log_level, LOG_LEVEL_INFO),
    NUMBER("[log]\nlevel = debug", log_level, LOG_LEVEL_DEBUG),
    FLAG("[slots]\nsign_profile = yes", sign_profile, true),
    FLAG("[slots]\nsign_profile = no", sign_profile, false),
    FLAG("[pin]\nfold_case = yes", fold_case, true),
    FLAG("[pin]\nfold_case = no", fold_case, false),
    FLAG("[pin]\nremember_wrong = yes", remember_wrong, true),
    FLAG("[pin]\nremember_wrong = no", remember_wrong, false),
    STRING("[policy]\ncrl = /a b/crl", crl, "/a b/crl"),
    STRING("[policy]\nocsp = http://o.example:80/q", ocsp_url,
        "http://o.example:80/q"),
    STRING("[log]\nfile = syslog", log_file, "syslog"),
    STRING("[log]\nfile = stderr", log_file, "stderr"),
    STRING("[log]\nfile = /var/log/jpki", log_file, "/var/log/jpki"),
};
/* clang-format on */

static void test_takes_each_value(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const void *member = (const char *)&files->conf + cases[i].offset;
        const char *text = cases[i].text;

        files_load_ok(files, text, NULL, "prog");
        if (cases[i].string)
            assert_string_equal(*(const char *const *)member, cases[i].string);
        else if (cases[i].is_flag && *(const bool *)member != cases[i].number)
            fail_msg("%s gave %d", text, *(const bool *)member);
        else if (!cases[i].is_flag &&
                 *(const unsigned *)member != cases[i].number)
            fail_msg("%s gave %u", text, *(const unsigned *)member);
    }
}

static void expect_list(const struct conf_list *list, const char *expected)
{
    char joined[64] = "";

    for (size_t i = 0; i < list->count; i++) {
        strcat(joined, list->items[i]);
        strcat(joined, "|");
    }
    assert_string_equal(joined, expected);
}

static void test_takes_lists_in_the_order_of_the_file(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[card]\nreader = One\nignore_reader = Three\nreader = Two 2\n"
        "[policy]\nsign_ca = /b.der\nsign_ca = /a.der\n",
        NULL, "prog");
    expect_list(&files->conf.reader, "One|Two 2|");
    expect_list(&files->conf.ignore_reader, "Three|");
    expect_list(&files->conf.sign_ca, "/b.der|/a.der|");
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

static void test_has_the_defaults(void **state)
{
    struct files *files = *state;

    files_load_ok(files, NULL, NULL, "prog");
    assert_defaults(&files->conf);
    files_load_ok(files, "", "# nothing\n\n[pin]\n[app x]\n", "prog");
    assert_defaults(&files->conf);
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
    assert_string_equal(files->conf.reader.items[0], "Sony RC-S380;x");
    assert_string_equal(files->conf.ignore_reader.items[0], "a # b = c: d");
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
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

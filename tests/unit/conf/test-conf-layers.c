/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keys.h"
#include "conf/log.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

/* Which of several values counts, and where files are looked for. */

static void test_users_value_wins(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[pin]\nfold_case = no\nlast_try = refuse\n[policy]\nminimum_age = 18\n"
        "[log]\nlevel = debug\nfile = /a\n",
        "[pin]\nfold_case = yes\n[policy]\nminimum_age = 0\n[log]\nfile = /b\n",
        "prog");
    assert_true(files->conf.fold_case);
    assert_int_equal(files->conf.minimum_age, 0);
    assert_string_equal(files->conf.log_file, "/b");
    assert_int_equal(files->conf.last_try, CONF_LAST_TRY_REFUSE);
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
}

static void test_users_list_replaces_the_systems(void **state)
{
    struct files *files = *state;

    files_load_ok(files, "[card]\nreader = a\nreader = b\nignore_reader = c\n",
        "[card]\nreader = d\n", "prog");
    assert_int_equal(files->conf.reader.count, 1);
    assert_string_equal(files->conf.reader.items[0], "d");
    assert_int_equal(files->conf.ignore_reader.count, 1);
    assert_string_equal(files->conf.ignore_reader.items[0], "c");
}

static void test_word_replaces_an_ocsp_url(void **state)
{
    struct files *files = *state;

    files_load_ok(files, "[policy]\nocsp = http://o.example/\n",
        "[policy]\nocsp = off\n", "prog");
    assert_int_equal(files->conf.ocsp, CONF_OCSP_OFF);
    assert_null(files->conf.ocsp_url);
}

static void test_layer_keeps_the_last_value_it_is_given(void **state)
{
    const struct conf_section *policy = conf_section_find("policy");
    const struct conf_key *ocsp = conf_key_find(policy, "ocsp");
    const struct conf_key *crl = conf_key_find(policy, "crl");
    struct conf_layer layer = {0};

    (void)state;
    assert_int_equal(conf_layer_set(&layer, ocsp, "http://o.example/"), 0);
    assert_int_equal(conf_layer_set(&layer, ocsp, "aia"), 0);
    assert_int_equal(conf_layer_set(&layer, crl, "/a"), 0);
    assert_int_equal(conf_layer_set(&layer, crl, "/b"), 0);
    assert_int_equal(conf_layer_set(&layer, crl, "c"), EINVAL);
    assert_int_equal(layer.conf.ocsp, CONF_OCSP_AIA);
    assert_null(layer.conf.ocsp_url);
    assert_string_equal(layer.conf.crl, "/b");
    conf_done(&layer.conf);
}

/* [app NAME] counts for its program only, and there wherever it stands. */
static void test_app_sections(void **state)
{
    static const char both[] = "[app firefox]\nshow = auth\nfold_case = no\n"
                               "[slots]\nshow = sign\n";
    static const char app[] = "[app prog]\nshow = auth\nsign_profile = no\n";
    static const char plain[] = "[slots]\nshow = sign\n";
    static const struct {
        const char *system, *user, *program;
        enum conf_show show;
        bool fold_case, sign_profile;
    } cases[] = {
        {both, "", "firefox", CONF_SHOW_AUTH, false, true},
        {both, "", "firefox-bin", CONF_SHOW_SIGN, true, true},
        {both, "", "Firefox", CONF_SHOW_SIGN, true, true},
        {both, "", "", CONF_SHOW_SIGN, true, true},
        {"[app Web Content]\nshow = auth\n", "", "Web Content", CONF_SHOW_AUTH,
            true, true},
        {app, plain, "prog", CONF_SHOW_AUTH, true, false},
        {plain, app, "prog", CONF_SHOW_AUTH, true, false},
        /* the user's over the system's, key by key */
        {app, "[app prog]\nshow = sign\n", "prog", CONF_SHOW_SIGN, true, false},
        {"[app prog]\nshow = auth\n[pin]\n[app prog]\nsign_profile = no\n", "",
            "prog", CONF_SHOW_AUTH, true, false},
    };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files_load_ok(files, cases[i].system, cases[i].user, cases[i].program);
        if (files->conf.show != cases[i].show ||
            files->conf.fold_case != cases[i].fold_case ||
            files->conf.sign_profile != cases[i].sign_profile)
            fail_msg("case %zu", i);
    }
}

static void load_both(struct files *files, const char *enforce)
{
    char system[128];

    snprintf(system, sizeof system, "[policy]\n%s\ncrl = /system\n", enforce);
    files_load_ok(files, system,
        "[card]\npss = no\n"
        "[slots]\nshow = sign\n"
        "[pin]\nsignature_pin = once\n"
        "[policy]\nrevocation = off\nocsp = http://user/\ncrl = /user\n"
        "sign_ca = /user\nminimum_age = 0\n"
        "[log]\nlevel = debug\n"
        "[app prog]\nlast_try = allow\nca_certificates = both\n",
        "prog");
    assert_int_equal(files->conf.pss, CONF_PSS_NO);
    assert_int_equal(files->conf.show, CONF_SHOW_SIGN);
    assert_int_equal(files->conf.ca_certificates, CONF_CA_BOTH);
    assert_int_equal(files->conf.log_level, LOG_LEVEL_DEBUG);
}

static void test_enforce_takes_pin_and_policy_from_the_user(void **state)
{
    struct files *files = *state;
    struct conf *conf = &files->conf;

    for (int i = 0; i < 2; i++) {
        load_both(files, i == 0 ? "" : "enforce = no");
        assert_int_equal(conf->signature_pin, CONF_PIN_ONCE);
        assert_int_equal(conf->last_try, CONF_LAST_TRY_ALLOW);
        assert_int_equal(conf->revocation, CONF_REVOCATION_OFF);
        assert_int_equal(conf->minimum_age, 0);
        assert_string_equal(conf->ocsp_url, "http://user/");
        assert_string_equal(conf->crl, "/user");
        assert_int_equal(conf->sign_ca.count, 1);
    }
    load_both(files, "enforce = yes");
    assert_int_equal(conf->signature_pin, CONF_PIN_ASK);
    assert_int_equal(conf->last_try, CONF_LAST_TRY_REFUSE);
    assert_int_equal(conf->revocation, CONF_REVOCATION_IF_AVAILABLE);
    assert_int_equal(conf->minimum_age, 15);
    assert_int_equal(conf->ocsp, CONF_OCSP_OFF);
    assert_null(conf->ocsp_url);
    assert_string_equal(conf->crl, "/system");
    assert_int_equal(conf->sign_ca.count, 0);
}

static void test_enforce_keeps_the_systems_own_sections(void **state)
{
    struct files *files = *state;

    files_load_ok(files,
        "[policy]\nenforce = yes\nminimum_age = 18\n[pin]\nfold_case = no\n"
        "[app prog]\nlast_try = refuse\n",
        "", "prog");
    assert_int_equal(files->conf.minimum_age, 18);
    assert_false(files->conf.fold_case);
    assert_int_equal(files->conf.last_try, CONF_LAST_TRY_REFUSE);
}

static void test_enforce_still_checks_what_it_ignores(void **state)
{
    struct files *files = *state;

    files_load_bad(files, "[policy]\nenforce = yes\n",
        "[policy]\nminimum_age = x\n",
        "user.conf:2: bad value \"x\" for minimum_age (it takes: 0 to 120)");
}

static void test_enforce_of_the_user_has_no_effect(void **state)
{
    struct files *files = *state;

    files_load_ok(files, "[policy]\nminimum_age = 18\n",
        "[policy]\nenforce = yes\nminimum_age = 0\n[pin]\nfold_case = no\n",
        "prog");
    assert_int_equal(files->conf.minimum_age, 0);
    assert_false(files->conf.fold_case);
}

/* How many lines the log got while these files were read. */
static size_t count_warnings(
    struct files *files, const char *system, const char *user)
{
    const char *path = files_path(files, "log");
    char *text = NULL;
    size_t lines = 0;

    remove(path);
    assert_int_equal(log_open(LOG_LEVEL_DEBUG, path), 0);
    files_load_ok(files, system, user, "prog");
    log_close();
    text = files_read(path);
    lines = files_count_lines(text);
    if (lines > 0) {
        assert_non_null(strstr(text, " warn: "));
        assert_non_null(strstr(text, files->user));
    }
    free(text);
    return lines;
}

static void test_enforce_warns_once_of_what_it_ignores(void **state)
{
    static const char enforce[] = "[policy]\nenforce = yes\n";
    struct files *files = *state;

    assert_int_equal(count_warnings(files, enforce,
                         "[pin]\nfold_case = no\nlast_try = refuse\n"
                         "[policy]\nminimum_age = 0\n"),
        1);
    assert_int_equal(
        count_warnings(files, enforce, "[app prog]\nfold_case = no\n"), 1);
    assert_int_equal(count_warnings(files, enforce,
                         "[log]\nlevel = debug\n[app prog]\nshow = auth\n"
                         "[app other]\nfold_case = no\n"),
        0);
    assert_int_equal(
        count_warnings(files, "", "[policy]\nminimum_age = 0\n"), 0);
}

static void set_variable(const char *name, const char *value)
{
    if (!value)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

static void test_finds_the_users_file_by_the_environment(void **state)
{
    static const struct {
        const char *named;
        const char *config;
        const char *home;
        const char *user;
        bool required;
    } cases[] = {
        {"/n", "/c", "/h", "/n", true},
        {"n/rel", "/c", "/h", "n/rel", true},
        {NULL, "/c", "/h", "/c/jpki-pkcs11/jpki-pkcs11.conf", false},
        {"", "/c", "/h", "/c/jpki-pkcs11/jpki-pkcs11.conf", false},
        {NULL, NULL, "/h", "/h/.config/jpki-pkcs11/jpki-pkcs11.conf", false},
        {NULL, "", "/h", "/h/.config/jpki-pkcs11/jpki-pkcs11.conf", false},
        {NULL, "c", "/h", "/h/.config/jpki-pkcs11/jpki-pkcs11.conf", false},
        {NULL, NULL, "h", NULL, false},
        {NULL, NULL, "", NULL, false},
        {NULL, NULL, NULL, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_paths paths = {NULL, NULL, false};

        set_variable("JPKI_PKCS11_CONF", cases[i].named);
        set_variable("XDG_CONFIG_HOME", cases[i].config);
        set_variable("HOME", cases[i].home);
        assert_int_equal(conf_find(&paths), 0);
        assert_string_equal(paths.system, JPKI_SYSTEM_CONF);
        assert_int_equal(!paths.user, !cases[i].user);
        if (paths.user)
            assert_string_equal(paths.user, cases[i].user);
        assert_int_equal(paths.user_required, cases[i].required);
        conf_paths_done(&paths);
        assert_null(paths.system);
        assert_null(paths.user);
    }
}

static void test_set_uid_program_has_no_users_file(void **state)
{
    struct conf_paths paths = {NULL, NULL, false};

    (void)state;
    setenv("JPKI_PKCS11_CONF", "/n", 1);
    setenv("XDG_CONFIG_HOME", "/c", 1);
    setenv("HOME", "/h", 1);
    libc_at_secure = true;
    assert_int_equal(conf_find(&paths), 0);
    assert_non_null(paths.system);
    assert_null(paths.user);
    assert_false(paths.user_required);
    conf_paths_done(&paths);
}

static void test_wants_readers_by_parts_of_their_names(void **state)
{
    static const char sony[] = "SONY FeliCa RC-S300/P (1234567) 00 00";
    static const struct {
        const char *text;
        bool wanted;
    } cases[] = {
        {"", true},
        {"[card]\nreader = felica\n", true},
        {"[card]\nreader = 00 00\n", true},
        {"[card]\nreader = SONY FELICA RC-S300/p (1234567) 00 00\n", true},
        {"[card]\nreader = ACR122\n", false},
        {"[card]\nreader = ACR122\nreader = rc-s300\n", true},
        {"[card]\nreader = 00 00 \n", true},
        {"[card]\nreader = 00 00 0\n", false},
        {"[card]\nignore_reader = sony\n", false},
        {"[card]\nignore_reader = ACR\n", true},
        {"[card]\nignore_reader = ACR\nignore_reader = P (\n", false},
        {"[card]\nreader = sony\nignore_reader = felica\n", false},
    };
    struct files *files = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files_load_ok(files, cases[i].text, NULL, "prog");
        if (conf_wants_reader(&files->conf, sony) != cases[i].wanted)
            fail_msg("%s", cases[i].text);
    }
}

/* Case is folded in ASCII only: these names differ in one byte, by 0x20. */
static void test_compares_other_letters_of_reader_names_as_they_are(
    void **state)
{
    struct files *files = *state;

    files_load_ok(files, "[card]\nreader = \xc3\x89\n", NULL, "prog");
    assert_true(conf_wants_reader(&files->conf, "x\xc3\x89"));
    assert_false(conf_wants_reader(&files->conf, "x\xc3\xa9"));
    files_load_ok(files, "[card]\nreader = [\n", NULL, "prog");
    assert_false(conf_wants_reader(&files->conf, "{"));
    assert_false(conf_wants_reader(&files->conf, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_users_value_wins),
        FILES_TEST(test_users_list_replaces_the_systems),
        FILES_TEST(test_word_replaces_an_ocsp_url),
        cmocka_unit_test(test_layer_keeps_the_last_value_it_is_given),
        FILES_TEST(test_app_sections),
        FILES_TEST(test_enforce_takes_pin_and_policy_from_the_user),
        FILES_TEST(test_enforce_keeps_the_systems_own_sections),
        FILES_TEST(test_enforce_still_checks_what_it_ignores),
        FILES_TEST(test_enforce_of_the_user_has_no_effect),
        FILES_TEST(test_enforce_warns_once_of_what_it_ignores),
        FILES_TEST(test_finds_the_users_file_by_the_environment),
        FILES_TEST(test_set_uid_program_has_no_users_file),
        FILES_TEST(test_wants_readers_by_parts_of_their_names),
        FILES_TEST(test_compares_other_letters_of_reader_names_as_they_are),
    };

    return cmocka_run_group_tests_name("conf-layers", tests, NULL, NULL);
}

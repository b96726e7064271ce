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

#define SYSTEM "[slots]\nshow = sign\n"
#define APP "[app prog]\nshow = auth\nsign_profile = no\n"
#define FIREFOX "[app firefox]\nshow = auth\nfold_case = no\n" SYSTEM

/* A user's file with a key of each section; what is left of it by enforce. */
#define USER                                                                \
    "[card]\npss = no\n[slots]\nshow = sign\n[pin]\nsignature_pin = once\n" \
    "[policy]\nrevocation = off\nocsp = http://user/\ncrl = /user\n"        \
    "sign_ca = /user\nminimum_age = 0\n[bridge]\nhosts = user\n"            \
    "combination_code = no\n[log]\nlevel = debug\n"                         \
    "[app prog]\nlast_try = allow\nca_certificates = both\n"
#define ANY_CASE "pss=no|show=sign|ca_certificates=both|level=debug|"
#define KEPT                                                                   \
    ANY_CASE "signature_pin=once|last_try=allow|revocation=off|minimum_age=0|" \
             "ocsp=http://user/|crl=/user|sign_ca=/user|hosts=user|"           \
             "combination_code=no"
#define ENFORCED                                                          \
    ANY_CASE "signature_pin=ask|last_try=refuse|revocation=if-available|" \
             "minimum_age=15|ocsp=off|crl=/system|sign_ca=|"              \
             "combination_code=yes|hosts=myna.go.jp,onshikaku.org,"       \
             "www.msc-tochigi.jp,www.okayama-musubi.jp"

static const struct {
    const char *system, *user, *program, *expected;
} layers[] = {
    /* the user's value, and the user's list, over the system's */
    {"[pin]\nfold_case = no\nlast_try = refuse\n[policy]\nminimum_age = 18\n"
     "[log]\nlevel = debug\nfile = /a\n",
        "[pin]\nfold_case = yes\n[policy]\nminimum_age = 0\n[log]\nfile = /b\n",
        "prog",
        "fold_case=yes|minimum_age=0|file=/b|last_try=refuse|level=debug"},
    {"[card]\nreader = a\nreader = b\nignore_reader = c\n",
        "[card]\nreader = d\n", "prog", "reader=d|ignore_reader=c"},
    {"[policy]\nocsp = http://o.example/\n", "[policy]\nocsp = off\n", "prog",
        "ocsp=off"},
    /* [app NAME] counts for its program only */
    {FIREFOX, "", "firefox", "show=auth|fold_case=no"},
    {FIREFOX, "", "firefox-bin", "show=sign|fold_case=yes"},
    {FIREFOX, "", "Firefox", "show=sign"},
    {FIREFOX, "", "", "show=sign"},
    {"[app Web Content]\nshow = auth\n", "", "Web Content", "show=auth"},
    /* there wherever it stands, and in parts */
    {APP, SYSTEM, "prog", "show=auth|sign_profile=no"},
    {SYSTEM, APP, "prog", "show=auth|sign_profile=no"},
    {SYSTEM APP, "", "prog", "show=auth|sign_profile=no"},
    {APP, "[app prog]\nshow = sign\n", "prog", "show=sign|sign_profile=no"},
    {"[app prog]\nshow = auth\n[pin]\n[app prog]\nsign_profile = no\n", "",
        "prog", "show=auth|sign_profile=no"},
    /* enforce takes [pin], [policy] and [bridge] from the user, and only from
       there */
    {"[policy]\ncrl = /system\n", USER, "prog", KEPT},
    {"[policy]\nenforce = no\ncrl = /system\n", USER, "prog", KEPT},
    {"[policy]\nenforce = yes\ncrl = /system\n", USER, "prog", ENFORCED},
    {"[policy]\nenforce = yes\nminimum_age = 18\n[pin]\nfold_case = no\n"
     "[app prog]\nlast_try = allow\n",
        "", "prog", "minimum_age=18|fold_case=no|last_try=allow"},
    {"[policy]\nminimum_age = 18\n",
        "[policy]\nenforce = yes\nminimum_age = 0\n[pin]\nfold_case = no\n",
        "prog", "minimum_age=0|fold_case=no"},
};

static void test_which_value_counts(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        files_load_ok(
            files, layers[i].system, layers[i].user, layers[i].program);
        files_expect(files, layers[i].expected);
    }
}

static void test_key_keeps_the_last_value_it_is_given(void **state)
{
    const struct conf_section *policy = conf_section_find("policy");
    const struct conf_key *ocsp = conf_key_find(policy, "ocsp");
    const struct conf_key *crl = conf_key_find(policy, "crl");
    struct conf conf = {.crl = NULL};

    (void)state;
    assert_int_equal(conf_key_set(&conf, ocsp, "http://o.example/"), 0);
    assert_int_equal(conf_key_set(&conf, ocsp, "aia"), 0);
    assert_int_equal(conf_key_set(&conf, crl, "/a"), 0);
    assert_int_equal(conf_key_set(&conf, crl, "/b"), 0);
    assert_int_equal(conf_key_set(&conf, crl, "c"), EINVAL);
    assert_int_equal(conf.ocsp, CONF_OCSP_AIA);
    assert_null(conf.ocsp_url);
    assert_string_equal(conf.crl, "/b");
    conf_done(&conf);
}

static void test_enforce_still_checks_what_it_ignores(void **state)
{
    struct files *files = *state;

    files_load_bad(files, "[policy]\nenforce = yes\n",
        "[policy]\nminimum_age = x\n",
        "user.conf:2: bad value \"x\" for minimum_age (it takes: 0 to 120)");
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
        FILES_TEST(test_which_value_counts),
        cmocka_unit_test(test_key_keeps_the_last_value_it_is_given),
        FILES_TEST(test_enforce_still_checks_what_it_ignores),
        FILES_TEST(test_enforce_warns_once_of_what_it_ignores),
        FILES_TEST(test_finds_the_users_file_by_the_environment),
        FILES_TEST(test_set_uid_program_has_no_users_file),
        FILES_TEST(test_wants_readers_by_parts_of_their_names),
        FILES_TEST(test_compares_other_letters_of_reader_names_as_they_are),
    };

    return cmocka_run_group_tests_name("conf-layers", tests, NULL, NULL);
}

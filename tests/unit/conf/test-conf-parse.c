/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words.h"
#include "tests/unit/conf/files.h"
#include "tests/unit/conf/libc.h"

/* Each mistake is refused with the file and the line it is in. */

static const struct {
    const char *text;
    const char *error; /* after "FOLDER/system.conf:" */
} mistakes[] = {
    /* what no key of the table is */
    {"# x\n\n[pin]\nfoo = 1\n", "4: unknown key \"foo\" in [pin]"},
    {"[pin]\n= 1\n", "2: unknown key \"\" in [pin]"},
    {"[pin]\nFold_case = yes\n", "2: unknown key \"Fold_case\" in [pin]"},
    {"[pin]\nshow = both\n", "2: unknown key \"show\" in [pin]"},
    {"[app x]\nminimum_age = 0\n", "2: unknown key \"minimum_age\" in [app x]"},
    {"[app x]\npss = no\n", "2: unknown key \"pss\" in [app x]"},
    {"[app x]\nlevel = warn\n", "2: unknown key \"level\" in [app x]"},
    {"[app x]\nenforce = no\n", "2: unknown key \"enforce\" in [app x]"},
    /* what no section is */
    {"[pins]\nfold_case = yes\n", "1: unknown section [pins]"},
    {"\n[pins]\n", "2: unknown section [pins]"},
    {"[ pin]\n", "1: unknown section [ pin]"},
    {"[PIN]\n", "1: unknown section [PIN]"},
    {"[]\n", "1: unknown section []"},
    {"[app]\n", "1: unknown section [app]"},
    {"[app ]\n", "1: unknown section [app ]"},
    {"[app  x]\n", "1: [app  x] does not name an executable, without folder"},
    {"[app x ]\n", "1: [app x ] does not name an executable, without folder"},
    {"[app /bin/x]\n",
        "1: [app /bin/x] does not name an executable, without folder"},
    {"[app x ;y]\n",
        "1: [app x ;y] does not name an executable, without folder"},
    {"[pin\nfold_case = no\n", "1: section without \"]\""},
    {"[pin] signature_pin = every\n", "1: text after \"]\""},
    {"[pin]]\n", "1: text after \"]\""},
    /* what no line is */
    {"fold_case = yes\n", "1: key before the first section"},
    {"[pin]\nfold_case\n", "2: not of the form \"key = value\""},
    {"[pin]\nfold_case: yes\n", "2: not of the form \"key = value\""},
    {"[pin]\nfold_case ; = yes\n", "2: not of the form \"key = value\""},
    {"[card]\nreader = a\n  b\n", "3: not of the form \"key = value\""},
    {"[pin]\n\x1b[2J = 1\n", "2: control character"},
    {"[pin]\nfold_case = y\res\n", "2: control character"},
    {"[pin]\nfold_case = yes\x7f\n", "2: control character"},
    /* what stands twice */
    {"[pin]\nfold_case = yes\nfold_case = yes\n",
        "3: repeated key \"fold_case\" in [pin]"},
    {"[pin]\nfold_case = yes\nlast_try = allow\nfold_case = yes\n",
        "4: repeated key \"fold_case\" in [pin]"},
    {"[pin]\nfold_case = yes\n[log]\n[pin]\nfold_case = no\n",
        "5: repeated key \"fold_case\" in [pin]"},
    {"[app x]\nshow = both\n[app y]\nshow = both\n[app x]\nshow = both\n",
        "6: repeated key \"show\" in [app x]"},
    {"[policy]\ncrl = /a\ncrl = /b\n", "3: repeated key \"crl\" in [policy]"},
    {"[pin]\nfold_case = yes\n  fold_case = no\n",
        "3: repeated key \"fold_case\" in [pin]"},
    /* what no value is */
    {"[card]\nreader =\n",
        "2: bad value \"\" for reader (it takes: some text)"},
    {"[card]\npss = maybe\n",
        "2: bad value \"maybe\" for pss (it takes: auto, yes, no)"},
    {"[card]\npss = YES\n",
        "2: bad value \"YES\" for pss (it takes: auto, yes, no)"},
    {"[slots]\nshow =\n",
        "2: bad value \"\" for show (it takes: both, auth, sign)"},
    {"[pin]\nfold_case = true\n",
        "2: bad value \"true\" for fold_case (it takes: yes, no)"},
    {"[pin]\nfold_case = yes # always\n",
        "2: bad value \"yes # always\" for fold_case (it takes: yes, no)"},
    {"[policy]\nminimum_age = 121\n",
        "2: bad value \"121\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nminimum_age = -1\n",
        "2: bad value \"-1\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nminimum_age = 4294967296\n",
        "2: bad value \"4294967296\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nminimum_age = 015\n",
        "2: bad value \"015\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nminimum_age = 0x1\n",
        "2: bad value \"0x1\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nminimum_age =\n",
        "2: bad value \"\" for minimum_age (it takes: 0 to 120)"},
    {"[policy]\nocsp_timeout = 0\n",
        "2: bad value \"0\" for ocsp_timeout (it takes: 1 to 60)"},
    {"[policy]\nocsp_timeout = 61\n",
        "2: bad value \"61\" for ocsp_timeout (it takes: 1 to 60)"},
    {"[policy]\ncrl = crl.der\n",
        "2: bad value \"crl.der\" for crl (it takes: an absolute path)"},
    {"[policy]\nsign_ca = ~/ca.pem\n",
        "2: bad value \"~/ca.pem\" for sign_ca (it takes: an absolute path)"},
    {"[policy]\nocsp = https://o.example/\n",
        "2: bad value \"https://o.example/\" for ocsp (it takes: off, aia, "
        "an http:// URL)"},
    {"[policy]\nocsp = http://\n",
        "2: bad value \"http://\" for ocsp (it takes: off, aia, an http:// "
        "URL)"},
    {"[policy]\nocsp = http:///q\n",
        "2: bad value \"http:///q\" for ocsp (it takes: off, aia, an http:// "
        "URL)"},
    {"[policy]\nocsp = http://a b\n",
        "2: bad value \"http://a b\" for ocsp (it takes: off, aia, an http:// "
        "URL)"},
    {"[log]\nfile = jpki.log\n",
        "2: bad value \"jpki.log\" for file (it takes: syslog, stderr, an "
        "absolute path)"},
    {"[log]\nlevel = trace\n",
        "2: bad value \"trace\" for level (it takes: warn, error, info, "
        "debug)"},
    /* what other formats put in quotes */
    {"[policy]\ncrl = \"/crl\"\n",
        "2: quotes around the value of crl: leave them out"},
    {"[policy]\nsign_ca = '/ca.pem' ; a CA\n",
        "2: quotes around the value of sign_ca: leave them out"},
    {"[card]\nreader = \"RC-S300\"\n",
        "2: quotes around the value of reader: leave them out"},
    {"[pin]\nlast_try = \"refuse\"\n",
        "2: quotes around the value of last_try: leave them out"},
    {"[app x]\nshow = 'auth'\n",
        "2: quotes around the value of show: leave them out"},
    /* what is meant for another program is checked all the same */
    {"[app other]\nshow = none\n",
        "2: bad value \"none\" for show (it takes: both, auth, sign)"},
    /* the first mistake is the one that is told */
    {"[pin]\nfoo = 1\nbar = 2\n", "2: unknown key \"foo\" in [pin]"},
};

static void test_refuses_each_mistake_with_its_line(void **state)
{
    struct files *files = *state;

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char expected[256];

        snprintf(
            expected, sizeof expected, "system.conf:%s", mistakes[i].error);
        files_load_bad(files, mistakes[i].text, NULL, expected);
    }
}

/* A page would never match them, and nobody would be told. */
static void test_refuses_hosts_that_no_origin_has(void **state)
{
    static const char *const values[] = {"", "https://myna.go.jp", "*.go.jp",
        "Myna.go.jp", "a.example/", "a.example b_c", "..", ".", "-", "a..b",
        ".a", "a.", "-a.b", "a-.b", "[::1]", "a.example:", ":8443",
        "a.example:443", "a.example:0", "a.example:08443", "a.example:65536",
        "a.example:99999", "a.example:123456", "a.example:8443x",
        "a.example:1:2",
        "a23456789a23456789a23456789a23456789a23456789a23456789a234567890.b"};
    struct files *files = *state;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[128], expected[256];

        snprintf(text, sizeof text, "[bridge]\nhosts = %s\n", values[i]);
        snprintf(expected, sizeof expected,
            "system.conf:2: bad value \"%s\" for hosts (it takes: host names, "
            "without https:// and :443)",
            values[i]);
        files_load_bad(files, text, NULL, expected);
    }
}

static void test_refuses_mistakes_of_the_user(void **state)
{
    struct files *files = *state;

    files_load_bad(files, "[log]\nlevel = info\n", "[log]\nlevels = info\n",
        "user.conf:2: unknown key \"levels\" in [log]");
}

static void set_language(const char *locale)
{
    assert_int_equal(setenv("LC_ALL", locale, 1), 0);
    words_choose_language();
}

/* With what the key takes, too. */
static void test_tells_mistakes_in_japanese(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"[policy]\ncrl = x\n",
            "\"x\" は crl に指定できません（指定できる値: 絶対パス）"},
        {"[policy]\nminimum_age = x\n",
            "\"x\" は minimum_age に指定できません（指定できる値: 0 から 120 "
            "までの数）"},
        {"[card]\nreader =\n",
            "\"\" は reader に指定できません（指定できる値: 文字列）"},
        {"[log]\nfile = x\n", "\"x\" は file に指定できません（指定できる値: "
                              "syslog, stderr, 絶対パス）"},
        {"[bridge]\nhosts = https://x\n",
            "\"https://x\" は hosts に指定できません（指定できる値: "
            "ホスト名（https:// と :443 なし））"},
    };
    struct files *files = *state;

    set_language("ja_JP.UTF-8");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[256];

        snprintf(
            expected, sizeof expected, "system.conf:2: 値 %s", rows[i].error);
        files_load_bad(files, rows[i].text, NULL, expected);
    }
    set_language("C");
}

static void test_refuses_a_nul_byte(void **state)
{
    static const char text[] = "[pin]\nfold_case = no\0 \n";
    struct files *files = *state;

    files_write(files->system, text, sizeof text - 1);
    files_load_bad(files, NULL, NULL, "system.conf:2: control character");
}

static void test_refuses_a_large_file(void **state)
{
    struct files *files = *state;
    char *text = calloc(1, 65538);

    assert_non_null(text);
    memset(text, '\n', 65537);
    files_load_bad(
        files, text, NULL, "system.conf: larger than 64 KiB: shorten it");
    free(text);
}

static void test_reads_a_file_of_64_kib(void **state)
{
    struct files *files = *state;
    char *text = malloc(65537);

    assert_non_null(text);
    memset(text, '\n', 65536);
    memcpy(text, "[pin]", 5);
    memcpy(text + 65536 - 14, "fold_case = no", 14);
    text[65536] = '\0';
    files_load_ok(files, text, NULL, "prog");
    assert_false(files->conf.fold_case);
    free(text);
}

/* A FIFO is not waited for; a link to itself root may not follow either. */
static void test_refuses_what_is_no_file(void **state)
{
    static const char no_file[] =
        "user.conf: not a regular file: replace it with one";
    struct files *files = *state;

    assert_int_equal(mkdir(files->user, 0700), 0);
    files_load_bad(files, NULL, NULL, no_file);
    assert_int_equal(rmdir(files->user), 0);
    assert_int_equal(mkfifo(files->user, 0600), 0);
    files_load_bad(files, NULL, NULL, no_file);
    assert_int_equal(remove(files->user), 0);
    assert_int_equal(symlink("user.conf", files->user), 0);
    files_load_bad(files, NULL, NULL,
        "user.conf: Too many levels of symbolic links: make it readable or "
        "move it away");
}

static void test_misses_only_a_file_that_the_variable_names(void **state)
{
    struct files *files = *state;

    files_load_ok(files, NULL, NULL, "prog");
    files->paths.user_required = true;
    files_load_bad(files, NULL, NULL,
        "user.conf: No such file or directory: correct JPKI_PKCS11_CONF, which "
        "names it");
}

static void test_misses_no_file_below_what_is_no_folder(void **state)
{
    struct files *files = *state;
    char below[128];

    snprintf(below, sizeof below, "%s/x/y.conf", files->system);
    files->paths.user = below;
    files_load_ok(files, "[pin]\nfold_case = no\n", NULL, "prog");
    assert_false(files->conf.fold_case);
}

static void test_set_uid_program_refuses_a_file_that_others_may_write(
    void **state)
{
    static const mode_t modes[] = {0664, 0642, 0644};
    struct files *files = *state;

    files_write(files->system, "", 0);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(files->system, modes[i]), 0);
        libc_at_secure = false;
        files_load_ok(files, NULL, NULL, "prog");
        libc_at_secure = true;
        if ((modes[i] & 022) == 0)
            files_load_ok(files, NULL, NULL, "prog");
        else
            files_load_bad(files, NULL, NULL,
                "system.conf: writable by others, in a set-uid program: run "
                "chmod go-w on it");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILES_TEST(test_refuses_each_mistake_with_its_line),
        FILES_TEST(test_refuses_hosts_that_no_origin_has),
        FILES_TEST(test_refuses_mistakes_of_the_user),
        FILES_TEST(test_tells_mistakes_in_japanese),
        FILES_TEST(test_refuses_a_nul_byte),
        FILES_TEST(test_refuses_a_large_file),
        FILES_TEST(test_reads_a_file_of_64_kib),
        FILES_TEST(test_refuses_what_is_no_file),
        FILES_TEST(test_misses_only_a_file_that_the_variable_names),
        FILES_TEST(test_misses_no_file_below_what_is_no_folder),
        FILES_TEST(test_set_uid_program_refuses_a_file_that_others_may_write),
    };

    return cmocka_run_group_tests_name("conf-parse", tests, NULL, NULL);
}

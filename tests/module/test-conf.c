/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/support.h"

/* Reading the configuration: messages about mistakes, and who may write it. */

#define PATH_SIZE 512

static char folder[] = P_tmpdir "/jpki-conf-test-XXXXXX";

/* FOLDER/NAME; until the next call. */
static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];

    assert_true(snprintf(path, sizeof path, "%s/%s", folder, name) < PATH_SIZE);
    return path;
}

/* Has standard error be FD while C_Initialize refuses the configuration. */
static void refuse_with_stderr(int fd)
{
    int before = dup(STDERR_FILENO);

    assert_true(before >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
}

/* What a person reads of C_Initialize's refusal of CONF; until the next call.
 */
static const char *words_of(const char *conf)
{
    static char text[4096];
    ssize_t len;
    int ends[2];

    configure(conf);
    assert_int_equal(pipe(ends), 0);
    refuse_with_stderr(ends[1]);
    close(ends[1]);
    len = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    text[len > 0 ? len : 0] = '\0';
    return text;
}

static void test_mistake_is_told_in_one_line(void **state)
{
    static const struct {
        const char *conf, *words;
    } rows[] = {
        /* After the line that names the tests' CA. */
        {"minimum_ages = 3\n", ":3: unknown key \"minimum_ages\" in [policy]"},
        {"[pin]\nfold_case = perhaps\n", ":4: bad value \"perhaps\""},
        {"sign_ca = /nowhere/ca.pem\n", "sign_ca: /nowhere/ca.pem: "},
        {"sign_ca = /dev/null\n", "no CA certificate in this file"},
        {"ocsp = http://user@/\n",
            JPKI_OCSP ? "ocsp: no host in the URL http://user@/"
                      : ":3: bad value \"http://user@/\" for ocsp (it takes: "
                        "off, nothing else: this build has no OCSP)"},
        {"ocsp = perhaps\n", ":3: bad value \"perhaps\" for ocsp"},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = words_of(rows[i].conf);

        assert_int_equal(strncmp(text, "jpki-pkcs11: ", 13), 0);
        assert_says(text, rows[i].words);
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    }
}

/* sign_ca: anybody could have put that CA there. */
static void test_sign_ca_writable_by_others(void **state)
{
    char conf[PATH_SIZE + 16];
    FILE *out = fopen(path_of("ca.der"), "we");

    assert_non_null(out);
    fclose(out);
    assert_int_equal(chmod(path_of("ca.der"), 0666), 0);
    (void)snprintf(conf, sizeof conf, "sign_ca = %s\n", path_of("ca.der"));
    assert_says(words_of(conf), "/ca.der: writable by others: run chmod go-w");
    assert_int_equal(chmod(path_of("ca.der"), 0644), 0);
    assert_says(words_of(conf), "/ca.der: no CA certificate in this file");
    assert_int_equal(unlink(path_of("ca.der")), 0);
}

/* Standard error is a pipe without a reader: no SIGPIPE. */
static void test_mistake_raises_no_signal(void **state)
{
    void (*before)(int) = signal(SIGPIPE, SIG_DFL);
    sigset_t pending;
    int ends[2];

    configure("mistake = yes\n");
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    refuse_with_stderr(ends[1]);
    close(ends[1]);
    assert_int_equal(sigpending(&pending), 0);
    assert_false(sigismember(&pending, SIGPIPE));
    signal(SIGPIPE, before);
}

/* A file of the host's own may have the number of standard error. */
static void test_mistake_is_not_written_to_a_file(void **state)
{
    static const char *const confs[] = {
        "mistake = yes\n", "sign_ca = /nowhere/ca.pem\n"};
    struct stat st;
    size_t i;
    int fd = open(path_of("data"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    for (i = 0; i < sizeof confs / sizeof *confs; i++) {
        configure(confs[i]);
        refuse_with_stderr(fd);
    }
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_size, 0);
    close(fd);
    assert_int_equal(unlink(path_of("data")), 0);
}

/* A program that was replaced on disk while it runs, as by an upgrade. */
static int run_replaced(const char *path)
{
    CK_ULONG count = 0;

    if (unlink(path) != 0 || load_module(NULL) != 0)
        return 99;
    start(NULL, "[app replaced]\nshow = auth\n");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    end_test(NULL);
    unload_module(NULL);
    return (int)count;
}

static void copy_this_program(const char *to)
{
    FILE *in = fopen("/proc/self/exe", "re"), *out = fopen(to, "we");
    char bytes[4096];
    size_t len;

    assert_true(in && out);
    while ((len = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, 0700), 0);
}

static void test_replaced_program_keeps_its_section(void **state)
{
    int status = 0;
    pid_t child;

    copy_this_program(path_of("replaced"));
    child = fork();
    if (child == 0) {
        execl(path_of("replaced"), "replaced", path_of("replaced"), NULL);
        _exit(98);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

/* As a service does that was started with the home of root. */
static _Noreturn void initialize_with_home(const char *home)
{
    if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 ||
                              setresuid(65534, 65534, 65534) != 0))
        _exit(99);
    unsetenv("JPKI_PKCS11_CONF");
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", home, 1);
    _exit((int)functions()->C_Initialize(NULL));
}

static void test_home_without_search_permission(void **state)
{
    char home[PATH_SIZE];
    int status = 0;
    pid_t child;

    strcpy(home, path_of("home"));
    assert_int_equal(mkdir(home, 0), 0);
    child = fork();
    if (child == 0)
        initialize_with_home(home);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(rmdir(home), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CKR_OK);
}

static int set_up(void **state)
{
    return mkdtemp(folder) ? load_module(state) : -1;
}

static int tear_down(void **state)
{
    rmdir(folder);
    return unload_module(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(test_mistake_is_told_in_one_line),
        TEST(test_sign_ca_writable_by_others),
        TEST(test_mistake_raises_no_signal),
        TEST(test_mistake_is_not_written_to_a_file),
        TEST(test_replaced_program_keeps_its_section),
        TEST(test_home_without_search_permission),
    };

    if (argc > 1)
        return run_replaced(argv[1]);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* With the responder of the openssl program. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "crypto/ocsp.h"
#include "tests/unit/crypto/fixture.h"

#define EQUAL_NAMED 2
#define DELEGATE 3

static struct pki_cert good, revoked, held, unknown;

static void use_for_ocsp(X509 *x509)
{
    maker_add_readable(x509, NID_ext_key_usage, "OCSPSigning");
}

static void write_delegate(const char *name, int issuer)
{
    struct made made = maker_certificate(&(struct recipe){
        .key = pki_key(DELEGATE),
        .signer = pki_key(issuer),
        .authority_key_id = pki_key_id(issuer),
        .change = use_for_ocsp,
    });

    pki_write(folder, name, &made, "CERTIFICATE");
    made_free(&made);
}

static FILE *create(const char *name)
{
    FILE *file = fopen(fixture_path(name), "w");

    assert_non_null(file);
    return file;
}

static void write_key(const char *name, int number)
{
    FILE *file = create(name);

    assert_int_equal(
        PEM_write_PrivateKey(file, pki_key(number), NULL, NULL, 0, NULL, NULL),
        1);
    fclose(file);
}

static void write_index(void)
{
    static const char *const rows[] = {
        "V\t491231235959Z\t\t01A1\tunknown\t/CN=good",
        "R\t491231235959Z\t240102030405Z,affiliationChanged\t01A2\tunknown"
        "\t/CN=revoked",
        "R\t491231235959Z\t240102030405Z,certificateHold\t01A3\tunknown"
        "\t/CN=held",
    };
    FILE *file = create("index");
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        fprintf(file, "%s\n", rows[i]);
    fclose(file);
}

struct program {
    pid_t pid;
    char url[64];
};

/* In the child: becomes the program. */
static void become(const char *signer, const char *key, const char *days)
{
    /* It must not outlive a test that fails. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (chdir(folder) == 0)
        execlp("openssl", "openssl", "ocsp", "-port", "0", "-index", "index",
            "-CA", "ca.pem", "-rsigner", signer, "-rkey", key,
            days ? "-ndays" : (char *)NULL, days, (char *)NULL);
    _exit(127);
}

/* Skips the test where there is no openssl program. */
static struct program start(
    const char *signer, const char *key, const char *days)
{
    struct program program = {.pid = 0};
    int ends[2];
    FILE *said = NULL;
    char line[256] = "";
    const char *port = NULL;

    assert_int_equal(pipe(ends), 0);
    program.pid = fork();
    assert_true(program.pid >= 0);
    if (program.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        become(signer, key, days);
    }
    close(ends[1]);
    said = fdopen(ends[0], "r");
    assert_non_null(said);
    if (!fgets(line, sizeof line, said)) {
        int status = 0;

        fclose(said);
        waitpid(program.pid, &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
        skip();
    }
    fclose(said);
    /* "ACCEPT [::]:PORT PID=..." */
    port = strstr(line, "]:") ? strstr(line, "]:") + 2 : strrchr(line, ':') + 1;
    snprintf(
        program.url, sizeof program.url, "http://127.0.0.1:%d/", atoi(port));
    return program;
}

static void stop_program(const struct program *program)
{
    kill(program->pid, SIGTERM);
    assert_int_equal(waitpid(program->pid, NULL, 0), program->pid);
}

static struct revocation ask(
    const struct program *program, const struct pki_cert *who)
{
    struct revocation revocation;
    struct ocsp *ocsp = NULL;

    assert_int_equal(ocsp_new(crypto, program->url, 20, &ocsp), CRYPT_OK);
    ocsp_check(ocsp, who->cert, ca.cert, time(NULL), &revocation);
    ocsp_free(ocsp);
    return revocation;
}

static void assert_answers(const struct program *program)
{
    struct revocation revocation = ask(program, &revoked);

    assert_int_equal(revocation.status, REVOCATION_REVOKED);
    assert_string_equal(
        revocation_reason_name(revocation.reason), "affiliationChanged");
    /* 2024-01-02 03:04:05 UTC */
    assert_true(revocation.revoked_at == INT64_C(1704164645));
    revocation = ask(program, &held);
    assert_int_equal(revocation.status, REVOCATION_REVOKED);
    assert_string_equal(
        revocation_reason_name(revocation.reason), "certificateHold");
    assert_int_equal(ask(program, &good).status, REVOCATION_GOOD);
    assert_int_equal(ask(program, &unknown).status, REVOCATION_UNKNOWN);
}

static void test_the_ca_answers(void **state)
{
    struct program program = start("ca.pem", "ca.key", "1");

    assert_answers(&program);
    stop_program(&program);
    assert_int_equal(ask(&program, &good).status, REVOCATION_UNKNOWN);
}

static void test_a_delegate_answers(void **state)
{
    struct program program = start("delegate.pem", "delegate.key", "1");

    assert_answers(&program);
    stop_program(&program);
}

static void test_an_answer_may_have_no_end(void **state)
{
    struct program program = start("ca.pem", "ca.key", NULL);

    assert_answers(&program);
    stop_program(&program);
}

static void test_delegate_of_an_equal_named_ca_does_not(void **state)
{
    struct program program = start("false.pem", "delegate.key", "1");

    assert_int_equal(ask(&program, &good).status, REVOCATION_UNKNOWN);
    assert_int_equal(ask(&program, &revoked).status, REVOCATION_UNKNOWN);
    stop_program(&program);
}

static int set_up(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    good = pki_leaf(crypto, CA, "01A1", NULL);
    revoked = pki_leaf(crypto, CA, "01A2", NULL);
    held = pki_leaf(crypto, CA, "01A3", NULL);
    unknown = pki_leaf(crypto, CA, "01A4", NULL);
    pki_write(folder, "ca.pem", &ca.made, "CERTIFICATE");
    write_key("ca.key", CA);
    write_delegate("delegate.pem", CA);
    write_delegate("false.pem", EQUAL_NAMED);
    write_key("delegate.key", DELEGATE);
    write_index();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ca_answers),
        cmocka_unit_test(test_a_delegate_answers),
        cmocka_unit_test(test_an_answer_may_have_no_end),
        cmocka_unit_test(test_delegate_of_an_equal_named_ca_does_not),
    };

    return cmocka_run_group_tests(tests, set_up, fixture_close);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/conf/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/log.h"
#include "tests/unit/conf/libc.h"

int files_setup(void **state)
{
    const struct files_child *child = *state;
    struct files *files = calloc(1, sizeof *files);
    const char *base = getenv("TMPDIR");

    if (!files)
        return -1;
    files->child = child;
    libc_reset();
    snprintf(files->folder, sizeof files->folder, "%.40s/jpki-conf-XXXXXX",
        base ? base : P_tmpdir);
    if (mkdtemp(files->folder) == NULL) {
        free(files);
        return -1;
    }
    snprintf(
        files->system, sizeof files->system, "%s/system.conf", files->folder);
    snprintf(files->user, sizeof files->user, "%s/user.conf", files->folder);
    files->paths = (struct conf_paths){files->system, files->user, false};
    *state = files;
    return 0;
}

static int remove_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int files_teardown(void **state)
{
    struct files *files = *state;

    log_close();
    conf_done(&files->conf);
    free(files->error);
    nftw(files->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(files);
    return 0;
}

void files_write(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

char *files_read(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    assert_non_null(text);
    return text;
}

const char *files_path(const struct files *files, const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", files->folder, name);
    return path;
}

size_t files_count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

int files_mode(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

void files_expect_message(const char *path, const char *message)
{
    char *text = files_read(path), *found = strstr(text, " warn: ");

    assert_int_equal(files_count_lines(text), 1);
    assert_non_null(found);
    found[strcspn(found, "\n")] = '\0';
    assert_string_equal(found + strlen(" warn: "), message);
    free(text);
}

int files_pipe_stderr(void)
{
    int ends[2];

    if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return -1;
    close(ends[1]);
    return ends[0];
}

void files_fill_stderr(void)
{
    fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
    while (write(STDERR_FILENO, "x", 1) == 1)
        continue;
    fcntl(STDERR_FILENO, F_SETFL, 0);
}

int files_load(struct files *files, const char *system, const char *user,
    const char *program)
{
    int status = 0;

    conf_done(&files->conf);
    free(files->error);
    files->error = NULL;
    if (system)
        files_write(files->system, system, strlen(system));
    if (user)
        files_write(files->user, user, strlen(user));
    status = conf_load(&files->paths, program, &files->conf, &files->error);
    return status;
}

void files_load_ok(struct files *files, const char *system, const char *user,
    const char *program)
{
    int status = files_load(files, system, user, program);

    if (status != 0)
        fail_msg("%s", files->error ? files->error : strerror(status));
}

static const char *join(const struct conf_list *list, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        size_t used = strlen(text);

        snprintf(
            text + used, size - used, "%s%s", i > 0 ? "," : "", list->items[i]);
    }
    return text;
}

/* The words of the enumerators, in their order. */
static const char *const
    pss[] = {"auto", "yes", "no"},
    *const show[] = {"both", "auth", "sign"},
    *const ca[] = {"sign", "both", "no"},
    *const pin[] = {"ask", "every", "once"},
    *const last_try[] = {"refuse", "allow"}, *const ocsp[] = {"off", "aia"},
    *const level[] = {"error", "warn", "info", "debug"},
    *const revocation[] = {"if-available", "require", "off"},
    *const flag[] = {"no", "yes"};

/* Every key as |KEY=VALUE|. */
static void show_conf(const struct conf *conf, char *text, size_t size)
{
    char reader[128], ignored[128], sign_ca[128], hosts[128];

    snprintf(text, size,
        "|reader=%s|ignore_reader=%s|pss=%s|show=%s|ca_certificates=%s"
        "|sign_profile=%s|signature_pin=%s|fold_case=%s|remember_wrong=%s"
        "|last_try=%s|minimum_age=%u|revocation=%s|crl=%s|ocsp=%s"
        "|ocsp_timeout=%u|sign_ca=%s|hosts=%s|combination_code=%s|level=%s"
        "|file=%s|",
        join(&conf->reader, reader, sizeof reader),
        join(&conf->ignore_reader, ignored, sizeof ignored), pss[conf->pss],
        show[conf->show], ca[conf->ca_certificates], flag[conf->sign_profile],
        pin[conf->signature_pin], flag[conf->fold_case],
        flag[conf->remember_wrong], last_try[conf->last_try], conf->minimum_age,
        revocation[conf->revocation], conf->crl ? conf->crl : "",
        conf->ocsp == CONF_OCSP_URL ? conf->ocsp_url : ocsp[conf->ocsp],
        conf->ocsp_timeout, join(&conf->sign_ca, sign_ca, sizeof sign_ca),
        join(&conf->bridge_hosts, hosts, sizeof hosts),
        flag[conf->combination_code], level[conf->log_level], conf->log_file);
    assert_int_equal(conf->ocsp == CONF_OCSP_URL, conf->ocsp_url ? 1 : 0);
}

void files_expect(const struct files *files, const char *expected)
{
    char text[1024], *values = strdup(expected), *rest = values;

    assert_non_null(values);
    show_conf(&files->conf, text, sizeof text);
    for (char *value = strsep(&rest, "|"); value; value = strsep(&rest, "|")) {
        char bars[256];

        snprintf(bars, sizeof bars, "|%s|", value);
        if (!strstr(text, bars))
            fail_msg("no %s in %s", value, text);
    }
    free(values);
}

void files_load_bad(struct files *files, const char *system, const char *user,
    const char *expected)
{
    static const struct conf untouched;
    size_t folder = strlen(files->folder);

    assert_int_equal(files_load(files, system, user, "prog"), EINVAL);
    assert_non_null(files->error);
    assert_memory_equal(files->error, files->folder, folder);
    assert_string_equal(files->error + folder + 1, expected);
    assert_memory_equal(&files->conf, &untouched, sizeof untouched);
}

int files_run_child(int (*body)(struct files *), struct files *files)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(body(files));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void files_run_child_test(void **state)
{
    struct files *files = *state;
    int status = files_run_child(files->child->body, files);

    if (status == 77)
        skip();
    assert_int_equal(status, 0);
}

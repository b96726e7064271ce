/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/card_process.h"
#include "tests/module/pin_scan.h"

/*
 * What is left of a PIN when the program is gone: nothing in a core file that
 * was written while it was held, and nothing in a log of the highest level.
 */

#define PATH_SIZE 256

static char folder[] = P_tmpdir "/jpki-traces-XXXXXX";

static void path_of(const char *name, char ret_path[PATH_SIZE])
{
    assert_true(
        snprintf(ret_path, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE);
}

static int set_up(void **state)
{
    return mkdtemp(folder) ? load_module(state) : -1;
}

static int tear_down(void **state)
{
    char path[PATH_SIZE + 256];
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
    return pin_scan_unload(state);
}

/* Everything a program does with PINs, right and wrong ones. */
static void use_pins(CK_SLOT_ID slot)
{
    static const enum pin now[] = {NOW_AUTH, NOW_SIGN},
                          new[] = {NEW_AUTH, NEW_SIGN},
                          wrong[] = {WRONG_AUTH, WRONG_SIGN};
    CK_SESSION_HANDLE session = open_rw_session(slot);

    assert_int_equal(log_in(session, CKU_USER, wrong[slot]), CKR_PIN_INCORRECT);
    (void)log_in(session, CKU_USER, wrong[slot]);
    (void)log_in(session, CKU_USER, now[!slot]);
    (void)log_in(session, CKU_USER, BAD_SIGN);
    assert_int_equal(log_in(session, CKU_USER, now[slot]), CKR_OK);
    assert_int_equal(sign_data(session), CKR_OK);
    begin_signature(session);
    (void)log_in(session, CKU_CONTEXT_SPECIFIC, now[slot]);
    assert_int_equal(change_pin(session, now[slot], new[slot]), CKR_OK);
    EXPECT(CKR_OK, C_Logout, session);
    (void)log_in(session, CKU_USER, TYPED_SIGN);
    EXPECT(CKR_OK, C_CloseSession, session);
}

static void expect_in_file(const char *path, const char *text)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[len] = '\0';
    if (!strstr(bytes, text))
        fail_msg("no %s in the log", text);
}

/* PATH is a log of everything, and says no PIN. */
static void check_log(const char *path)
{
    struct find finds[FINDS_MAX];
    size_t i, count = scan_file(path, secrets, PINS, finds);

    for (i = 0; i < count && i < FINDS_MAX; i++)
        print_error("secret %zu, as %s, at byte %zu of the log\n",
            finds[i].secret, finds[i].form, (size_t)finds[i].address);
    assert_int_equal(count, 0);
    expect_in_file(path, "00 20 00 80 gave 9000");
    expect_in_file(path, "00 20 00 80 gave 63C");
    expect_in_file(path, "00 24 01 80 gave 9000");
}

static void test_log_level_debug_has_no_pin(void **state)
{
    char path[PATH_SIZE], conf[PATH_SIZE + 64];

    path_of("log", path);
    assert_true(snprintf(conf, sizeof conf, "[log]\nlevel = debug\nfile = %s\n",
                    path) > 0);
    begin(conf);
    use_pins(AUTH);
    use_pins(SIGN);
    EXPECT(CKR_OK, C_Finalize, NULL);
    check_log(path);
}

static void test_log_to_stderr_has_no_pin(void **state)
{
    char path[PATH_SIZE];
    int file, before = dup(STDERR_FILENO);

    path_of("stderr", path);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0 && before >= 0);
    assert_int_equal(dup2(file, STDERR_FILENO), STDERR_FILENO);
    begin("[log]\nlevel = debug\nfile = stderr\n");
    use_pins(AUTH);
    use_pins(SIGN);
    EXPECT(CKR_OK, C_Finalize, NULL);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    close(file);
    check_log(path);
}

/* The core file in our folder, whatever comes after its name. */
static bool find_core(char ret_path[PATH_SIZE])
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    bool found = false;

    assert_non_null(dir);
    while (!found && (entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, "core", 4) == 0) {
            path_of(entry->d_name, ret_path);
            found = true;
        }
    closedir(dir);
    return found;
}

/* Why a process that dies here would leave no core file; NULL: it leaves one.
 */
static const char *no_core(void)
{
    char pattern[PATH_SIZE] = "";
    struct rlimit limit;
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "r");

#if SANITIZED
    (void)fclose(file);
    return "a sanitizer's process leaves none";
#endif
    if (is_emulated()) {
        (void)fclose(file);
        return "an emulator writes another";
    }
    if (!file || !fgets(pattern, sizeof pattern, file))
        pattern[0] = '|';
    if (file)
        fclose(file);
    if (strncmp(pattern, "core", 4) != 0)
        return "/proc/sys/kernel/core_pattern names another place";
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_max != RLIM_INFINITY)
        return "the size of core files is limited";
    return NULL;
}

/* Dies while logged in, with one PIN in the heap in clear. */
static _Noreturn void log_in_and_die(void)
{
    const struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    uint8_t *planted = calloc(1, SECRET_MAX);
    CK_FUNCTION_LIST *list = functions();
    CK_SESSION_HANDLE session[2] = {0, 0};
    uint8_t clear[SECRET_MAX];
    CK_SLOT_ID slot;

    if (!planted || chdir(folder) != 0 || setrlimit(RLIMIT_CORE, &limit) != 0 ||
        list->C_Initialize(NULL) != CKR_OK ||
        list->C_GetSlotList(CK_FALSE, NULL, &(CK_ULONG){0}) != CKR_OK)
        _exit(1);
    for (slot = AUTH; slot <= SIGN; slot++) {
        enum pin pin = slot == AUTH ? NOW_AUTH : NOW_SIGN;
        CK_RV rv = list->C_OpenSession(
            slot, CKF_SERIAL_SESSION, NULL, NULL, &session[slot]);
        secret_reveal(&secrets[pin], clear);
        if (rv == CKR_OK)
            rv =
                list->C_Login(session[slot], CKU_USER, clear, secrets[pin].len);
        explicit_bzero(clear, sizeof clear);
        if (rv != CKR_OK)
            _exit(1);
    }
    secret_reveal(&secrets[WRONG_SIGN], planted);
    abort();
}

static void test_core_file_has_no_pin(void **state)
{
    const char *reason = no_core();
    struct find finds[FINDS_MAX];
    char path[PATH_SIZE];
    size_t i, count;
    int status = 0;
    pid_t child;

    if (reason) {
        print_message("skipped: no core file here: %s\n", reason);
        skip();
    }
    begin(NULL);
    /* The child has to have a page of its own. */
    EXPECT(CKR_OK, C_Finalize, NULL);
    child = fork();
    if (child == 0)
        log_in_and_die();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WCOREDUMP(status));
    assert_true(find_core(path));
    count = scan_file(path, secrets, PINS, finds);
    for (i = 0; i < count && i < FINDS_MAX; i++)
        assert_int_equal(finds[i].secret, WRONG_SIGN);
    assert_int_equal(count, 1);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log_level_debug_has_no_pin),
        TEST(test_log_to_stderr_has_no_pin),
        TEST(test_core_file_has_no_pin),
    };

    card_process_start();
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

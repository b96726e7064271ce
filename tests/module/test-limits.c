/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/support.h"

/*
 * With little of the system: no more file descriptors, no locked memory, no
 * more threads, a small stack. Everything works, or says that it does not and
 * works when there is more again. Each in a process of its own.
 */

static int reader;

/* Runs TRIAL in a child, where what fails aborts. */
static void in_child(void (*trial)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        setenv("CMOCKA_TEST_ABORT", "1", 1);
        alarm(60);
        trial();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Log-in, signature, log-out, in both slots. */
static void use_both(void)
{
    int role;

    for (role = AUTH; role <= SIGN; role++) {
        CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[role]);
        assert_int_equal(sign_data(session), CKR_OK);
        EXPECT(CKR_OK, C_Logout, session);
        EXPECT(CKR_OK, C_CloseSession, session);
    }
}

static void use_all(void)
{
    CK_ULONG count = 0;

    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 2);
    use_both();
    EXPECT(CKR_OK, C_Finalize, NULL);
}

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit now;

    assert_int_equal(getrlimit(resource, &now), 0);
    now.rlim_cur = value;
    assert_int_equal(setrlimit(resource, &now), 0);
}

/* The number of the first descriptor that is free: all below are in use. */
static rlim_t first_free(void)
{
    int file = dup(STDERR_FILENO);

    assert_true(file >= 0);
    close(file);
    return (rlim_t)file;
}

static bool is_clean(CK_RV rv)
{
    return rv == CKR_OK || rv == CKR_HOST_MEMORY || rv == CKR_FUNCTION_FAILED ||
           rv == CKR_DEVICE_ERROR || rv == CKR_TOKEN_NOT_PRESENT;
}

/* The virtual card needs files as well, for its counters: so does pcscd. */
static void without_descriptors(void)
{
    rlim_t in_use = first_free();
    CK_SESSION_HANDLE session;
    CK_ULONG count = 0;

    limit(RLIMIT_NOFILE, in_use);
    assert_int_equal(dup(STDERR_FILENO), -1);
    /* What the configuration says is not known, so nothing is done. */
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);
    limit(RLIMIT_NOFILE, in_use + 16);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    session = open_session(AUTH);
    limit(RLIMIT_NOFILE, in_use);
    assert_true(is_clean(login(session, CKU_USER, AUTH_PIN)));
    limit(RLIMIT_NOFILE, in_use + 16);
    EXPECT(CKR_OK, C_Finalize, NULL);
    use_all();
    assert_int_equal(ledger(reader).tries[AUTH], 3);
}

static void test_no_descriptors(void **state)
{
    in_child(without_descriptors);
}

/* Or no limit would apply. */
static void give_up_locking(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    assert_int_equal(syscall(SYS_capget, &header, data), 0);
    data[0].effective &= ~(1u << CAP_IPC_LOCK);
    assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

static void without_locked_memory(void)
{
    static char page[4096];

    give_up_locking();
    limit(RLIMIT_MEMLOCK, 0);
    /* Not by a name that a sanitizer may have taken. */
    assert_int_equal(syscall(SYS_mlock, page, sizeof page), -1);
    use_all();
}

static void test_no_locked_memory(void **state)
{
    in_child(without_locked_memory);
}

static unsigned count_threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    const struct dirent *entry;
    unsigned count = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/*
 * The limit does not hold root back: no thread stays in any case. QEMU has one
 * of its own.
 */
static void without_threads(void)
{
    unsigned before = count_threads();

    limit(RLIMIT_NPROC, 1);
    use_all();
    assert_int_equal(count_threads(), before);
}

static void test_no_more_threads(void **state)
{
    in_child(without_threads);
}

#define SMALL_STACK ((size_t)64 * 1024)
#define PAINT 0xa5

static void *use_in_thread(void *arg)
{
    (void)arg;
    use_all();
    return NULL;
}

/* How much of STACK was written to since it was painted. */
static size_t count_used(const unsigned char *stack, size_t size)
{
    size_t clean = 0;

    while (clean < size && stack[clean] == PAINT)
        clean++;
    return size - clean;
}

/* Returns what the thread needed of its SIZE bytes, of which none lie below. */
static size_t run_on_stack(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *below = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attr;
    pthread_t thread;

    assert_true(below != MAP_FAILED);
    assert_int_equal(mprotect(below, page, PROT_NONE), 0);
    memset(below + page, PAINT, size);
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstack(&attr, below + page, size), 0);
    assert_int_equal(pthread_create(&thread, &attr, use_in_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return count_used(below + page, size);
}

static void on_a_small_stack(void)
{
    /* What a sanitizer puts on the stack is none of the module's. */
    const char *more = getenv("JPKI_STACK_KIB");
    size_t size = more ? strtoul(more, NULL, 10) * 1024 : SMALL_STACK;
    long least = sysconf(_SC_THREAD_STACK_MIN); /* 128 KiB on arm64 */

    if (least > 0 && size < (size_t)least)
        size = (size_t)least;

    print_message("log-in and signature took %zu bytes of a stack of %zu, with "
                  "libcrypto and the virtual card\n",
        run_on_stack(size), size);
    (void)fflush(stdout);
}

static void test_small_stack(void **state)
{
    in_child(on_a_small_stack);
}

static int set_up(void **state)
{
    if (load_module(state) != 0)
        return -1;
    configure(NULL);
    reader = vcontrol_reader_add("Virtual Reader");
    insert(reader, "adult");
    return 0;
}

static int tear_down(void **state)
{
    vcontrol_reset();
    return unload_module(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_no_locked_memory),
        cmocka_unit_test(test_no_more_threads),
        cmocka_unit_test(test_small_stack),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * Loading and unloading: nothing is left behind (docs/design.md section 9,
 * promise 7), and a program may end in any way without C_Finalize.
 * $JPKI_LOAD_ROUNDS and $JPKI_EXIT_ROUNDS say how often; the stand-in for
 * libpcsclite stays loaded, so that nothing of it is counted.
 */

/* libc and libcrypto find the memory they need in the first few hundred. */
#define WARM_UP (SANITIZED ? 20UL : 400UL)
/*
 * Memory is looked at after each third: what leaks grows in all of them, what
 * libc takes once more, or pages it brings in, in one.
 */
#define THIRDS 3
#define RESIDENT_MAX (64L * 1024)
#define HEAP_MAX 4096L
#define ROUND_SECONDS 20

static char conf_path[] = P_tmpdir "/jpki-load-test-XXXXXX";

static unsigned long number(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : otherwise;
}

static int set_up(void **state)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int fd = mkstemp(conf_path);

    if (fd < 0 || setenv("JPKI_PKCS11_CONF", conf_path, 1) != 0)
        return -1;
    close(fd);
    if (vcontrol_reader_add("Virtual Reader") != 0 ||
        vcard_persona_copy("adult", folder) != 0)
        return -1;
    return vcontrol_insert(0, folder);
}

static int tear_down(void **state)
{
    vcontrol_reset();
    return unlink(conf_path);
}

static void *load(CK_FUNCTION_LIST **ret_list)
{
    void *library = dlopen(getenv("JPKI_MODULE"), RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get_list)(CK_FUNCTION_LIST **) = NULL;

    if (library)
        *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    return get_list && get_list(ret_list) == CKR_OK ? library : NULL;
}

static bool signs(CK_FUNCTION_LIST *list, CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0, len = sizeof sig;

    return list->C_FindObjectsInit(session, &templ, 1) == CKR_OK &&
           list->C_FindObjects(session, &key, 1, &count) == CKR_OK &&
           list->C_FindObjectsFinal(session) == CKR_OK && count == 1 &&
           list->C_SignInit(session, &mechanism, key) == CKR_OK &&
           list->C_Sign(session, data, sizeof data, sig, &len) == CKR_OK;
}

/* From C_Initialize to a log-in, and a signature where WITH_SIGNATURE. */
static bool works(CK_FUNCTION_LIST *list, bool with_signature)
{
    CK_UTF8CHAR pin[] = AUTH_PIN;
    CK_SESSION_HANDLE session = 0;
    CK_SLOT_ID slots[4];
    CK_ULONG count = 4;

    return list->C_Initialize(NULL) == CKR_OK &&
           list->C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK &&
           count == 2 &&
           list->C_OpenSession(slots[AUTH], CKF_SERIAL_SESSION, NULL, NULL,
               &session) == CKR_OK &&
           list->C_Login(session, CKU_USER, pin, sizeof pin - 1) == CKR_OK &&
           (!with_signature || signs(list, session));
}

/* What a process has. */
struct holdings {
    long resident; /* bytes, of its own */
    long heap;     /* bytes in use */
    long mappings;
    long descriptors;
    long threads;
};

static long count_entries(const char *path)
{
    DIR *dir = opendir(path);
    long count = 0;

    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* The lines of /proc/self/maps; none may name the module. */
static long count_mappings(void)
{
    const char *module = strrchr(getenv("JPKI_MODULE"), '/') + 1;
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[1024];
    long count = 0;

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        assert_null(strstr(line, module));
        count++;
    }
    fclose(maps);
    return count;
}

static long resident_bytes(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    long resident = 0, shared = 0;

    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%*d %ld %ld", &resident, &shared), 2);
    fclose(statm);
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

static struct holdings take_stock(void)
{
    return (struct holdings){
        .resident = resident_bytes(),
        .heap = (long)mallinfo2().uordblks,
        .mappings = count_mappings(),
        .descriptors = count_entries("/proc/self/fd"),
        .threads = count_entries("/proc/self/task"),
    };
}

static void make_round(unsigned long round)
{
    CK_FUNCTION_LIST *list = NULL;
    void *library = load(&list);

    assert_non_null(library);
    assert_true(works(list, round % 10 == 0));
    assert_int_equal(list->C_Finalize(NULL), CKR_OK);
    assert_int_equal(dlclose(library), 0);
    assert_null(dlopen(getenv("JPKI_MODULE"), RTLD_NOW | RTLD_NOLOAD));
}

/*
 * OpenSSL 3.5 keeps some memory for each address of a library context, and has
 * met all that malloc gives only after many thousand rounds.
 */
#define CONTEXT_BYTES 300

static long kept_by_openssl(unsigned long rounds)
{
    return OpenSSL_version_num() < 0x30500000UL
               ? 0
               : (long)(rounds * CONTEXT_BYTES);
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

static void test_loads_leave_nothing(void **state)
{
    unsigned long each = number("JPKI_LOAD_ROUNDS", SANITIZED ? 60 : 600);
    long resident = LONG_MAX, heap = LONG_MAX;
    struct holdings before, now, first;
    unsigned long i, third;

    each /= THIRDS;
    for (i = 0; i < WARM_UP; i++)
        make_round(i);
    first = now = take_stock();
    for (third = 0; third < THIRDS; third++) {
        for (i = 0; i < each; i++)
            make_round(i);
        before = now;
        now = take_stock();
        resident = least(resident, now.resident - before.resident);
        heap = least(heap, now.heap - before.heap);
    }
    print_message("%lu loads: %+ld bytes resident, %+ld in the heap, "
                  "%+ld mappings, %+ld descriptors, %+ld threads\n",
        each * THIRDS, now.resident - first.resident, now.heap - first.heap,
        now.mappings - first.mappings, now.descriptors - first.descriptors,
        now.threads - first.threads);
    if (!SANITIZED) {
        /* An emulator keeps the code that it translates in the same memory. */
        assert_true(
            is_emulated() || resident <= RESIDENT_MAX + kept_by_openssl(each));
        assert_true(heap <= HEAP_MAX + kept_by_openssl(each));
        assert_int_equal(now.mappings, first.mappings);
    }
    assert_int_equal(now.descriptors, first.descriptors);
    assert_int_equal(now.threads, first.threads);
}

/* Ends of a program that never called C_Finalize. */

static void exits(void *library)
{
    (void)library;
    exit(EXIT_SUCCESS);
}

static void exits_quickly(void *library)
{
    (void)library;
    quick_exit(EXIT_SUCCESS);
}

static void *exit_here(void *arg)
{
    (void)arg;
    exit(EXIT_SUCCESS);
}

static void exits_in_another_thread(void *library)
{
    pthread_t thread;

    (void)library;
    if (pthread_create(&thread, NULL, exit_here, NULL) == 0)
        (void)pthread_join(thread, NULL);
}

static void *work_here(void *list)
{
    return works(list, true) ? list : NULL;
}

/* OpenSSL has a clean-up for the end of that thread. */
static void exits_after_a_thread(void *library)
{
    CK_FUNCTION_LIST *list = NULL;
    void *again = load(&list);
    pthread_t thread;

    (void)library;
    if (again && list->C_Finalize(NULL) == CKR_OK &&
        pthread_create(&thread, NULL, work_here, list) == 0 &&
        pthread_join(thread, NULL) == 0)
        exit(EXIT_SUCCESS);
}

static void unloads_and_exits(void *library)
{
    if (dlclose(library) == 0 &&
        !dlopen(getenv("JPKI_MODULE"), RTLD_NOW | RTLD_NOLOAD))
        exit(EXIT_SUCCESS);
}

static const struct end {
    const char *what;
    void (*come)(void *library);
} ends[] = {
    {"exit", exits},
    {"quick_exit", exits_quickly},
    {"exit in another thread", exits_in_another_thread},
    {"exit after a thread", exits_after_a_thread},
    {"dlclose and exit", unloads_and_exits},
};

/* Exits with 1 where what comes before the end does not work. */
static _Noreturn void live(const struct end *end)
{
    CK_FUNCTION_LIST *list = NULL;
    void *library = load(&list);

    (void)alarm(ROUND_SECONDS);
    if (library && works(list, true))
        end->come(library);
    _exit(1);
}

static void test_exit_without_finalize(void **state)
{
    unsigned long rounds = number("JPKI_EXIT_ROUNDS", SANITIZED ? 10 : 50), i;
    size_t k;

    for (k = 0; k < sizeof ends / sizeof *ends; k++)
        for (i = 0; i < rounds; i++) {
            int status = 0;
            pid_t child;
            (void)fflush(NULL);
            child = fork();
            assert_true(child >= 0);
            if (child == 0)
                live(&ends[k]);
            assert_int_equal(waitpid(child, &status, 0), child);
            if (status != 0)
                fail_msg(
                    "%s ended with status %x", ends[k].what, (unsigned)status);
        }
    print_message("%lu rounds of %zu ends\n", rounds, k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_without_finalize),
        cmocka_unit_test(test_loads_leave_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/module/apart.h"
#include "tests/module/support.h"

/*
 * Children of a fork with one card for both: whatever they do, the parent signs
 * at the same time and afterwards, and the card's ledger has nothing but what
 * was asked of it.
 */

#define CHILD_SECONDS 20
#define FORKS 16

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;
static atomic_uint signatures; /* made in this process */

static CK_RV make_signature(
    CK_FUNCTION_LIST *list, CK_SESSION_HANDLE in, CK_OBJECT_HANDLE with)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_RV rv = list->C_SignInit(in, &mechanism, with);

    if (rv == CKR_OK)
        rv = list->C_Sign(in, data, sizeof data, sig, &len);
    if (rv == CKR_OK)
        signatures++;
    return rv;
}

/* Children. Each says whether all was well; none may use an assertion. */

static bool quits(void)
{
    return true;
}

static bool exits(void)
{
    exit(EXIT_SUCCESS);
}

/* Which has none of our connections to the service. */
static bool becomes_another_program(void)
{
    (void)execl("/bin/sh", "sh", "-c",
        "! ls -l /proc/self/fd | grep -q socket:", (char *)NULL);
    return false;
}

static bool finalises(void)
{
    return functions()->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED &&
           functions()->C_CloseSession(session) == CKR_CRYPTOKI_NOT_INITIALIZED;
}

/* With a session, a log-in and an object of its own. */
static bool signs(void)
{
    CK_FUNCTION_LIST *list = functions();
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_UTF8CHAR pin[] = AUTH_PIN;
    CK_SESSION_HANDLE own = 0;
    CK_OBJECT_HANDLE own_key = 0;
    CK_ULONG count = 0;

    return list->C_Initialize(NULL) == CKR_OK &&
           list->C_GetSlotList(CK_TRUE, NULL, &count) == CKR_OK && count == 2 &&
           list->C_OpenSession(AUTH, CKF_SERIAL_SESSION, NULL, NULL, &own) ==
               CKR_OK &&
           list->C_Login(own, CKU_USER, pin, sizeof pin - 1) == CKR_OK &&
           list->C_FindObjectsInit(own, &templ, 1) == CKR_OK &&
           list->C_FindObjects(own, &own_key, 1, &count) == CKR_OK &&
           count == 1 && make_signature(list, own, own_key) == CKR_OK;
}

static bool signs_and_finalises(void)
{
    return signs() && functions()->C_Finalize(NULL) == CKR_OK;
}

static bool signs_and_exits(void)
{
    if (signs())
        exit(EXIT_SUCCESS);
    return false;
}

static const struct child {
    const char *what;
    bool (*live)(void);
    bool signs; /* one log-in, one signature */
} children[] = {
    {"quits", quits, false},
    {"exits", exits, false},
    {"becomes another program", becomes_another_program, false},
    {"finalises", finalises, false},
    {"signs and finalises", signs_and_finalises, true},
    {"signs and exits", signs_and_exits, true},
    {"signs and quits", signs, true},
};

static pid_t give_birth(bool (*live)(void))
{
    pid_t child;

    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(CHILD_SECONDS);
        _exit(live() ? 0 : 1);
    }
    return child;
}

static void sign_here(void)
{
    assert_int_equal(make_signature(functions(), session, key), CKR_OK);
}

static void log_in_here(void)
{
    start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    key = find_object(session, CKO_PRIVATE_KEY);
    signatures = 0;
}

static void test_one_card_for_both(void **state)
{
    struct vcard_ledger before, after;
    unsigned others = 0;
    size_t i;

    (void)state;
    log_in_here();
    before = ledger(0);
    for (i = 0; i < sizeof children / sizeof *children; i++) {
        int status = 0;
        pid_t child;
        sign_here();
        child = give_birth(children[i].live);
        sign_here();
        sign_here();
        assert_int_equal(waitpid(child, &status, 0), child);
        if (status != 0)
            fail_msg("a child that %s ended with status %x", children[i].what,
                (unsigned)status);
        sign_here();
        others += children[i].signs;
    }
    after = ledger(0);
    assert_int_equal(
        after.verifies[AUTH] - before.verifies[AUTH], signatures + 2 * others);
    assert_int_equal(after.signatures[AUTH], signatures + others);
    assert_int_equal(after.wrong[AUTH] + after.verifies[SIGN], 0);
    assert_int_equal(after.tries[AUTH], 3);
    /* Nobody has powered it off or reset it. */
    assert_int_equal(after.power_ons, before.power_ons);
    assert_int_equal(after.warm_resets, before.warm_resets);
    EXPECT(CKR_OK, C_Logout, session);
}

/* The parent may be in the middle of a transaction when it forks. */

static atomic_bool ended;
static atomic_uint complaints;

static void *signs_on_and_on(void *arg)
{
    (void)arg;
    while (!ended)
        if (make_signature(functions(), session, key) != CKR_OK)
            complaints++;
    return NULL;
}

static void test_forks_in_the_middle(void **state)
{
    struct vcard_ledger after;
    pthread_t thread;
    int i, status = 0;

    (void)state;
    log_in_here();
    ended = false;
    assert_int_equal(pthread_create(&thread, NULL, signs_on_and_on, NULL), 0);
    while (signatures == 0)
        (void)usleep(1000);
    for (i = 0; i < FORKS; i++) {
        bool (*live)(void) = i % 2 ? finalises : exits;
        pid_t child = give_birth(live);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    ended = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(complaints, 0);
    after = ledger(0);
    assert_int_equal(after.verifies[AUTH], signatures + 1);
    assert_int_equal(after.signatures[AUTH], signatures);
    assert_int_equal(after.tries[AUTH], 3);
    print_message("%d forks beside %u signatures\n", FORKS, signatures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_one_card_for_both, stop),
        cmocka_unit_test_teardown(test_forks_in_the_middle, stop),
    };

    apart_start();
    return cmocka_run_group_tests(tests, load_module, unload_module);
}

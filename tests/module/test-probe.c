/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <winscard.h>

#include "tests/module/thread_call.h"
#include "tests/vcard/persona.h"

/*
 * After a call that failed, whichever way, another thread gets in: neither a
 * lock nor the reader stays taken. It takes each lock that there is, and the
 * reader, by a change of PIN whose old PIN has no PIN's form.
 */

#define SOON_MS 1000
#define STUCK_SECONDS 20

static int reader;
static char folder[VCARD_PERSONA_FOLDER_SIZE];
static long longest_us;
static unsigned probes;

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t turn;
    bool wanted, over;
} prober = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER};

/* The answers do not matter, only that the calls return. */
static void get_in(void)
{
    CK_FUNCTION_LIST *list = functions();
    CK_UTF8CHAR no_pin[] = "-", new_pin[2][7] = {"1234", "ABC123"};
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    CK_ULONG count = 0;

    (void)list->C_GetSlotList(CK_TRUE, NULL, &count);
    (void)list->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        if (list->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
                NULL, &session) != CKR_OK)
            continue;
        (void)list->C_SetPIN(session, no_pin, 1, new_pin[slot],
            strlen((const char *)new_pin[slot]));
        (void)list->C_CloseSession(session);
    }
}

static void *probe_on_demand(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&prober.lock);
    while (!prober.over) {
        if (prober.wanted) {
            pthread_mutex_unlock(&prober.lock);
            get_in();
            pthread_mutex_lock(&prober.lock);
            prober.wanted = false;
            pthread_cond_broadcast(&prober.turn);
        } else {
            pthread_cond_wait(&prober.turn, &prober.lock);
        }
    }
    pthread_mutex_unlock(&prober.lock);
    return NULL;
}

/* Has the other thread get in, after WHAT. */
static void probe(const char *what)
{
    struct timespec began = now(), until = began, ended;
    bool stuck = false;
    long us;

    until.tv_sec += STUCK_SECONDS;
    pthread_mutex_lock(&prober.lock);
    prober.wanted = true;
    pthread_cond_broadcast(&prober.turn);
    while (prober.wanted && !stuck)
        stuck = pthread_cond_clockwait(&prober.turn, &prober.lock,
                    CLOCK_MONOTONIC, &until) == ETIMEDOUT;
    pthread_mutex_unlock(&prober.lock);
    if (stuck)
        fail_msg("after %s nobody gets in", what);
    ended = now();
    us = us_between(&began, &ended);
    if (us > longest_us)
        longest_us = us;
    if (us >= SOON_MS * 1000)
        fail_msg("after %s it took %ld us to get in", what, us);
    probes++;
}

/* The card as it was, and nobody logged in. */
static void renew(void)
{
    vcontrol_fault(reader, 0, VFAULT_NONE, 0);
    assert_int_equal(vcontrol_swap(reader, folder), 0);
}

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static void prepare_nothing(void)
{
}

static void prepare_session(void)
{
    session = open_rw_session(SIGN);
}

static void prepare_login(void)
{
    prepare_session();
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    key = find_object(session, CKO_PRIVATE_KEY);
}

static CK_RV do_token_info(void)
{
    CK_TOKEN_INFO info;

    return CALL(C_GetTokenInfo, AUTH, &info);
}

static CK_RV do_open(void)
{
    return CALL(C_OpenSession, AUTH, CKF_SERIAL_SESSION, NULL, NULL, &session);
}

static CK_RV do_mechanisms(void)
{
    CK_ULONG count = 0;

    return CALL(C_GetMechanismList, AUTH, NULL, &count);
}

static CK_RV do_search(void)
{
    return CALL(C_FindObjectsInit, session, NULL, 0);
}

static CK_RV do_login(void)
{
    return login(session, CKU_USER, SIGN_PIN);
}

static CK_RV do_sign(void)
{
    uint8_t sig[SIGNATURE_SIZE];

    return sign_with(session, key, CKM_SHA256_RSA_PKCS, "data", 4, sig);
}

static CK_RV do_sign_with_pin(void)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE sig[SIGNATURE_SIZE], data[] = "data";
    CK_ULONG len = sizeof sig;
    CK_RV rv = CALL(C_SignInit, session, &mechanism, key);

    if (rv == CKR_OK)
        rv = login(session, CKU_CONTEXT_SPECIFIC, SIGN_PIN);
    return rv == CKR_OK ? CALL(C_Sign, session, data, 4, sig, &len) : rv;
}

static CK_RV do_set_pin(void)
{
    CK_BYTE pin[] = SIGN_PIN;

    return CALL(C_SetPIN, session, pin, 6, pin, 6);
}

static const struct {
    const char *name;
    void (*prepare)(void);
    CK_RV (*run)(void);
} scenarios[] = {
    {"C_GetTokenInfo", prepare_nothing, do_token_info},
    {"C_OpenSession", prepare_nothing, do_open},
    {"C_GetMechanismList", prepare_nothing, do_mechanisms},
    {"C_FindObjectsInit", prepare_session, do_search},
    {"C_Login", prepare_session, do_login},
    {"C_Sign", prepare_login, do_sign},
    {"C_Login and C_Sign", prepare_login, do_sign_with_pin},
    {"C_SetPIN", prepare_session, do_set_pin},
};

static const struct {
    enum vfault how;
    uint32_t value;
} faults[] = {
    {VFAULT_SW, 0x6f00},
    {VFAULT_SW_AFTER, 0x6982},
    {VFAULT_LENGTH, 0},
    {VFAULT_PCSC, (uint32_t)SCARD_E_NOT_TRANSACTED},
    {VFAULT_PCSC_AFTER, (uint32_t)SCARD_F_COMM_ERROR},
    {VFAULT_PCSC, (uint32_t)SCARD_E_NO_SERVICE},
    {VFAULT_REMOVE, 0},
    {VFAULT_RESET, 0},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* How many commands scenario I sends when all is well. */
static unsigned count_commands(size_t i)
{
    unsigned before;

    renew();
    scenarios[i].prepare();
    before = ledger(reader).apdus;
    assert_int_equal(scenarios[i].run(), CKR_OK);
    return ledger(reader).apdus - before;
}

static void test_locks_after_each_failed_command(void **state)
{
    unsigned at, commands, failed = 0;
    char what[80];
    size_t i, k;

    for (i = 0; i < COUNT(scenarios); i++) {
        commands = count_commands(i);
        for (at = 0; at < commands; at++) {
            for (k = 0; k < COUNT(faults); k++) {
                renew();
                scenarios[i].prepare();
                vcontrol_fault(reader, at, faults[k].how, faults[k].value);
                failed += scenarios[i].run() != CKR_OK;
                vcontrol_fault(reader, 0, VFAULT_NONE, 0);
                (void)snprintf(what, sizeof what, "%s, command %u, fault %zu",
                    scenarios[i].name, at, k);
                probe(what);
            }
        }
    }
    print_message("%u calls failed, %u times another thread got in, within %ld "
                  "us\n",
        failed, probes, longest_us);
    assert_true(failed > 200);
}

/* CALL, which fails, and then the other thread. */
#define FAIL(rv, function, ...)              \
    do {                                     \
        EXPECT((rv), function, __VA_ARGS__); \
        probe(#function " giving " #rv);     \
    } while (0)

static void test_locks_after_each_refusal(void **state)
{
    CK_MECHANISM good = {CKM_SHA256_RSA_PKCS, NULL, 0}, bad = {77, NULL, 0};
    CK_BYTE pin[] = "1234", sig[SIGNATURE_SIZE];
    CK_ULONG len = 1;
    CK_TOKEN_INFO info;
    CK_SESSION_HANDLE ro;

    FAIL(CKR_ARGUMENTS_BAD, C_GetSlotList, CK_FALSE, NULL, NULL);
    FAIL(CKR_ARGUMENTS_BAD, C_Finalize, &len);
    FAIL(CKR_CRYPTOKI_ALREADY_INITIALIZED, C_Initialize, NULL);
    FAIL(CKR_SLOT_ID_INVALID, C_GetTokenInfo, 77, &info);
    FAIL(CKR_ARGUMENTS_BAD, C_GetTokenInfo, AUTH, NULL);
    FAIL(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, 1, NULL);
    FAIL(CKR_SESSION_PARALLEL_NOT_SUPPORTED, C_OpenSession, AUTH, 0, NULL, NULL,
        &session);
    prepare_login();
    ro = open_session(AUTH);
    FAIL(CKR_USER_ALREADY_LOGGED_IN, C_Login, session, CKU_USER, pin, 4);
    FAIL(CKR_USER_TYPE_INVALID, C_Login, ro, CKU_SO, pin, 4);
    FAIL(CKR_PIN_INCORRECT, C_Login, ro, CKU_USER, pin, 3);
    EXPECT(CKR_PIN_INCORRECT, C_Login, ro, CKU_USER, pin, 3);
    FAIL(CKR_FUNCTION_FAILED, C_Login, ro, CKU_USER, pin, 3);
    FAIL(CKR_SESSION_READ_ONLY, C_SetPIN, ro, pin, 4, pin, 4);
    FAIL(CKR_PIN_LEN_RANGE, C_SetPIN, session, pin, 4, pin, 4);
    FAIL(CKR_USER_NOT_LOGGED_IN, C_Logout, ro);
    FAIL(CKR_MECHANISM_INVALID, C_SignInit, session, &bad, key);
    FAIL(CKR_KEY_HANDLE_INVALID, C_SignInit, session, &good, 77);
    FAIL(CKR_OPERATION_NOT_INITIALIZED, C_Sign, session, pin, 4, sig, &len);
    FAIL(CKR_OPERATION_NOT_INITIALIZED, C_FindObjects, session, NULL, 0, &len);
    EXPECT(CKR_OK, C_SignInit, session, &good, key);
    FAIL(CKR_OPERATION_ACTIVE, C_SignInit, session, &good, key);
    FAIL(CKR_BUFFER_TOO_SMALL, C_Sign, session, pin, 4, sig, &len);
    FAIL(CKR_ARGUMENTS_BAD, C_Sign, session, pin, 4, sig, NULL);
    FAIL(CKR_OBJECT_HANDLE_INVALID, C_GetObjectSize, session, 77, &len);
    pin[0] = '9';
    FAIL(CKR_PIN_INCORRECT, C_Login, ro, CKU_USER, pin, 4);
    vcontrol_remove(reader);
    FAIL(CKR_SESSION_HANDLE_INVALID, C_Logout, session);
    FAIL(CKR_TOKEN_NOT_PRESENT, C_GetTokenInfo, AUTH, &info);
    EXPECT(CKR_OK, C_Finalize, NULL);
    FAIL(CKR_CRYPTOKI_NOT_INITIALIZED, C_Logout, session);
    FAIL(CKR_CRYPTOKI_NOT_INITIALIZED, C_Finalize, NULL);
}

static int set_up(void **state)
{
    reader = start(NULL, NULL);
    if (vcard_persona_copy("adult", folder) != 0)
        return -1;
    renew();
    prober.wanted = prober.over = false;
    return pthread_create(&prober.thread, NULL, probe_on_demand, NULL);
}

static int tear_down(void **state)
{
    pthread_mutex_lock(&prober.lock);
    prober.over = true;
    pthread_cond_broadcast(&prober.turn);
    pthread_mutex_unlock(&prober.lock);
    /* One that is stuck is not waited for. */
    if (!prober.wanted)
        (void)pthread_join(prober.thread, NULL);
    return end_test(state);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_locks_after_each_failed_command),
        TEST(test_locks_after_each_refusal),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

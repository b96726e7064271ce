/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <string.h>

#include "tests/module/support.h"

/* Initialising, interfaces, sessions, and cards that come and go. */

static CK_RV no_mutex(void **mutex)
{
    (void)mutex;
    return CKR_OK;
}

static CK_RV no_lock(void *mutex)
{
    (void)mutex;
    return CKR_OK;
}

/* PKCS #11 5.4.1, and what NSS, GnuTLS and Java give (clients.md 3.4). */
static void test_initialize_arguments(void **state)
{
    static char something;
    const struct {
        CK_C_INITIALIZE_ARGS args;
        CK_RV rv;
    } rows[] = {
        {{NULL, NULL, NULL, NULL, 0, NULL}, CKR_OK},
        {{NULL, NULL, NULL, NULL, CKF_OS_LOCKING_OK, NULL}, CKR_OK},
        {{NULL, NULL, NULL, NULL,
             CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS, NULL},
            CKR_OK},
        {{no_mutex, no_lock, no_lock, no_lock,
             CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS, NULL},
            CKR_OK},
        {{no_mutex, no_lock, no_lock, no_lock, 0, NULL}, CKR_CANT_LOCK},
        {{no_mutex, NULL, NULL, NULL, CKF_OS_LOCKING_OK, NULL},
            CKR_ARGUMENTS_BAD},
        {{no_mutex, no_lock, no_lock, NULL, 0, NULL}, CKR_ARGUMENTS_BAD},
        {{NULL, NULL, NULL, NULL, CKF_OS_LOCKING_OK, &something},
            CKR_ARGUMENTS_BAD},
    };
    size_t i;

    (void)state;
    configure(NULL);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_C_INITIALIZE_ARGS args = rows[i].args;
        EXPECT(rows[i].rv, C_Initialize, &args);
        if (rows[i].rv == CKR_OK)
            EXPECT(CKR_CRYPTOKI_ALREADY_INITIALIZED, C_Initialize, NULL);
        EXPECT(rows[i].rv == CKR_OK ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED,
            C_Finalize, NULL);
    }
}

/* What a person wrote and did not mean is better refused than ignored. */
static void test_a_mistake_in_the_configuration(void **state)
{
    (void)state;
    configure("[pin]\nsignature_pin = sometimes\n");
    EXPECT(CKR_FUNCTION_FAILED, C_Initialize, NULL);
    configure("[pin]\nsignature_pin = every\n");
    EXPECT(CKR_OK, C_Initialize, NULL);
}

static void test_not_initialised(void **state)
{
    CK_ULONG count;
    CK_INFO info;

    (void)state;
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_GetInfo, &info);
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_GetSlotList, 0, NULL, &count);
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_CloseSession, 1);
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_GenerateRandom, 1, NULL, 0);
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, C_Finalize, NULL);
}

/* NSS asks for a fork-safe interface first and must be told no (browsers.md).
 */
static void test_interfaces(void **state)
{
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_RV (*get_list)(CK_INTERFACE *, CK_ULONG *);
    CK_UTF8CHAR name[] = "PKCS 11", vendor[] = "Vendor NSS FIPS Interface";
    CK_VERSION v2_40 = {2, 40}, v3_0 = {3, 0}, v3_1 = {3, 1};
    CK_INTERFACE *found = NULL, all[4];
    CK_FUNCTION_LIST *list;
    CK_ULONG count = 0;
    CK_INFO info;

    (void)state;
    *(void **)&get = dlsym(module_handle(), "C_GetInterface");
    *(void **)&get_list = dlsym(module_handle(), "C_GetInterfaceList");
    assert_int_equal(
        get(name, NULL, &found, CKF_INTERFACE_FORK_SAFE), CKR_ARGUMENTS_BAD);
    assert_int_equal(get(vendor, NULL, &found, 0), CKR_ARGUMENTS_BAD);
    assert_int_equal(get(name, &v3_1, &found, 0), CKR_ARGUMENTS_BAD);
    assert_null(found);
    assert_int_equal(get(NULL, NULL, NULL, 0), CKR_ARGUMENTS_BAD);

    assert_int_equal(get_list(NULL, &count), CKR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(get_list(all, &count), CKR_OK);

    start(NULL, NULL);
    assert_int_equal(get(name, &v2_40, &found, 0), CKR_OK);
    list = found->pFunctionList;
    assert_int_equal(list->C_GetInfo(&info), CKR_OK);
    assert_int_equal(info.cryptokiVersion.major, 2);
    assert_int_equal(info.cryptokiVersion.minor, 40);
    assert_int_equal(get(name, &v3_0, &found, 0), CKR_OK);
    list = found->pFunctionList;
    assert_int_equal(list->C_GetInfo(&info), CKR_OK);
    assert_int_equal(info.cryptokiVersion.major, 3);
    assert_int_equal(info.cryptokiVersion.minor, 0);
    assert_int_equal(get(NULL, NULL, &found, 0), CKR_OK);
    assert_int_equal(found->flags, 0);
}

static void test_sessions(void **state)
{
    CK_SESSION_HANDLE ro, rw, none;
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;

    (void)state;
    start("adult", NULL);
    EXPECT(CKR_SESSION_PARALLEL_NOT_SUPPORTED, C_OpenSession, AUTH, 0, NULL,
        NULL, &none);
    EXPECT(CKR_SLOT_ID_INVALID, C_OpenSession, 77, CKF_SERIAL_SESSION, NULL,
        NULL, &none);
    ro = open_session(AUTH);
    EXPECT(CKR_OK, C_OpenSession, AUTH, CKF_SERIAL_SESSION | CKF_RW_SESSION,
        NULL, NULL, &rw);
    EXPECT(CKR_OK, C_GetTokenInfo, AUTH, &token);
    assert_int_equal(token.ulSessionCount, 2);
    assert_int_equal(token.ulRwSessionCount, 1);
    assert_int_equal(login(ro, CKU_USER, AUTH_PIN), CKR_OK);
    EXPECT(CKR_OK, C_GetSessionInfo, rw, &info);
    assert_int_equal(info.state, CKS_RW_USER_FUNCTIONS);
    assert_int_equal(info.flags, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    assert_int_equal(info.slotID, AUTH);
    EXPECT(CKR_OK, C_CloseSession, rw);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_CloseSession, rw);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, 0, &info);
}

static void test_handles_are_never_given_twice(void **state)
{
    CK_SESSION_HANDLE first, second;
    CK_SESSION_INFO info;

    (void)state;
    start("adult", NULL);
    first = open_session(AUTH);
    EXPECT(CKR_OK, C_Finalize, NULL);
    EXPECT(CKR_OK, C_Initialize, NULL);
    second = open_session(AUTH);
    assert_true(first != second);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, first, &info);
}

static void test_a_card_taken_out(void **state)
{
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;
    uint8_t sig[SIGNATURE_SIZE];
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    vcontrol_remove(reader);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
    EXPECT(CKR_TOKEN_NOT_PRESENT, C_GetTokenInfo, AUTH, &token);
    assert_int_equal(insert(reader, "adult2"), 0);
    EXPECT(CKR_SESSION_HANDLE_INVALID, C_GetSessionInfo, session, &info);
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, "4321"), CKR_OK);
    assert_int_equal(sign_with(session, find_object(session, CKO_PRIVATE_KEY),
                         CKM_SHA256_RSA_PKCS, "a", 1, sig),
        CKR_OK);
}

/* Nobody looked in between: neither PIN nor signature meets the other card. */
static void test_a_card_swapped_unseen(void **state)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data";
    uint8_t sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_SESSION_HANDLE session;
    int reader;

    (void)state;
    reader = start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(login(session, CKU_USER, AUTH_PIN), CKR_OK);
    EXPECT(CKR_OK, C_SignInit, session, &mechanism,
        find_object(session, CKO_PRIVATE_KEY));
    vcontrol_remove(reader);
    assert_int_equal(insert(reader, "adult2"), 0);
    EXPECT(CKR_DEVICE_REMOVED, C_Sign, session, data, sizeof data, sig, &len);
    assert_int_equal(ledger(reader).verifies[AUTH], 0);
    assert_int_equal(ledger(reader).signatures[AUTH], 0);
}

static void test_no_service(void **state)
{
    CK_ULONG count = 7;

    (void)state;
    configure(NULL);
    vcontrol_service(false);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    vcontrol_service(true);
    vcontrol_reader_add("Virtual Reader");
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 2);
}

static void test_shown_slots(void **state)
{
    CK_SLOT_ID slots[4];
    CK_SLOT_INFO info;
    CK_ULONG count = 4;

    (void)state;
    start("adult", "[slots]\nshow = sign\n");
    EXPECT(CKR_OK, C_GetSlotList, CK_TRUE, slots, &count);
    assert_int_equal(count, 1);
    assert_int_equal(slots[0], SIGN);
    EXPECT(CKR_SLOT_ID_INVALID, C_GetSlotInfo, AUTH, &info);
}

/* [app NAME] is for the program of that name, and for no other. */
static void test_shown_slots_by_program(void **state)
{
    static const struct {
        const char *conf;
        CK_ULONG slots;
    } rows[] = {
        {"[slots]\nshow = auth\n[app module-test-life]\nshow = both\n", 2},
        {"[app module-test-life]\nshow = auth\n", 1},
        {"[app another-program]\nshow = auth\n", 2},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_ULONG count = 0;
        start("adult", rows[i].conf);
        EXPECT(CKR_OK, C_GetSlotList, CK_TRUE, NULL, &count);
        assert_int_equal(count, rows[i].slots);
        stop(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_initialize_arguments, stop),
        cmocka_unit_test_teardown(test_a_mistake_in_the_configuration, stop),
        cmocka_unit_test_teardown(test_not_initialised, stop),
        cmocka_unit_test_teardown(test_interfaces, stop),
        cmocka_unit_test_teardown(test_sessions, stop),
        cmocka_unit_test_teardown(test_handles_are_never_given_twice, stop),
        cmocka_unit_test_teardown(test_a_card_taken_out, stop),
        cmocka_unit_test_teardown(test_a_card_swapped_unseen, stop),
        cmocka_unit_test_teardown(test_no_service, stop),
        cmocka_unit_test_teardown(test_shown_slots, stop),
        cmocka_unit_test_teardown(test_shown_slots_by_program, stop),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

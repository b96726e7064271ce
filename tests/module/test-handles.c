/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "tests/module/other_program.h"

/*
 * Handles of objects while cards come and go: NSS keeps them over a removal,
 * and PKCS #11 lets those of private objects end with C_Logout.
 */

#define UNIQUE_MAX 96
#define PERSONAS_MAX 128

struct objects {
    CK_ULONG count;
    CK_OBJECT_HANDLE handles[FOUND_MAX];
    char unique[FOUND_MAX][UNIQUE_MAX];
};

static const char *const adult2_pins[2] = {"4321", "XYZ789"};

/* All that SLOT shows to its user, whose PIN is given, or without a log-in. */
static void look(CK_SLOT_ID slot, const char *pin, struct objects *ret_objects)
{
    CK_SESSION_HANDLE session = open_session(slot);
    CK_ULONG i;

    if (pin)
        EXPECT_LOGIN(CKR_OK, session, pin);
    memset(ret_objects, 0, sizeof *ret_objects);
    ret_objects->count = search(session, NULL, 0, ret_objects->handles);
    for (i = 0; i < ret_objects->count; i++)
        attribute(session, ret_objects->handles[i], CKA_UNIQUE_ID,
            ret_objects->unique[i], UNIQUE_MAX - 1);
}

/* How many handles are in both; of one object each, by CKA_UNIQUE_ID. */
static unsigned count_shared(
    const struct objects *some, const struct objects *others)
{
    unsigned shared = 0;
    CK_ULONG i, j;

    for (i = 0; i < some->count; i++) {
        for (j = 0; j < others->count; j++) {
            if (some->handles[i] != others->handles[j])
                continue;
            assert_string_equal(some->unique[i], others->unique[j]);
            shared++;
        }
    }
    return shared;
}

static void test_the_same_card_has_the_same_handles(void **state)
{
    static struct objects first[2], other[2], again[2];
    int slot, reader = start("adult", NULL);

    for (slot = AUTH; slot <= SIGN; slot++)
        look((CK_SLOT_ID)slot, persona_pins[slot], &first[slot]);
    assert_int_equal(first[AUTH].count, 6);
    assert_int_equal(first[SIGN].count, 7);
    exchange(reader, "adult2");
    for (slot = AUTH; slot <= SIGN; slot++) {
        look((CK_SLOT_ID)slot, adult2_pins[slot], &other[slot]);
        /* Both have one CA. */
        assert_int_equal(
            count_shared(&other[slot], &first[slot]), slot == SIGN);
    }
    vcontrol_remove(reader);
    insert(reader, "adult");
    for (slot = AUTH; slot <= SIGN; slot++) {
        look((CK_SLOT_ID)slot, persona_pins[slot], &again[slot]);
        assert_memory_equal(&again[slot], &first[slot], sizeof first[slot]);
    }
    exchange(reader, "adult2");
    look(AUTH, adult2_pins[AUTH], &again[AUTH]);
    assert_memory_equal(&again[AUTH], &other[AUTH], sizeof other[AUTH]);
}

static bool is_persona(const char *name)
{
    return name[0] != '.' && strncmp(name, "ca-", 3) != 0 &&
           strcmp(name, "keys") != 0 && strcmp(name, "foreign") != 0;
}

/* More cards than the module remembers, one after another. */
static void test_no_two_objects_have_one_handle(void **state)
{
    static struct objects seen[PERSONAS_MAX];
    const struct dirent *entry;
    DIR *folder = opendir(getenv("JPKI_PERSONAS"));
    int reader = start(NULL, NULL);
    size_t count = 0, i;

    assert_non_null(folder);
    while (count < PERSONAS_MAX && (entry = readdir(folder))) {
        if (!is_persona(entry->d_name))
            continue;
        exchange(reader, entry->d_name);
        look(AUTH, NULL, &seen[count]);
        for (i = 0; i < count; i++)
            (void)count_shared(&seen[i], &seen[count]);
        count++;
    }
    closedir(folder);
    assert_true(count > 40);
}

static CK_RV try_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    uint8_t sig[SIGNATURE_SIZE];

    return sign_with(session, key, CKM_SHA256_RSA_PKCS, "a", 1, sig);
}

static CK_RV try_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_BYTE id[64];
    CK_ATTRIBUTE templ = {CKA_ID, id, sizeof id};

    return CALL(C_GetAttributeValue, session, object, &templ, 1);
}

/* Of a card that is out, and of one that waits for its log-in. */
static void test_a_private_handle_waits_for_the_log_in(void **state)
{
    int slot, reader = start("adult", NULL);

    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session = user_session((CK_SLOT_ID)slot);
        CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);
        exchange(reader, "adult2");
        session = open_session((CK_SLOT_ID)slot);
        EXPECT_LOGIN(CKR_OK, session, adult2_pins[slot]);
        assert_int_equal(try_key(session, key), CKR_KEY_HANDLE_INVALID);
        exchange(reader, "adult");
        session = open_session((CK_SLOT_ID)slot);
        assert_int_equal(count_objects(session), slot == AUTH ? 2 : 0);
        assert_int_equal(try_key(session, key), CKR_KEY_HANDLE_INVALID);
        assert_int_equal(try_object(session, key), CKR_OBJECT_HANDLE_INVALID);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[slot]);
        assert_int_equal(try_key(session, key), CKR_OK);
    }
}

/*
 * As NSS comes back to a card that was out and in unseen: it repeats C_Login in
 * a new session by itself, and searches for nothing.
 */
static void test_old_handles_work_without_a_search(void **state)
{
    int slot, reader = start("adult", NULL);

    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session = user_session((CK_SLOT_ID)slot);
        CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);
        CK_OBJECT_HANDLE cert = find_object(session, CKO_CERTIFICATE);
        exchange(reader, "adult");
        EXPECT_LOGIN(CKR_SESSION_HANDLE_INVALID, session, persona_pins[slot]);
        session = open_session((CK_SLOT_ID)slot);
        EXPECT_LOGIN(CKR_OK, session, persona_pins[slot]);
        assert_int_equal(try_key(session, key), CKR_OK);
        assert_int_equal(try_object(session, cert), CKR_OK);
        assert_int_equal(ledger(reader).verifies[slot], 2);
        assert_int_equal(ledger(reader).signatures[slot], 1);
    }
}

/* KEY is over, though the same card come back and its user log in. */
static void expect_over(int reader, int slot, CK_OBJECT_HANDLE key)
{
    CK_SESSION_HANDLE session = user_session((CK_SLOT_ID)slot);

    assert_true(find_object(session, CKO_PRIVATE_KEY) != key);
    assert_int_equal(try_key(session, key), CKR_KEY_HANDLE_INVALID);
    exchange(reader, "adult");
    session = user_session((CK_SLOT_ID)slot);
    assert_true(find_object(session, CKO_PRIVATE_KEY) != key);
    assert_int_equal(try_key(session, key), CKR_KEY_HANDLE_INVALID);
}

static void test_logout_ends_private_handles_for_good(void **state)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    int slot, reader = start("adult", NULL);

    for (slot = AUTH; slot <= SIGN; slot++) {
        session = user_session((CK_SLOT_ID)slot);
        key = find_object(session, CKO_PRIVATE_KEY);
        EXPECT(CKR_OK, C_Logout, session);
        exchange(reader, "adult");
        expect_over(reader, slot, key);
    }
    EXPECT(CKR_OK, C_CloseAllSessions, AUTH);
    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    EXPECT(CKR_OK, C_CloseSession, session);
    expect_over(reader, AUTH, key);
}

/* A log-in that ends by what others did is repeated by NSS as well. */
static void test_a_log_in_lost_to_others_keeps_the_handle(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = user_session(AUTH);
    CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);

    other_mistypes(reader, AUTH);
    assert_int_equal(try_key(session, key), CKR_USER_NOT_LOGGED_IN);
    assert_int_equal(try_key(session, key), CKR_KEY_HANDLE_INVALID);
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    assert_int_equal(try_key(session, key), CKR_OK);
}

static void test_finalize_ends_all_handles(void **state)
{
    static struct objects before, after;

    start("adult", NULL);
    look(AUTH, AUTH_PIN, &before);
    reinitialize();
    look(AUTH, AUTH_PIN, &after);
    assert_int_equal(after.count, before.count);
    assert_int_equal(count_shared(&after, &before), 0);
    assert_memory_equal(after.unique, before.unique, sizeof after.unique);
}

/* So that NSS does not ask for the PIN of a card that is out. */
static void test_no_attributes_of_a_card_that_is_out(void **state)
{
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);
    CK_OBJECT_HANDLE cert = find_object(session, CKO_CERTIFICATE);

    assert_int_equal(try_object(session, cert), CKR_OK);
    vcontrol_remove(reader);
    assert_int_equal(try_object(session, cert), CKR_SESSION_HANDLE_INVALID);
    insert(reader, "adult2");
    session = open_session(AUTH);
    assert_true(find_object(session, CKO_CERTIFICATE) != cert);
    assert_int_equal(try_object(session, cert), CKR_OBJECT_HANDLE_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_card_has_the_same_handles),
        TEST(test_no_two_objects_have_one_handle),
        TEST(test_a_private_handle_waits_for_the_log_in),
        TEST(test_old_handles_work_without_a_search),
        TEST(test_logout_ends_private_handles_for_good),
        TEST(test_a_log_in_lost_to_others_keeps_the_handle),
        TEST(test_finalize_ends_all_handles),
        TEST(test_no_attributes_of_a_card_that_is_out),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

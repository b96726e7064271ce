/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "tests/module/support.h"

/* Attributes that programs tell objects, keys and their uses apart by. */

#define ID_MAX 128

/* What an object's CKA_UNIQUE_ID says, with a NUL. */
static void unique_id(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, char ret_text[ID_MAX])
{
    size_t i, len = attribute(session, object, CKA_UNIQUE_ID, ret_text, ID_MAX);

    assert_true(len > 0 && len < ID_MAX);
    ret_text[len] = '\0';
    for (i = 0; i < len; i++)
        assert_true(isgraph((unsigned char)ret_text[i]));
}

struct ids {
    CK_ULONG count;
    CK_OBJECT_HANDLE objects[FOUND_MAX];
    char texts[FOUND_MAX][ID_MAX];
};

static struct ids ids_of(CK_SESSION_HANDLE session)
{
    struct ids ids;
    CK_ULONG i;

    memset(&ids, 0, sizeof ids);
    ids.count = search(session, NULL, 0, ids.objects);
    for (i = 0; i < ids.count; i++)
        unique_id(session, ids.objects[i], ids.texts[i]);
    return ids;
}

static bool has(const struct ids *ids, const char *text)
{
    CK_ULONG i;

    for (i = 0; i < ids->count; i++)
        if (strcmp(ids->texts[i], text) == 0)
            return true;
    return false;
}

static CK_SESSION_HANDLE open_logged_in(CK_SLOT_ID slot, const char *pin)
{
    CK_SESSION_HANDLE session = open_session(slot);

    EXPECT_LOGIN(CKR_OK, session, pin);
    return session;
}

/* Over both slots: they are two tokens of one card. */
static void test_unique_id_of_each_object(void **state)
{
    struct ids all = {0};
    CK_SLOT_ID slot;
    CK_ULONG i;

    start("adult", "[slots]\nca_certificates = both\n");
    for (slot = AUTH; slot <= SIGN; slot++) {
        struct ids ids = ids_of(user_session(slot));

        assert_true(ids.count >= 6);
        for (i = 0; i < ids.count; i++) {
            assert_false(has(&all, ids.texts[i]));
            strcpy(all.texts[all.count++], ids.texts[i]);
        }
    }
}

static void test_search_by_unique_id(void **state)
{
    char absent[] = "auth-certificate-00000000000000000000000000000000";
    CK_ATTRIBUTE templ = {CKA_UNIQUE_ID, absent, sizeof absent - 1};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_SLOT_ID slot;
    CK_ULONG i;

    start("adult", NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session = user_session(slot);
        struct ids ids = ids_of(session);

        for (i = 0; i < ids.count; i++) {
            CK_ATTRIBUTE by_id = {
                CKA_UNIQUE_ID, ids.texts[i], strlen(ids.texts[i])};

            assert_int_equal(search(session, &by_id, 1, found), 1);
            assert_int_equal(found[0], ids.objects[i]);
            by_id.ulValueLen--;
            assert_int_equal(search(session, &by_id, 1, found), 0);
        }
        assert_int_equal(search(session, &templ, 1, found), 0);
    }
}

/* AFTER has the same ids as BEFORE. */
static void assert_same(const struct ids *before, const struct ids *after)
{
    CK_ULONG i;

    assert_int_equal(before->count, after->count);
    for (i = 0; i < before->count; i++)
        assert_true(has(after, before->texts[i]));
}

static void test_unique_ids_stay_with_the_card(void **state)
{
    CK_SLOT_ID slot;

    for (slot = AUTH; slot <= SIGN; slot++) {
        static const char *const others[] = {"4321", "XYZ789"};
        int reader = start("adult", NULL);
        struct ids before = ids_of(user_session(slot)), after;
        CK_ULONG i;

        exchange(reader, "adult");
        after = ids_of(user_session(slot));
        assert_same(&before, &after);

        exchange(reader, "adult2");
        after = ids_of(open_logged_in(slot, others[slot]));
        for (i = 0; i < before.count; i++)
            if (!strstr(before.texts[i], "-ca-"))
                assert_false(has(&after, before.texts[i]));

        exchange(reader, "adult");
        reinitialize();
        after = ids_of(user_session(slot));
        assert_same(&before, &after);
        end_test(state);
    }
}

/* What is seen before the log-in is named by the token, and stays so. */
static void test_login_changes_no_unique_id(void **state)
{
    CK_SESSION_HANDLE session;
    struct ids before, after;
    CK_ULONG i;

    start("adult", NULL);
    session = open_session(SIGN);
    before = ids_of(session);
    assert_true(before.count > 0);
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    after = ids_of(session);
    for (i = 0; i < before.count; i++)
        assert_true(has(&after, before.texts[i]));
}

/* Asks for TYPE with ROOM bytes, of which none may be written beyond. */
static CK_RV ask(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, CK_BYTE *value, CK_ULONG room, CK_ULONG *ret_len)
{
    CK_ATTRIBUTE templ = {type, value, room};
    CK_RV rv = CALL(C_GetAttributeValue, session, object, &templ, 1);

    *ret_len = templ.ulValueLen;
    return rv;
}

/* The two-call rule for an attribute of LEN bytes. */
static void check_lengths(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, CK_ULONG len)
{
    CK_BYTE value[256];
    CK_ULONG got;

    assert_int_equal(ask(session, object, type, NULL, 0, &got), CKR_OK);
    assert_int_equal(got, len);
    memset(value, 0x5a, sizeof value);
    assert_int_equal(
        ask(session, object, type, value, len - 1, &got), CKR_BUFFER_TOO_SMALL);
    assert_int_equal(got, CK_UNAVAILABLE_INFORMATION);
    assert_int_equal(value[0], 0x5a);
    assert_int_equal(ask(session, object, type, value, len, &got), CKR_OK);
    assert_int_equal(got, len);
    assert_int_equal(value[len], 0x5a);
    assert_int_equal(
        ask(session, object, type, value, sizeof value, &got), CKR_OK);
    assert_int_equal(got, len);
}

static void test_unique_id_buffer_sizes(void **state)
{
    CK_SESSION_HANDLE session;
    struct ids ids;
    CK_ULONG i;

    start("adult", NULL);
    session = user_session(SIGN);
    ids = ids_of(session);
    for (i = 0; i < ids.count; i++)
        check_lengths(
            session, ids.objects[i], CKA_UNIQUE_ID, strlen(ids.texts[i]));
}

static void test_modulus_bits(void **state)
{
    CK_ULONG bits = 0, len;
    CK_ATTRIBUTE templ = {CKA_MODULUS_BITS, &bits, sizeof bits};
    CK_OBJECT_HANDLE key, found[FOUND_MAX];
    CK_SESSION_HANDLE session;

    start("adult", NULL);
    session = user_session(AUTH);
    key = find_object(session, CKO_PUBLIC_KEY);
    attribute(session, key, CKA_MODULUS_BITS, &bits, sizeof bits);
    assert_int_equal(bits, 2048);
    check_lengths(session, key, CKA_MODULUS_BITS, sizeof bits);
    assert_int_equal(search(session, &templ, 1, found), 1);
    assert_int_equal(found[0], key);
    bits = 1024;
    assert_int_equal(search(session, &templ, 1, found), 0);
    /* Private keys have none (PKCS #11 2.1.3 of the mechanisms). */
    assert_int_equal(ask(session, find_object(session, CKO_PRIVATE_KEY),
                         CKA_MODULUS_BITS, NULL, 0, &len),
        CKR_ATTRIBUTE_TYPE_INVALID);
    assert_int_equal(len, CK_UNAVAILABLE_INFORMATION);
}

static const CK_MECHANISM_TYPE of_keys[] = {CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS,
    CKM_SHA224_RSA_PKCS, CKM_SHA256_RSA_PKCS, CKM_SHA384_RSA_PKCS,
    CKM_SHA512_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS};
#define WITHOUT_PSS 6
#define WITH_PSS 8

/* KEY must allow the first COUNT of OF_KEYS, and nothing else. */
static void check_allowed(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, size_t count)
{
    CK_MECHANISM_TYPE types[16];
    size_t len =
        attribute(session, key, CKA_ALLOWED_MECHANISMS, types, sizeof types);

    assert_int_equal(len, count * sizeof *types);
    assert_memory_equal(types, of_keys, len);
    check_lengths(session, key, CKA_ALLOWED_MECHANISMS, len);
}

/* How many objects allow the first COUNT of OF_KEYS. */
static CK_ULONG count_allowing(CK_SESSION_HANDLE session, size_t count)
{
    CK_MECHANISM_TYPE types[WITH_PSS];
    CK_ATTRIBUTE templ = {CKA_ALLOWED_MECHANISMS, types, count * sizeof *types};
    CK_OBJECT_HANDLE found[FOUND_MAX];

    memcpy(types, of_keys, sizeof types);
    return search(session, &templ, 1, found);
}

/* A list that may have to grow would say that the rest is forbidden. */
static void test_allowed_mechanisms_before_the_card_is_asked(void **state)
{
    CK_SESSION_HANDLE session;
    CK_BYTE value[256];
    CK_ULONG len, count = 0;
    CK_OBJECT_HANDLE key;

    start("adult", NULL);
    session = user_session(AUTH);
    key = find_object(session, CKO_PRIVATE_KEY);
    assert_int_equal(ask(session, key, CKA_ALLOWED_MECHANISMS, NULL, 0, &len),
        CKR_ATTRIBUTE_TYPE_INVALID);
    assert_int_equal(len, CK_UNAVAILABLE_INFORMATION);
    assert_int_equal(
        ask(session, key, CKA_ALLOWED_MECHANISMS, value, sizeof value, &len),
        CKR_ATTRIBUTE_TYPE_INVALID);
    assert_int_equal(count_allowing(session, WITHOUT_PSS), 0);
    assert_int_equal(count_allowing(session, WITH_PSS), 0);
    EXPECT(CKR_OK, C_GetMechanismList, AUTH, NULL, &count);
    check_allowed(session, key, WITH_PSS);
}

static void test_allowed_mechanisms(void **state)
{
    static const struct {
        const char *persona, *conf;
        size_t count;
    } rows[] = {
        {"adult", NULL, WITH_PSS},
        {"quirk-no-pss", NULL, WITHOUT_PSS},
        {"adult", "[card]\npss = no\n", WITHOUT_PSS},
        {"quirk-access-first", "[card]\npss = yes\n", WITH_PSS},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_SESSION_HANDLE session;
        CK_ULONG count = 0;
        size_t other = WITH_PSS + WITHOUT_PSS - rows[i].count;

        start(rows[i].persona, rows[i].conf);
        /* What is configured need not be asked of the card. */
        if (!rows[i].conf)
            EXPECT(CKR_OK, C_GetMechanismList, SIGN, NULL, &count);
        session = open_session(AUTH);
        assert_int_equal(count_allowing(session, rows[i].count), 1);
        EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
        check_allowed(
            session, find_object(session, CKO_PUBLIC_KEY), rows[i].count);
        check_allowed(
            session, find_object(session, CKO_PRIVATE_KEY), rows[i].count);
        assert_int_equal(count_allowing(session, rows[i].count), 2);
        assert_int_equal(count_allowing(session, other), 0);
        assert_int_equal(count_allowing(session, 1), 0);
        end_test(state);
    }
}

/* Another card has to be asked again. */
static void test_allowed_mechanisms_of_the_next_card(void **state)
{
    CK_ULONG count = 0, len;
    CK_SESSION_HANDLE session;
    int reader = start("adult", NULL);

    EXPECT(CKR_OK, C_GetMechanismList, AUTH, NULL, &count);
    session = open_session(AUTH);
    check_allowed(session, find_object(session, CKO_PUBLIC_KEY), WITH_PSS);
    vcontrol_remove(reader);
    insert(reader, "quirk-no-pss");
    session = open_session(AUTH);
    assert_int_equal(ask(session, find_object(session, CKO_PUBLIC_KEY),
                         CKA_ALLOWED_MECHANISMS, NULL, 0, &len),
        CKR_ATTRIBUTE_TYPE_INVALID);
    EXPECT(CKR_OK, C_GetMechanismList, AUTH, NULL, &count);
    check_allowed(session, find_object(session, CKO_PUBLIC_KEY), WITHOUT_PSS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unique_id_of_each_object),
        TEST(test_search_by_unique_id),
        TEST(test_unique_ids_stay_with_the_card),
        TEST(test_login_changes_no_unique_id),
        TEST(test_unique_id_buffer_sizes),
        TEST(test_modulus_bits),
        TEST(test_allowed_mechanisms_before_the_card_is_asked),
        TEST(test_allowed_mechanisms),
        TEST(test_allowed_mechanisms_of_the_next_card),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

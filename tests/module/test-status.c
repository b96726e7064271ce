/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/support.h"

/* What a slot shows besides certificate and keys (docs/design.md section 3). */

static void test_status_of_personas(void **state)
{
    static const struct {
        const char *persona;
        int role;
        const char *says[4];
    } rows[] = {
        {"adult", AUTH,
            {"\"schema\":2", "\"role\":\"auth\"", "\"kind\":\"card\"",
                "\"tries_left\":3,\"tries_max\":3,\"locked\":false"}},
        {"adult", AUTH,
            {"\"not_before\":\"20", "\"not_after\":\"20",
                "\"days_left\":", "\"renewal_from\":\"20"}},
        {"adult", SIGN,
            {"\"role\":\"sign\"", "\"verdict\":\"log-in-first\"",
                "\"reason\":\"", "\"tries_left\":5,\"tries_max\":5"}},
        {"phone", AUTH, {"\"kind\":\"phone\"", "\"tries_left\":3", NULL, NULL}},
        {"juki", AUTH, {"\"kind\":\"juki\"", "", NULL, NULL}},
        {"child-6a82", SIGN,
            {"\"verdict\":\"not-issued\"", "under 15",
                "\"reason_ja\":\"このカードには署名用電子証明書", "。\"}\n"}},
        {"face", AUTH,
            {"\"locked\":true", "\"tries_left\":0",
                "face authentication has no PIN", NULL}},
        {"locked-sign", SIGN,
            {"\"locked\":true", "municipal office", NULL, NULL}},
        {"last-try", AUTH,
            {"\"tries_left\":1", "\"locked\":false", "last_try = refuse",
                NULL}},
    };
    size_t i, n;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *json;
        start(rows[i].persona, NULL);
        json = status_text(open_session((CK_SLOT_ID)rows[i].role));
        for (n = 0; n < 4; n++)
            if (rows[i].says[n])
                assert_says(json, rows[i].says[n]);
        end_test(state);
    }
}

static void test_status_after_login(void **state)
{
    CK_SESSION_HANDLE session;
    const char *json;

    start("adult", NULL);
    session = open_session(SIGN);
    assert_null(strstr(status_text(session), "not_after"));
    EXPECT_LOGIN(CKR_OK, session, SIGN_PIN);
    json = status_text(session);
    assert_says(json, "\"verdict\":\"allowed\"");
    assert_says(json, "\"revocation\":\"not checked\"");
    assert_says(json, "\"not_after\":\"20");
    assert_says(json, "\"issuer\":\"");
    EXPECT(CKR_OK, C_Logout, session);
    assert_null(strstr(status_text(session), "not_after"));
}

/* A program may read it piece by piece: it changes with a search only. */
static void test_status_is_fixed_between_searches(void **state)
{
    CK_OBJECT_CLASS data = CKO_DATA;
    CK_ATTRIBUTE templ = {CKA_CLASS, &data, sizeof data};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_SESSION_HANDLE session;
    static char before[4096], after[4096];
    size_t len;

    start("adult", NULL);
    session = open_session(AUTH);
    assert_int_equal(search(session, &templ, 1, found), 1);
    len = attribute(session, found[0], CKA_VALUE, before, sizeof before);
    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, "0000");
    assert_int_equal(
        attribute(session, found[0], CKA_VALUE, after, sizeof after), len);
    assert_memory_equal(before, after, len);
    assert_says(status_text(session), "\"tries_left\":2");
}

#define BASELINE_PROVIDER 1
#define PUBLIC_CERTIFICATES_TOKEN 4

/* The profile objects of a slot, by NSS's search; returns how many. */
static CK_ULONG find_profiles(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE ret_found[FOUND_MAX])
{
    CK_OBJECT_CLASS class = CKO_PROFILE;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE templ[] = {
        {CKA_TOKEN, &yes, sizeof yes}, {CKA_CLASS, &class, sizeof class}};

    return search(session, templ, 2, ret_found);
}

/* How many of the COUNT profiles are ID. */
static unsigned count_profiles(CK_SESSION_HANDLE session,
    const CK_OBJECT_HANDLE *objects, CK_ULONG count, CK_ULONG wanted)
{
    CK_ULONG i, id = 0;
    unsigned same = 0;

    for (i = 0; i < count; i++) {
        attribute(session, objects[i], CKA_PROFILE_ID, &id, sizeof id);
        same += id == wanted;
    }
    return same;
}

static void test_sign_profile(void **state)
{
    static const struct {
        const char *persona, *conf;
        bool has[2]; /* CKP_PUBLIC_CERTIFICATES_TOKEN */
    } rows[] = {
        {"adult", NULL, {true, true}},
        {"adult", "[slots]\nsign_profile = no\n", {true, false}},
        /* A phone's certificate is not public. */
        {"phone", NULL, {false, true}},
        /* A slot that will never have a certificate. */
        {"child-6a82", "[slots]\nsign_profile = no\n", {true, false}},
    };
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count;
    size_t i;
    int role, reader;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        reader = start(rows[i].persona, rows[i].conf);
        for (role = AUTH; role <= SIGN; role++) {
            CK_SESSION_HANDLE first = open_session((CK_SLOT_ID)role);
            CK_SESSION_HANDLE second = open_session((CK_SLOT_ID)role);
            unsigned apdus = ledger(reader).apdus;

            count = find_profiles(first, found);
            /* NSS asks at every start: it costs no command. */
            assert_int_equal(ledger(reader).apdus, apdus);
            /* NSS closes the session it searched in. */
            EXPECT(CKR_OK, C_CloseSession, first);
            assert_int_equal(count, rows[i].has[role] ? 2 : 1);
            assert_int_equal(
                count_profiles(second, found, count, BASELINE_PROVIDER), 1);
            assert_int_equal(
                count_profiles(second, found, count, PUBLIC_CERTIFICATES_TOKEN),
                rows[i].has[role]);
        }
        end_test(state);
    }
}

/* How many certificates of an authority a slot shows. */
static CK_ULONG count_authorities(CK_SESSION_HANDLE session)
{
    CK_ULONG authority = 2;
    CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE templ[] = {
        {CKA_CERTIFICATE_CATEGORY, &authority, sizeof authority},
        {CKA_TRUSTED, &no, sizeof no}};
    CK_OBJECT_HANDLE found[FOUND_MAX];

    return search(session, templ, 2, found);
}

static void test_ca_certificates(void **state)
{
    static const struct {
        const char *conf;
        CK_ULONG auth, sign_before, sign_after;
    } rows[] = {
        {NULL, 0, 0, 1},
        {"[slots]\nca_certificates = sign\n", 0, 0, 1},
        {"[slots]\nca_certificates = both\n", 1, 0, 1},
        {"[slots]\nca_certificates = no\n", 0, 0, 0},
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        CK_SESSION_HANDLE auth, sign;
        start("adult", rows[i].conf);
        auth = open_session(AUTH);
        sign = open_session(SIGN);
        assert_int_equal(count_authorities(auth), rows[i].auth);
        assert_int_equal(count_authorities(sign), rows[i].sign_before);
        EXPECT_LOGIN(CKR_OK, sign, SIGN_PIN);
        assert_int_equal(count_authorities(sign), rows[i].sign_after);
        end_test(state);
    }
}

/* OpenSSH makes an identity of every certificate and public key it sees. */
static void test_ssh_finds_one_key(void **state)
{
    CK_OBJECT_CLASS classes[] = {CKO_CERTIFICATE, CKO_PUBLIC_KEY};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_SESSION_HANDLE session;
    size_t i;

    start("adult", NULL);
    session = open_session(AUTH);
    for (i = 0; i < 2; i++) {
        CK_ATTRIBUTE templ = {CKA_CLASS, &classes[i], sizeof classes[i]};
        assert_int_equal(search(session, &templ, 1, found), 1);
    }
    session = open_session(SIGN);
    for (i = 0; i < 2; i++) {
        CK_ATTRIBUTE templ = {CKA_CLASS, &classes[i], sizeof classes[i]};
        assert_int_equal(search(session, &templ, 1, found), 0);
    }
}

/* pkcs11-provider asks for everything at once: one call, no command. */
static void test_all_attributes_at_once(void **state)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_CLASS, CKA_ID, CKA_LABEL,
        CKA_START_DATE, CKA_END_DATE, CKA_CHECK_VALUE, CKA_URL, CKA_VALUE,
        CKA_KEY_GEN_MECHANISM, CKA_ALLOWED_MECHANISMS, CKA_MODULUS};
    CK_ATTRIBUTE templ[sizeof types / sizeof *types];
    size_t i;
    int reader = start("adult", NULL);
    CK_SESSION_HANDLE session = open_session(AUTH);
    CK_OBJECT_HANDLE cert = find_object(session, CKO_CERTIFICATE);
    unsigned apdus = ledger(reader).apdus;

    for (i = 0; i < sizeof types / sizeof *types; i++)
        templ[i] = (CK_ATTRIBUTE){types[i], NULL, 0};
    EXPECT(CKR_ATTRIBUTE_TYPE_INVALID, C_GetAttributeValue, session, cert,
        templ, sizeof types / sizeof *types);
    assert_int_equal(templ[3].ulValueLen, sizeof(CK_DATE));
    assert_int_equal(templ[4].ulValueLen, sizeof(CK_DATE));
    assert_int_equal(templ[5].ulValueLen, 3);
    assert_int_equal(templ[6].ulValueLen, 0);
    assert_int_equal(templ[8].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    assert_int_equal(templ[10].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    assert_int_equal(ledger(reader).apdus, apdus);
}

/* A time_t of 32 bits ends in 2038. */
static void test_status_of_certificates_that_end_late(void **state)
{
    static const struct {
        const char *pin, *end, *not_after, *renewal_from;
    } ends[] = {
        [AUTH] = {AUTH_PIN, "20410509",
            "\"not_after\":\"2041-05-09T14:59:59Z\"",
            "\"renewal_from\":\"2041-02-09\""},
        [SIGN] = {SIGN_PIN, "20550509",
            "\"not_after\":\"2055-05-09T14:59:59Z\"",
            "\"renewal_from\":\"2055-02-09\""},
    };
    CK_SLOT_ID slot;

    start("ends-late", NULL);
    for (slot = AUTH; slot <= SIGN; slot++) {
        CK_SESSION_HANDLE session = open_session(slot);
        char end[8];
        EXPECT_LOGIN(CKR_OK, session, ends[slot].pin);
        assert_int_equal(
            attribute(session, find_object(session, CKO_CERTIFICATE),
                CKA_END_DATE, end, sizeof end),
            sizeof end);
        assert_memory_equal(end, ends[slot].end, sizeof end);
        assert_says(status_text(session), ends[slot].not_after);
        assert_says(status_text(session), ends[slot].renewal_from);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_status_of_personas),
        TEST(test_status_after_login),
        TEST(test_status_is_fixed_between_searches),
        TEST(test_sign_profile),
        TEST(test_ca_certificates),
        TEST(test_ssh_finds_one_key),
        TEST(test_all_attributes_at_once),
        TEST(test_status_of_certificates_that_end_late),
    };

    return cmocka_run_group_tests(tests, load_module, unload_module);
}

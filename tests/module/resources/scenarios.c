/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/resources/scenarios.h"

#include <dlfcn.h>
#include <string.h>

const char *scenario_step;

#define STEP(function, ...) \
    TRY((scenario_step = #function, CALL(function, __VA_ARGS__)))

#define NEW_AUTH_PIN "8642"

static CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, 32};
static CK_MECHANISM pss_mechanism = {CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof pss};
static CK_MECHANISM pkcs1_mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
static CK_BYTE document[] = "a document";
#define DOCUMENT_LEN (sizeof document - 1)

/* What a scenario has in hand. */
static struct {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE private_key, public_key;
    int role;
    struct signature {
        bool there, is_pss;
        CK_BYTE bytes[SIGNATURE_SIZE];
    } made[2];
} fixture;

/* A log-in that is said to have failed has failed. */
static CK_RV give_pin(CK_SESSION_HANDLE session, const char *pin)
{
    CK_SESSION_INFO info = {.state = CKS_RO_PUBLIC_SESSION};
    CK_RV rv;

    scenario_step = "C_Login";
    rv = login(session, CKU_USER, pin);
    if (rv != CKR_OK)
        (void)CALL(C_GetSessionInfo, session, &info);
    assert_int_equal(info.state, CKS_RO_PUBLIC_SESSION);
    return rv;
}

static void prepare_nothing(void)
{
}

static void prepare_auth(void)
{
    fixture.role = AUTH;
    fixture.session = open_session(AUTH);
}

static void prepare_sign(void)
{
    fixture.role = SIGN;
    fixture.session = open_session(SIGN);
}

static void prepare_rw(void)
{
    fixture.session = open_rw_session(AUTH);
}

static void find_keys(void)
{
    fixture.private_key = find_object(fixture.session, CKO_PRIVATE_KEY);
    fixture.public_key = find_object(fixture.session, CKO_PUBLIC_KEY);
}

static void prepare_auth_key(void)
{
    prepare_auth();
    assert_int_equal(give_pin(fixture.session, AUTH_PIN), CKR_OK);
    find_keys();
}

static void prepare_sign_key(void)
{
    prepare_sign();
    assert_int_equal(give_pin(fixture.session, SIGN_PIN), CKR_OK);
    find_keys();
}

static CK_RV run_interfaces(void)
{
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_RV (*get_list)(CK_INTERFACE *, CK_ULONG *);
    CK_INTERFACE *one = NULL, all[4];
    CK_UTF8CHAR name[] = "PKCS 11";
    CK_ULONG count = 4;
    CK_RV rv;

    *(void **)&get = dlsym(module_handle(), "C_GetInterface");
    *(void **)&get_list = dlsym(module_handle(), "C_GetInterfaceList");
    scenario_step = "C_GetInterface";
    rv = get(name, NULL, &one, 0);
    return rv == CKR_OK ? get_list(all, &count) : rv;
}

static CK_RV run_slots(void)
{
    CK_SLOT_ID slots[8];
    CK_ULONG count = 0;

    STEP(C_GetSlotList, CK_FALSE, NULL, &count);
    if (count == 0)
        return CKR_TOKEN_NOT_PRESENT;
    STEP(C_GetSlotList, CK_TRUE, slots, &count);
    return count == 2 ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

static CK_RV run_initialize(void)
{
    CK_INFO info;

    TRY(run_interfaces());
    STEP(C_Initialize, NULL);
    STEP(C_GetInfo, &info);
    TRY(run_slots());
    STEP(C_Finalize, NULL);
    return CKR_OK;
}

static CK_RV run_list(void)
{
    CK_MECHANISM_TYPE types[32];
    CK_MECHANISM_INFO mechanism;
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_SLOT_ID i;

    TRY(run_slots());
    for (i = AUTH; i <= SIGN; i++) {
        CK_ULONG count = 32;
        STEP(C_GetSlotInfo, i, &slot);
        STEP(C_GetTokenInfo, i, &token);
        STEP(C_GetMechanismList, i, types, &count);
        STEP(C_GetMechanismInfo, i, types[0], &mechanism);
    }
    return CKR_OK;
}

static CK_RV read_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_CLASS, CKA_TOKEN, CKA_PRIVATE,
        CKA_LABEL, CKA_ID, CKA_VALUE, CKA_SUBJECT, CKA_ISSUER,
        CKA_SERIAL_NUMBER, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT,
        CKA_KEY_TYPE, CKA_SIGN, CKA_ALWAYS_AUTHENTICATE, CKA_START_DATE,
        CKA_END_DATE, CKA_CERTIFICATE_TYPE, CKA_APPLICATION};
    CK_BYTE value[4096];
    size_t i;

    for (i = 0; i < sizeof types / sizeof *types; i++) {
        CK_ATTRIBUTE templ = {types[i], value, sizeof value};
        CK_RV rv;
        scenario_step = "C_GetAttributeValue";
        rv = CALL(C_GetAttributeValue, session, object, &templ, 1);
        if (rv != CKR_OK && rv != CKR_ATTRIBUTE_TYPE_INVALID)
            return rv;
    }
    return CKR_OK;
}

static CK_RV read_everything(CK_SESSION_HANDLE session)
{
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 0, i;

    STEP(C_FindObjectsInit, session, NULL, 0);
    STEP(C_FindObjects, session, found, FOUND_MAX, &count);
    STEP(C_FindObjectsFinal, session);
    for (i = 0; i < count; i++)
        TRY(read_object(session, found[i]));
    return CKR_OK;
}

static CK_RV run_inspect(void)
{
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;
    CK_SLOT_ID i;

    for (i = AUTH; i <= SIGN; i++) {
        STEP(C_OpenSession, i, CKF_SERIAL_SESSION, NULL, NULL, &session);
        STEP(C_GetSessionInfo, session, &info);
        TRY(read_everything(session));
        STEP(C_CloseSession, session);
    }
    return CKR_OK;
}

static CK_RV log_in(const char *pin)
{
    TRY(give_pin(fixture.session, pin));
    TRY(read_everything(fixture.session));
    STEP(C_Logout, fixture.session);
    return CKR_OK;
}

static CK_RV run_login_auth(void)
{
    return log_in(AUTH_PIN);
}

static CK_RV run_login_sign(void)
{
    return log_in(SIGN_PIN);
}

/* Twice the same, and once of a form that no PIN has. */
static CK_RV run_login_wrong(void)
{
    CK_RV rv = give_pin(fixture.session, "9999");

    if (rv == CKR_PIN_INCORRECT)
        rv = give_pin(fixture.session, "9999");
    if (rv == CKR_PIN_INCORRECT)
        rv = give_pin(fixture.session, "no PIN");
    return rv;
}

/* Signs and verifies with one mechanism, at once or in parts. */
static CK_RV sign(CK_MECHANISM *mechanism, struct signature *ret_made)
{
    CK_ULONG len = SIGNATURE_SIZE;

    STEP(C_SignInit, fixture.session, mechanism, fixture.private_key);
    STEP(C_SignUpdate, fixture.session, document, DOCUMENT_LEN);
    STEP(C_SignFinal, fixture.session, ret_made->bytes, &len);
    ret_made->is_pss = mechanism == &pss_mechanism;
    ret_made->there = true;
    STEP(C_VerifyInit, fixture.session, mechanism, fixture.public_key);
    STEP(C_Verify, fixture.session, document, DOCUMENT_LEN, ret_made->bytes,
        len);
    return CKR_OK;
}

static CK_RV run_sign(void)
{
    CK_MECHANISM digest = {CKM_SHA256, NULL, 0};
    CK_BYTE hash[32];
    CK_ULONG len = sizeof hash;

    STEP(C_DigestInit, fixture.session, &digest);
    STEP(C_Digest, fixture.session, document, DOCUMENT_LEN, hash, &len);
    return sign(&pkcs1_mechanism, &fixture.made[0]);
}

static CK_RV run_sign_pss(void)
{
    return sign(&pss_mechanism, &fixture.made[1]);
}

static CK_RV run_sign_both(void)
{
    TRY(sign(&pkcs1_mechanism, &fixture.made[0]));
    return sign(&pss_mechanism, &fixture.made[1]);
}

static CK_RV run_set_pin(void)
{
    CK_UTF8CHAR old_pin[] = AUTH_PIN, new_pin[] = NEW_AUTH_PIN;

    STEP(C_SetPIN, fixture.session, old_pin, 4, new_pin, 4);
    return CKR_OK;
}

/* With an operation begun and the PIN held. */
static CK_RV run_finalize(void)
{
    CK_SESSION_HANDLE other;

    STEP(C_OpenSession, SIGN, CKF_SERIAL_SESSION, NULL, NULL, &other);
    STEP(C_SignInit, fixture.session, &pkcs1_mechanism, fixture.private_key);
    STEP(C_CloseSession, other);
    STEP(C_CloseAllSessions, SIGN);
    STEP(C_Finalize, NULL);
    return CKR_OK;
}

#define ALL_KEYS                                                          \
    "[card]\nreader = Virtual\nignore_reader = no such\npss = auto\n"     \
    "[slots]\nshow = both\nca_certificates = both\nsign_profile = yes\n"  \
    "[pin]\nsignature_pin = ask\nfold_case = yes\nremember_wrong = yes\n" \
    "last_try = allow\n"                                                  \
    "[policy]\nminimum_age = 15\nocsp_timeout = 5\nenforce = no\n"        \
    "[app no-such-program]\nsignature_pin = every\n"                      \
    "[log]\nlevel = debug\nfile = "

const struct scenario scenarios[] = {
    {"initialise", ALL_KEYS, prepare_nothing, run_initialize, CKR_OK, {0, 0},
        {0, 0}, true},
    {"list", NULL, prepare_nothing, run_list, CKR_OK, {0, 0}, {0, 0}, false},
    {"inspect", NULL, prepare_nothing, run_inspect, CKR_OK, {0, 0}, {0, 0},
        false},
    {"log in, auth", NULL, prepare_auth, run_login_auth, CKR_OK, {1, 0}, {0, 0},
        false},
    {"log in, sign", NULL, prepare_sign, run_login_sign, CKR_OK, {0, 1}, {0, 0},
        false},
    {"log in wrong", NULL, prepare_auth, run_login_wrong, CKR_PIN_INCORRECT,
        {1, 0}, {1, 0}, false},
    {"sign, auth", NULL, prepare_auth_key, run_sign, CKR_OK, {1, 0}, {0, 0},
        false},
    {"sign PSS, auth", NULL, prepare_auth_key, run_sign_pss, CKR_OK, {1, 0},
        {0, 0}, false},
    {"sign, sign", NULL, prepare_sign_key, run_sign_both, CKR_OK, {0, 2},
        {0, 0}, false},
    {"change the PIN", NULL, prepare_rw, run_set_pin, CKR_OK, {1, 0}, {0, 0},
        false},
    {"finalise", NULL, prepare_auth_key, run_finalize, CKR_OK, {0, 0}, {0, 0},
        false},
};

const size_t scenarios_count = sizeof scenarios / sizeof *scenarios;

static size_t read_certificate(CK_SESSION_HANDLE session, CK_BYTE der[4096])
{
    return attribute(
        session, find_object(session, CKO_CERTIFICATE), CKA_VALUE, der, 4096);
}

static bool is_good(
    const struct signature *made, const CK_BYTE *der, size_t len)
{
    return made->is_pss ? openssl_verifies_pss(der, len, document, DOCUMENT_LEN,
                              made->bytes, SIGNATURE_SIZE)
                        : openssl_verifies(der, len, "SHA256", document,
                              DOCUMENT_LEN, made->bytes, SIGNATURE_SIZE);
}

/* A session in which ROLE is logged in, as it may be already. */
static CK_SESSION_HANDLE log_in_again(int role, const struct vcard_ledger *card)
{
    const char *pin = role == AUTH && card->changes[AUTH] > 0
                          ? NEW_AUTH_PIN
                          : persona_pins[role];
    CK_SESSION_HANDLE session = open_session((CK_SLOT_ID)role);
    CK_SESSION_INFO info;

    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    if (info.state == CKS_RO_PUBLIC_SESSION)
        EXPECT_LOGIN(CKR_OK, session, pin);
    return session;
}

void scenario_check_signatures(void)
{
    CK_BYTE der[4096];
    struct vcard_ledger card = {0};
    size_t len, i;
    CK_SESSION_HANDLE session;

    if (!fixture.made[0].there && !fixture.made[1].there)
        return;
    session = log_in_again(fixture.role, &card);
    len = read_certificate(session, der);
    for (i = 0; i < 2; i++)
        if (fixture.made[i].there)
            assert_true(is_good(&fixture.made[i], der, len));
}

static void check_status(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    static char text[4096];
    size_t len;

    assert_int_equal(search(session, &templ, 1, found), 1);
    len = attribute(session, found[0], CKA_VALUE, text, sizeof text - 1);
    text[len] = '\0';
    assert_int_equal(text[0], '{');
    assert_string_equal(text + len - 2, "}\n");
    assert_non_null(strstr(text, "\"days_left\":"));
    assert_non_null(strstr(text, "\"renewal_from\":"));
    assert_null(strstr(text, "\"unreadable\""));
}

/* A signature, by the key of a new session, and verified by OpenSSL alone. */
static void check_key(
    int role, CK_MECHANISM *mechanism, const struct vcard_ledger *card)
{
    struct signature made = {0};
    CK_BYTE der[4096];
    size_t len;

    fixture.session = log_in_again(role, card);
    assert_int_equal(count_objects(fixture.session), 3);
    find_keys();
    assert_int_equal(sign(mechanism, &made), CKR_OK);
    len = read_certificate(fixture.session, der);
    assert_true(is_good(&made, der, len));
    check_status(fixture.session);
    EXPECT(CKR_OK, C_CloseSession, fixture.session);
}

void scenario_check_key(int reader)
{
    struct vcard_ledger card = ledger(reader);

    check_key(AUTH, &pkcs1_mechanism, &card);
}

static void check_token(CK_SLOT_ID slot)
{
    static CK_UTF8CHAR serial[16];
    CK_MECHANISM_INFO mechanism;
    CK_TOKEN_INFO info;

    EXPECT(CKR_OK, C_GetTokenInfo, slot, &info);
    if (serial[0] == 0)
        memcpy(serial, info.serialNumber, sizeof serial);
    assert_memory_equal(info.serialNumber, serial, sizeof serial);
    EXPECT(
        CKR_OK, C_GetMechanismInfo, slot, CKM_SHA256_RSA_PKCS_PSS, &mechanism);
}

void scenario_check_all(int reader)
{
    struct vcard_ledger card = ledger(reader);
    CK_ULONG count = 0;

    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, 2);
    check_token(AUTH);
    check_token(SIGN);
    check_key(AUTH, &pkcs1_mechanism, &card);
    check_key(SIGN, &pss_mechanism, &card);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/sweep.h"

static const char *const right_pins[] = {[AUTH] = AUTH_PIN, [SIGN] = SIGN_PIN};
static const char *const wrong_pins[] = {[AUTH] = "9999", [SIGN] = "WRONG1"};
static const char *const new_pins[] = {[AUTH] = "2468", [SIGN] = "NEWPIN1"};

static CK_RV open_with(int role, CK_FLAGS flags, CK_SESSION_HANDLE *ret_session)
{
    CK_RV rv = STEP(C_OpenSession, (CK_SLOT_ID)role, CKF_SERIAL_SESSION | flags,
        NULL, NULL, ret_session);
    unsigned card = ledger(stage.reader).card;

    stage.is_second |= stage.card != 0 && card != stage.card;
    return rv;
}

static CK_RV open_it(int role)
{
    return open_with(role, 0, &stage.session);
}

static CK_RV log_in(
    CK_SESSION_HANDLE session, CK_USER_TYPE user, const char *pin)
{
    CK_UTF8CHAR copy[32] = "";

    memcpy(copy, pin, strlen(pin));
    return STEP(C_Login, session, user, copy, strlen(pin));
}

/* All objects of CLASS, or of any: how many there are, and the first one. */
static CK_RV find_all(CK_SESSION_HANDLE session, CK_OBJECT_CLASS *class,
    CK_OBJECT_HANDLE ret_found[FOUND_MAX], CK_ULONG *ret_count)
{
    CK_ATTRIBUTE templ = {CKA_CLASS, class, sizeof *class};

    TRY(STEP(C_FindObjectsInit, session, class ? &templ : NULL, class ? 1 : 0));
    TRY(STEP(C_FindObjects, session, ret_found, FOUND_MAX, ret_count));
    return STEP(C_FindObjectsFinal, session);
}

static CK_RV find_key(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 0;
    CK_RV rv = find_all(session, &class, found, &count);

    if (rv == CKR_OK && count == 0) {
        stage.function = "the search for a key";
        return CKR_KEY_HANDLE_INVALID;
    }
    stage.key = rv == CKR_OK ? found[0] : CK_INVALID_HANDLE;
    return rv;
}

/* The holder's certificate, as shown and as it is. */
static CK_RV read_cert(int role, CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_BYTE shown[SWEEP_CERT_MAX];
    CK_ATTRIBUTE value = {CKA_VALUE, shown, sizeof shown};
    uint8_t der[SWEEP_CERT_MAX];
    CK_ULONG count = 0;
    CK_RV rv = find_all(session, &class, found, &count);

    if (rv == CKR_OK && count == 0) {
        stage.function = "the search for a certificate";
        return CKR_OBJECT_HANDLE_INVALID;
    }
    if (rv == CKR_OK)
        rv = STEP(C_GetAttributeValue, session, found[0], &value, 1);
    if (rv == CKR_OK && !stage.bodies_change) {
        assert_true(sweep_cert(role, stage.is_second, der) >= value.ulValueLen);
        assert_memory_equal(shown, der, value.ulValueLen);
    }
    return rv;
}

/* A signature by the session's key over what was never signed before. */
static CK_RV sign(int role, CK_SESSION_HANDLE session, const char *context_pin,
    CK_MECHANISM *mechanism)
{
    static unsigned count;
    CK_BYTE sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    char data[32];
    uint8_t der[SWEEP_CERT_MAX];
    size_t der_len;
    bool good;
    CK_RV rv = STEP(C_SignInit, session, mechanism, stage.key);

    (void)snprintf(data, sizeof data, "document %u", ++count);
    if (rv == CKR_OK && context_pin)
        rv = log_in(session, CKU_CONTEXT_SPECIFIC, context_pin);
    if (rv == CKR_OK)
        rv = STEP(C_Sign, session, (CK_BYTE *)data, strlen(data), sig, &len);
    if (rv != CKR_OK)
        return rv;
    der_len = sweep_cert(role, stage.is_second, der);
    good = mechanism->pParameter ? openssl_verifies_pss(der, der_len, data,
                                       strlen(data), sig, len)
                                 : openssl_verifies(der, der_len, "SHA256",
                                       data, strlen(data), sig, len);
    if (!good)
        fail_msg("a signature does not verify");
    return rv;
}

static CK_MECHANISM pkcs1 = {CKM_SHA256_RSA_PKCS, NULL, 0};
static CK_RSA_PKCS_PSS_PARAMS pss_params = {CKM_SHA256, CKG_MGF1_SHA256, 32};
static CK_MECHANISM pss = {
    CKM_SHA256_RSA_PKCS_PSS, &pss_params, sizeof pss_params};

static CK_RV nothing(int role)
{
    return CKR_OK;
}

static CK_RV with_session(int role)
{
    return open_it(role);
}

static CK_RV with_rw_session(int role)
{
    return open_with(role, CKF_RW_SESSION, &stage.session);
}

static CK_RV with_login(int role)
{
    TRY(open_it(role));
    TRY(log_in(stage.session, CKU_USER, right_pins[role]));
    return find_key(stage.session);
}

static CK_RV finalised(int role)
{
    return STEP(C_Finalize, NULL);
}

static CK_RV initialise(void)
{
    CK_ULONG count = 0;
    CK_RV rv = STEP(C_Initialize, NULL);

    if (rv == CKR_OK)
        rv = STEP(C_GetSlotList, CK_FALSE, NULL, &count);
    return rv;
}

static CK_RV inspect(int role)
{
    CK_MECHANISM_TYPE types[32];
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 32;
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_SESSION_INFO session;

    TRY(STEP(C_GetSlotInfo, (CK_SLOT_ID)role, &slot));
    TRY(STEP(C_GetTokenInfo, (CK_SLOT_ID)role, &token));
    TRY(STEP(C_GetMechanismList, (CK_SLOT_ID)role, types, &count));
    TRY(open_it(role));
    TRY(STEP(C_GetSessionInfo, stage.session, &session));
    return find_all(stage.session, NULL, found, &count);
}

static CK_RV do_inspect(int role)
{
    TRY(initialise());
    TRY(inspect(AUTH));
    return inspect(SIGN);
}

static CK_RV do_read_certs(int role)
{
    TRY(open_it(AUTH));
    TRY(read_cert(AUTH, stage.session));
    TRY(open_with(SIGN, 0, &stage.other));
    TRY(log_in(stage.other, CKU_USER, SIGN_PIN));
    return read_cert(SIGN, stage.other);
}

static CK_RV do_login(int role)
{
    return log_in(stage.session, CKU_USER, right_pins[role]);
}

static CK_RV do_login_wrong(int role)
{
    return log_in(stage.session, CKU_USER, wrong_pins[role]);
}

static CK_RV do_sign(int role)
{
    return sign(role, stage.session, NULL, &pkcs1);
}

static CK_RV do_sign_pss(int role)
{
    return sign(role, stage.session, NULL, &pss);
}

static CK_RV do_sign_each(int role)
{
    return sign(role, stage.session, right_pins[role], &pkcs1);
}

/* The log-in of one session serves the other, and outlives it. */
static CK_RV do_two_sessions(int role)
{
    TRY(open_with(role, CKF_RW_SESSION, &stage.other));
    TRY(log_in(stage.session, CKU_USER, right_pins[role]));
    TRY(find_key(stage.other));
    TRY(sign(role, stage.other, NULL, &pkcs1));
    TRY(STEP(C_CloseSession, stage.session));
    stage.session = stage.other;
    return sign(role, stage.other, NULL, &pkcs1);
}

static CK_RV do_log_out(int role)
{
    TRY(log_in(stage.session, CKU_USER, right_pins[role]));
    TRY(STEP(C_Logout, stage.session));
    TRY(log_in(stage.session, CKU_USER, right_pins[role]));
    TRY(find_key(stage.session));
    return sign(role, stage.session, NULL, &pkcs1);
}

static CK_RV set_pin(int role, const char *old_pin)
{
    CK_UTF8CHAR old_copy[32] = "", new_copy[32] = "";

    memcpy(old_copy, old_pin, strlen(old_pin));
    memcpy(new_copy, new_pins[role], strlen(new_pins[role]));
    return STEP(C_SetPIN, stage.session, old_copy, strlen(old_pin), new_copy,
        strlen(new_pins[role]));
}

static CK_RV do_set_pin(int role)
{
    return set_pin(role, right_pins[role]);
}

static CK_RV do_set_pin_wrong(int role)
{
    return set_pin(role, wrong_pins[role]);
}

/* Whether the card has the new PIN by now, out of its own memory. */
static bool is_changed(int role)
{
    char path[VCARD_PERSONA_FOLDER_SIZE + 8], text[512] = "", hex[64] = "";
    FILE *file;
    size_t len, i;

    (void)snprintf(path, sizeof path, "%s/state", stage.folder);
    file = fopen(path, "r");
    if (!file)
        return false;
    len = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    assert_true(len > 0);
    for (i = 0; i < strlen(new_pins[role]); i++)
        (void)sprintf(hex + 2 * i, "%02X", (unsigned)new_pins[role][i]);
    return strstr(text, hex) != NULL;
}

CK_RV sweep_login_changed(int role)
{
    CK_RV rv = open_it(role);

    if (rv == CKR_OK)
        rv = log_in(stage.session, CKU_USER,
            is_changed(role) ? new_pins[role] : right_pins[role]);
    return rv;
}

static CK_RV do_attributes(int role)
{
    static const CK_ATTRIBUTE_TYPE types[] = {
        CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_ID, CKA_VALUE};
    CK_BYTE bytes[SWEEP_CERT_MAX];
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 0, i, j;
    CK_RV rv = find_all(stage.session, NULL, found, &count);

    for (i = 0; rv == CKR_OK && i < count; i++)
        for (j = 0; rv == CKR_OK && j < sizeof types / sizeof *types; j++) {
            CK_ATTRIBUTE one = {types[j], bytes, sizeof bytes};
            rv = STEP(C_GetAttributeValue, stage.session, found[i], &one, 1);
            if (rv == CKR_ATTRIBUTE_TYPE_INVALID ||
                rv == CKR_ATTRIBUTE_SENSITIVE)
                rv = CKR_OK;
        }
    return rv;
}

/* Nothing of the log-in before is left. */
static CK_RV do_begin_again(int role)
{
    TRY(STEP(C_Finalize, NULL));
    stage.session = CK_INVALID_HANDLE;
    TRY(initialise());
    TRY(with_login(role));
    return sign(role, stage.session, NULL, &pkcs1);
}

#define NONE \
    {        \
        0, 0 \
    }
#define ONE_AUTH \
    {            \
        1, 0     \
    }
#define ONE_SIGN \
    {            \
        0, 1     \
    }

const struct scenario sweep_scenarios[] = {
    {"initialise_list_inspect", "adult", NULL, AUTH, finalised, do_inspect,
        CKR_OK, NONE, NONE, NONE},
    {"read_both_certificates", "adult", NULL, AUTH, nothing, do_read_certs,
        CKR_OK, ONE_SIGN, NONE, NONE},
    {"log_in_auth", "adult", NULL, AUTH, with_session, do_login, CKR_OK,
        ONE_AUTH, NONE, NONE},
    {"log_in_sign", "adult", NULL, SIGN, with_session, do_login, CKR_OK,
        ONE_SIGN, NONE, NONE},
    {"log_in_wrong_auth", "adult", NULL, AUTH, with_session, do_login_wrong,
        CKR_PIN_INCORRECT, ONE_AUTH, ONE_AUTH, NONE},
    {"log_in_wrong_sign", "adult", NULL, SIGN, with_session, do_login_wrong,
        CKR_PIN_INCORRECT, ONE_SIGN, ONE_SIGN, NONE},
    {"log_in_locked_auth", "locked-auth", NULL, AUTH, with_session, do_login,
        CKR_PIN_LOCKED, ONE_AUTH, NONE, NONE},
    {"log_in_locked_sign", "locked-sign", NULL, SIGN, with_session, do_login,
        CKR_PIN_LOCKED, ONE_SIGN, NONE, NONE},
    {"sign_auth", "adult", NULL, AUTH, with_login, do_sign, CKR_OK, ONE_AUTH,
        NONE, NONE},
    {"sign_sign", "adult", NULL, SIGN, with_login, do_sign, CKR_OK, ONE_SIGN,
        NONE, NONE},
    {"sign_pss", "adult", NULL, AUTH, with_login, do_sign_pss, CKR_OK, ONE_AUTH,
        NONE, NONE},
    {"sign_with_a_pin_each", "adult", "[pin]\nsignature_pin = every\n", SIGN,
        with_login, do_sign_each, CKR_OK, {0, 2}, NONE, NONE},
    {"two_sessions", "adult", NULL, AUTH, with_session, do_two_sessions, CKR_OK,
        {3, 0}, NONE, NONE},
    {"log_out_and_in", "adult", NULL, SIGN, with_session, do_log_out, CKR_OK,
        {0, 3}, NONE, NONE},
    {"change_pin_auth", "adult", NULL, AUTH, with_rw_session, do_set_pin,
        CKR_OK, ONE_AUTH, NONE, ONE_AUTH},
    {"change_pin_sign", "adult", NULL, SIGN, with_rw_session, do_set_pin,
        CKR_OK, ONE_SIGN, NONE, ONE_SIGN},
    {"change_pin_wrong", "adult", NULL, SIGN, with_rw_session, do_set_pin_wrong,
        CKR_PIN_INCORRECT, ONE_SIGN, ONE_SIGN, ONE_SIGN},
    {"find_all_attributes", "adult", "[slots]\nca_certificates = both\n", AUTH,
        with_session, do_attributes, CKR_OK, NONE, NONE, NONE},
    {"finalise_and_begin_again", "adult", NULL, AUTH, with_login,
        do_begin_again, CKR_OK, {2, 0}, NONE, NONE},
};

const size_t sweep_scenario_count =
    sizeof sweep_scenarios / sizeof *sweep_scenarios;

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/steps.h"

#include <dlfcn.h>
#include <string.h>

/* A call on the way to a row: through the row's list, and it must give RV. */
#define STEP(rv, function, ...) \
    assert_int_equal(desk->list->function(__VA_ARGS__), (rv))

static struct cryptoki_list_3_0 *list_3_0(void)
{
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_VERSION version = {3, 0};
    CK_INTERFACE *interface = NULL;

    *(void **)&get = dlsym(module_handle(), "C_GetInterface");
    assert_int_equal(get(NULL, &version, &interface, 0), CKR_OK);
    return interface->pFunctionList;
}

void pull_card(struct desk *desk)
{
    vcontrol_remove(desk->reader);
    desk->card_moved = true;
}

void take_card_out(struct desk *desk)
{
    CK_SLOT_INFO info;

    pull_card(desk);
    STEP(CKR_OK, C_GetSlotInfo, desk->slot, &info);
    assert_int_equal(info.flags & CKF_TOKEN_PRESENT, 0);
}

void put_card_back(struct desk *desk)
{
    take_card_out(desk);
    insert(desk->reader, "adult");
}

void close_all(struct desk *desk)
{
    STEP(CKR_OK, C_CloseAllSessions, desk->slot);
}

void open_other(struct desk *desk)
{
    CK_SESSION_HANDLE own = desk->session;
    CK_OBJECT_HANDLE key = desk->key, public_key = desk->public_key;
    CK_OBJECT_HANDLE certificate = desk->certificate, status = desk->status;

    desk->other_session = open_session(1 - desk->slot);
    desk->session = desk->other_session;
    state_find_objects(desk);
    desk->other_certificate = desk->certificate;
    desk->session = own;
    desk->key = key;
    desk->public_key = public_key;
    desk->certificate = certificate;
    desk->status = status;
}

void open_rw(struct desk *desk)
{
    CK_SESSION_HANDLE session = 0;

    STEP(CKR_OK, C_OpenSession, desk->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
        NULL, NULL, &session);
}

void log_out(struct desk *desk)
{
    STEP(CKR_OK, C_Logout, desk->session);
}

void offer_pin(struct desk *desk)
{
    STEP(CKR_PIN_INCORRECT, C_Login, desk->session, CKU_USER, desk->pin,
        desk->pin_len);
}

void begin_find(struct desk *desk)
{
    STEP(CKR_OK, C_FindObjectsInit, desk->session, NULL, 0);
}

void find_all(struct desk *desk)
{
    CK_OBJECT_HANDLE found[16];
    CK_ULONG count = 0;

    STEP(CKR_OK, C_FindObjects, desk->session, found, 16, &count);
    assert_true(count > 0);
}

void end_find(struct desk *desk)
{
    STEP(CKR_OK, C_FindObjectsFinal, desk->session);
}

void cancel_find(struct desk *desk)
{
    assert_int_equal(
        list_3_0()->C_SessionCancel(desk->session, CKF_FIND_OBJECTS), CKR_OK);
}

void search_nothing(struct desk *desk)
{
    CK_ATTRIBUTE templ = {CKA_LABEL, desk->data, 3};

    STEP(CKR_OK, C_FindObjectsInit, desk->session, &templ, 1);
}

void begin_digest(struct desk *desk)
{
    STEP(CKR_OK, C_DigestInit, desk->session, &desk->digest_mechanism);
}

void ask_digest(struct desk *desk)
{
    CK_ULONG len = 0;

    STEP(CKR_OK, C_Digest, desk->session, desk->data, 32, NULL, &len);
    assert_true(len > 0);
}

void short_digest(struct desk *desk)
{
    CK_BYTE digest[64];
    CK_ULONG len = 1;

    STEP(CKR_BUFFER_TOO_SMALL, C_Digest, desk->session, desk->data, 32, digest,
        &len);
}

void add_digest(struct desk *desk)
{
    STEP(CKR_OK, C_DigestUpdate, desk->session, desk->data, 32);
}

void ask_digest_final(struct desk *desk)
{
    CK_ULONG len = 0;

    STEP(CKR_OK, C_DigestFinal, desk->session, NULL, &len);
    assert_true(len > 0);
}

void short_digest_final(struct desk *desk)
{
    CK_BYTE digest[64];
    CK_ULONG len = 1;

    STEP(CKR_BUFFER_TOO_SMALL, C_DigestFinal, desk->session, digest, &len);
}

void make_digest(struct desk *desk)
{
    CK_BYTE digest[64];
    CK_ULONG len = sizeof digest;

    STEP(CKR_OK, C_Digest, desk->session, desk->data, 32, digest, &len);
}

void cancel_digest(struct desk *desk)
{
    assert_int_equal(
        list_3_0()->C_SessionCancel(desk->session, CKF_DIGEST), CKR_OK);
}

void null_digest(struct desk *desk)
{
    STEP(CKR_OK, C_DigestInit, desk->session, NULL);
}

void begin_sign(struct desk *desk)
{
    STEP(CKR_OK, C_SignInit, desk->session, &desk->mechanism, desk->key);
}

void begin_digest_and_sign(struct desk *desk)
{
    begin_digest(desk);
    begin_sign(desk);
}

void authorise(struct desk *desk)
{
    assert_int_equal(
        login(desk->session, CKU_CONTEXT_SPECIFIC, SIGN_PIN), CKR_OK);
}

void ask_sign(struct desk *desk)
{
    CK_ULONG len = 0;

    STEP(CKR_OK, C_Sign, desk->session, desk->data, 32, NULL, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
}

void short_sign(struct desk *desk)
{
    CK_ULONG len = SIGNATURE_SIZE - 1;

    STEP(CKR_BUFFER_TOO_SMALL, C_Sign, desk->session, desk->data, 32, desk->sig,
        &len);
}

void add_sign(struct desk *desk)
{
    STEP(CKR_OK, C_SignUpdate, desk->session, desk->data, 32);
}

void ask_sign_final(struct desk *desk)
{
    CK_ULONG len = 0;

    STEP(CKR_OK, C_SignFinal, desk->session, NULL, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
}

void short_sign_final(struct desk *desk)
{
    CK_ULONG len = SIGNATURE_SIZE - 1;

    STEP(CKR_BUFFER_TOO_SMALL, C_SignFinal, desk->session, desk->sig, &len);
}

void make_sign(struct desk *desk)
{
    CK_ULONG len = SIGNATURE_SIZE;

    begin_sign(desk);
    STEP(CKR_OK, C_Sign, desk->session, desk->data, 32, desk->sig, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
}

void cancel_sign(struct desk *desk)
{
    assert_int_equal(
        list_3_0()->C_SessionCancel(desk->session, CKF_SIGN), CKR_OK);
}

void null_sign(struct desk *desk)
{
    STEP(CKR_OK, C_SignInit, desk->session, NULL, desk->key);
}

void begin_verify(struct desk *desk)
{
    STEP(CKR_OK, C_VerifyInit, desk->session, &desk->mechanism,
        desk->public_key);
}

void add_verify(struct desk *desk)
{
    STEP(CKR_OK, C_VerifyUpdate, desk->session, desk->data, 32);
}

void make_verify(struct desk *desk)
{
    STEP(CKR_OK, C_Verify, desk->session, desk->data, 32, desk->sig,
        SIGNATURE_SIZE);
}

void cancel_verify(struct desk *desk)
{
    assert_int_equal(
        list_3_0()->C_SessionCancel(desk->session, CKF_VERIFY), CKR_OK);
}

void null_verify(struct desk *desk)
{
    STEP(CKR_OK, C_VerifyInit, desk->session, NULL, desk->public_key);
}

void stray_parameter(struct desk *desk)
{
    desk->mechanism.pParameter = desk->data;
    desk->mechanism.ulParameterLen = 4;
    desk->digest_mechanism.pParameter = desk->data;
    desk->digest_mechanism.ulParameterLen = 4;
}

void stray_length(struct desk *desk)
{
    desk->mechanism.pParameter = NULL;
    desk->mechanism.ulParameterLen = 4;
    desk->digest_mechanism.pParameter = NULL;
    desk->digest_mechanism.ulParameterLen = 4;
}

void no_parameter(struct desk *desk)
{
    desk->mechanism.pParameter = NULL;
    desk->mechanism.ulParameterLen = 0;
}

void short_parameter(struct desk *desk)
{
    desk->mechanism.ulParameterLen--;
}

void wrong_hash(struct desk *desk)
{
    desk->pss.hashAlg = CKM_SHA_1;
}

void wrong_mgf(struct desk *desk)
{
    desk->pss.mgf = CKG_MGF1_SHA1;
}

void wrong_salt(struct desk *desk)
{
    desk->pss.sLen = 20;
}

void spoil_digest(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_Digest, desk->session, desk->data, 32, desk->out,
        NULL);
}

void spoil_digest_update(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_DigestUpdate, desk->session, NULL, 5);
}

void spoil_digest_final(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_DigestFinal, desk->session, desk->out, NULL);
}

void spoil_sign(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_Sign, desk->session, desk->data, 32, desk->out,
        NULL);
}

void spoil_sign_update(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_SignUpdate, desk->session, NULL, 5);
}

void spoil_sign_final(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_SignFinal, desk->session, desk->out, NULL);
}

void spoil_verify(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_Verify, desk->session, desk->data, 32, NULL,
        SIGNATURE_SIZE);
}

void spoil_verify_update(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_VerifyUpdate, desk->session, NULL, 5);
}

void spoil_verify_final(struct desk *desk)
{
    STEP(CKR_ARGUMENTS_BAD, C_VerifyFinal, desk->session, NULL, SIGNATURE_SIZE);
}

void late_digest(struct desk *desk)
{
    CK_BYTE digest[64];
    CK_ULONG len = sizeof digest;

    STEP(CKR_OPERATION_ACTIVE, C_Digest, desk->session, desk->data, 32, digest,
        &len);
}

void late_sign(struct desk *desk)
{
    CK_ULONG len = SIGNATURE_SIZE;

    STEP(CKR_OPERATION_ACTIVE, C_Sign, desk->session, desk->data, 32, desk->sig,
        &len);
}

void late_verify(struct desk *desk)
{
    STEP(CKR_OPERATION_ACTIVE, C_Verify, desk->session, desk->data, 32,
        desk->sig, SIGNATURE_SIZE);
}

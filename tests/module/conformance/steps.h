/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CONFORMANCE_STEPS_H
#define TESTS_MODULE_CONFORMANCE_STEPS_H

#include "tests/module/conformance/conformance.h"

/*
 * What a row may do before its call, in the session of the fixture and with the
 * row's mechanism. Each fails the test if it does not go as it should.
 */

void take_card_out(struct fixture *f);  /* and a look at the slot sees it */
void pull_card(struct fixture *f);      /* nobody has looked yet */
void put_card_back(struct fixture *f);  /* the same one, after that */
void open_other(struct fixture *f);     /* a session on the other slot */
void find_all(struct fixture *f);       /* takes what a search finds */
void search_nothing(struct fixture *f); /* for what no object has */
void begin_digest_and_sign(struct fixture *f);
void authorise(struct fixture *f); /* by a context-specific log-in */

/* clang-format off */
#define RW_FLAGS (CKF_SERIAL_SESSION | CKF_RW_SESSION)
#define SESSION_ f->session
#define DATA_ f->session, f->data, 32
#define MECHANISM_ f->session, &f->mechanism
#define LENGTH_(n) &(CK_ULONG){n}
#define ROOM_ (CK_BYTE[SIGNATURE_SIZE]){0}, LENGTH_(SIGNATURE_SIZE)

/*
 * Name, answer, function and arguments of those that are one call. ask_: for
 * the size; short_: with too little room; invalid_: refused, which ends the
 * operation; late_: the single-part function after a part.
 */
#define STEPS(X) \
    X(close_all, CKR_OK, C_CloseAllSessions, f->slot) \
    X(open_rw, CKR_OK, C_OpenSession, f->slot, RW_FLAGS, NULL, NULL, \
        &(CK_SESSION_HANDLE){0}) \
    X(log_out, CKR_OK, C_Logout, SESSION_) \
    X(offer_pin, CKR_PIN_INCORRECT, C_Login, SESSION_, CKU_USER, f->pin, \
        f->pin_len) \
    X(begin_find, CKR_OK, C_FindObjectsInit, SESSION_, NULL, 0) \
    X(end_find, CKR_OK, C_FindObjectsFinal, SESSION_) \
    \
    X(begin_digest, CKR_OK, C_DigestInit, SESSION_, &f->digest_mechanism) \
    X(null_digest, CKR_OK, C_DigestInit, SESSION_, NULL) \
    X(ask_digest, CKR_OK, C_Digest, DATA_, NULL, LENGTH_(0)) \
    X(short_digest, CKR_BUFFER_TOO_SMALL, C_Digest, DATA_, f->sig, LENGTH_(1)) \
    X(make_digest, CKR_OK, C_Digest, DATA_, ROOM_) \
    X(add_digest, CKR_OK, C_DigestUpdate, DATA_) \
    X(ask_digest_final, CKR_OK, C_DigestFinal, SESSION_, NULL, LENGTH_(0)) \
    X(short_digest_final, CKR_BUFFER_TOO_SMALL, C_DigestFinal, SESSION_, \
        f->sig, LENGTH_(1)) \
    X(invalid_digest, CKR_ARGUMENTS_BAD, C_Digest, DATA_, f->out, NULL) \
    X(invalid_digest_update, CKR_ARGUMENTS_BAD, C_DigestUpdate, SESSION_, NULL, \
        5) \
    X(invalid_digest_final, CKR_ARGUMENTS_BAD, C_DigestFinal, SESSION_, f->out, \
        NULL) \
    X(late_digest, CKR_OPERATION_ACTIVE, C_Digest, DATA_, ROOM_) \
    \
    X(begin_sign, CKR_OK, C_SignInit, MECHANISM_, f->key) \
    X(null_sign, CKR_OK, C_SignInit, SESSION_, NULL, f->key) \
    X(ask_sign, CKR_OK, C_Sign, DATA_, NULL, LENGTH_(0)) \
    X(short_sign, CKR_BUFFER_TOO_SMALL, C_Sign, DATA_, f->sig, \
        LENGTH_(SIGNATURE_SIZE - 1)) \
    X(add_sign, CKR_OK, C_SignUpdate, DATA_) \
    X(ask_sign_final, CKR_OK, C_SignFinal, SESSION_, NULL, LENGTH_(0)) \
    X(short_sign_final, CKR_BUFFER_TOO_SMALL, C_SignFinal, SESSION_, f->sig, \
        LENGTH_(SIGNATURE_SIZE - 1)) \
    X(invalid_sign, CKR_ARGUMENTS_BAD, C_Sign, DATA_, f->out, NULL) \
    X(invalid_sign_update, CKR_ARGUMENTS_BAD, C_SignUpdate, SESSION_, NULL, 5) \
    X(invalid_sign_final, CKR_ARGUMENTS_BAD, C_SignFinal, SESSION_, f->out, \
        NULL) \
    X(late_sign, CKR_OPERATION_ACTIVE, C_Sign, DATA_, ROOM_) \
    \
    X(begin_verify, CKR_OK, C_VerifyInit, MECHANISM_, f->public_key) \
    X(null_verify, CKR_OK, C_VerifyInit, SESSION_, NULL, f->public_key) \
    X(make_verify, CKR_OK, C_Verify, DATA_, f->sig, SIGNATURE_SIZE) \
    X(add_verify, CKR_OK, C_VerifyUpdate, DATA_) \
    X(invalid_verify, CKR_ARGUMENTS_BAD, C_Verify, DATA_, NULL, SIGNATURE_SIZE) \
    X(invalid_verify_update, CKR_ARGUMENTS_BAD, C_VerifyUpdate, SESSION_, NULL, \
        5) \
    X(invalid_verify_final, CKR_ARGUMENTS_BAD, C_VerifyFinal, SESSION_, NULL, \
        SIGNATURE_SIZE) \
    X(late_verify, CKR_OPERATION_ACTIVE, C_Verify, DATA_, f->sig, \
        SIGNATURE_SIZE)

/* Name and flags of those that give an operation up by C_SessionCancel. */
#define CANCELS(X) \
    X(cancel_find, CKF_FIND_OBJECTS) \
    X(cancel_digest, CKF_DIGEST) \
    X(cancel_sign, CKF_SIGN) \
    X(cancel_verify, CKF_VERIFY)

/* Name and action of those that give the row's mechanism what is none of its own. */
#define PARAMETERS(X) \
    X(stray_parameter, set_parameters(f, f->data, 4)) \
    X(stray_length, set_parameters(f, NULL, 4)) \
    X(no_parameter, set_parameters(f, NULL, 0)) \
    X(short_parameter, f->mechanism.ulParameterLen--) \
    X(wrong_hash, f->pss.hashAlg = CKM_SHA_1) \
    X(wrong_mgf, f->pss.mgf = CKG_MGF1_SHA1) \
    X(wrong_salt, f->pss.sLen = 20)

/* Whether an operation goes on: name, function of a next part, its answer. */
#define CHECKS(X) \
    X(digest_goes_on, C_DigestUpdate, CKR_OK) \
    X(sign_goes_on, C_SignUpdate, CKR_OK) \
    X(verify_goes_on, C_VerifyUpdate, CKR_OK) \
    X(digest_is_over, C_DigestUpdate, NOT_BEGUN) \
    X(sign_is_over, C_SignUpdate, NOT_BEGUN) \
    X(verify_is_over, C_VerifyUpdate, NOT_BEGUN)
/* clang-format on */

#define NOT_BEGUN CKR_OPERATION_NOT_INITIALIZED

/* C_Sign, into the fixture's signature. */
void make_sign(struct fixture *f);

#define DECLARE_STEP(name, ...) void name(struct fixture *f);
STEPS(DECLARE_STEP)
CANCELS(DECLARE_STEP)
PARAMETERS(DECLARE_STEP)
#define DECLARE_CHECK(name, function, rv) bool name(struct fixture *f);
CHECKS(DECLARE_CHECK)

#endif

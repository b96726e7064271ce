/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pkcs11/call.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "pkcs11/sign.h"

/*
 * Message digesting, signing and verifying (PKCS #11 5.10, 5.11, 5.13). An
 * operation ends with its result and with every error but CKR_BUFFER_TOO_SMALL,
 * and CKR_OPERATION_ACTIVE of the functions that begin one.
 */

/* Without a mechanism the active digest is given up (PKCS #11 3.0, 5.10.1). */
static CK_RV begin_digest(
    struct session *session, const CK_MECHANISM *mechanism)
{
    const struct mech_scope scope = {NULL, false};
    const struct mech *mech;
    struct op *op;
    CK_RV rv;

    if (!mechanism) {
        session_end_op(session, OP_DIGEST);
        return CKR_OK;
    }
    rv = mech_find(&scope, mechanism, CKF_DIGEST, &mech);
    if (rv == CKR_OK)
        rv = op_new(module_context()->crypto, OP_DIGEST, mech,
            CK_INVALID_HANDLE, NULL, &op);
    return rv == CKR_OK ? session_begin_op(session, op) : rv;
}

CK_RV C_DigestInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = begin_digest(call.session, mechanism);
    return call_leave(&call, rv);
}

/* The digest of what was gathered and DATA, by the two-call rule. */
static CK_RV finish_digest(struct session *session, const CK_BYTE *data,
    CK_ULONG data_len, CK_BYTE *digest, CK_ULONG *digest_len)
{
    uint8_t hash[OP_INPUT_MAX];
    size_t hash_len = 0;
    struct op *op;
    bool go;
    CK_RV rv = session_op(session, OP_DIGEST, &op);

    if (rv != CKR_OK)
        return rv;
    rv = out_begin(digest, digest_len, op_size(op), &go);
    if (!go)
        return rv;
    rv = op_update(op, data, data_len);
    if (rv == CKR_OK)
        rv = op_input(op, hash, &hash_len);
    if (rv == CKR_OK)
        memcpy(digest, hash, hash_len);
    session_end_op(session, OP_DIGEST);
    return rv;
}

/* True for LEN bytes at DATA, which may be NULL when there are none. */
static bool is_input(const void *data, CK_ULONG len)
{
    return data || len == 0;
}

/* Arguments that make no sense end the operation, if there is one. */
static CK_RV check_arguments(
    struct session *session, enum op_kind kind, bool good)
{
    if (good)
        return CKR_OK;
    session_end_op(session, kind);
    return CKR_ARGUMENTS_BAD;
}

/*
 * A single-part function may not follow an update, not even to ask for the
 * size: the operation ends (PKCS #11 3.0, 5.12.2, 5.13.2, 5.15.2).
 */
static CK_RV check_no_parts(struct session *session, enum op_kind kind)
{
    struct op *op;
    CK_RV rv = session_op(session, kind, &op);

    if (rv != CKR_OK || !op->parts)
        return rv;
    session_end_op(session, kind);
    return CKR_OPERATION_ACTIVE;
}

/* A part of the input of the operation of KIND. */
static CK_RV add_part(struct session *session, enum op_kind kind,
    const CK_BYTE *part, CK_ULONG part_len)
{
    struct op *op;
    CK_RV rv = session_op(session, kind, &op);

    if (rv != CKR_OK)
        return rv;
    op->parts = true;
    rv = op_update(op, part, part_len);
    if (rv != CKR_OK)
        session_end_op(session, kind);
    return rv;
}

CK_RV C_Digest(CK_SESSION_HANDLE session, unsigned char *data,
    CK_ULONG data_len, unsigned char *digest, CK_ULONG *digest_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(
            call.session, OP_DIGEST, digest_len && is_input(data, data_len));
    if (rv == CKR_OK)
        rv = check_no_parts(call.session, OP_DIGEST);
    if (rv == CKR_OK)
        rv = finish_digest(call.session, data, data_len, digest, digest_len);
    return call_leave(&call, rv);
}

CK_RV C_DigestUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_DIGEST, is_input(part, part_len));
    if (rv == CKR_OK)
        rv = add_part(call.session, OP_DIGEST, part, part_len);
    return call_leave(&call, rv);
}

/* No key of the card may be digested, not even a public one. */
CK_RV C_DigestKey(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    struct call call;
    enum object_kind kind;
    struct op *op;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = session_op(call.session, OP_DIGEST, &op);
    if (rv == CKR_OK) {
        bool is_key = object_find(call.slot, key, &kind) && object_is_key(kind);
        rv = is_key ? CKR_KEY_INDIGESTIBLE : CKR_KEY_HANDLE_INVALID;
        session_end_op(call.session, OP_DIGEST);
    }
    return call_leave(&call, rv);
}

CK_RV C_DigestFinal(
    CK_SESSION_HANDLE session, unsigned char *digest, CK_ULONG *digest_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_DIGEST, digest_len != NULL);
    if (rv == CKR_OK)
        rv = finish_digest(call.session, NULL, 0, digest, digest_len);
    return call_leave(&call, rv);
}

CK_RV C_SignInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_STATE);

    if (rv == CKR_OK)
        rv = sign_init(&call, mechanism, key);
    return call_leave(&call, rv);
}

CK_RV C_Sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len,
    unsigned char *signature, CK_ULONG *signature_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(
            call.session, OP_SIGN, signature_len && is_input(data, data_len));
    if (rv == CKR_OK)
        rv = check_no_parts(call.session, OP_SIGN);
    if (rv == CKR_OK)
        rv = sign_finish(&call, data, data_len, signature, signature_len);
    return call_leave(&call, rv);
}

CK_RV C_SignUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_SIGN, is_input(part, part_len));
    if (rv == CKR_OK)
        rv = add_part(call.session, OP_SIGN, part, part_len);
    return call_leave(&call, rv);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE session, unsigned char *signature,
    CK_ULONG *signature_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_SIGN, signature_len != NULL);
    if (rv == CKR_OK)
        rv = sign_finish(&call, NULL, 0, signature, signature_len);
    return call_leave(&call, rv);
}

CK_RV C_VerifyInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_STATE);

    if (rv == CKR_OK)
        rv = verify_init(&call, mechanism, key);
    return call_leave(&call, rv);
}

CK_RV C_Verify(CK_SESSION_HANDLE session, unsigned char *data,
    CK_ULONG data_len, unsigned char *signature, CK_ULONG signature_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(
            call.session, OP_VERIFY, signature && is_input(data, data_len));
    if (rv == CKR_OK)
        rv = check_no_parts(call.session, OP_VERIFY);
    if (rv == CKR_OK)
        rv = verify_finish(&call, data, data_len, signature, signature_len);
    return call_leave(&call, rv);
}

CK_RV C_VerifyUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_VERIFY, is_input(part, part_len));
    if (rv == CKR_OK)
        rv = add_part(call.session, OP_VERIFY, part, part_len);
    return call_leave(&call, rv);
}

CK_RV C_VerifyFinal(
    CK_SESSION_HANDLE session, unsigned char *signature, CK_ULONG signature_len)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = check_arguments(call.session, OP_VERIFY, signature != NULL);
    if (rv == CKR_OK)
        rv = verify_finish(&call, NULL, 0, signature, signature_len);
    return call_leave(&call, rv);
}

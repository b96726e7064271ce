/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "pkcs11/call.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "pkcs11/rv.h"
#include "token/abilities.h"
#include "token/card_alg.h"
#include "token/sign.h"
#include "token/verdict.h"

/*
 * Message digesting, signing with the card, and verifying in software (PKCS #11
 * 5.10, 5.11, 5.13). An operation ends with its result and with every error but
 * CKR_BUFFER_TOO_SMALL, and CKR_OPERATION_ACTIVE of the functions that begin
 * one.
 */

/* Whether KEY is of the kind WANTED and there to be used. */
static TOKEN_LOCKED CK_RV check_key(
    const struct slot *slot, CK_OBJECT_HANDLE key, enum object_kind wanted)
{
    enum object_kind found;

    if (!object_find(slot, key, &found) || !object_is_key(found))
        return CKR_KEY_HANDLE_INVALID;
    if (found != wanted || !token_has_key(slot->token, slot->role->id))
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    if (wanted == OBJECT_PRIVATE_KEY &&
        !token_can_sign(slot->token, slot->role->id)) {
        const struct words *why = verdict_refusal(slot->token, slot->role->id);

        log_warn(words(W_LOG_NO_KEY), slot->token->name, slot->role->name,
            why ? words_of(why) : "");
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    }
    return CKR_OK;
}

/*
 * May KEY be used for OP_SIGN? The network may be asked, so the log-in may have
 * ended meanwhile.
 */
static TOKEN_LOCKED CK_RV ask_verdict(
    struct call *call, CK_OBJECT_HANDLE key, enum object_kind wanted)
{
    struct token *token = call->reader->token;
    enum jpki_role_id role = call->slot->role->id;
    CK_RV rv = call_result(call, verdict_ask(token, role));

    if (rv == CKR_OK)
        rv = check_key(call->slot, key, wanted);
    if (rv == CKR_OK && !verdict_allows(token, role))
        rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
    return rv;
}

/* Can the card do PSS? A key that may not sign is not asked even that. */
static TOKEN_LOCKED CK_RV ask_pss(
    struct call *call, CK_OBJECT_HANDLE key, enum object_kind wanted)
{
    CK_RV rv = call_result(call, abilities_ask_pss(call->reader->token));

    if (rv != CKR_OK)
        return rv;
    return call->reader->token->pss == TOKEN_PSS_KNOWN
               ? check_key(call->slot, key, wanted)
               : CKR_MECHANISM_INVALID;
}

/* Makes an operation the active one of its kind; KEY and CERT as in op.h. */
static CK_RV begin_op(struct session *session, enum op_kind kind,
    const struct mech *mech, CK_OBJECT_HANDLE key, const struct cert *cert)
{
    if (session->ops[kind])
        return CKR_OPERATION_ACTIVE;
    return op_new(
        module_context()->crypto, kind, mech, key, cert, &session->ops[kind]);
}

/*
 * Begins an operation of KIND, OP_SIGN or OP_VERIFY. Without a mechanism the
 * active operation is given up (PKCS #11 3.0, 5.13.1). The lock is let go
 * meanwhile.
 */
static TOKEN_LOCKED CK_RV begin(struct call *call, enum op_kind kind,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    const bool signs = kind == OP_SIGN;
    enum object_kind wanted = signs ? OBJECT_PRIVATE_KEY : OBJECT_PUBLIC_KEY;
    const struct cert *cert = slot_key(call->slot)->cert.cert;
    const struct mech *mech;
    CK_RV rv;

    if (!mechanism) {
        session_end_op(call->session, kind);
        return CKR_OK;
    }
    if (call->session->ops[kind])
        return CKR_OPERATION_ACTIVE;
    /* Of a key that no command signs with no mechanism says so. */
    if (signs && cert && sigalg_of(cert) &&
        !token_can_sign(call->reader->token, call->slot->role->id))
        return check_key(call->slot, key, wanted);
    rv = mech_find(cert, mechanism, signs ? CKF_SIGN : CKF_VERIFY, &mech);
    if (rv == CKR_OK)
        rv = check_key(call->slot, key, wanted);
    if (rv == CKR_OK && signs)
        rv = ask_verdict(call, key, wanted);
    if (rv == CKR_OK && mech_is_pss(mechanism->mechanism))
        rv = ask_pss(call, key, wanted);
    return rv == CKR_OK ? begin_op(call->session, kind, mech, key, cert) : rv;
}

/* C_SignInit and C_VerifyInit (PKCS #11 5.13.1, 5.15.1). */
static CK_RV init(const char *name, CK_SESSION_HANDLE session,
    enum op_kind kind, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, name, session, NEED_STATE);

    if (rv == CKR_OK)
        rv = begin(&call, kind, mechanism, key);
    return call_leave(&call, rv);
}

CK_RV C_SignInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return init(__func__, session, OP_SIGN, mechanism, key);
}

CK_RV C_VerifyInit(
    CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return init(__func__, session, OP_VERIFY, mechanism, key);
}

/* Without a mechanism the active digest is given up (PKCS #11 3.0, 5.10.1). */
static TOKEN_LOCKED CK_RV begin_digest(
    struct session *session, const CK_MECHANISM *mechanism)
{
    const struct mech *mech;
    CK_RV rv;

    if (!mechanism) {
        session_end_op(session, OP_DIGEST);
        return CKR_OK;
    }
    rv = mech_find(NULL, mechanism, CKF_DIGEST, &mech);
    if (rv != CKR_OK)
        return rv;
    return begin_op(session, OP_DIGEST, mech, CK_INVALID_HANDLE, NULL);
}

CK_RV C_DigestInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = begin_digest(call.session, mechanism);
    return call_leave(&call, rv);
}

/* What a function gives an operation to digest, sign or verify. */
struct input {
    const CK_BYTE *data; /* may be NULL when there are none */
    CK_ULONG len;
    enum {
        PART,  /* of C_...Update */
        WHOLE, /* of a single-part function */
        NONE,  /* of C_...Final */
    } kind;
};

static const struct input no_input = {NULL, 0, NONE};

/*
 * The active operation of KIND, which INPUT is for. Arguments that make no
 * sense (GOOD is false) end it, and so does a single-part function after an
 * update, were it to ask for the size only (PKCS #11 3.0, 5.12.2, 5.13.2,
 * 5.15.2).
 */
static TOKEN_LOCKED CK_RV find_op(struct session *session, enum op_kind kind,
    const struct input *input, bool good, struct op **ret_op)
{
    CK_RV rv = CKR_ARGUMENTS_BAD;

    if (good && (input->data || input->len == 0)) {
        rv = session_op(session, kind, ret_op);
        if (rv != CKR_OK || input->kind != WHOLE || !(*ret_op)->parts)
            return rv;
        rv = CKR_OPERATION_ACTIVE;
    }
    session_end_op(session, kind);
    return rv;
}

/* C_DigestUpdate, C_SignUpdate, C_VerifyUpdate. */
static CK_RV update(const char *name, CK_SESSION_HANDLE session,
    enum op_kind kind, const CK_BYTE *part, CK_ULONG part_len)
{
    const struct input input = {part, part_len, PART};
    struct call call;
    struct op *op;
    CK_RV rv = call_enter_session(&call, name, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = find_op(call.session, kind, &input, true, &op);
    if (rv == CKR_OK) {
        op->parts = true;
        rv = op_update(op, part, part_len);
        if (rv != CKR_OK)
            session_end_op(call.session, kind);
    }
    return call_leave(&call, rv);
}

CK_RV C_DigestUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    return update(__func__, session, OP_DIGEST, part, part_len);
}

CK_RV C_SignUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    return update(__func__, session, OP_SIGN, part, part_len);
}

CK_RV C_VerifyUpdate(
    CK_SESSION_HANDLE session, unsigned char *part, CK_ULONG part_len)
{
    return update(__func__, session, OP_VERIFY, part, part_len);
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

/* All of OP's input, INPUT with it, as the algorithm takes it. */
static CK_RV gather(struct op *op, const struct input *input,
    uint8_t ret_bytes[OP_INPUT_MAX], size_t *ret_len)
{
    CK_RV rv = op_update(op, input->data, input->len);

    return rv == CKR_OK ? op_input(op, ret_bytes, ret_len) : rv;
}

/* A signature that a call finishes. */
struct finish {
    struct call *call;
    uint64_t op_id;
};

static struct op *find_finished(const struct finish *finish)
{
    const struct session *session = finish->call->session;
    struct op *op = session ? session->ops[OP_SIGN] : NULL;

    return op && op->id == finish->op_id ? op : NULL;
}

/* See struct signature. The operation's PIN is good for one signature. */
static TOKEN_LOCKED bool is_wanted(
    void *arg, struct pin **ret_pin, bool *ret_asks)
{
    const struct finish *finish = arg;
    struct op *op;

    if (call_find_session(finish->call) != CKR_OK)
        return false;
    op = find_finished(finish);
    if (!op)
        return false;
    *ret_pin = op->pin;
    *ret_asks = op->needs_pin;
    op->pin = NULL;
    return true;
}

/*
 * The signature over OP's input and INPUT, of SIZE bytes; ends the operation.
 * The lock is let go meanwhile.
 */
static TOKEN_LOCKED CK_RV sign(struct call *call, struct op *op,
    const struct input *input, CK_BYTE *ret_signature, size_t size)
{
    struct token *token = call->reader->token;
    struct finish finish = {call, op->id};
    uint8_t bytes[OP_INPUT_MAX];
    struct signature sig = {.alg = op->mech->alg,
        .input = bytes,
        .is_wanted = is_wanted,
        .arg = &finish};
    enum tok_err err;
    CK_RV rv = gather(op, input, bytes, &sig.input_len);

    op->taken = true;
    if (rv == CKR_OK) {
        err = sign_by_card(token, call->slot->role->id, &sig);
        rv = call_result(call, err);
        if (rv == CKR_OK && err == TOK_CANCELLED)
            rv = CKR_OPERATION_NOT_INITIALIZED;
    }
    /* The session or the operation may have ended meanwhile. */
    if (find_finished(&finish))
        session_end_op(call->session, OP_SIGN);
    if (rv == CKR_OK)
        memcpy(ret_signature, sig.made, size);
    explicit_bzero(bytes, sizeof bytes);
    explicit_bzero(&sig, sizeof sig);
    return rv;
}

static TOKEN_LOCKED CK_RV digest(struct session *session, struct op *op,
    const struct input *input, CK_BYTE *ret_digest)
{
    uint8_t hash[OP_INPUT_MAX];
    size_t hash_len = 0;
    CK_RV rv = gather(op, input, hash, &hash_len);

    if (rv == CKR_OK)
        memcpy(ret_digest, hash, hash_len);
    session_end_op(session, OP_DIGEST);
    return rv;
}

/* The digest or signature of C_Digest, C_Sign and their like, by the two-call
 * rule. */
static CK_RV make(const char *name, CK_SESSION_HANDLE session,
    enum op_kind kind, const struct input *input, CK_BYTE *result,
    CK_ULONG *result_len)
{
    struct call call;
    struct op *op;
    bool go = false;
    CK_RV rv = call_enter_session(&call, name, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = find_op(call.session, kind, input, result_len != NULL, &op);
    if (rv == CKR_OK)
        rv = out_begin(result, result_len, op_size(op), &go);
    if (go && kind == OP_SIGN)
        rv = sign(&call, op, input, result, op_size(op));
    else if (go)
        rv = digest(call.session, op, input, result);
    return call_leave(&call, rv);
}

CK_RV C_Digest(CK_SESSION_HANDLE session, unsigned char *data,
    CK_ULONG data_len, unsigned char *digest, CK_ULONG *digest_len)
{
    const struct input input = {data, data_len, WHOLE};

    return make(__func__, session, OP_DIGEST, &input, digest, digest_len);
}

CK_RV C_DigestFinal(
    CK_SESSION_HANDLE session, unsigned char *digest, CK_ULONG *digest_len)
{
    return make(__func__, session, OP_DIGEST, &no_input, digest, digest_len);
}

CK_RV C_Sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG data_len,
    unsigned char *signature, CK_ULONG *signature_len)
{
    const struct input input = {data, data_len, WHOLE};

    return make(__func__, session, OP_SIGN, &input, signature, signature_len);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE session, unsigned char *signature,
    CK_ULONG *signature_len)
{
    return make(
        __func__, session, OP_SIGN, &no_input, signature, signature_len);
}

/* CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE. */
static CK_RV check_signature(struct op *op, const struct input *input,
    const CK_BYTE *signature, CK_ULONG signature_len)
{
    uint8_t bytes[OP_INPUT_MAX];
    size_t len = 0;
    enum crypt_err err;
    CK_RV rv;

    if (signature_len != op_size(op))
        return CKR_SIGNATURE_LEN_RANGE;
    rv = gather(op, input, bytes, &len);
    if (rv != CKR_OK)
        return rv;
    err = sigalg_verify(
        op->mech->alg, op->cert, bytes, len, signature, signature_len);
    return err == CRYPT_MISMATCH ? CKR_SIGNATURE_INVALID : rv_from_crypt(err);
}

/* C_Verify, C_VerifyFinal. */
static CK_RV verify(const char *name, CK_SESSION_HANDLE session,
    const struct input *input, const CK_BYTE *signature, CK_ULONG signature_len)
{
    struct call call;
    struct op *op;
    CK_RV rv = call_enter_session(&call, name, session, NEED_NOTHING);

    if (rv == CKR_OK)
        rv = find_op(call.session, OP_VERIFY, input, signature != NULL, &op);
    if (rv == CKR_OK) {
        rv = check_signature(op, input, signature, signature_len);
        session_end_op(call.session, OP_VERIFY);
    }
    return call_leave(&call, rv);
}

CK_RV C_Verify(CK_SESSION_HANDLE session, unsigned char *data,
    CK_ULONG data_len, unsigned char *signature, CK_ULONG signature_len)
{
    const struct input input = {data, data_len, WHOLE};

    return verify(__func__, session, &input, signature, signature_len);
}

CK_RV C_VerifyFinal(
    CK_SESSION_HANDLE session, unsigned char *signature, CK_ULONG signature_len)
{
    return verify(__func__, session, &no_input, signature, signature_len);
}

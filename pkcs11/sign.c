/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/sign.h"

#include <string.h>

#include "conf/log.h"
#include "pkcs11/out.h"
#include "pkcs11/rv.h"
#include "token/sign.h"
#include "token/verdict.h"

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
        log_warn("%s: no signature with the %s key: the next card is not "
                 "supported yet; look for a newer version of the module",
            slot->token->name, slot->role->name);
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
    bool with_pss = false;
    CK_RV rv = call_ask_pss(call, &with_pss);

    if (rv != CKR_OK)
        return rv;
    return with_pss ? check_key(call->slot, key, wanted)
                    : CKR_MECHANISM_INVALID;
}

/*
 * Begins an operation of KIND with the key of object kind WANTED. Without a
 * mechanism the active operation is given up (PKCS #11 3.0, 5.13.1).
 */
static TOKEN_LOCKED CK_RV begin(struct call *call, enum op_kind kind,
    const CK_MECHANISM *mechanism, CK_FLAGS needs, CK_OBJECT_HANDLE key,
    enum object_kind wanted)
{
    const struct cert *cert = slot_key(call->slot)->cert.cert;
    const struct mech_scope scope = {cert, true};
    const struct mech *mech;
    struct op *op;
    CK_RV rv;

    if (!mechanism) {
        session_end_op(call->session, kind);
        return CKR_OK;
    }
    if (call->session->ops[kind])
        return CKR_OPERATION_ACTIVE;
    /* Of a key that no command signs with no mechanism says so. */
    if (kind == OP_SIGN && cert && sigalg_of(cert) &&
        !token_can_sign(call->reader->token, call->slot->role->id))
        return check_key(call->slot, key, wanted);
    rv = mech_find(&scope, mechanism, needs, &mech);
    if (rv == CKR_OK)
        rv = check_key(call->slot, key, wanted);
    if (rv == CKR_OK && kind == OP_SIGN)
        rv = ask_verdict(call, key, wanted);
    if (rv == CKR_OK && mech_is_pss(mechanism->mechanism))
        rv = ask_pss(call, key, wanted);
    if (rv != CKR_OK)
        return rv;
    rv = op_new(
        call->reader->token->context->crypto, kind, mech, key, cert, &op);
    return rv == CKR_OK ? session_begin_op(call->session, op) : rv;
}

CK_RV sign_init(
    struct call *call, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return begin(call, OP_SIGN, mechanism, CKF_SIGN, key, OBJECT_PRIVATE_KEY);
}

CK_RV verify_init(
    struct call *call, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    return begin(
        call, OP_VERIFY, mechanism, CKF_VERIFY, key, OBJECT_PUBLIC_KEY);
}

/* A signature that a call finishes. */
struct finish {
    struct call *call;
    uint64_t op_id;
};

static struct op *find_op(const struct finish *finish)
{
    struct session *session = finish->call->session;

    return session ? session_find_op(session, OP_SIGN, finish->op_id) : NULL;
}

/* See struct signature. The operation's PIN is good for one signature. */
static TOKEN_LOCKED bool is_wanted(
    void *arg, struct pin **ret_pin, bool *ret_asks)
{
    const struct finish *finish = arg;
    struct op *op;

    if (call_find_session(finish->call) != CKR_OK)
        return false;
    op = find_op(finish);
    if (!op)
        return false;
    *ret_pin = op->pin;
    *ret_asks = op->needs_pin;
    op->pin = NULL;
    return true;
}

/* The signature for the operation of FINISH. */
static TOKEN_LOCKED CK_RV card_signature(
    const struct finish *finish, struct signature *signature)
{
    struct call *call = finish->call;
    enum tok_err err =
        sign_by_card(call->reader->token, call->slot->role->id, signature);
    CK_RV rv = call_result(call, err);

    if (rv == CKR_OK && err == TOK_CANCELLED)
        return CKR_OPERATION_NOT_INITIALIZED;
    return rv;
}

CK_RV sign_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len)
{
    uint8_t input[OP_INPUT_MAX];
    struct finish finish = {.call = call};
    struct signature sig = {
        .input = input, .is_wanted = is_wanted, .arg = &finish};
    struct op *op;
    size_t size;
    bool go;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (rv != CKR_OK)
        return rv;
    size = op_size(op);
    rv = out_begin(signature, signature_len, size, &go);
    if (!go)
        return rv;
    finish.op_id = op->id;
    op->taken = true;
    sig.alg = op->mech->alg;
    rv = op_update(op, data, data_len);
    if (rv == CKR_OK)
        rv = op_input(op, input, &sig.input_len);
    if (rv == CKR_OK)
        rv = card_signature(&finish, &sig);
    /* The session or the operation may have ended meanwhile. */
    if (find_op(&finish))
        session_end_op(call->session, OP_SIGN);
    if (rv == CKR_OK)
        memcpy(signature, sig.made, size);
    pin_wipe(input, sizeof input);
    pin_wipe(&sig, sizeof sig);
    return rv;
}

CK_RV verify_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    const CK_BYTE *signature, CK_ULONG signature_len)
{
    uint8_t input[OP_INPUT_MAX];
    size_t input_len = 0;
    enum crypt_err err;
    struct op *op;
    CK_RV rv = session_op(call->session, OP_VERIFY, &op);

    if (rv != CKR_OK)
        return rv;
    if (signature_len != op_size(op))
        rv = CKR_SIGNATURE_LEN_RANGE;
    if (rv == CKR_OK)
        rv = op_update(op, data, data_len);
    if (rv == CKR_OK)
        rv = op_input(op, input, &input_len);
    if (rv == CKR_OK) {
        err = sigalg_verify(op->mech->alg, op->cert, input, input_len,
            signature, signature_len);
        rv = err == CRYPT_MISMATCH ? CKR_SIGNATURE_INVALID : rv_from_crypt(err);
    }
    session_end_op(call->session, OP_VERIFY);
    return rv;
}

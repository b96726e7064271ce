/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/sign.h"

#include <string.h>

#include "conf/log.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "pkcs11/pin_rules.h"
#include "pkcs11/rv.h"

/* Whether KEY is of the kind WANTED and there to be used. */
static CK_RV check_key(
    const struct slot *slot, CK_OBJECT_HANDLE key, enum object_kind wanted)
{
    enum object_kind found;

    if (!object_find(slot, key, &found) || !object_is_key(found))
        return CKR_KEY_HANDLE_INVALID;
    if (found != wanted || !slot_has_key(slot))
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    if (wanted == OBJECT_PRIVATE_KEY && !slot_can_sign(slot)) {
        log_warn("%s: no signature with the %s key: the next card is not "
                 "supported yet; look for a newer version of the module",
            slot->reader->name, slot->role->name);
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    }
    return CKR_OK;
}

/*
 * May KEY be used for OP_SIGN? The network may be asked, so the log-in may have
 * ended meanwhile.
 */
static CK_RV ask_verdict(
    struct call *call, CK_OBJECT_HANDLE key, enum object_kind wanted)
{
    CK_RV rv = verdict_ask(call);

    if (rv == CKR_OK)
        rv = check_key(call->slot, key, wanted);
    if (rv == CKR_OK && !verdict_allows(call->slot))
        rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
    return rv;
}

/* Can the card do PSS? A key that may not sign is not asked even that. */
static CK_RV ask_pss(
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
static CK_RV begin(struct call *call, enum op_kind kind,
    const CK_MECHANISM *mechanism, CK_FLAGS needs, CK_OBJECT_HANDLE key,
    enum object_kind wanted)
{
    const struct mech_scope scope = {call->slot->cert, true};
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
    if (kind == OP_SIGN && slot_has_key(call->slot) &&
        !slot_can_sign(call->slot))
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
    rv = op_new(kind, mech, key, call->slot->cert, &op);
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

/* A PIN taken for one signature, and where it is put back. */
struct lease {
    struct pin *pin;
    bool held; /* the slot's, else the operation's own */
};

/* Why the PIN of C_Login does not do for OP; NULL where it does. */
static const char *needs_own_pin(const struct slot *slot, const struct op *op)
{
    if (op->pin || !object_always_authenticates(slot))
        return NULL;
    if (module_conf()->signature_pin == CONF_PIN_EVERY)
        return "signature_pin = every wants it for each signature";
    return op->needs_pin ? "the program asked for it, and no right one came"
                         : NULL;
}

/*
 * Takes the PIN that authorises OP: that of its context-specific log-in, else
 * the one held since C_Login where that one may sign.
 */
static CK_RV take_pin(struct slot *slot, struct op *op, struct lease *ret_lease)
{
    struct pin **from = op->pin ? &op->pin : &slot->pin;
    const char *why = needs_own_pin(slot, op);

    if (why) {
        log_warn("%s: no signature without a PIN of its own: %s",
            slot->reader->name, why);
        return CKR_USER_NOT_LOGGED_IN;
    }
    if (!*from)
        return CKR_USER_NOT_LOGGED_IN;
    ret_lease->held = from == &slot->pin;
    ret_lease->pin = *from;
    *from = NULL;
    return CKR_OK;
}

/* True when the PIN that gave RESULT and ERR is of no more use. */
static bool is_invalid(const struct verify_result *result, enum tok_err err)
{
    return result->fate == PIN_REFUSED || result->fate == PIN_UNSURE ||
           err == TOK_PIN_CHANGED || err == TOK_PIN_LOCKED;
}

/*
 * Puts the PIN back into the log-in it belongs to, if that still stands. Where
 * it is not known to be right any more the log-in ends, so that it is never
 * sent again.
 */
static void put_back(struct slot *slot, const struct lease *lease, bool invalid)
{
    if (lease->held && slot->logged_in && !slot->pin && !invalid)
        slot->pin = lease->pin;
    else
        pin_free(lease->pin);
    if (invalid)
        slot_log_out(slot);
}

/* One signature by the card, and what it says of PIN and counter. */
struct signature {
    const struct mech *mech;
    const uint8_t *input;
    size_t input_len;
    uint8_t made[CARD_SIGNATURE_SIZE];
};

/*
 * The only way by which a signing command reaches a card; with the reader
 * claimed. LEASE is put back.
 */
static enum tok_err ask_card(
    struct call *call, const struct lease *lease, struct signature *sig)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    struct verify_result result;
    enum tok_err err;
    bool invalid;

    reader_io_begin(reader);
    err = jpki_sign(reader->card, slot->role, lease->pin,
        mech_card_padding(sig->mech), sig->input, sig->input_len, sig->made,
        &result);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader)) {
        pin_free(lease->pin);
        return TOK_REMOVED;
    }
    invalid = is_invalid(&result, err);
    pin_held_note(slot, lease->pin, &result);
    if (err == TOK_PIN_WRONG)
        log_warn("%s: the card refused the %s PIN that was held: it was "
                 "changed elsewhere since the log-in; log in again",
            reader->name, slot->role->name);
    pin_refusal_log(slot, err);
    put_back(slot, lease, invalid);
    /* With the PIN accepted it was the signing command that was refused. */
    if (err == TOK_REPLY && result.fate == PIN_ACCEPTED &&
        mech_is_pss(sig->mech->type))
        reader_withdraw_pss(reader);
    /* C_Sign has no codes for a PIN: what it says is that the log-in is over.
     */
    if (err == TOK_PIN_WRONG || err == TOK_PIN_LOCKED)
        err = TOK_PIN_CHANGED;
    return err;
}

/*
 * What comes back is compared with the certificate, so that a swapped card, a
 * faulty chip or a flipped bit hands out nothing.
 */
static CK_RV check_signature(struct slot *slot, const struct signature *sig)
{
    enum crypt_err err = sigalg_verify(sig->mech->alg, slot->cert, sig->input,
        sig->input_len, sig->made, sizeof sig->made);

    if (err != CRYPT_MISMATCH)
        return rv_from_crypt(err);
    log_error("%s: a signature by the %s key does not verify",
        slot->reader->name, slot->role->name);
    if (mech_is_pss(sig->mech->type))
        reader_withdraw_pss(slot->reader);
    else
        verdict_note_wrong_key(slot);
    return CKR_DEVICE_ERROR;
}

/* What has to hold at the moment when the command is sent. */
static CK_RV lease_pin(struct call *call, uint64_t id, struct lease *ret_lease)
{
    struct op *op = session_find_op(call->session, OP_SIGN, id);

    if (!op)
        return CKR_OPERATION_NOT_INITIALIZED;
    verdict_renew(call->slot);
    if (!verdict_allows(call->slot))
        return CKR_FUNCTION_REJECTED;
    return take_pin(call->slot, op, ret_lease);
}

/* The signature for the operation ID. */
static CK_RV card_signature(
    struct call *call, uint64_t id, struct signature *sig)
{
    struct lease lease = {NULL, false};
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    rv = lease_pin(call, id, &lease);
    if (rv != CKR_OK) {
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    rv = call_unclaim(call, ask_card(call, &lease, sig));
    return rv == CKR_OK ? check_signature(call->slot, sig) : rv;
}

CK_RV sign_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len)
{
    uint8_t input[OP_INPUT_MAX];
    struct signature sig;
    struct op *op;
    uint64_t id;
    bool go;
    CK_RV rv = session_op(call->session, OP_SIGN, &op);

    if (rv != CKR_OK)
        return rv;
    rv = out_begin(signature, signature_len, op_size(op), &go);
    if (!go)
        return rv;
    id = op->id;
    op->taken = true;
    memset(&sig, 0, sizeof sig);
    sig.mech = op->mech;
    sig.input = input;
    rv = op_update(op, data, data_len);
    if (rv == CKR_OK)
        rv = op_input(op, input, &sig.input_len);
    if (rv == CKR_OK)
        rv = card_signature(call, id, &sig);
    /* The session or the operation may have ended meanwhile. */
    if (call->session && session_find_op(call->session, OP_SIGN, id))
        session_end_op(call->session, OP_SIGN);
    if (rv == CKR_OK)
        memcpy(signature, sig.made, sizeof sig.made);
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

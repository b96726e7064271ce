/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/sign.h"

#include <string.h>

#include "conf/log.h"
#include "crypto/rsa.h"
#include "pkcs11/login.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
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
    const struct mech *mech;
    struct op *op;
    CK_RV rv;

    if (!mechanism) {
        session_end_op(call->session, kind);
        return CKR_OK;
    }
    if (call->session->ops[kind])
        return CKR_OPERATION_ACTIVE;
    rv = mech_find(true, mechanism, needs, &mech);
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

/*
 * CRYPT_OK when SIG is a signature by MECH over INPUT under CERT,
 * CRYPT_MISMATCH when it is not, else why nobody knows.
 */
static enum crypt_err verify(const struct cert *cert, const struct mech *mech,
    const uint8_t *input, size_t input_len, const uint8_t *sig, size_t sig_len)
{
    return mech->padding == CARD_PSS
               ? rsa_verify_pss(cert, input, input_len, sig, sig_len)
               : rsa_verify_pkcs1(cert, input, input_len, sig, sig_len);
}

/* A PIN lent for one signature, and where it goes back to. */
struct lent {
    struct pin *pin;
    bool held; /* the slot's, else the operation's own */
};

/*
 * Takes the PIN that authorises OP: that of its context-specific log-in, else
 * the one held since C_Login where the configuration lets that one sign.
 */
static CK_RV borrow_pin(struct slot *slot, struct op *op, struct lent *ret_lent)
{
    struct pin **from = op->pin ? &op->pin : &slot->pin;

    if (!op->pin && object_always_authenticates(slot) &&
        module_conf()->signature_pin == CONF_PIN_EVERY)
        return CKR_USER_NOT_LOGGED_IN;
    if (!*from)
        return CKR_USER_NOT_LOGGED_IN;
    ret_lent->held = from == &slot->pin;
    ret_lent->pin = *from;
    *from = NULL;
    return CKR_OK;
}

/*
 * Gives the PIN back to the log-in it belongs to, if that still stands and the
 * card did not refuse it or leave its fate open: then nobody knows whether it
 * is still right, and it shall not be tried again.
 */
static void return_pin(struct slot *slot, const struct lent *lent,
    enum pin_fate fate, const struct tries *tries)
{
    bool spoilt = fate == PIN_REFUSED || fate == PIN_UNSURE;

    if (fate == PIN_REFUSED)
        login_remember_wrong(slot, lent->pin, tries);
    if (lent->held && slot->logged_in && !slot->pin && !spoilt)
        slot->pin = lent->pin;
    else
        pin_free(lent->pin);
    if (spoilt)
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
 * claimed. LENT goes back to where it came from.
 */
static enum tok_err ask_card(struct call *call, const struct lent *lent,
    struct signature *sig, enum pin_fate *ret_fate)
{
    struct reader *reader = call->reader;
    struct slot *slot = call->slot;
    struct tries tries;
    enum tok_err err;

    memset(&tries, 0, sizeof tries);
    reader_io_begin(reader);
    err = jpki_sign(reader->card, slot->role, lent->pin, sig->mech->padding,
        sig->input, sig->input_len, sig->made, &tries);
    *ret_fate = card_pin_fate(reader->card);
    reader_io_end(reader);
    if (!reader_io_was_for_this_card(reader)) {
        pin_free(lent->pin);
        *ret_fate = PIN_NOT_SENT;
        return TOK_REMOVED;
    }
    return_pin(slot, lent, *ret_fate, &tries);
    slot_note_tries(slot, &tries);
    /* With the PIN accepted it was the signing command that was refused. */
    if (err == TOK_REPLY && *ret_fate == PIN_ACCEPTED &&
        sig->mech->padding == CARD_PSS)
        reader_withdraw_pss(reader);
    return err;
}

/*
 * What comes back is compared with the certificate, so that a swapped card, a
 * faulty chip or a flipped bit hands out nothing.
 */
static CK_RV check_signature(struct slot *slot, const struct signature *sig)
{
    enum crypt_err err = verify(slot->cert, sig->mech, sig->input,
        sig->input_len, sig->made, sizeof sig->made);

    if (err != CRYPT_MISMATCH)
        return rv_from_crypt(err);
    log_error("%s: a signature by the %s key does not verify",
        slot->reader->name, slot->role->name);
    if (sig->mech->padding == CARD_PSS)
        reader_withdraw_pss(slot->reader);
    else
        verdict_note_wrong_key(slot);
    return CKR_DEVICE_ERROR;
}

/* What has to hold at the moment when the command is sent. */
static CK_RV borrow(struct call *call, uint64_t id, struct lent *ret_lent)
{
    struct op *op = session_find_op(call->session, OP_SIGN, id);

    if (!op)
        return CKR_OPERATION_NOT_INITIALIZED;
    verdict_renew(call->slot);
    if (!verdict_allows(call->slot))
        return CKR_FUNCTION_REJECTED;
    return borrow_pin(call->slot, op, ret_lent);
}

/* The signature for the operation ID. */
static CK_RV card_signature(
    struct call *call, uint64_t id, struct signature *sig)
{
    struct lent lent = {NULL, false};
    enum pin_fate fate;
    enum tok_err err;
    CK_RV rv = call_claim(call);

    if (rv != CKR_OK)
        return rv;
    rv = borrow(call, id, &lent);
    if (rv != CKR_OK) {
        (void)call_unclaim(call, TOK_OK);
        return rv;
    }
    err = ask_card(call, &lent, sig, &fate);
    if (fate == PIN_REFUSED) {
        (void)call_unclaim(call, TOK_OK);
        return CKR_USER_NOT_LOGGED_IN;
    }
    rv = call_unclaim(call, err);
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
        err = verify(
            op->cert, op->mech, input, input_len, signature, signature_len);
        rv = err == CRYPT_MISMATCH ? CKR_SIGNATURE_INVALID : rv_from_crypt(err);
    }
    session_end_op(call->session, OP_VERIFY);
    return rv;
}

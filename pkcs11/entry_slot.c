/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pkcs11/call.h"
#include "pkcs11/mech.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "token/abilities.h"
#include "token/certificates.h"

/* Slot and token functions (PKCS #11 5.5). */

static bool has_card(struct token *token)
{
    bool present;

    token_lock(token);
    present = token->present;
    token_unlock(token);
    return present;
}

/* Writes the ids of the slots wanted into IDS; returns how many. */
static CK_ULONG gather_slots(
    bool with_card, CK_SLOT_ID ids[READERS_MAX * JPKI_ROLES])
{
    const struct context *context = module_context();
    struct reader_list *list = module_readers();
    CK_ULONG count = 0;
    size_t i, role;

    for (i = 0; i < list->shown; i++) {
        struct token *token = reader_list_get(list, i)->token;
        if (!context_wants_reader(context, token->name))
            continue;
        if (with_card && !has_card(token))
            continue;
        for (role = 0; role < JPKI_ROLES; role++)
            if (context_shows(context, (enum jpki_role_id)role))
                ids[count++] = slot_id_at(i, (enum jpki_role_id)role);
    }
    return count;
}

/*
 * The readers shown change only where a program asks for the size, so that the
 * second call of the pair fits the first (PKCS #11 5.5.1), unless a card came.
 */
static CK_ULONG list_slots(
    bool with_card, bool may_change, CK_SLOT_ID ids[READERS_MAX * JPKI_ROLES])
{
    struct reader_list *list = module_readers();
    struct reader_state states[READERS_MAX];
    size_t count;
    CK_ULONG found;

    reader_list_refresh(list, states, &count);
    if (may_change || list->shown == 0)
        list->shown = readers_count(list->readers);
    found = gather_slots(with_card, ids);
    /* That no card is in a reader is no reason to say anything. */
    if (found == 0 || with_card)
        readers_explain(list->readers, states, count);
    return found;
}

CK_RV C_GetSlotList(
    CK_BBOOL token_present, CK_SLOT_ID *slot_list, CK_ULONG *count)
{
    CK_SLOT_ID ids[READERS_MAX * JPKI_ROLES];
    struct call call;
    CK_ULONG found;
    bool go;
    CK_RV rv = call_enter(&call, __func__);

    if (rv == CKR_OK && !count)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK) {
        found = list_slots(token_present, !slot_list, ids);
        rv = out_begin(slot_list, count, found, &go);
        if (go)
            memcpy(slot_list, ids, found * sizeof *ids);
    }
    return call_leave(&call, rv);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot_id, CK_SLOT_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        slot_info(call.slot, info);
    return call_leave(&call, rv);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot_id, CK_TOKEN_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = call_recognise(&call);
    if (rv == CKR_OK) {
        abilities_refresh_counter(call.reader->token, call.slot->role->id);
        rv = call_result(&call, TOK_OK);
    }
    /* The card may have gone while its counter was asked. */
    if (rv == CKR_OK && call.reader->token->recognised != TOKEN_JPKI)
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK)
        slot_token_info(call.slot, info);
    return call_leave(&call, rv);
}

/*
 * The certificate that tells of what type the slot's key is: its own, else, as
 * long as that wants a PIN, that of the authentication key.
 */
static const struct cert *telling_cert(const struct slot *slot)
{
    const struct cert *own = slot_key(slot)->cert.cert;

    return own ? own : slot->token->keys[JPKI_AUTH].cert.cert;
}

/* What the slot's mechanisms are now; asks the card where it matters. */
static TOKEN_LOCKED CK_RV get_scope(
    struct call *call, bool needs_pss, struct mech_scope *ret_scope)
{
    struct token *token = call->reader->token;
    CK_RV rv = call_recognise(call);

    if (rv == CKR_OK && !telling_cert(call->slot))
        rv = call_result(call, certificates_read(token, JPKI_AUTH));
    if (rv == CKR_OK && needs_pss &&
        mech_depends_on_pss(telling_cert(call->slot)))
        rv = call_result(call, abilities_ask_pss(token));
    ret_scope->pss = token->pss == TOKEN_PSS_KNOWN;
    ret_scope->cert = telling_cert(call->slot);
    return rv;
}

CK_RV C_GetMechanismList(
    CK_SLOT_ID slot_id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    CK_MECHANISM_TYPE types[MECHS_MAX];
    struct call call;
    struct mech_scope scope;
    size_t found;
    bool go;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !count)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = get_scope(&call, true, &scope);
    if (rv == CKR_OK) {
        found = mech_types(&scope, MECH_OF_KEY | CKF_DIGEST, types);
        rv = out_begin(list, count, found, &go);
        if (go)
            memcpy(list, types, found * sizeof *types);
    }
    return call_leave(&call, rv);
}

CK_RV C_GetMechanismInfo(
    CK_SLOT_ID slot_id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    struct call call;
    struct mech_scope scope;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = get_scope(&call, mech_is_pss(type), &scope);
    if (rv == CKR_OK)
        rv = mech_info(&scope, type, info);
    return call_leave(&call, rv);
}

CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot_id, void *reserved)
{
    const bool block = !(flags & CKF_DONT_BLOCK);
    struct call call;
    CK_RV rv = call_enter(&call, __func__);

    if (rv == CKR_OK && (!slot_id || reserved))
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = events_take(module_events(), module_readers(), block, slot_id);
    while (rv == CKR_NO_EVENT && block) {
        call_test_cancel(&call);
        rv = events_take(module_events(), module_readers(), block, slot_id);
    }
    return call_leave(&call, rv);
}

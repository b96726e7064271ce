/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <string.h>

#include "conf/log.h"
#include "pkcs11/call.h"
#include "pkcs11/mech.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"

/* Slot and token functions (PKCS #11 5.5). */

/* True when the reader holds a card, as far as a look tells. */
static bool look_for_card(struct reader *reader)
{
    bool present;

    pthread_mutex_lock(&reader->lock);
    reader_look(reader);
    present = reader->present;
    pthread_mutex_unlock(&reader->lock);
    return present;
}

/* Writes the ids of the slots wanted into IDS; returns how many. */
static CK_ULONG gather_slots(
    bool with_card, CK_SLOT_ID ids[READERS_MAX * JPKI_ROLES])
{
    CK_ULONG count = 0;
    size_t i, role;

    for (i = 0; i < module_shown_readers(); i++) {
        struct reader *reader = module_reader(i);
        if (!conf_wants_reader(module_conf(), reader->name))
            continue;
        if (with_card && !look_for_card(reader))
            continue;
        for (role = 0; role < JPKI_ROLES; role++)
            if (slot_is_shown((enum jpki_role_id)role))
                ids[count++] = slot_id_at(i, (enum jpki_role_id)role);
    }
    return count;
}

/* The configuration leaves out every reader there is, and the log says so. */
static atomic_bool said_left_out;

/*
 * There are no slots: the log says why, once until that changes. That no card
 * is in a reader is no reason to say anything.
 */
static void explain_no_slots(void)
{
    struct reader_look looks[READERS_MAX];
    size_t count, i;

    module_look_at_all(looks, &count);
    for (i = 0; i < count; i++)
        if (conf_wants_reader(module_conf(), looks[i].name))
            return;
    if (count == 0)
        monitor_explain();
    else if (!atomic_exchange(&said_left_out, true))
        log_warn("the configuration leaves out every card reader there is, "
                 "such as %s: see reader and ignore_reader in [card]",
            looks[0].name);
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
        /*
         * The list may change only where a program asks for its size, so that
         * the second call of the pair fits the first (PKCS #11 5.5.1).
         */
        if (!slot_list || module_shown_readers() == 0)
            module_show_readers();
        found = gather_slots(token_present, ids);
        if (found == 0)
            explain_no_slots();
        else if (token_present)
            atomic_store(&said_left_out, false);
        rv = out_begin(slot_list, count, found, &go);
        if (go)
            memcpy(slot_list, ids, found * sizeof *ids);
    }
    return call_leave(&call, rv);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot_id, CK_SLOT_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_LOOK);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        slot_info(call.slot, info);
    return call_leave(&call, rv);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot_id, CK_TOKEN_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_LOOK);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = reader_identify(call.reader);
    if (rv == CKR_OK)
        call_refresh_tries(&call);
    /* The card may have gone while its counter was asked. */
    if (rv == CKR_OK && call.reader->recognised != CARD_JPKI)
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK)
        slot_token_info(call.slot, info);
    return call_leave(&call, rv);
}

/* What the slot's mechanisms are now; asks the card where it matters. */
static CK_RV get_scope(
    struct call *call, bool needs_pss, struct mech_scope *ret_scope)
{
    CK_RV rv = reader_identify(call->reader);

    ret_scope->pss = false;
    if (rv == CKR_OK && needs_pss && mech_depends_on_pss(call->slot->cert))
        rv = call_ask_pss(call, &ret_scope->pss);
    ret_scope->cert = call->slot->cert;
    return rv;
}

CK_RV C_GetMechanismList(
    CK_SLOT_ID slot_id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    struct call call;
    struct mech_scope scope;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_LOOK);

    if (rv == CKR_OK && !count)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = get_scope(&call, true, &scope);
    if (rv == CKR_OK)
        rv = mech_list(&scope, list, count);
    return call_leave(&call, rv);
}

CK_RV C_GetMechanismInfo(
    CK_SLOT_ID slot_id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    struct call call;
    struct mech_scope scope;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_LOOK);

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
        rv = events_take(module_events(), block, slot_id);
    while (rv == CKR_NO_EVENT && block) {
        call_test_cancel(&call);
        rv = events_take(module_events(), block, slot_id);
    }
    return call_leave(&call, rv);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/text.h"
#include "pkcs11/call.h"
#include "pkcs11/mech.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "token/abilities.h"
#include "token/certificates.h"
#include "token/pin_rules.h"

/* Slot and token functions (PKCS #11 5.5). */

#define DESCRIPTION_SIZE 64
#define MANUFACTURER_SIZE 32
#define LABEL_DIGITS 4 /* of the serial number */

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
        const struct reader *reader = reader_list_get(list, i);
        if (reader && !context_wants_reader(context, reader->token->name))
            continue;
        if (with_card && !(reader && has_card(reader->token)))
            continue;
        for (role = 0; role < JPKI_ROLES; role++)
            if (context_shows(context, (enum jpki_role_id)role))
                ids[count++] = list->items[i].slots[role].id;
    }
    return count;
}

/*
 * The readers shown change only where a program asks for the size, so that the
 * second call of the pair fits the first (PKCS #11 5.5.1), unless a card came.
 * Before the first reader its slots are there: NSS asks for slots only once.
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
        list->shown =
            reader_list_get(list, 0) ? readers_count(list->readers) : 1;
    found = gather_slots(with_card, ids);
    /* That no card is in a reader is no reason to say anything. */
    if (found == 0 || with_card || !reader_list_get(list, 0))
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

/*
 * What programs see of a reader's name as pcscd has it, "Manufacturer Model
 * [Interface] (serial number) 00 00", where vendor and device say what they
 * like: programs print it as it is. PC/SC itself wants the name byte for byte.
 */
static void sanitize(const char *name, char ret_text[READER_NAME_MAX])
{
    size_t len = strnlen(name, READER_NAME_MAX - 1);

    memcpy(ret_text, name, len);
    ret_text[len] = '\0';
    text_sanitize(ret_text);
}

/*
 * slotDescription: NAME, cut where a character ends, and the role, which always
 * fits. Padded with spaces.
 */
static void describe(const char *name, const struct jpki_role *role,
    CK_UTF8CHAR ret_description[DESCRIPTION_SIZE])
{
    char text[READER_NAME_MAX];
    size_t role_len = strlen(role->name);
    size_t len;

    sanitize(name, text);
    len = text_cut(text, DESCRIPTION_SIZE - role_len - 1);
    memset(ret_description, ' ', DESCRIPTION_SIZE);
    memcpy(ret_description, text, len);
    memcpy(ret_description + len + 1, role->name, role_len);
}

/* A letter of ASCII, or of any other script. */
static bool may_begin_a_name(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80;
}

/*
 * manufacturerID of a slot: the first word of NAME, cut the same way; spaces
 * where that does not begin with a letter.
 */
static void name_manufacturer(
    const char *name, CK_UTF8CHAR ret_manufacturer[MANUFACTURER_SIZE])
{
    char text[READER_NAME_MAX];

    sanitize(name, text);
    memset(ret_manufacturer, ' ', MANUFACTURER_SIZE);
    if (!may_begin_a_name(text[0]))
        return;
    text[strcspn(text, " ")] = '\0';
    memcpy(ret_manufacturer, text, text_cut(text, MANUFACTURER_SIZE));
}

/* TOKEN is the slot's, NULL where there is no reader yet. */
static void fill_slot_info(
    const struct slot *slot, const struct token *token, CK_SLOT_INFO *ret_info)
{
    memset(ret_info, 0, sizeof *ret_info);
    describe(token ? token->name : "(no card reader)", slot->role,
        ret_info->slotDescription);
    name_manufacturer(token ? token->name : "", ret_info->manufacturerID);
    ret_info->flags = CKF_HW_SLOT | CKF_REMOVABLE_DEVICE;
    if (token && token->present)
        ret_info->flags |= CKF_TOKEN_PRESENT;
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot_id, CK_SLOT_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    /* There is no reader yet. */
    if (rv == CKR_TOKEN_NOT_PRESENT)
        rv = CKR_OK;
    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        fill_slot_info(
            call.slot, call.reader ? call.reader->token : NULL, info);
    return call_leave(&call, rv);
}

/* The flags that tell of the PIN (PKCS #11 3.2, CK_TOKEN_INFO). */
static TOKEN_LOCKED CK_FLAGS pin_flags(const struct slot *slot)
{
    const struct retry_counter *counter =
        &slot->token->pins[slot->role->id].counter;
    enum tok_err refusal = pin_refusal(slot->token, slot->role->id);
    CK_FLAGS flags = CKF_LOGIN_REQUIRED;

    if (refusal == TOK_NOT_ISSUED)
        return 0;
    if (refusal == TOK_PIN_LOCKED)
        return flags | CKF_USER_PIN_LOCKED;
    /* NSS asks for a PIN at every page while this is set. */
    if (refusal == TOK_OK)
        flags |= CKF_USER_PIN_INITIALIZED;
    if (!counter->known)
        return flags;
    if (!retry_counter_is_full(counter, slot->role))
        flags |= CKF_USER_PIN_COUNT_LOW;
    if (counter->left == 1)
        flags |= CKF_USER_PIN_FINAL_TRY;
    return flags;
}

/*
 * Two cards have two labels, by the serial number: NSS knows a token by its
 * label, and a person who is asked for a PIN sees nothing else.
 */
static void fill_label(const struct slot *slot, CK_TOKEN_INFO *info)
{
    const char *label = slot->role->token_label;

    out_text(info->label, sizeof info->label, label);
    memcpy(info->label + strlen(label) + 1, slot->token->serial, LABEL_DIGITS);
}

static TOKEN_LOCKED void fill_token_info(
    const struct slot *slot, CK_TOKEN_INFO *ret_info)
{
    const struct token *token = slot->token;
    CK_TOKEN_INFO info;

    memset(&info, 0, sizeof info);
    fill_label(slot, &info);
    out_text(info.manufacturerID, sizeof info.manufacturerID, "J-LIS");
    out_text(info.model, sizeof info.model, token->identity.kind->model);
    memcpy(info.serialNumber, token->serial, sizeof info.serialNumber);
    info.flags = CKF_TOKEN_INITIALIZED | pin_flags(slot);
    info.ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
    info.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
    info.ulSessionCount = slot->sessions;
    info.ulRwSessionCount = slot->rw_sessions;
    info.ulMinPinLen = slot->role->pin_min;
    info.ulMaxPinLen = slot->role->pin_max;
    info.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    memset(info.utcTime, ' ', sizeof info.utcTime);
    *ret_info = info;
}

/*
 * With a session open a card that is known is not waited for: what is missing
 * comes with the counter, if that can be asked.
 */
static TOKEN_LOCKED CK_RV recognise_token(struct call *call)
{
    struct token *token = call->reader->token;

    return token->recognised == TOKEN_JPKI && token->users > 0
               ? CKR_OK
               : call_recognise(call);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot_id, CK_TOKEN_INFO *info)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = recognise_token(&call);
    if (rv == CKR_OK) {
        abilities_refresh_counter(call.reader->token, call.slot->role->id);
        rv = call_result(&call, TOK_OK);
    }
    /* The card may have gone while it was asked. */
    if (rv == CKR_OK && call.reader->token->recognised != TOKEN_JPKI)
        rv = CKR_DEVICE_REMOVED;
    if (rv == CKR_OK) {
        /* Where these flags keep NSS from asking, nobody else says why. */
        pin_refusal_log_once(call.reader->token, call.slot->role->id);
        fill_token_info(call.slot, info);
    }
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

/* Asks the card for what the slot's mechanisms depend on. */
static TOKEN_LOCKED CK_RV ask_abilities(struct call *call, bool needs_pss)
{
    struct token *token = call->reader->token;
    CK_RV rv = call_recognise(call);

    if (rv == CKR_OK && !telling_cert(call->slot))
        rv = call_result(call, certificates_read(token, JPKI_AUTH));
    if (rv == CKR_OK && needs_pss &&
        mech_depends_on_pss(telling_cert(call->slot)))
        rv = call_result(call, abilities_ask_pss(token));
    return rv;
}

static bool has_pss(const struct slot *slot)
{
    return slot->token->pss == TOKEN_PSS_KNOWN;
}

CK_RV C_GetMechanismList(
    CK_SLOT_ID slot_id, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
    CK_MECHANISM_TYPE types[MECHS];
    struct call call;
    size_t found;
    bool go;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !count)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = ask_abilities(&call, true);
    if (rv == CKR_OK) {
        found = mech_types(telling_cert(call.slot), has_pss(call.slot),
            MECH_OF_KEY | CKF_DIGEST, types);
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
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_STATE);

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = ask_abilities(&call, mech_is_pss(type));
    if (rv == CKR_OK)
        rv = mech_info(telling_cert(call.slot), has_pss(call.slot), type, info);
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

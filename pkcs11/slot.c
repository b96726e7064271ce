/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/slot.h"

#include <string.h>

#include "pkcs11/out.h"
#include "pkcs11/reader_name.h"

CK_SLOT_ID slot_id_at(size_t index, enum jpki_role_id role)
{
    return index * JPKI_ROLES + role;
}

void slot_init(struct slot *slot, struct reader *reader, struct token *token,
    CK_SLOT_ID id)
{
    memset(slot, 0, sizeof *slot);
    slot->id = id;
    slot->reader = reader;
    slot->token = token;
    slot->role = jpki_role((enum jpki_role_id)(id % JPKI_ROLES));
}

const struct token_key *slot_key(const struct slot *slot)
{
    return &slot->token->keys[slot->role->id];
}

void slot_forget_card(struct slot *slot)
{
    memset(slot->status, 0, sizeof slot->status);
    memset(slot->objects, 0, sizeof slot->objects);
}

void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info)
{
    const struct token *token = slot->token;

    memset(ret_info, 0, sizeof *ret_info);
    reader_name_describe(token->name, slot->role, ret_info->slotDescription);
    reader_name_manufacturer(token->name, ret_info->manufacturerID);
    ret_info->flags = CKF_HW_SLOT | CKF_REMOVABLE_DEVICE;
    if (token->present)
        ret_info->flags |= CKF_TOKEN_PRESENT;
}

/* The flags that tell of the PIN (PKCS #11 3.2, CK_TOKEN_INFO). */
static TOKEN_LOCKED CK_FLAGS pin_flags(const struct slot *slot)
{
    const struct retry_counter *counter = &slot_key(slot)->counter;
    CK_FLAGS flags = 0;

    if (!token_is_issued(slot->token, slot->role->id))
        return 0;
    flags = CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    if (!counter->known)
        return flags;
    if (counter->locked)
        return flags | CKF_USER_PIN_LOCKED;
    if (counter->left < slot->role->tries_max)
        flags |= CKF_USER_PIN_COUNT_LOW;
    if (counter->left == 1)
        flags |= CKF_USER_PIN_FINAL_TRY;
    return flags;
}

void slot_token_info(const struct slot *slot, CK_TOKEN_INFO *ret_info)
{
    const struct token *token = slot->token;
    CK_TOKEN_INFO info;

    memset(&info, 0, sizeof info);
    out_text(info.label, sizeof info.label, slot->role->token_label);
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

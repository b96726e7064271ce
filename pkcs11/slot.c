/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/slot.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#include "conf/text.h"
#include "pkcs11/out.h"

#define DESCRIPTION_SIZE 64
#define MANUFACTURER_SIZE 32

static atomic_ulong handles; /* given out */

CK_ULONG handle_new(unsigned index)
{
    CK_ULONG counter = atomic_fetch_add(&handles, 1) + 1;

    if (counter > (ULONG_MAX >> HANDLE_READER_BITS))
        return CK_INVALID_HANDLE;
    return (counter << HANDLE_READER_BITS) | index;
}

unsigned handle_reader(CK_ULONG handle)
{
    return handle & ((1u << HANDLE_READER_BITS) - 1);
}

CK_SLOT_ID slot_id_at(size_t index, enum jpki_role_id role)
{
    return index * JPKI_ROLES + role;
}

const struct token_key *slot_key(const struct slot *slot)
{
    return &slot->token->keys[slot->role->id];
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

void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info)
{
    const struct token *token = slot->token;

    memset(ret_info, 0, sizeof *ret_info);
    describe(token->name, slot->role, ret_info->slotDescription);
    name_manufacturer(token->name, ret_info->manufacturerID);
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

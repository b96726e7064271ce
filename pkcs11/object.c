/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object.h"

#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/object_rows.h"
#include "pkcs11/reader.h"
#include "pkcs11/slot.h"
#include "token/certificates.h"

static bool has_cert(const struct slot *slot)
{
    return slot_key(slot)->cert.cert != NULL;
}

static REQUIRES(token_held) bool has_key(const struct slot *slot)
{
    return token_has_key(slot_token(slot), slot->role->id);
}

static bool has_ca(const struct slot *slot)
{
    return slot_key(slot)->ca.cert != NULL &&
           certificates_shows_ca(slot_token(slot), slot->role->id);
}

/*
 * NSS lists certificates without a log-in where it finds this. On the sign slot
 * it is not true, and there to keep browsers from asking for the signing PIN
 * before a person has anything to sign (design.md section 3).
 */
static REQUIRES(token_held) bool has_profile(const struct slot *slot)
{
    if (slot->role->cert_private)
        return slot_token(slot)->context->conf.sign_profile;
    return !token_cert_is_private(slot_token(slot), slot->role->id);
}

/* Of the module, so of every token (PKCS #11 Profiles 3.0). */
static bool has_baseline_profile(const struct slot *slot)
{
    (void)slot;
    return true;
}

static bool has_status(const struct slot *slot)
{
    return slot->status[0] != '\0';
}

/* What stands for an object to be there, and who may see it. */
static const struct {
    CK_OBJECT_CLASS class;
    bool (*exists)(const struct slot *slot);
    bool always_private; /* even where the certificate is free to read */
    bool always_public;  /* even where it is not */
} kinds[OBJECT_KINDS] = {
    [OBJECT_CERTIFICATE] = {CKO_CERTIFICATE, has_cert, false, false},
    [OBJECT_PUBLIC_KEY] = {CKO_PUBLIC_KEY, has_key, false, false},
    [OBJECT_PRIVATE_KEY] = {CKO_PRIVATE_KEY, has_key, true, false},
    [OBJECT_CA_CERTIFICATE] = {CKO_CERTIFICATE, has_ca, false, false},
    [OBJECT_PROFILE] = {CKO_PROFILE, has_profile, false, true},
    [OBJECT_BASELINE_PROFILE] = {CKO_PROFILE, has_baseline_profile, false,
        true},
    [OBJECT_STATUS] = {CKO_DATA, has_status, false, true},
};

CK_OBJECT_CLASS object_class(enum object_kind kind)
{
    return kinds[kind].class;
}

bool object_is_key(enum object_kind kind)
{
    return kind == OBJECT_PUBLIC_KEY || kind == OBJECT_PRIVATE_KEY;
}

bool object_is_private(const struct slot *slot, enum object_kind kind)
{
    if (kinds[kind].always_public)
        return false;
    return kinds[kind].always_private ||
           token_cert_is_private(slot_token(slot), slot->role->id);
}

static REQUIRES(token_held) bool is_visible(
    const struct slot *slot, enum object_kind kind)
{
    if (slot_token(slot)->recognised != TOKEN_JPKI || !kinds[kind].exists(slot))
        return false;
    return slot_key(slot)->logged_in || !object_is_private(slot, kind);
}

void object_refresh(struct slot *slot)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++) {
        CK_OBJECT_HANDLE *handle = &slot->objects[kind];
        if (!is_visible(slot, (enum object_kind)kind))
            *handle = CK_INVALID_HANDLE;
        else if (*handle == CK_INVALID_HANDLE)
            *handle = module_new_handle(slot->reader->index);
    }
}

void object_drop_private(struct slot *slot)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++)
        if (object_is_private(slot, (enum object_kind)kind))
            slot->objects[kind] = CK_INVALID_HANDLE;
}

bool object_find(const struct slot *slot, CK_OBJECT_HANDLE handle,
    enum object_kind *ret_kind)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++) {
        if (handle != CK_INVALID_HANDLE && slot->objects[kind] == handle) {
            *ret_kind = (enum object_kind)kind;
            return true;
        }
    }
    return false;
}

/* CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE. */
static CK_RV evaluate(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE_TYPE type, struct value *ret_value)
{
    const struct attr_row *row = object_row(slot, kind, type);

    ret_value->bytes = NULL;
    ret_value->len = 0;
    if (!row)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    switch (row->source) {
    case FROM_NUMBER:
        ret_value->own.number = row->number;
        ret_value->len = sizeof ret_value->own.number;
        break;
    case FROM_BOOL:
        ret_value->own.boolean = (CK_BBOOL)row->number;
        ret_value->len = sizeof ret_value->own.boolean;
        break;
    case FROM_TEXT:
        ret_value->bytes = row->text;
        ret_value->len = strlen(row->text);
        return CKR_OK;
    case FROM_CERT:
        ret_value->bytes = cert_field(object_cert(slot, kind),
            (enum cert_field)row->number, &ret_value->len);
        return CKR_OK;
    case FROM_VALUE:
        row->value(slot, kind, ret_value);
        return ret_value->len == VALUE_UNKNOWN ? CKR_ATTRIBUTE_TYPE_INVALID
                                               : CKR_OK;
    default:
        return CKR_ATTRIBUTE_SENSITIVE;
    }
    ret_value->bytes = &ret_value->own;
    return CKR_OK;
}

bool object_matches(const struct slot *slot, enum object_kind kind,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        struct value value;
        if (evaluate(slot, kind, templ[i].type, &value) != CKR_OK)
            return false;
        if (value.len != templ[i].ulValueLen)
            return false;
        if (value.len > 0 &&
            (!templ[i].pValue ||
                memcmp(value.bytes, templ[i].pValue, value.len) != 0))
            return false;
    }
    return true;
}

static CK_RV answer(
    const struct slot *slot, enum object_kind kind, CK_ATTRIBUTE *attribute)
{
    CK_ULONG room = attribute->ulValueLen;
    struct value value;
    CK_RV rv = evaluate(slot, kind, attribute->type, &value);

    attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    if (rv != CKR_OK)
        return rv;
    if (attribute->pValue && room < value.len)
        return CKR_BUFFER_TOO_SMALL;
    attribute->ulValueLen = value.len;
    if (attribute->pValue && value.len > 0)
        memcpy(attribute->pValue, value.bytes, value.len);
    return CKR_OK;
}

CK_RV object_get(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_RV rv = CKR_OK;
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        CK_RV one = answer(slot, kind, &templ[i]);
        if (rv == CKR_OK)
            rv = one;
    }
    return rv;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object.h"

#include <string.h>

#include "pkcs11/handles.h"
#include "pkcs11/object_rows.h"

static TOKEN_LOCKED bool is_visible(
    const struct slot *slot, enum object_kind kind)
{
    if (slot->token->recognised != TOKEN_JPKI ||
        !object_kind_exists(slot, kind))
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
            *handle = handle_new((unsigned)(slot->id / JPKI_ROLES));
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

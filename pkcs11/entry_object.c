/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pkcs11/call.h"
#include "pkcs11/object_rows.h"
#include "token/abilities.h"
#include "token/certificates.h"

/* Object management (PKCS #11 5.7). */

static bool names(
    const CK_ATTRIBUTE *templ, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
    CK_ULONG i;

    for (i = 0; i < count; i++)
        if (templ[i].type == type)
            return true;
    return false;
}

static TOKEN_LOCKED CK_RV answer(
    const struct slot *slot, enum object_kind kind, CK_ATTRIBUTE *attribute)
{
    CK_ULONG room = attribute->ulValueLen;
    struct value value;
    CK_RV rv = object_value(slot, kind, attribute->type, &value);

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

/*
 * Answers every attribute that can be answered, whatever becomes of the others
 * (PKCS #11 5.7.5). Never touches the card.
 */
static TOKEN_LOCKED CK_RV get_attributes(const struct slot *slot,
    enum object_kind kind, CK_ATTRIBUTE *templ, CK_ULONG count)
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

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
    struct call call;
    enum object_kind kind;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_STATE);

    if (rv == CKR_OK && !templ)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK && !object_find(call.slot, object, &kind))
        rv = CKR_OBJECT_HANDLE_INVALID;
    /*
     * NSS reads it through another session than the one that signs, and goes on
     * to C_Sign whatever its user answered.
     */
    if (rv == CKR_OK && kind == OBJECT_PRIVATE_KEY &&
        names(templ, count, CKA_ALWAYS_AUTHENTICATE))
        session_require_pin(call.slot, object);
    if (rv == CKR_OK)
        rv = get_attributes(call.slot, kind, templ, count);
    return call_leave(&call, rv);
}

/* What an object takes on the card is not known. */
CK_RV C_GetObjectSize(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ULONG *size)
{
    struct call call;
    enum object_kind kind;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK && !size)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK && !object_find(call.slot, object, &kind))
        rv = CKR_OBJECT_HANDLE_INVALID;
    if (rv == CKR_OK)
        *size = CK_UNAVAILABLE_INFORMATION;
    return call_leave(&call, rv);
}

/* True when TEMPL names the class of KIND, or no class at all. */
static bool may_match(
    const CK_ATTRIBUTE *templ, CK_ULONG count, enum object_kind kind)
{
    CK_OBJECT_CLASS named;
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        if (templ[i].type != CKA_CLASS || !templ[i].pValue ||
            templ[i].ulValueLen != sizeof named)
            continue;
        memcpy(&named, templ[i].pValue, sizeof named);
        if (named != object_info(kind)->class)
            return false;
    }
    return true;
}

/*
 * Reads from the card what the search may show and is not known yet. NSS looks
 * for profiles and trust objects in every token as soon as it is loaded: such a
 * search asks the card for nothing.
 */
static TOKEN_LOCKED CK_RV prepare_search(
    struct call *call, const CK_ATTRIBUTE *templ, CK_ULONG count)
{
    static const enum object_kind about_certs[] = {OBJECT_CERTIFICATE,
        OBJECT_PUBLIC_KEY, OBJECT_PRIVATE_KEY, OBJECT_STATUS};
    bool wanted = false;
    size_t i;
    struct token *token = call->reader->token;
    enum tok_err err = TOK_OK;

    for (i = 0; i < sizeof about_certs / sizeof *about_certs; i++)
        wanted |= may_match(templ, count, about_certs[i]);
    if (wanted)
        err = certificates_read(token, call->slot->role->id);
    if (err == TOK_OK && may_match(templ, count, OBJECT_STATUS))
        abilities_refresh_counter(token, call->slot->role->id);
    return call_result(call, err);
}

/* True when the object has each attribute of TEMPL with that value. */
static TOKEN_LOCKED bool matches(const struct slot *slot, enum object_kind kind,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        struct value value;
        if (object_value(slot, kind, templ[i].type, &value) != CKR_OK ||
            value.len != templ[i].ulValueLen)
            return false;
        if (value.len > 0 &&
            (!templ[i].pValue ||
                memcmp(value.bytes, templ[i].pValue, value.len) != 0))
            return false;
    }
    return true;
}

/* What matches now; found objects that go meanwhile are left out later. */
static TOKEN_LOCKED void search(
    struct session *session, const CK_ATTRIBUTE *templ, CK_ULONG count)
{
    const struct slot *slot = session->slot;
    struct find *find = &session->find;
    int kind;

    memset(find, 0, sizeof *find);
    find->active = true;
    for (kind = 0; kind < OBJECT_KINDS; kind++)
        if (slot->objects[kind] != CK_INVALID_HANDLE &&
            matches(slot, (enum object_kind)kind, templ, count))
            find->handles[find->count++] = slot->objects[kind];
}

static TOKEN_LOCKED void update_status(struct slot *slot)
{
    struct status status;

    status_get(slot->token, slot->role->id, &status);
    status_json(&status, slot->status);
}

static CK_RV check_no_search(const struct call *call)
{
    return call->session->find.active ? CKR_OPERATION_ACTIVE : CKR_OK;
}

CK_RV C_FindObjectsInit(
    CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_TOKEN);

    if (rv == CKR_OK && !templ && count > 0)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = check_no_search(&call);
    if (rv == CKR_OK)
        rv = prepare_search(&call, templ, count);
    /* Another thread may have begun one meanwhile. */
    if (rv == CKR_OK)
        rv = check_no_search(&call);
    if (rv == CKR_OK) {
        update_status(call.slot);
        object_refresh(call.slot);
        search(call.session, templ, count);
    }
    return call_leave(&call, rv);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects,
    CK_ULONG max_count, CK_ULONG *count)
{
    struct call call;
    enum object_kind kind;
    struct find *find;
    CK_ULONG given = 0;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK && (!count || (!objects && max_count > 0)))
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK && !call.session->find.active)
        rv = CKR_OPERATION_NOT_INITIALIZED;
    if (rv == CKR_OK) {
        find = &call.session->find;
        while (given < max_count && find->next < find->count) {
            CK_OBJECT_HANDLE handle = find->handles[find->next++];
            if (object_find(call.slot, handle, &kind))
                objects[given++] = handle;
        }
        *count = given;
    }
    return call_leave(&call, rv);
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE session)
{
    struct call call;
    CK_RV rv = call_enter_session(&call, __func__, session, NEED_NOTHING);

    if (rv == CKR_OK && !call.session->find.active)
        rv = CKR_OPERATION_NOT_INITIALIZED;
    if (rv == CKR_OK)
        call.session->find.active = false;
    return call_leave(&call, rv);
}

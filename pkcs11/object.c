/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object.h"

#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/reader.h"
#include "pkcs11/slot.h"

/* Where an attribute's value comes from. */
enum source {
    FROM_NUMBER, /* row.number, a CK_ULONG */
    FROM_BOOL,   /* row.number */
    FROM_LABEL,  /* the role's label */
    FROM_CERT,   /* row.number, an enum cert_field */
    FROM_STATE,  /* row.state, asked of the slot: a CK_BBOOL */
    FROM_BITS,   /* the length of the modulus */
    SENSITIVE,   /* it exists and is never shown */
};

struct attr_row {
    CK_ATTRIBUTE_TYPE type;
    enum source source;
    CK_ULONG number;
    bool (*state)(const struct slot *slot);
};

static bool cert_is_private(const struct slot *slot)
{
    return slot_cert_is_private(slot);
}

#define NUMBER(type, value)                \
    {                                      \
        (type), FROM_NUMBER, (value), NULL \
    }
#define BOOL(type, value)                \
    {                                    \
        (type), FROM_BOOL, (value), NULL \
    }
#define LABEL(type)                 \
    {                               \
        (type), FROM_LABEL, 0, NULL \
    }
#define FIELD(type, field)               \
    {                                    \
        (type), FROM_CERT, (field), NULL \
    }
#define STATE(type, function)             \
    {                                     \
        (type), FROM_STATE, 0, (function) \
    }
#define BITS(type)                 \
    {                              \
        (type), FROM_BITS, 0, NULL \
    }
#define HIDDEN(type)               \
    {                              \
        (type), SENSITIVE, 0, NULL \
    }

#define CATEGORY_TOKEN_USER 1 /* PKCS #11 4.6.2 */

static const struct attr_row certificate_rows[] = {
    NUMBER(CKA_CLASS, CKO_CERTIFICATE),
    BOOL(CKA_TOKEN, CK_TRUE),
    STATE(CKA_PRIVATE, cert_is_private),
    BOOL(CKA_MODIFIABLE, CK_FALSE),
    BOOL(CKA_COPYABLE, CK_FALSE),
    BOOL(CKA_DESTROYABLE, CK_FALSE),
    LABEL(CKA_LABEL),
    NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509),
    NUMBER(CKA_CERTIFICATE_CATEGORY, CATEGORY_TOKEN_USER),
    /* Trust is the host's to give. */
    BOOL(CKA_TRUSTED, CK_FALSE),
    FIELD(CKA_ID, CERT_KEY_ID),
    FIELD(CKA_SUBJECT, CERT_SUBJECT),
    FIELD(CKA_ISSUER, CERT_ISSUER),
    FIELD(CKA_SERIAL_NUMBER, CERT_SERIAL),
    FIELD(CKA_VALUE, CERT_DER),
    FIELD(CKA_PUBLIC_KEY_INFO, CERT_SPKI),
};

static const struct attr_row public_key_rows[] = {
    NUMBER(CKA_CLASS, CKO_PUBLIC_KEY),
    BOOL(CKA_TOKEN, CK_TRUE),
    STATE(CKA_PRIVATE, cert_is_private),
    BOOL(CKA_MODIFIABLE, CK_FALSE),
    BOOL(CKA_COPYABLE, CK_FALSE),
    BOOL(CKA_DESTROYABLE, CK_FALSE),
    LABEL(CKA_LABEL),
    NUMBER(CKA_KEY_TYPE, CKK_RSA),
    FIELD(CKA_ID, CERT_KEY_ID),
    FIELD(CKA_SUBJECT, CERT_SUBJECT),
    BOOL(CKA_TRUSTED, CK_FALSE),
    BOOL(CKA_DERIVE, CK_FALSE),
    BOOL(CKA_LOCAL, CK_FALSE),
    BOOL(CKA_ENCRYPT, CK_FALSE),
    BOOL(CKA_VERIFY, CK_TRUE),
    BOOL(CKA_VERIFY_RECOVER, CK_FALSE),
    BOOL(CKA_WRAP, CK_FALSE),
    FIELD(CKA_MODULUS, CERT_MODULUS),
    BITS(CKA_MODULUS_BITS),
    FIELD(CKA_PUBLIC_EXPONENT, CERT_EXPONENT),
    FIELD(CKA_PUBLIC_KEY_INFO, CERT_SPKI),
};

static const struct attr_row private_key_rows[] = {
    NUMBER(CKA_CLASS, CKO_PRIVATE_KEY),
    BOOL(CKA_TOKEN, CK_TRUE),
    BOOL(CKA_PRIVATE, CK_TRUE),
    BOOL(CKA_MODIFIABLE, CK_FALSE),
    BOOL(CKA_COPYABLE, CK_FALSE),
    BOOL(CKA_DESTROYABLE, CK_FALSE),
    LABEL(CKA_LABEL),
    NUMBER(CKA_KEY_TYPE, CKK_RSA),
    FIELD(CKA_ID, CERT_KEY_ID),
    FIELD(CKA_SUBJECT, CERT_SUBJECT),
    BOOL(CKA_DERIVE, CK_FALSE),
    BOOL(CKA_LOCAL, CK_FALSE),
    BOOL(CKA_DECRYPT, CK_FALSE),
    STATE(CKA_SIGN, slot_has_key),
    BOOL(CKA_SIGN_RECOVER, CK_FALSE),
    BOOL(CKA_UNWRAP, CK_FALSE),
    BOOL(CKA_SENSITIVE, CK_TRUE),
    BOOL(CKA_EXTRACTABLE, CK_FALSE),
    /* The card has no command that reads a key, and never had. */
    BOOL(CKA_ALWAYS_SENSITIVE, CK_TRUE),
    BOOL(CKA_NEVER_EXTRACTABLE, CK_TRUE),
    BOOL(CKA_WRAP_WITH_TRUSTED, CK_FALSE),
    STATE(CKA_ALWAYS_AUTHENTICATE, object_always_authenticates),
    FIELD(CKA_MODULUS, CERT_MODULUS),
    FIELD(CKA_PUBLIC_EXPONENT, CERT_EXPONENT),
    FIELD(CKA_PUBLIC_KEY_INFO, CERT_SPKI),
    HIDDEN(CKA_PRIVATE_EXPONENT),
    HIDDEN(CKA_PRIME_1),
    HIDDEN(CKA_PRIME_2),
    HIDDEN(CKA_EXPONENT_1),
    HIDDEN(CKA_EXPONENT_2),
    HIDDEN(CKA_COEFFICIENT),
};

static const struct {
    const struct attr_row *rows;
    size_t count;
    bool of_key; /* only where there is a key that we can use */
} kinds[OBJECT_KINDS] = {
    [OBJECT_CERTIFICATE] = {certificate_rows,
        sizeof certificate_rows / sizeof *certificate_rows, false},
    [OBJECT_PUBLIC_KEY] = {public_key_rows,
        sizeof public_key_rows / sizeof *public_key_rows, true},
    [OBJECT_PRIVATE_KEY] = {private_key_rows,
        sizeof private_key_rows / sizeof *private_key_rows, true},
};

bool object_always_authenticates(const struct slot *slot)
{
    return slot->role->asks_each_time &&
           module_conf()->signature_pin != CONF_PIN_ONCE;
}

bool object_is_private(const struct slot *slot, enum object_kind kind)
{
    return kind == OBJECT_PRIVATE_KEY || slot_cert_is_private(slot);
}

static bool is_visible(const struct slot *slot, enum object_kind kind)
{
    if (!slot->cert || (kinds[kind].of_key && !slot_has_key(slot)))
        return false;
    return slot->logged_in || !object_is_private(slot, kind);
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

/* A value: bytes that live as long as the object, or a number kept here. */
struct value {
    const void *bytes;
    size_t len;
    CK_ULONG number;
    CK_BBOOL boolean;
};

static void set_number(struct value *value, CK_ULONG number)
{
    value->number = number;
    value->bytes = &value->number;
    value->len = sizeof value->number;
}

static void set_bool(struct value *value, bool boolean)
{
    value->boolean = boolean ? CK_TRUE : CK_FALSE;
    value->bytes = &value->boolean;
    value->len = sizeof value->boolean;
}

/* CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE. */
static CK_RV evaluate(const struct slot *slot, const struct attr_row *row,
    struct value *ret_value)
{
    switch (row->source) {
    case FROM_NUMBER:
        set_number(ret_value, row->number);
        break;
    case FROM_BOOL:
        set_bool(ret_value, row->number);
        break;
    case FROM_STATE:
        set_bool(ret_value, row->state(slot));
        break;
    case FROM_BITS:
        set_number(ret_value, cert_key_bits(slot->cert));
        break;
    case FROM_LABEL:
        ret_value->bytes = slot->role->object_label;
        ret_value->len = strlen(slot->role->object_label);
        break;
    case FROM_CERT:
        ret_value->bytes = cert_field(
            slot->cert, (enum cert_field)row->number, &ret_value->len);
        break;
    default:
        return CKR_ATTRIBUTE_SENSITIVE;
    }
    return CKR_OK;
}

static CK_RV get_value(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE_TYPE type, struct value *ret_value)
{
    size_t i;

    for (i = 0; i < kinds[kind].count; i++)
        if (kinds[kind].rows[i].type == type)
            return evaluate(slot, &kinds[kind].rows[i], ret_value);
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

bool object_matches(const struct slot *slot, enum object_kind kind,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_ULONG i;

    for (i = 0; i < count; i++) {
        struct value value;
        if (get_value(slot, kind, templ[i].type, &value) != CKR_OK)
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
    CK_RV rv = get_value(slot, kind, attribute->type, &value);

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

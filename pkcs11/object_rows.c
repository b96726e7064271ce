/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object_rows.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/digest.h"
#include "pkcs11/object.h"
#include "token/verdict.h"

#define CATEGORY_TOKEN_USER 1 /* PKCS #11 4.6.2 */
#define CATEGORY_AUTHORITY 2

/* The length of a value that cannot be told now. */
#define VALUE_UNKNOWN SIZE_MAX

/* An object of which an attribute is asked for. */
struct object {
    const struct slot *slot;
    enum object_kind kind;
    const struct cert *cert; /* that it is about; NULL before it was read */
};

static void set_own(struct value *value, size_t len)
{
    value->bytes = &value->own;
    value->len = len;
}

static void set_number(struct value *value, CK_ULONG number)
{
    value->own.number = number;
    set_own(value, sizeof value->own.number);
}

static void set_bool(struct value *value, bool boolean)
{
    value->own.boolean = boolean ? CK_TRUE : CK_FALSE;
    set_own(value, sizeof value->own.boolean);
}

static void set_text(struct value *value, const char *text)
{
    value->bytes = text;
    value->len = strlen(text);
}

static void class(const struct object *object, struct value *ret_value)
{
    set_number(ret_value, object_info(object->kind)->class);
}

static TOKEN_LOCKED void is_private(
    const struct object *object, struct value *ret_value)
{
    set_bool(ret_value, object_is_private(object->slot, object->kind));
}

static void label(const struct object *object, struct value *ret_value)
{
    set_text(ret_value, object->kind == OBJECT_CA_CERTIFICATE
                            ? object->slot->role->ca_label
                            : object->slot->role->object_label);
}

/* "auth-certificate-" and a digest: the same whenever the card is in. */
static TOKEN_LOCKED void unique_id(
    const struct object *object, struct value *ret_value)
{
    const uint8_t *id = object_id(object->slot, object->kind);
    const bool is_text = object_info(object->kind)->is_of_token;
    char text[2 * OBJECT_ID_SIZE + 1] = "";
    size_t i;

    if (is_text)
        memcpy(text, id, OBJECT_ID_SIZE);
    for (i = 0; i < OBJECT_ID_SIZE && !is_text; i++)
        (void)snprintf(text + 2 * i, 3, "%02X", id[i]);
    (void)snprintf(ret_value->own.text, sizeof ret_value->own.text, "%s-%s-%s",
        object->slot->role->name, object_info(object->kind)->word, text);
    set_text(ret_value, ret_value->own.text);
}

/* CK_DATE of a time, in UTC; nothing for a year that has no four digits. */
static void set_date(struct value *value, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    char text[16];

    if (!gmtime_r(&time, &tm) ||
        strftime(text, sizeof text, "%Y%m%d", &tm) != sizeof value->own.date)
        return;
    memcpy(&value->own.date, text, sizeof value->own.date);
    set_own(value, sizeof value->own.date);
}

static void start_date(const struct object *object, struct value *ret_value)
{
    int64_t not_before, not_after;

    cert_validity(object->cert, &not_before, &not_after);
    set_date(ret_value, not_before);
}

static void end_date(const struct object *object, struct value *ret_value)
{
    int64_t not_before, not_after;

    cert_validity(object->cert, &not_before, &not_after);
    set_date(ret_value, not_after);
}

/* The first three bytes of SHA-1 over the certificate (PKCS #11 4.6.2). */
static void check_value(const struct object *object, struct value *ret_value)
{
    uint8_t hash[DIGEST_MAX];
    size_t der_len, hash_len;
    const uint8_t *der = cert_field(object->cert, CERT_DER, &der_len);

    if (digest_once(object->slot->token->context->crypto, DIGEST_SHA1, der,
            der_len, hash, &hash_len) != CRYPT_OK)
        return;
    memcpy(ret_value->own.check, hash, sizeof ret_value->own.check);
    set_own(ret_value, sizeof ret_value->own.check);
}

static void modulus_bits(const struct object *object, struct value *ret_value)
{
    set_number(ret_value, cert_key_bits(object->cert));
}

static TOKEN_LOCKED void may_sign(
    const struct object *object, struct value *ret_value)
{
    set_bool(
        ret_value, verdict_allows(object->slot->token, object->slot->role->id));
}

static void always_authenticate(
    const struct object *object, struct value *ret_value)
{
    set_bool(ret_value,
        token_asks_each_time(object->slot->token, object->slot->role->id));
}

static TOKEN_LOCKED void allowed_mechanisms(
    const struct object *object, struct value *ret_value)
{
    enum token_pss pss = object->slot->token->pss;

    /* A list that may have to grow would tell that the rest is forbidden. */
    if (mech_depends_on_pss(object->cert) && pss == TOKEN_PSS_UNKNOWN) {
        ret_value->len = VALUE_UNKNOWN;
        return;
    }
    set_own(ret_value, mech_types(object->cert, pss == TOKEN_PSS_KNOWN,
                           MECH_OF_KEY, ret_value->own.types) *
                           sizeof *ret_value->own.types);
}

static void status_value(const struct object *object, struct value *ret_value)
{
    set_text(ret_value, object->slot->status);
}

/* Which objects a row is for; those of an EC key have a bit of their own. */
#define RSA(kind) (1u << (kind))
#define EC(kind) (1u << (kind) << OBJECT_KINDS)
#define ANY(kind) (RSA(kind) | EC(kind))

#define ALL (~0u)
#define CERT ANY(OBJECT_CERTIFICATE)
#define CA ANY(OBJECT_CA_CERTIFICATE)
#define PUBLIC ANY(OBJECT_PUBLIC_KEY)
#define PRIVATE ANY(OBJECT_PRIVATE_KEY)
#define KEYS (PUBLIC | PRIVATE)
#define RSA_PRIVATE RSA(OBJECT_PRIVATE_KEY)
#define RSA_KEYS (RSA(OBJECT_PUBLIC_KEY) | RSA_PRIVATE)
#define EC_KEYS (EC(OBJECT_PUBLIC_KEY) | EC(OBJECT_PRIVATE_KEY))
#define STATUS ANY(OBJECT_STATUS)

struct attr_row {
    unsigned objects;
    CK_ATTRIBUTE_TYPE type;
    /* Where the value comes from. */
    enum {
        FROM_NUMBER, /* number, a CK_ULONG */
        FROM_BOOL,   /* number */
        FROM_TEXT,   /* text */
        FROM_CERT,   /* number, an enum cert_field */
        FROM_VALUE,  /* value(), which works it out */
        SENSITIVE,   /* it exists and is never shown */
    } source;
    CK_ULONG number;
    const char *text;
    void (*value)(const struct object *object, struct value *ret_value);
};

/* clang-format off */
#define NUMBER(objects, type, n) {(objects), (type), FROM_NUMBER, (n), NULL, NULL}
#define BOOL(objects, type, n) {(objects), (type), FROM_BOOL, (n), NULL, NULL}
#define FIELD(objects, type, f) {(objects), (type), FROM_CERT, (f), NULL, NULL}
#define TEXT(objects, type, text) {(objects), (type), FROM_TEXT, 0, (text), NULL}
#define EMPTY(objects, type) TEXT(objects, type, "")
#define VALUE(objects, type, f) {(objects), (type), FROM_VALUE, 0, NULL, (f)}
#define HIDDEN(objects, type) {(objects), (type), SENSITIVE, 0, NULL, NULL}
/* clang-format on */

static const struct attr_row rows[] = {
    VALUE(ALL, CKA_CLASS, class),
    VALUE(ALL, CKA_UNIQUE_ID, unique_id),
    BOOL(ALL, CKA_TOKEN, CK_TRUE),
    VALUE(ALL, CKA_PRIVATE, is_private),
    BOOL(ALL, CKA_MODIFIABLE, CK_FALSE),
    BOOL(ALL, CKA_COPYABLE, CK_FALSE),
    BOOL(ALL, CKA_DESTROYABLE, CK_FALSE),

    VALUE(CERT | CA | KEYS, CKA_LABEL, label),
    FIELD(CERT | CA | KEYS, CKA_ID, CERT_KEY_ID),
    FIELD(CERT | CA | KEYS, CKA_SUBJECT, CERT_SUBJECT),
    FIELD(CERT | CA | KEYS, CKA_PUBLIC_KEY_INFO, CERT_SPKI),
    /* Trust is the host's to give. */
    BOOL(CERT | CA | PUBLIC, CKA_TRUSTED, CK_FALSE),

    NUMBER(CERT | CA, CKA_CERTIFICATE_TYPE, CKC_X_509),
    NUMBER(CERT, CKA_CERTIFICATE_CATEGORY, CATEGORY_TOKEN_USER),
    NUMBER(CA, CKA_CERTIFICATE_CATEGORY, CATEGORY_AUTHORITY),
    FIELD(CERT | CA, CKA_ISSUER, CERT_ISSUER),
    FIELD(CERT | CA, CKA_SERIAL_NUMBER, CERT_SERIAL),
    FIELD(CERT | CA, CKA_VALUE, CERT_DER),
    VALUE(CERT | CA, CKA_CHECK_VALUE, check_value),
    VALUE(CERT | CA, CKA_START_DATE, start_date),
    VALUE(CERT | CA, CKA_END_DATE, end_date),
    EMPTY(CERT | CA, CKA_URL),
    EMPTY(CERT | CA, CKA_HASH_OF_SUBJECT_PUBLIC_KEY),
    EMPTY(CERT | CA, CKA_HASH_OF_ISSUER_PUBLIC_KEY),
    NUMBER(CERT | CA, CKA_NAME_HASH_ALGORITHM, CKM_SHA_1),
    NUMBER(CERT | CA, CKA_JAVA_MIDP_SECURITY_DOMAIN, 0),

    EMPTY(KEYS, CKA_START_DATE),
    EMPTY(KEYS, CKA_END_DATE),
    BOOL(KEYS, CKA_DERIVE, CK_FALSE),
    BOOL(KEYS, CKA_LOCAL, CK_FALSE),
    NUMBER(KEYS, CKA_KEY_GEN_MECHANISM, CK_UNAVAILABLE_INFORMATION),
    VALUE(KEYS, CKA_ALLOWED_MECHANISMS, allowed_mechanisms),

    BOOL(PUBLIC, CKA_ENCRYPT, CK_FALSE),
    BOOL(PUBLIC, CKA_VERIFY, CK_TRUE),
    BOOL(PUBLIC, CKA_VERIFY_RECOVER, CK_FALSE),
    BOOL(PUBLIC, CKA_WRAP, CK_FALSE),
    EMPTY(PUBLIC, CKA_WRAP_TEMPLATE),

    BOOL(PRIVATE, CKA_DECRYPT, CK_FALSE),
    VALUE(PRIVATE, CKA_SIGN, may_sign),
    BOOL(PRIVATE, CKA_SIGN_RECOVER, CK_FALSE),
    BOOL(PRIVATE, CKA_UNWRAP, CK_FALSE),
    EMPTY(PRIVATE, CKA_UNWRAP_TEMPLATE),
    BOOL(PRIVATE, CKA_SENSITIVE, CK_TRUE),
    BOOL(PRIVATE, CKA_EXTRACTABLE, CK_FALSE),
    /* The card has no command that reads a key, and never had. */
    BOOL(PRIVATE, CKA_ALWAYS_SENSITIVE, CK_TRUE),
    BOOL(PRIVATE, CKA_NEVER_EXTRACTABLE, CK_TRUE),
    BOOL(PRIVATE, CKA_WRAP_WITH_TRUSTED, CK_FALSE),
    VALUE(PRIVATE, CKA_ALWAYS_AUTHENTICATE, always_authenticate),

    NUMBER(RSA_KEYS, CKA_KEY_TYPE, CKK_RSA),
    FIELD(RSA_KEYS, CKA_MODULUS, CERT_MODULUS),
    VALUE(RSA(OBJECT_PUBLIC_KEY), CKA_MODULUS_BITS, modulus_bits),
    FIELD(RSA_KEYS, CKA_PUBLIC_EXPONENT, CERT_EXPONENT),
    HIDDEN(RSA_PRIVATE, CKA_PRIVATE_EXPONENT),
    HIDDEN(RSA_PRIVATE, CKA_PRIME_1),
    HIDDEN(RSA_PRIVATE, CKA_PRIME_2),
    HIDDEN(RSA_PRIVATE, CKA_EXPONENT_1),
    HIDDEN(RSA_PRIVATE, CKA_EXPONENT_2),
    HIDDEN(RSA_PRIVATE, CKA_COEFFICIENT),

    NUMBER(EC_KEYS, CKA_KEY_TYPE, CKK_EC),
    FIELD(EC_KEYS, CKA_EC_PARAMS, CERT_EC_PARAMS),
    FIELD(EC(OBJECT_PUBLIC_KEY), CKA_EC_POINT, CERT_EC_POINT),
    HIDDEN(EC(OBJECT_PRIVATE_KEY), CKA_VALUE),

    NUMBER(ANY(OBJECT_PROFILE), CKA_PROFILE_ID, CKP_PUBLIC_CERTIFICATES_TOKEN),
    NUMBER(ANY(OBJECT_BASELINE_PROFILE), CKA_PROFILE_ID, CKP_BASELINE_PROVIDER),

    TEXT(STATUS, CKA_LABEL, "JPKI status"),
    TEXT(STATUS, CKA_APPLICATION, "jpki-pkcs11"),
    EMPTY(STATUS, CKA_OBJECT_ID),
    VALUE(STATUS, CKA_VALUE, status_value),
};

/* The row of TYPE, NULL when the object has no such attribute. */
static const struct attr_row *find_row(
    const struct object *object, CK_ATTRIBUTE_TYPE type)
{
    const struct cert *cert = object->cert;
    bool is_ec = cert && cert_key_type(cert) == CERT_KEY_EC;
    unsigned bit = is_ec ? EC(object->kind) : RSA(object->kind);
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].type == type && rows[i].objects & bit)
            return &rows[i];
    return NULL;
}

CK_RV object_value(const struct slot *slot, enum object_kind kind,
    CK_ATTRIBUTE_TYPE type, struct value *ret_value)
{
    const struct object object = {slot, kind, object_cert(slot, kind)};
    const struct attr_row *row = find_row(&object, type);

    ret_value->bytes = NULL;
    ret_value->len = 0;
    if (!row)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    switch (row->source) {
    case FROM_NUMBER:
        set_number(ret_value, row->number);
        break;
    case FROM_BOOL:
        set_bool(ret_value, row->number);
        break;
    case FROM_TEXT:
        set_text(ret_value, row->text);
        break;
    case FROM_CERT:
        ret_value->bytes = cert_field(
            object.cert, (enum cert_field)row->number, &ret_value->len);
        break;
    case FROM_VALUE:
        row->value(&object, ret_value);
        break;
    default:
        return CKR_ATTRIBUTE_SENSITIVE;
    }
    return ret_value->len == VALUE_UNKNOWN ? CKR_ATTRIBUTE_TYPE_INVALID
                                           : CKR_OK;
}

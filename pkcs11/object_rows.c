/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object_rows.h"

#include <string.h>
#include <time.h>

#include "crypto/digest.h"
#include "token/abilities.h"
#include "token/verdict.h"

#define CATEGORY_TOKEN_USER 1 /* PKCS #11 4.6.2 */
#define CATEGORY_AUTHORITY 2

const struct cert *object_cert(const struct slot *slot, enum object_kind kind)
{
    return kind == OBJECT_CA_CERTIFICATE ? slot_key(slot)->ca.cert
                                         : slot_key(slot)->cert.cert;
}

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

static void class(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    (void)slot;
    set_number(ret_value, object_class(kind));
}

static TOKEN_LOCKED void is_private(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    set_bool(ret_value, object_is_private(slot, kind));
}

static void label(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    set_text(ret_value, kind == OBJECT_CA_CERTIFICATE
                            ? slot->role->ca_label
                            : slot->role->object_label);
}

static void category(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    (void)slot;
    set_number(ret_value, kind == OBJECT_CA_CERTIFICATE ? CATEGORY_AUTHORITY
                                                        : CATEGORY_TOKEN_USER);
}

/* What CKA_UNIQUE_ID says of each kind of object. */
static const struct {
    const char *word;
    bool by_token; /* else by the certificate that the object is about */
} identities[OBJECT_KINDS] = {
    [OBJECT_CERTIFICATE] = {"certificate", false},
    [OBJECT_PUBLIC_KEY] = {"public-key", false},
    [OBJECT_PRIVATE_KEY] = {"private-key", false},
    [OBJECT_CA_CERTIFICATE] = {"ca-certificate", false},
    [OBJECT_PROFILE] = {"public-certificates-profile", true},
    [OBJECT_BASELINE_PROFILE] = {"baseline-profile", true},
    [OBJECT_STATUS] = {"status", true},
};

/* As much of the certificate's digest as makes an id unique: 128 bits. */
#define UNIQUE_BYTES 16

static void add_text(struct value *value, const char *text, size_t len)
{
    size_t room = sizeof value->own.text - value->len;

    if (len > room)
        len = room;
    memcpy(value->own.text + value->len, text, len);
    value->len += len;
}

static void add_hex(struct value *value, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < len; i++) {
        add_text(value, &digits[bytes[i] >> 4], 1);
        add_text(value, &digits[bytes[i] & 0xf], 1);
    }
}

/* "auth-certificate-" and a digest: the same whenever the card is in. */
static void unique_id(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    const char *word = identities[kind].word;
    size_t hash_len;

    set_own(ret_value, 0);
    add_text(ret_value, slot->role->name, strlen(slot->role->name));
    add_text(ret_value, "-", 1);
    add_text(ret_value, word, strlen(word));
    add_text(ret_value, "-", 1);
    if (identities[kind].by_token)
        add_text(ret_value, slot->token->serial, TOKEN_SERIAL_DIGITS);
    else
        add_hex(ret_value,
            cert_field(object_cert(slot, kind), CERT_SHA256, &hash_len),
            UNIQUE_BYTES);
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

static void start_date(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    int64_t not_before, not_after;

    cert_validity(object_cert(slot, kind), &not_before, &not_after);
    set_date(ret_value, not_before);
}

static void end_date(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    int64_t not_before, not_after;

    cert_validity(object_cert(slot, kind), &not_before, &not_after);
    set_date(ret_value, not_after);
}

/* The first three bytes of SHA-1 over the certificate (PKCS #11 4.6.2). */
static void check_value(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    uint8_t hash[DIGEST_MAX];
    size_t der_len, hash_len;
    const uint8_t *der =
        cert_field(object_cert(slot, kind), CERT_DER, &der_len);

    if (digest_once(slot->token->context->crypto, DIGEST_SHA1, der, der_len,
            hash, &hash_len) != CRYPT_OK)
        return;
    memcpy(ret_value->own.check, hash, sizeof ret_value->own.check);
    set_own(ret_value, sizeof ret_value->own.check);
}

static void modulus_bits(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    set_number(ret_value, cert_key_bits(object_cert(slot, kind)));
}

static TOKEN_LOCKED void may_sign(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    (void)kind;
    set_bool(ret_value, verdict_allows(slot->token, slot->role->id));
}

static void always_authenticate(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    (void)kind;
    set_bool(ret_value, token_asks_each_time(slot->token, slot->role->id));
}

static TOKEN_LOCKED void allowed_mechanisms(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    const struct token *token = slot->token;
    const struct cert *cert = slot_key(slot)->cert.cert;
    const struct mech_scope scope = {cert, abilities_offer_pss(token)};

    (void)kind;
    /* A list that may have to grow would tell that the rest is forbidden. */
    if (mech_depends_on_pss(cert) && !abilities_know_pss(token)) {
        ret_value->len = VALUE_UNKNOWN;
        return;
    }
    set_own(ret_value, mech_of_keys(&scope, ret_value->own.types) *
                           sizeof *ret_value->own.types);
}

static void status_value(
    const struct slot *slot, enum object_kind kind, struct value *ret_value)
{
    (void)kind;
    set_text(ret_value, slot->status);
}

/* clang-format off */
#define NUMBER(type, n) {(type), FROM_NUMBER, (n), NULL, NULL}
#define BOOL(type, n) {(type), FROM_BOOL, (n), NULL, NULL}
#define FIELD(type, field) {(type), FROM_CERT, (field), NULL, NULL}
#define TEXT(type, text) {(type), FROM_TEXT, 0, (text), NULL}
#define EMPTY(type) {(type), FROM_TEXT, 0, "", NULL}
#define VALUE(type, function) {(type), FROM_VALUE, 0, NULL, (function)}
#define HIDDEN(type) {(type), SENSITIVE, 0, NULL, NULL}
/* clang-format on */

static const struct attr_row storage_rows[] = {
    VALUE(CKA_CLASS, class),
    VALUE(CKA_UNIQUE_ID, unique_id),
    BOOL(CKA_TOKEN, CK_TRUE),
    VALUE(CKA_PRIVATE, is_private),
    BOOL(CKA_MODIFIABLE, CK_FALSE),
    BOOL(CKA_COPYABLE, CK_FALSE),
    BOOL(CKA_DESTROYABLE, CK_FALSE),
};

static const struct attr_row certificate_rows[] = {
    VALUE(CKA_LABEL, label),
    NUMBER(CKA_CERTIFICATE_TYPE, CKC_X_509),
    VALUE(CKA_CERTIFICATE_CATEGORY, category),
    /* Trust is the host's to give. */
    BOOL(CKA_TRUSTED, CK_FALSE),
    FIELD(CKA_ID, CERT_KEY_ID),
    FIELD(CKA_SUBJECT, CERT_SUBJECT),
    FIELD(CKA_ISSUER, CERT_ISSUER),
    FIELD(CKA_SERIAL_NUMBER, CERT_SERIAL),
    FIELD(CKA_VALUE, CERT_DER),
    FIELD(CKA_PUBLIC_KEY_INFO, CERT_SPKI),
    VALUE(CKA_CHECK_VALUE, check_value),
    VALUE(CKA_START_DATE, start_date),
    VALUE(CKA_END_DATE, end_date),
    EMPTY(CKA_URL),
    EMPTY(CKA_HASH_OF_SUBJECT_PUBLIC_KEY),
    EMPTY(CKA_HASH_OF_ISSUER_PUBLIC_KEY),
    NUMBER(CKA_NAME_HASH_ALGORITHM, CKM_SHA_1),
    NUMBER(CKA_JAVA_MIDP_SECURITY_DOMAIN, 0),
};

static const struct attr_row key_rows[] = {
    VALUE(CKA_LABEL, label),
    FIELD(CKA_ID, CERT_KEY_ID),
    FIELD(CKA_SUBJECT, CERT_SUBJECT),
    EMPTY(CKA_START_DATE),
    EMPTY(CKA_END_DATE),
    BOOL(CKA_DERIVE, CK_FALSE),
    BOOL(CKA_LOCAL, CK_FALSE),
    NUMBER(CKA_KEY_GEN_MECHANISM, CK_UNAVAILABLE_INFORMATION),
    VALUE(CKA_ALLOWED_MECHANISMS, allowed_mechanisms),
    FIELD(CKA_PUBLIC_KEY_INFO, CERT_SPKI),
};

static const struct attr_row public_key_rows[] = {
    BOOL(CKA_TRUSTED, CK_FALSE),
    BOOL(CKA_ENCRYPT, CK_FALSE),
    BOOL(CKA_VERIFY, CK_TRUE),
    BOOL(CKA_VERIFY_RECOVER, CK_FALSE),
    BOOL(CKA_WRAP, CK_FALSE),
    EMPTY(CKA_WRAP_TEMPLATE),
};

static const struct attr_row private_key_rows[] = {
    BOOL(CKA_DECRYPT, CK_FALSE),
    VALUE(CKA_SIGN, may_sign),
    BOOL(CKA_SIGN_RECOVER, CK_FALSE),
    BOOL(CKA_UNWRAP, CK_FALSE),
    EMPTY(CKA_UNWRAP_TEMPLATE),
    BOOL(CKA_SENSITIVE, CK_TRUE),
    BOOL(CKA_EXTRACTABLE, CK_FALSE),
    /* The card has no command that reads a key, and never had. */
    BOOL(CKA_ALWAYS_SENSITIVE, CK_TRUE),
    BOOL(CKA_NEVER_EXTRACTABLE, CK_TRUE),
    BOOL(CKA_WRAP_WITH_TRUSTED, CK_FALSE),
    VALUE(CKA_ALWAYS_AUTHENTICATE, always_authenticate),
};

/* What a key of one type has beside. */

static const struct attr_row rsa_public_rows[] = {
    NUMBER(CKA_KEY_TYPE, CKK_RSA),
    FIELD(CKA_MODULUS, CERT_MODULUS),
    VALUE(CKA_MODULUS_BITS, modulus_bits),
    FIELD(CKA_PUBLIC_EXPONENT, CERT_EXPONENT),
};

static const struct attr_row rsa_private_rows[] = {
    NUMBER(CKA_KEY_TYPE, CKK_RSA),
    FIELD(CKA_MODULUS, CERT_MODULUS),
    FIELD(CKA_PUBLIC_EXPONENT, CERT_EXPONENT),
    HIDDEN(CKA_PRIVATE_EXPONENT),
    HIDDEN(CKA_PRIME_1),
    HIDDEN(CKA_PRIME_2),
    HIDDEN(CKA_EXPONENT_1),
    HIDDEN(CKA_EXPONENT_2),
    HIDDEN(CKA_COEFFICIENT),
};

static const struct attr_row ec_public_rows[] = {
    NUMBER(CKA_KEY_TYPE, CKK_EC),
    FIELD(CKA_EC_PARAMS, CERT_EC_PARAMS),
    FIELD(CKA_EC_POINT, CERT_EC_POINT),
};

static const struct attr_row ec_private_rows[] = {
    NUMBER(CKA_KEY_TYPE, CKK_EC),
    FIELD(CKA_EC_PARAMS, CERT_EC_PARAMS),
    HIDDEN(CKA_VALUE),
};

static const struct attr_row profile_rows[] = {
    NUMBER(CKA_PROFILE_ID, CKP_PUBLIC_CERTIFICATES_TOKEN),
};

static const struct attr_row baseline_profile_rows[] = {
    NUMBER(CKA_PROFILE_ID, CKP_BASELINE_PROVIDER),
};

static const struct attr_row status_rows[] = {
    TEXT(CKA_LABEL, "JPKI status"),
    TEXT(CKA_APPLICATION, "jpki-pkcs11"),
    EMPTY(CKA_OBJECT_ID),
    VALUE(CKA_VALUE, status_value),
};

struct table {
    const struct attr_row *rows;
    size_t count;
};

#define TABLE(rows)                           \
    {                                         \
        (rows), sizeof(rows) / sizeof *(rows) \
    }
#define TABLES_MAX 3

/* The tables of each kind; those that several kinds share come first. */
static const struct table tables[OBJECT_KINDS][TABLES_MAX] = {
    [OBJECT_CERTIFICATE] = {TABLE(storage_rows), TABLE(certificate_rows)},
    [OBJECT_PUBLIC_KEY] = {TABLE(storage_rows), TABLE(key_rows),
        TABLE(public_key_rows)},
    [OBJECT_PRIVATE_KEY] = {TABLE(storage_rows), TABLE(key_rows),
        TABLE(private_key_rows)},
    [OBJECT_CA_CERTIFICATE] = {TABLE(storage_rows), TABLE(certificate_rows)},
    [OBJECT_PROFILE] = {TABLE(storage_rows), TABLE(profile_rows)},
    [OBJECT_BASELINE_PROFILE] = {TABLE(storage_rows),
        TABLE(baseline_profile_rows)},
    [OBJECT_STATUS] = {TABLE(storage_rows), TABLE(status_rows)},
};

static const struct table rsa_tables[OBJECT_KINDS] = {
    [OBJECT_PUBLIC_KEY] = TABLE(rsa_public_rows),
    [OBJECT_PRIVATE_KEY] = TABLE(rsa_private_rows),
};

static const struct table ec_tables[OBJECT_KINDS] = {
    [OBJECT_PUBLIC_KEY] = TABLE(ec_public_rows),
    [OBJECT_PRIVATE_KEY] = TABLE(ec_private_rows),
};

/* The table of the key's type; an empty one for what is no key. */
static const struct table *key_table(
    const struct slot *slot, enum object_kind kind)
{
    const struct cert *cert = slot_key(slot)->cert.cert;

    return cert && cert_key_type(cert) == CERT_KEY_EC ? &ec_tables[kind]
                                                      : &rsa_tables[kind];
}

static const struct attr_row *find_row(
    const struct table *table, CK_ATTRIBUTE_TYPE type)
{
    size_t i;

    for (i = 0; i < table->count; i++)
        if (table->rows[i].type == type)
            return &table->rows[i];
    return NULL;
}

const struct attr_row *object_row(
    const struct slot *slot, enum object_kind kind, CK_ATTRIBUTE_TYPE type)
{
    const struct attr_row *row = find_row(key_table(slot, kind), type);
    size_t i;

    for (i = 0; i < TABLES_MAX && !row; i++)
        row = find_row(&tables[kind][i], type);
    return row;
}

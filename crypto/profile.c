/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/profile.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "conf/log.h"
#include "crypto/cert_x509.h"

/* An OBJECT IDENTIFIER's content, each arc in bytes of its own. */
struct oid {
    const uint8_t *bytes;
    size_t len;
};

#define JPKI 0x2a, 0x83, 0x08, 0x8c, 0x9b, 0x55, 0x08, 0x05
#define OID(...)                                                               \
    {                                                                          \
        (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) \
    }

/* 1.2.392.200149.8.5.5.4 */
static const struct oid date_of_birth = OID(JPKI, 5, 4);

/* Arcs above the policies, in order of precedence. */
static const struct {
    struct oid above;
    enum cert_policy policy;
} policies[] = {
    {OID(JPKI, 1, 1), CERT_POLICY_SIGNING},
    {OID(JPKI, 1, 0), CERT_POLICY_TEST},
};

static bool begins_with(const ASN1_OBJECT *object, const struct oid *oid)
{
    return OBJ_length(object) >= oid->len &&
           memcmp(OBJ_get0_data(object), oid->bytes, oid->len) == 0;
}

static bool is_below(const ASN1_OBJECT *object, const struct oid *oid)
{
    return begins_with(object, oid) && OBJ_length(object) > oid->len;
}

static bool is(const ASN1_OBJECT *object, const struct oid *oid)
{
    return begins_with(object, oid) && OBJ_length(object) == oid->len;
}

static bool names_policy(
    const CERTIFICATEPOLICIES *infos, const struct oid *above)
{
    int i;

    for (i = 0; i < sk_POLICYINFO_num(infos); i++)
        if (is_below(sk_POLICYINFO_value(infos, i)->policyid, above))
            return true;
    return false;
}

static enum cert_policy read_policy(const X509 *x509)
{
    CERTIFICATEPOLICIES *infos =
        X509_get_ext_d2i(x509, NID_certificate_policies, NULL, NULL);
    enum cert_policy policy = CERT_POLICY_OTHER;
    size_t i = 0;

    while (i < sizeof policies / sizeof *policies &&
           !names_policy(infos, &policies[i].above))
        i++;
    if (i < sizeof policies / sizeof *policies)
        policy = policies[i].policy;
    CERTIFICATEPOLICIES_free(infos);
    return policy;
}

/* Wipes the texts as well: the holder's name and address are among them. */
static void free_names(GENERAL_NAMES *names)
{
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        const ASN1_TYPE *value =
            name->type == GEN_OTHERNAME ? name->d.otherName->value : NULL;

        if (value && value->type == V_ASN1_UTF8STRING)
            OPENSSL_cleanse(value->value.utf8string->data,
                (size_t)value->value.utf8string->length);
    }
    GENERAL_NAMES_free(names);
}

/* NULL when the name is of another kind. */
static const OTHERNAME *as_date_of_birth(const GENERAL_NAME *name)
{
    if (name->type != GEN_OTHERNAME ||
        !is(name->d.otherName->type_id, &date_of_birth))
        return NULL;
    return name->d.otherName;
}

/* The only one of them; NULL when there is none or more. */
static const OTHERNAME *find_date_of_birth(const GENERAL_NAMES *names)
{
    const OTHERNAME *only = NULL;
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const OTHERNAME *found =
            as_date_of_birth(sk_GENERAL_NAME_value(names, i));

        if (found && only)
            return NULL;
        if (found)
            only = found;
    }
    return only;
}

static void read_birth(const X509 *x509, struct birth *ret_birth)
{
    GENERAL_NAMES *names =
        X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    const OTHERNAME *found = find_date_of_birth(names);
    const ASN1_STRING *text = NULL;

    *ret_birth = (struct birth){.kind = BIRTH_UNKNOWN};
    if (found && found->value->type == V_ASN1_UTF8STRING) {
        text = found->value->value.utf8string;
        birth_parse(ASN1_STRING_get0_data(text),
            (size_t)ASN1_STRING_length(text), ret_birth);
    }
    free_names(names);
}

void profile_read(const struct cert *cert, struct cert_profile *ret_profile)
{
    struct cert_profile profile = {
        .key_usage = cert_key_usage(cert),
    };

    cert_validity(cert, &profile.not_before, &profile.not_after);
    ERR_set_mark();
    profile.policy = read_policy(cert->x509);
    read_birth(cert->x509, &profile.birth);
    ERR_pop_to_mark();
    if (profile.birth.kind != BIRTH_UNKNOWN && !profile.birth.era_fits)
        log_debug("certificate %s: the era of the date of birth does not fit",
            cert_serial_text(cert));
    *ret_profile = profile;
}

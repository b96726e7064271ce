/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/profile.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "conf/log.h"
#include "crypto/cert_x509.h"

#define DATE_OF_BIRTH "1.2.392.200149.8.5.5.4"

/* How the policies begin, in order of precedence. */
static const struct {
    const char *above;
    enum cert_policy policy;
} policies[] = {
    {"1.2.392.200149.8.5.1.1.", CERT_POLICY_SIGNING},
    {"1.2.392.200149.8.5.1.0.", CERT_POLICY_TEST},
};

#define OID_MAX 32 /* longer than each above; a longer one is cut */

static bool begins_with(const ASN1_OBJECT *object, const char *above)
{
    char text[OID_MAX] = "";

    (void)OBJ_obj2txt(text, sizeof text, object, 1);
    return strncmp(text, above, strlen(above)) == 0;
}

static bool names_policy(const CERTIFICATEPOLICIES *infos, const char *above)
{
    int i;

    for (i = 0; i < sk_POLICYINFO_num(infos); i++)
        if (begins_with(sk_POLICYINFO_value(infos, i)->policyid, above))
            return true;
    return false;
}

static enum cert_policy read_policy(const X509 *x509)
{
    CERTIFICATEPOLICIES *infos =
        X509_get_ext_d2i(x509, NID_certificate_policies, NULL, NULL);
    enum cert_policy policy = CERT_POLICY_OTHER;
    size_t i;

    for (i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (names_policy(infos, policies[i].above)) {
            policy = policies[i].policy;
            break;
        }
    }
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

static bool is_date_of_birth(const GENERAL_NAME *name)
{
    char text[OID_MAX] = "";

    if (name->type != GEN_OTHERNAME)
        return false;
    (void)OBJ_obj2txt(text, sizeof text, name->d.otherName->type_id, 1);
    return strcmp(text, DATE_OF_BIRTH) == 0;
}

/* The only one of them; NULL when there is none or more. */
static const OTHERNAME *find_date_of_birth(const GENERAL_NAMES *names)
{
    const OTHERNAME *only = NULL;
    int i;

    for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        if (!is_date_of_birth(name))
            continue;
        if (only)
            return NULL;
        only = name->d.otherName;
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
        .key_usage = cert->key_usage,
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

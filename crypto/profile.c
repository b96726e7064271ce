/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/profile.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "crypto/cert_x509.h"
#include "crypto/other_name.h"

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

static void read_birth(const X509 *x509, struct birth *ret_birth)
{
    GENERAL_NAMES *names = other_names_get(x509);
    size_t len;
    const uint8_t *text = other_names_find(names, OTHER_NAME_BIRTH, &len);

    *ret_birth = (struct birth){.kind = BIRTH_UNKNOWN};
    if (text)
        birth_parse(text, len, ret_birth);
    other_names_free(names);
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
    *ret_profile = profile;
}

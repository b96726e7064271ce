/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/certissue.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tests/vcard/cardfile.h"
#include "tests/vcard/certname.h"
#include "tests/vcard/certperson.h"
#include "tests/vcard/certtime.h"

#define CPS_URI "http://www.jpki.go.jp/cps.html"
#define OCSP_URI "http://ocspauthnorm.jpki.go.jp"

static int add_ext(X509 *cert, int nid, void *value, int critical)
{
    return value && X509_add1_ext_i2d(
                        cert, nid, value, critical, X509V3_ADD_APPEND) == 1
               ? 0
               : -1;
}

/* USAGE is the bits' names, as openssl.cnf has them. */
static int add_key_usage(X509 *cert, const char *usage)
{
    char text[128];
    snprintf(text, sizeof text, "critical,%s", usage);
    X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, text);
    int rc = ext && X509_add_ext(cert, ext, -1) == 1 ? 0 : -1;
    X509_EXTENSION_free(ext);
    return rc;
}

static int add_client_auth(X509 *cert)
{
    EXTENDED_KEY_USAGE *usage = EXTENDED_KEY_USAGE_new();
    if (usage)
        sk_ASN1_OBJECT_push(usage, OBJ_nid2obj(NID_client_auth));
    int rc = add_ext(cert, NID_ext_key_usage, usage, 0);
    EXTENDED_KEY_USAGE_free(usage);
    return rc;
}

static int add_policy(X509 *cert, const char *oid)
{
    int rc = -1;
    CERTIFICATEPOLICIES *policies = CERTIFICATEPOLICIES_new();
    POLICYINFO *info = POLICYINFO_new();
    POLICYQUALINFO *qualifier = POLICYQUALINFO_new();
    if (!policies || !info || !qualifier)
        goto out;
    info->policyid = OBJ_txt2obj(oid, 1);
    qualifier->pqualid = OBJ_nid2obj(NID_id_qt_cps);
    qualifier->d.cpsuri = ASN1_IA5STRING_new();
    info->qualifiers = sk_POLICYQUALINFO_new_null();
    if (!info->policyid || !qualifier->d.cpsuri || !info->qualifiers ||
        ASN1_STRING_set(qualifier->d.cpsuri, CPS_URI, -1) != 1)
        goto out;
    sk_POLICYQUALINFO_push(info->qualifiers, qualifier);
    qualifier = NULL;
    sk_POLICYINFO_push(policies, info);
    info = NULL;
    rc = add_ext(cert, NID_certificate_policies, policies, 1);
out:
    POLICYQUALINFO_free(qualifier);
    POLICYINFO_free(info);
    CERTIFICATEPOLICIES_free(policies);
    return rc;
}

static int add_japanese_name(X509 *cert, int nid, int role)
{
    GENERAL_NAMES *names = certname_directory(certname_ca_japanese(role));
    int rc = add_ext(cert, nid, names, 0);
    GENERAL_NAMES_free(names);
    return rc;
}

static int add_crl_point(X509 *cert, X509_NAME *name)
{
    CRL_DIST_POINTS *points = CRL_DIST_POINTS_new();
    DIST_POINT *point = DIST_POINT_new();
    DIST_POINT_NAME *where = DIST_POINT_NAME_new();
    int rc = -1;
    if (!points || !point || !where) {
        X509_NAME_free(name);
        goto out;
    }
    where->type = 0;
    where->name.fullname = certname_directory(name);
    point->distpoint = where;
    where = NULL;
    sk_DIST_POINT_push(points, point);
    point = NULL;
    rc = add_ext(cert, NID_crl_distribution_points, points, 0);
out:
    DIST_POINT_NAME_free(where);
    DIST_POINT_free(point);
    CRL_DIST_POINTS_free(points);
    return rc;
}

static int add_ocsp(X509 *cert)
{
    int rc = -1;
    AUTHORITY_INFO_ACCESS *access = AUTHORITY_INFO_ACCESS_new();
    ACCESS_DESCRIPTION *one = ACCESS_DESCRIPTION_new();
    ASN1_IA5STRING *uri = ASN1_IA5STRING_new();
    if (!access || !one || !uri || ASN1_STRING_set(uri, OCSP_URI, -1) != 1)
        goto out;
    one->method = OBJ_nid2obj(NID_ad_OCSP);
    GENERAL_NAME_set0_value(one->location, GEN_URI, uri);
    uri = NULL;
    sk_ACCESS_DESCRIPTION_push(access, one);
    one = NULL;
    rc = add_ext(cert, NID_info_access, access, 0);
out:
    ASN1_IA5STRING_free(uri);
    ACCESS_DESCRIPTION_free(one);
    AUTHORITY_INFO_ACCESS_free(access);
    return rc;
}

/* SHA-1 of the public key's bits, as RFC 5280 4.2.1.2 (1) has it. */
static ASN1_OCTET_STRING *key_id(const X509 *cert)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    if (!id || X509_pubkey_digest(cert, EVP_sha1(), hash, &len) != 1 ||
        ASN1_OCTET_STRING_set(id, hash, (int)len) != 1) {
        ASN1_OCTET_STRING_free(id);
        return NULL;
    }
    return id;
}

static int add_own_key_id(X509 *cert)
{
    ASN1_OCTET_STRING *id = key_id(cert);
    int rc = add_ext(cert, NID_subject_key_identifier, id, 0);
    ASN1_OCTET_STRING_free(id);
    return rc;
}

/* Key id, issuer and serial, all three. */
static int add_issuer_key_id(X509 *cert, const X509 *ca)
{
    int rc = -1;
    AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
    if (aki) {
        aki->keyid = key_id(ca);
        aki->issuer =
            certname_directory(X509_NAME_dup(X509_get_issuer_name(ca)));
        aki->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(ca));
        rc = add_ext(cert, NID_authority_key_identifier, aki, 0);
    }
    AUTHORITY_KEYID_free(aki);
    return rc;
}

static int set_fields(X509 *cert, EVP_PKEY *key, unsigned long serial,
    time_t not_before, time_t not_after)
{
    if (X509_set_version(cert, X509_VERSION_3) != 1 ||
        ASN1_INTEGER_set(X509_get_serialNumber(cert), (long)serial) != 1 ||
        certtime_set(X509_getm_notBefore(cert), not_before) != 1 ||
        certtime_set(X509_getm_notAfter(cert), not_after) != 1 ||
        X509_set_pubkey(cert, key) != 1)
        return -1;
    return 0;
}

static int set_names(X509 *cert, X509_NAME *issuer, X509_NAME *subject)
{
    int ok = issuer && subject && X509_set_issuer_name(cert, issuer) == 1 &&
             X509_set_subject_name(cert, subject) == 1;
    X509_NAME_free(issuer);
    X509_NAME_free(subject);
    return ok ? 0 : -1;
}

static int add_basic_constraints(X509 *cert)
{
    BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
    if (basic)
        basic->ca = 0xFF; /* the only TRUE in DER */
    int rc = add_ext(cert, NID_basic_constraints, basic, 1);
    BASIC_CONSTRAINTS_free(basic);
    return rc;
}

X509 *certissue_ca(int role, EVP_PKEY *key, unsigned long serial,
    time_t not_before, time_t not_after)
{
    X509 *cert = X509_new();
    if (cert && set_fields(cert, key, serial, not_before, not_after) == 0 &&
        set_names(cert, certname_ca(role), certname_ca(role)) == 0 &&
        add_key_usage(cert, "keyCertSign,cRLSign") == 0 &&
        add_japanese_name(cert, NID_subject_alt_name, role) == 0 &&
        add_basic_constraints(cert) == 0 &&
        add_crl_point(cert, certname_ca(role)) == 0 &&
        add_own_key_id(cert) == 0 && X509_sign(cert, key, EVP_sha256()) != 0)
        return cert;
    ERR_print_errors_fp(stderr);
    X509_free(cert);
    return NULL;
}

static int add_auth_exts(
    X509 *cert, const struct cert_spec *spec, const X509 *ca)
{
    return add_key_usage(cert, spec->key_usage) == 0 &&
                   add_client_auth(cert) == 0 &&
                   add_policy(cert, spec->policy) == 0 &&
                   add_japanese_name(cert, NID_issuer_alt_name, AUTH) == 0 &&
                   add_crl_point(cert, certname_partition(spec)) == 0 &&
                   add_ocsp(cert) == 0 && add_issuer_key_id(cert, ca) == 0 &&
                   add_own_key_id(cert) == 0
               ? 0
               : -1;
}

static int add_sign_exts(
    X509 *cert, const struct cert_spec *spec, const X509 *ca)
{
    return add_key_usage(cert, spec->key_usage) == 0 &&
                   certperson_add(cert, spec) == 0 &&
                   add_policy(cert, spec->policy) == 0 &&
                   add_japanese_name(cert, NID_issuer_alt_name, SIGN) == 0 &&
                   add_crl_point(cert, certname_partition(spec)) == 0 &&
                   add_issuer_key_id(cert, ca) == 0 && add_own_key_id(cert) == 0
               ? 0
               : -1;
}

X509 *certissue_holder(
    const struct cert_spec *spec, EVP_PKEY *key, const struct cert_ca *ca)
{
    X509 *cert = X509_new();
    if (!cert ||
        set_fields(
            cert, key, spec->serial, spec->not_before, spec->not_after) != 0 ||
        set_names(cert, certname_ca(spec->role), certname_subject(spec)) != 0)
        goto fail;
    int rc = spec->role == SIGN ? add_sign_exts(cert, spec, ca->cert)
                                : add_auth_exts(cert, spec, ca->cert);
    if (rc == 0 && X509_sign(cert, ca->key, EVP_sha256()) != 0)
        return cert;
fail:
    ERR_print_errors_fp(stderr);
    X509_free(cert);
    return NULL;
}

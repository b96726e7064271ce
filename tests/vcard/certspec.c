/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/certspec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define OID_OTHER_NAME "1.2.392.200149.8.5.5."
#define CPS_URI "http://www.jpki.go.jp/cps.html"
#define OCSP_URI "http://ocspauthnorm.jpki.go.jp"

static const char *const ou_latin[ROLES] = {
    "JPKI for user authentication", "JPKI for digital signature"};
static const char *const ou_japanese[ROLES] = {
    "公的個人認証サービス利用者証明用", "公的個人認証サービス署名用"};

/* One attribute; the type of the string is given, never guessed. */
static int add_rdn(X509_NAME *name, int nid, const char *text)
{
    int type =
        nid == NID_countryName ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
    return X509_NAME_add_entry_by_NID(
               name, nid, type, (const unsigned char *)text, -1, -1, 0) == 1
               ? 0
               : -1;
}

struct rdn {
    int nid;
    const char *text;
};

static X509_NAME *make_name(const struct rdn *rdns, size_t n)
{
    X509_NAME *name = X509_NAME_new();
    for (size_t i = 0; name != NULL && i < n; i++) {
        if (add_rdn(name, rdns[i].nid, rdns[i].text) != 0) {
            X509_NAME_free(name);
            name = NULL;
        }
    }
    return name;
}

static X509_NAME *ca_name(int role)
{
    const struct rdn rdns[] = {
        {NID_countryName, "JP"},
        {NID_organizationName, "JPKI"},
        {NID_organizationalUnitName, ou_latin[role]},
        {NID_organizationalUnitName,
            "Japan Agency for Local Authority Information Systems"},
    };
    return make_name(rdns, 4);
}

static X509_NAME *ca_name_japanese(int role)
{
    const struct rdn rdns[] = {
        {NID_countryName, "JP"},
        {NID_organizationName, "公的個人認証サービス"},
        {NID_organizationalUnitName, ou_japanese[role]},
        {NID_organizationalUnitName, "地方公共団体情報システム機構"},
    };
    return make_name(rdns, 4);
}

static X509_NAME *subject_name(const struct cert_spec *spec)
{
    const struct rdn rdns[] = {
        {NID_countryName, "JP"},
        {NID_localityName, spec->prefecture},
        {NID_localityName, spec->city},
        {NID_commonName, spec->cn},
    };
    const struct rdn anonymous[] = {rdns[0], rdns[3]};
    return spec->role == SIGN ? make_name(rdns, 4) : make_name(anonymous, 2);
}

static X509_NAME *partition_name(const struct cert_spec *spec)
{
    char cn[96];
    snprintf(cn, sizeof(cn), "%s CRLDP", spec->city);
    const struct rdn rdns[] = {
        {NID_countryName, "JP"},
        {NID_organizationName, "JPKI"},
        {NID_organizationalUnitName, ou_latin[spec->role]},
        {NID_organizationalUnitName, "CRL Distribution Points"},
        {NID_organizationalUnitName, spec->prefecture},
        {NID_commonName, cn},
    };
    return make_name(rdns, 6);
}

/* GeneralNames of one directoryName; takes NAME. */
static GENERAL_NAMES *directory_names(X509_NAME *name)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *one = GENERAL_NAME_new();
    if (name == NULL || names == NULL || one == NULL) {
        GENERAL_NAMES_free(names);
        GENERAL_NAME_free(one);
        X509_NAME_free(name);
        return NULL;
    }
    GENERAL_NAME_set0_value(one, GEN_DIRNAME, name);
    sk_GENERAL_NAME_push(names, one);
    return names;
}

static int add_ext(X509 *cert, int nid, void *value, int critical)
{
    return value != NULL && X509_add1_ext_i2d(cert, nid, value, critical,
                                X509V3_ADD_APPEND) == 1
               ? 0
               : -1;
}

static int add_key_usage(X509 *cert, const int *bits, size_t n)
{
    ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
    for (size_t i = 0; usage != NULL && i < n; i++) {
        ASN1_BIT_STRING_set_bit(usage, bits[i], 1);
    }
    int rc = add_ext(cert, NID_key_usage, usage, 1);
    ASN1_BIT_STRING_free(usage);
    return rc;
}

static int add_client_auth(X509 *cert)
{
    EXTENDED_KEY_USAGE *usage = EXTENDED_KEY_USAGE_new();
    if (usage != NULL) {
        sk_ASN1_OBJECT_push(usage, OBJ_nid2obj(NID_client_auth));
    }
    int rc = add_ext(cert, NID_ext_key_usage, usage, 0);
    EXTENDED_KEY_USAGE_free(usage);
    return rc;
}

static int push_other_name(GENERAL_NAMES *names, int arc, const char *text)
{
    char oid[64];
    snprintf(oid, sizeof(oid), OID_OTHER_NAME "%d", arc);
    GENERAL_NAME *one = GENERAL_NAME_new();
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_UTF8STRING *utf8 = ASN1_UTF8STRING_new();
    if (one == NULL || value == NULL || utf8 == NULL ||
        ASN1_STRING_set(utf8, text, -1) != 1) {
        GENERAL_NAME_free(one);
        ASN1_TYPE_free(value);
        ASN1_UTF8STRING_free(utf8);
        return -1;
    }
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, utf8);
    GENERAL_NAME_set0_othername(one, OBJ_txt2obj(oid, 1), value);
    sk_GENERAL_NAME_push(names, one);
    return 0;
}

/* The order 1, 4, 3, 5, 2, 6 is the card's (card-facts.md 3.3). */
static int add_personal_data(X509 *cert, const struct cert_spec *spec)
{
    const struct {
        int arc;
        const char *text;
    } rows[] = {
        {1, spec->name},
        {4, spec->without_birth ? NULL : spec->birth},
        {3, spec->sex},
        {5, spec->address},
        {2, spec->name_flags},
        {6, spec->address_flags},
    };
    int rc = -1;
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    for (size_t i = 0; names != NULL && i < sizeof(rows) / sizeof(rows[0]);
         i++) {
        if (rows[i].text != NULL &&
            push_other_name(names, rows[i].arc, rows[i].text) != 0) {
            goto out;
        }
    }
    rc = add_ext(cert, NID_subject_alt_name, names, 0);
out:
    GENERAL_NAMES_free(names);
    return rc;
}

static int add_policy(X509 *cert, const char *oid)
{
    int rc = -1;
    CERTIFICATEPOLICIES *policies = CERTIFICATEPOLICIES_new();
    POLICYINFO *info = POLICYINFO_new();
    POLICYQUALINFO *qualifier = POLICYQUALINFO_new();
    if (policies == NULL || info == NULL || qualifier == NULL) {
        goto out;
    }
    info->policyid = OBJ_txt2obj(oid, 1);
    qualifier->pqualid = OBJ_nid2obj(NID_id_qt_cps);
    qualifier->d.cpsuri = ASN1_IA5STRING_new();
    info->qualifiers = sk_POLICYQUALINFO_new_null();
    if (info->policyid == NULL || qualifier->d.cpsuri == NULL ||
        info->qualifiers == NULL ||
        ASN1_STRING_set(qualifier->d.cpsuri, CPS_URI, -1) != 1) {
        goto out;
    }
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
    GENERAL_NAMES *names = directory_names(ca_name_japanese(role));
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
    if (points == NULL || point == NULL || where == NULL) {
        X509_NAME_free(name);
        goto out;
    }
    where->type = 0;
    where->name.fullname = directory_names(name);
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
    if (access == NULL || one == NULL || uri == NULL ||
        ASN1_STRING_set(uri, OCSP_URI, -1) != 1) {
        goto out;
    }
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
    if (id == NULL || X509_pubkey_digest(cert, EVP_sha1(), hash, &len) != 1 ||
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
    if (aki != NULL) {
        aki->keyid = key_id(ca);
        aki->issuer = directory_names(X509_NAME_dup(X509_get_issuer_name(ca)));
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
        ASN1_UTCTIME_set(X509_getm_notBefore(cert), not_before) == NULL ||
        ASN1_UTCTIME_set(X509_getm_notAfter(cert), not_after) == NULL ||
        X509_set_pubkey(cert, key) != 1) {
        return -1;
    }
    return 0;
}

static int set_names(X509 *cert, X509_NAME *issuer, X509_NAME *subject)
{
    int ok = issuer != NULL && subject != NULL &&
             X509_set_issuer_name(cert, issuer) == 1 &&
             X509_set_subject_name(cert, subject) == 1;
    X509_NAME_free(issuer);
    X509_NAME_free(subject);
    return ok ? 0 : -1;
}

static int add_basic_constraints(X509 *cert)
{
    BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
    if (basic != NULL) {
        basic->ca = 0xFF; /* the only TRUE in DER */
    }
    int rc = add_ext(cert, NID_basic_constraints, basic, 1);
    BASIC_CONSTRAINTS_free(basic);
    return rc;
}

X509 *certspec_ca(int role, EVP_PKEY *key, unsigned long serial,
    time_t not_before, time_t not_after)
{
    static const int usage[] = {5, 6}; /* keyCertSign, cRLSign */
    X509 *cert = X509_new();
    if (cert != NULL &&
        set_fields(cert, key, serial, not_before, not_after) == 0 &&
        set_names(cert, ca_name(role), ca_name(role)) == 0 &&
        add_key_usage(cert, usage, 2) == 0 &&
        add_japanese_name(cert, NID_subject_alt_name, role) == 0 &&
        add_basic_constraints(cert) == 0 &&
        add_crl_point(cert, ca_name(role)) == 0 && add_own_key_id(cert) == 0 &&
        X509_sign(cert, key, EVP_sha256()) != 0) {
        return cert;
    }
    ERR_print_errors_fp(stderr);
    X509_free(cert);
    return NULL;
}

static int add_auth_exts(
    X509 *cert, const struct cert_spec *spec, const X509 *ca)
{
    static const int usage[] = {0}; /* digitalSignature */
    return add_key_usage(cert, usage, 1) == 0 && add_client_auth(cert) == 0 &&
                   add_policy(cert, spec->policy) == 0 &&
                   add_japanese_name(cert, NID_issuer_alt_name, AUTH) == 0 &&
                   add_crl_point(cert, partition_name(spec)) == 0 &&
                   add_ocsp(cert) == 0 && add_issuer_key_id(cert, ca) == 0 &&
                   add_own_key_id(cert) == 0
               ? 0
               : -1;
}

static int add_sign_exts(
    X509 *cert, const struct cert_spec *spec, const X509 *ca)
{
    static const int usage[] = {0, 1}; /* and nonRepudiation */
    return add_key_usage(cert, usage, 2) == 0 &&
                   add_personal_data(cert, spec) == 0 &&
                   add_policy(cert, spec->policy) == 0 &&
                   add_japanese_name(cert, NID_issuer_alt_name, SIGN) == 0 &&
                   add_crl_point(cert, partition_name(spec)) == 0 &&
                   add_issuer_key_id(cert, ca) == 0 && add_own_key_id(cert) == 0
               ? 0
               : -1;
}

X509 *certspec_issue(
    const struct cert_spec *spec, EVP_PKEY *key, const struct cert_ca *ca)
{
    X509 *cert = X509_new();
    if (cert == NULL ||
        set_fields(
            cert, key, spec->serial, spec->not_before, spec->not_after) != 0 ||
        set_names(cert, ca_name(spec->role), subject_name(spec)) != 0) {
        goto fail;
    }
    int rc = spec->role == SIGN ? add_sign_exts(cert, spec, ca->cert)
                                : add_auth_exts(cert, spec, ca->cert);
    if (rc == 0 && X509_sign(cert, ca->key, EVP_sha256()) != 0) {
        return cert;
    }
fail:
    ERR_print_errors_fp(stderr);
    X509_free(cert);
    return NULL;
}

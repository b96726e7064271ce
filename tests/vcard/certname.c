/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/certname.h"

#include <stdio.h>

#include <openssl/x509v3.h>

#include "tests/vcard/cardfile.h"

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
    for (size_t i = 0; name && i < n; i++) {
        if (add_rdn(name, rdns[i].nid, rdns[i].text) != 0) {
            X509_NAME_free(name);
            name = NULL;
        }
    }
    return name;
}

X509_NAME *certname_ca(int role)
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

X509_NAME *certname_ca_japanese(int role)
{
    const struct rdn rdns[] = {
        {NID_countryName, "JP"},
        {NID_organizationName, "公的個人認証サービス"},
        {NID_organizationalUnitName, ou_japanese[role]},
        {NID_organizationalUnitName, "地方公共団体情報システム機構"},
    };
    return make_name(rdns, 4);
}

X509_NAME *certname_subject(const struct cert_spec *spec)
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

X509_NAME *certname_partition(const struct cert_spec *spec)
{
    char cn[96];
    snprintf(cn, sizeof cn, "%s CRLDP", spec->city);
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

GENERAL_NAMES *certname_directory(X509_NAME *name)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *one = GENERAL_NAME_new();
    if (!name || !names || !one) {
        GENERAL_NAMES_free(names);
        GENERAL_NAME_free(one);
        X509_NAME_free(name);
        return NULL;
    }
    GENERAL_NAME_set0_value(one, GEN_DIRNAME, name);
    sk_GENERAL_NAME_push(names, one);
    return names;
}

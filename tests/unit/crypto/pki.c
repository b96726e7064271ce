/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/pki.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "tests/vcard/certtime.h"

static EVP_PKEY *keys[PKI_KEYS];

EVP_PKEY *pki_key(int number)
{
    if (!keys[number])
        keys[number] = EVP_RSA_gen(2048);
    assert_non_null(keys[number]);
    return keys[number];
}

const char *pki_key_id(int number)
{
    static char texts[PKI_KEYS][41];
    X509 *x509 = X509_new();
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    unsigned i;

    X509_set_pubkey(x509, pki_key(number));
    assert_int_equal(X509_pubkey_digest(x509, EVP_sha1(), hash, &len), 1);
    for (i = 0; i < len; i++)
        snprintf(texts[number] + (size_t)2 * i, 3, "%02X", hash[i]);
    X509_free(x509);
    return texts[number];
}

#define OPEN_MAX_CERTS 64

static struct pki_cert opened[OPEN_MAX_CERTS];

struct pki_cert pki_open(struct crypto *crypto, struct made made)
{
    struct pki_cert cert = {made, NULL};
    size_t i = 0;

    assert_int_equal(
        cert_parse(crypto, made.der, made.len, &cert.cert), CRYPT_OK);
    while (i < OPEN_MAX_CERTS && opened[i].cert)
        i++;
    assert_true(i < OPEN_MAX_CERTS);
    opened[i] = cert;
    return cert;
}

void pki_close(struct pki_cert *cert)
{
    size_t i = 0;

    while (i < OPEN_MAX_CERTS && opened[i].cert != cert->cert)
        i++;
    if (i < OPEN_MAX_CERTS)
        opened[i].cert = NULL;
    cert_free(cert->cert);
    made_free(&cert->made);
    cert->cert = NULL;
}

void pki_close_all(void)
{
    size_t i;

    for (i = 0; i < OPEN_MAX_CERTS; i++)
        if (opened[i].cert)
            pki_close(&(struct pki_cert){opened[i].made, opened[i].cert});
    for (i = 0; i < PKI_KEYS; i++) {
        EVP_PKEY_free(keys[i]);
        keys[i] = NULL;
    }
}

/* With the name that certificates have as their issuer's. */
static void make_ca(X509 *x509)
{
    X509_set_subject_name(x509, X509_get_issuer_name(x509));
    maker_add_readable(x509, NID_basic_constraints, "critical,CA:TRUE");
}

struct pki_cert pki_ca(struct crypto *crypto, int number)
{
    return pki_open(crypto, maker_certificate(&(struct recipe){
                                .key = pki_key(number),
                                .key_usage = "critical,keyCertSign,cRLSign",
                                .subject_key_id = pki_key_id(number),
                                .change = make_ca,
                            }));
}

static X509_NAME *point_name(const char *cn)
{
    X509_NAME *name = X509_NAME_new();

    assert_int_equal(
        X509_NAME_add_entry_by_txt(name, "C", V_ASN1_PRINTABLESTRING,
            (const unsigned char *)"JP", -1, -1, 0),
        1);
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                         (const unsigned char *)cn, -1, -1, 0),
        1);
    return name;
}

static DIST_POINT_NAME *full_point(const char *cn)
{
    DIST_POINT_NAME *point = DIST_POINT_NAME_new();
    GENERAL_NAME *name = GENERAL_NAME_new();

    GENERAL_NAME_set0_value(name, GEN_DIRNAME, point_name(cn));
    point->type = 0;
    point->name.fullname = GENERAL_NAMES_new();
    sk_GENERAL_NAME_push(point->name.fullname, name);
    return point;
}

static DIST_POINT_NAME *relative_point(const char *cn)
{
    DIST_POINT_NAME *point = DIST_POINT_NAME_new();
    X509_NAME *name = point_name(cn);

    point->type = 1;
    point->name.relativename = sk_X509_NAME_ENTRY_new_null();
    sk_X509_NAME_ENTRY_push(
        point->name.relativename, X509_NAME_delete_entry(name, 1));
    X509_NAME_free(name);
    return point;
}

static const char *leaf_point;
static bool leaf_some_reasons;

static void add_point(X509 *x509)
{
    CRL_DIST_POINTS *points = CRL_DIST_POINTS_new();
    DIST_POINT *point = DIST_POINT_new();

    point->distpoint = full_point(leaf_point);
    if (leaf_some_reasons) {
        point->reasons = ASN1_BIT_STRING_new();
        assert_int_equal(ASN1_BIT_STRING_set_bit(point->reasons, 1, 1), 1);
    }
    sk_DIST_POINT_push(points, point);
    assert_int_equal(X509_add1_ext_i2d(x509, NID_crl_distribution_points,
                         points, 0, X509V3_ADD_DEFAULT),
        1);
    CRL_DIST_POINTS_free(points);
}

struct pki_cert pki_partial_leaf(
    struct crypto *crypto, int ca, const char *serial, const char *point)
{
    struct pki_cert leaf;

    leaf_some_reasons = true;
    leaf = pki_leaf(crypto, ca, serial, point);
    leaf_some_reasons = false;
    return leaf;
}

struct pki_cert pki_leaf(
    struct crypto *crypto, int ca, const char *serial, const char *point)
{
    leaf_point = point;
    return pki_open(
        crypto, maker_certificate(&(struct recipe){
                    .key = pki_key(PKI_LEAF_KEY),
                    .signer = pki_key(ca),
                    .serial = serial,
                    .key_usage = "critical,digitalSignature,nonRepudiation",
                    .authority_key_id = pki_key_id(ca),
                    .change = point ? add_point : NULL,
                }));
}

static void set_times(X509_CRL *crl, const struct pki_list *list)
{
    ASN1_TIME *time = certtime_new(list->this_update);

    assert_int_equal(X509_CRL_set1_lastUpdate(crl, time), 1);
    ASN1_TIME_free(time);
    if (list->next_update == 0)
        return;
    time = certtime_new(list->next_update);
    assert_int_equal(X509_CRL_set1_nextUpdate(crl, time), 1);
    ASN1_TIME_free(time);
}

/* Takes SERIAL. */
static void add_entry(X509_CRL *crl, ASN1_INTEGER *serial, int reason)
{
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_TIME *time = certtime_new(PKI_NOW - 30 * PKI_DAY);
    ASN1_ENUMERATED *value = ASN1_ENUMERATED_new();

    assert_int_equal(X509_REVOKED_set_serialNumber(revoked, serial), 1);
    assert_int_equal(X509_REVOKED_set_revocationDate(revoked, time), 1);
    ASN1_ENUMERATED_set(value, reason);
    if (reason >= 0)
        assert_int_equal(
            X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, value, 0, 0), 1);
    assert_int_equal(X509_CRL_add0_revoked(crl, revoked), 1);
    ASN1_ENUMERATED_free(value);
    ASN1_TIME_free(time);
    ASN1_INTEGER_free(serial);
}

static void add_entries(X509_CRL *crl, const struct pki_list *list)
{
    unsigned i;

    for (i = 0; i < 4 && list->entries[i].serial; i++) {
        BIGNUM *number = NULL;

        BN_hex2bn(&number, list->entries[i].serial);
        add_entry(
            crl, BN_to_ASN1_INTEGER(number, NULL), list->entries[i].reason);
        BN_free(number);
    }
    for (i = 0; i < list->more; i++) {
        ASN1_INTEGER *serial = ASN1_INTEGER_new();

        ASN1_INTEGER_set_uint64(serial, PKI_MORE + i);
        add_entry(crl, serial, 3);
    }
}

static void add_scope(X509_CRL *crl, const struct pki_list *list)
{
    ISSUING_DIST_POINT *point = ISSUING_DIST_POINT_new();

    if (list->point)
        point->distpoint = list->relative ? relative_point(list->point)
                                          : full_point(list->point);
    point->onlyCA = list->only_ca ? 0xff : 0;
    point->onlyuser = list->only_users ? 0xff : 0;
    point->indirectCRL = list->indirect ? 0xff : 0;
    point->onlyattr = list->attributes ? 0xff : 0;
    if (list->some_reasons) {
        point->onlysomereasons = ASN1_BIT_STRING_new();
        ASN1_BIT_STRING_set_bit(point->onlysomereasons, 1, 1);
    }
    if (list->point || list->only_ca || list->only_users || list->indirect ||
        list->attributes || list->some_reasons)
        assert_int_equal(X509_CRL_add1_ext_i2d(
                             crl, NID_issuing_distribution_point, point, 1, 0),
            1);
    ISSUING_DIST_POINT_free(point);
}

static void add_authority(X509_CRL *crl, int named)
{
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    long len = 0;
    unsigned char *bytes = OPENSSL_hexstr2buf(pki_key_id(named), &len);

    authority->keyid = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(authority->keyid, bytes, (int)len);
    assert_int_equal(X509_CRL_add1_ext_i2d(
                         crl, NID_authority_key_identifier, authority, 0, 0),
        1);
    OPENSSL_free(bytes);
    AUTHORITY_KEYID_free(authority);
}

static void add_others(X509_CRL *crl, const struct pki_list *list)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;

    ASN1_INTEGER_set(number, 7);
    X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0);
    if (list->delta)
        X509_CRL_add1_ext_i2d(crl, NID_delta_crl, number, 1, 0);
    ASN1_OCTET_STRING_set(bytes, (const unsigned char *)"\x05\x00", 2);
    if (list->unknown) {
        extension = X509_EXTENSION_create_by_NID(NULL, NID_commonName,
            strcmp(list->unknown, "critical") == 0, bytes);
        assert_int_equal(X509_CRL_add_ext(crl, extension, -1), 1);
    }
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(bytes);
    ASN1_INTEGER_free(number);
}

struct made pki_crl(const struct pki_list *list)
{
    X509_CRL *crl = X509_CRL_new();
    X509_NAME *name = point_name("Test Issuer");
    struct made made = {NULL, 0};
    int len;

    assert_int_equal(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
    assert_int_equal(X509_CRL_set_issuer_name(crl, name), 1);
    set_times(crl, list);
    add_entries(crl, list);
    if (list->named >= 0)
        add_authority(crl, list->named);
    add_scope(crl, list);
    add_others(crl, list);
    assert_int_not_equal(
        X509_CRL_sign(crl, pki_key(list->ca),
            EVP_get_digestbyname(list->digest ? list->digest : "SHA256")),
        0);
    len = i2d_X509_CRL(crl, &made.der);
    assert_true(len > 0);
    made.len = (size_t)len;
    X509_NAME_free(name);
    X509_CRL_free(crl);
    return made;
}

void pki_write(const char *folder, const char *name, const struct made *made,
    const char *pem_label)
{
    char path[512];
    char before[512];
    FILE *file = NULL;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(before, sizeof before, "%s/.%s", folder, name);
    file = fopen(before, "wb");
    assert_non_null(file);
    if (pem_label)
        assert_true(
            PEM_write(file, pem_label, "", made->der, (long)made->len) > 0);
    else
        assert_int_equal(fwrite(made->der, 1, made->len, file), made->len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(before, path), 0);
}

char *pki_make_folder(void)
{
    const char *base = getenv("TMPDIR");
    char path[512];

    snprintf(path, sizeof path, "%s/jpki-pki-XXXXXX", base ? base : P_tmpdir);
    assert_non_null(mkdtemp(path));
    return strdup(path);
}

void pki_remove_folder(char *folder)
{
    char path[512];
    const struct dirent *entry = NULL;
    DIR *listing = opendir(folder);

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)remove(path);
    }
    closedir(listing);
    assert_int_equal(rmdir(folder), 0);
    free(folder);
}

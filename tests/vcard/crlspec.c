/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/crlspec.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/vcard/certtime.h"

static const char *const reasons[] = {
    [0] = "unspecified",
    [1] = "keyCompromise",
    [2] = "cACompromise",
    [3] = "affiliationChanged",
    [4] = "superseded",
    [5] = "cessationOfOperation",
    [6] = "certificateHold",
    [7] = "",
    [8] = "removeFromCRL",
    [9] = "privilegeWithdrawn",
    [10] = "aACompromise",
};

int crlspec_reason(const char *name)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (*name != '\0' && strcmp(reasons[i], name) == 0)
            return (int)i;
    return CRLSPEC_NO_REASON;
}

static int add_reason(X509_REVOKED *entry, int reason)
{
    if (reason == CRLSPEC_NO_REASON)
        return 0;
    ASN1_ENUMERATED *value = ASN1_ENUMERATED_new();
    int rc = value && ASN1_ENUMERATED_set(value, reason) == 1 &&
                     X509_REVOKED_add1_ext_i2d(
                         entry, NID_crl_reason, value, 0, 0) == 1
                 ? 0
                 : -1;
    ASN1_ENUMERATED_free(value);
    return rc;
}

/* Revoked an hour before the list. */
static int add_entry(X509_CRL *crl, const struct crl_spec *spec,
    const struct crl_entry_spec *one)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *when = certtime_new(spec->this_update - 3600);
    int rc = -1;
    if (entry && when &&
        X509_REVOKED_set_serialNumber(
            entry, X509_get_serialNumber(one->cert)) == 1 &&
        X509_REVOKED_set_revocationDate(entry, when) == 1 &&
        add_reason(entry, one->reason) == 0 &&
        X509_CRL_add0_revoked(crl, entry)) {
        entry = NULL;
        rc = 0;
    }
    ASN1_TIME_free(when);
    X509_REVOKED_free(entry);
    return rc;
}

/* The list's distribution point is that of the certificate, name by name. */
static int add_partition(X509_CRL *crl, const X509 *cert)
{
    int rc = -1;
    if (!cert)
        return 0;
    CRL_DIST_POINTS *points =
        X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
    ISSUING_DIST_POINT *idp = ISSUING_DIST_POINT_new();
    if (sk_DIST_POINT_num(points) == 1 && idp) {
        DIST_POINT *point = sk_DIST_POINT_value(points, 0);
        idp->distpoint = point->distpoint;
        point->distpoint = NULL;
        rc = X509_CRL_add1_ext_i2d(
                 crl, NID_issuing_distribution_point, idp, 1, 0) == 1
                 ? 0
                 : -1;
    }
    ISSUING_DIST_POINT_free(idp);
    CRL_DIST_POINTS_free(points);
    return rc;
}

static int add_issuer_key_id(X509_CRL *crl, const X509 *ca)
{
    AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
    int rc = -1;
    if (aki) {
        aki->keyid =
            X509_get_ext_d2i(ca, NID_subject_key_identifier, NULL, NULL);
        rc = X509_CRL_add1_ext_i2d(
                 crl, NID_authority_key_identifier, aki, 0, 0) == 1
                 ? 0
                 : -1;
    }
    AUTHORITY_KEYID_free(aki);
    return rc;
}

/* A later list has a higher number. */
static int add_number(X509_CRL *crl, time_t when)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    int rc =
        number && ASN1_INTEGER_set_int64(number, when) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1
            ? 0
            : -1;
    ASN1_INTEGER_free(number);
    return rc;
}

static int set_dates(X509_CRL *crl, const struct crl_spec *spec)
{
    ASN1_TIME *from = certtime_new(spec->this_update);
    ASN1_TIME *until = certtime_new(spec->next_update);
    int rc = from && until && X509_CRL_set1_lastUpdate(crl, from) == 1 &&
                     (spec->next_update == 0 ||
                         X509_CRL_set1_nextUpdate(crl, until) == 1)
                 ? 0
                 : -1;
    ASN1_TIME_free(until);
    ASN1_TIME_free(from);
    return rc;
}

X509_CRL *crlspec_make(const struct crl_spec *spec)
{
    X509_CRL *crl = X509_CRL_new();
    int rc = crl && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
                     X509_CRL_set_issuer_name(
                         crl, X509_get_subject_name(spec->ca.cert)) == 1
                 ? set_dates(crl, spec)
                 : -1;
    for (size_t i = 0; i < spec->n_entries && rc == 0; i++)
        rc = add_entry(crl, spec, &spec->entries[i]);
    if (rc == 0 && add_partition(crl, spec->partition) == 0 &&
        add_issuer_key_id(crl, spec->ca.cert) == 0 &&
        add_number(crl, spec->this_update) == 0 &&
        X509_CRL_sign(crl, spec->ca.key, EVP_sha256()) != 0)
        return crl;
    ERR_print_errors_fp(stderr);
    X509_CRL_free(crl);
    return NULL;
}

int crlspec_write(const char *path, X509_CRL *crl, bool pem)
{
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    int ok = pem ? PEM_write_X509_CRL(out, crl) : i2d_X509_CRL_fp(out, crl);
    return fclose(out) == 0 && ok == 1 ? 0 : -1;
}

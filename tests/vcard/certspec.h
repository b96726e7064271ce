/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CERTSPEC_H
#define TESTS_VCARD_CERTSPEC_H

#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

/*
 * Certificates in the form of docs/card.md section 3, for make-persona. A CA
 * has the real names and extensions but a key of its own, so that no trust
 * list of the real world knows it.
 */
struct cert_ca {
    EVP_PKEY *key;
    X509 *cert;
};

/* What goes into a cardholder's certificate. */
struct cert_spec {
    int role; /* AUTH or SIGN of cardfile.h */
    unsigned long serial;
    time_t not_before, not_after;
    char cn[64];
    const char *prefecture, *city; /* in Latin letters */
    const char *policy;            /* dotted OID */
    const char *key_usage;         /* as in openssl.cnf */
    /* The signing certificate's subjectAltName, in the card's order. */
    const char *name, *births, *sex, *address; /* certperson.h */
    const char *name_flags, *address_flags;
};

#endif

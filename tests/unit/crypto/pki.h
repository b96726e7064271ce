/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_PKI_H
#define TESTS_UNIT_CRYPTO_PKI_H

#include "crypto/cert.h"
#include "tests/unit/crypto/maker.h"

/*
 * CAs with equal names, certificates under them and revocation lists, made with
 * OpenSSL. All dates are counted from PKI_NOW. A failure ends the running test.
 */

#define PKI_NOW INT64_C(1800000000) /* 2027-01-15 08:00:00 UTC */
#define PKI_DAY INT64_C(86400)
#define PKI_KEYS 5

/* Keys, made once for each process. */
EVP_PKEY *pki_key(int number);

/* The key identifier of a key, in hexadecimal: a static text for each key. */
const char *pki_key_id(int number);

/* A certificate as a file has it and as the library sees it. */
struct pki_cert {
    struct made made;
    struct cert *cert;
};

struct pki_cert pki_open(struct crypto *crypto, struct made made);
void pki_close(struct pki_cert *cert);
/* Closes all that are open, and frees the keys. */
void pki_close_all(void);

/* The CA whose key is this number. */
struct pki_cert pki_ca(struct crypto *crypto, int number);

/*
 * A certificate of PKI_LEAF_KEY with this serial number (hexadecimal), signed
 * by the CA of that number; POINT: the CN of its CRL distribution point, a
 * directoryName, or NULL.
 */
#define PKI_LEAF_KEY 0
struct pki_cert pki_leaf(
    struct crypto *crypto, int ca, const char *serial, const char *point);

/* The same, whose point has lists for the reason keyCompromise only. */
struct pki_cert pki_partial_leaf(
    struct crypto *crypto, int ca, const char *serial, const char *point);

struct pki_entry {
    const char *serial; /* hexadecimal; NULL: no more entries */
    int reason;         /* below 0: none is written */
};

#define PKI_MORE UINT64_C(0x10000000)

/* A list. The flags are what issuingDistributionPoint may say beside. */
struct pki_list {
    int ca;            /* whose key signs */
    int named;         /* whose key identifier is named; below 0: none */
    const char *point; /* CN of the distribution point; NULL: none */
    int64_t this_update;
    int64_t next_update; /* 0: none */
    struct pki_entry entries[4];
    unsigned more; /* entries beside, numbered from PKI_MORE on */
    bool only_ca, indirect, attributes, some_reasons, only_users;
    bool delta;
    bool relative;       /* the point is named relatively */
    const char *digest;  /* NULL: SHA256 */
    const char *unknown; /* "critical", "not critical": one more extension */
};

/* The DER; the caller frees it with made_free. */
struct made pki_crl(const struct pki_list *list);

/* Writes a file, replacing it by renaming. PEM_LABEL NULL: in DER. */
void pki_write(const char *folder, const char *name, const struct made *made,
    const char *pem_label);

/* A new folder in $TMPDIR, else /tmp; the caller frees the name. */
char *pki_make_folder(void);
/* Removes the folder and the files in it, and frees the name. */
void pki_remove_folder(char *folder);

#endif

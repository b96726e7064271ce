/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "conf/fileperm.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_conf.h"
#include "crypto/cert_x509.h"
#include "crypto/pem_file.h"

/*
 * The CAs of J-LIS. All generations have the same name, so only key identifier
 * and digest tell them apart (docs/card.md 3.1).
 */
struct known_ca {
    const char *name;                  /* as J-LIS names the file */
    uint8_t sha256[CERT_SHA256_SIZE];  /* of the DER of the certificate */
    uint8_t key_id[TRUST_KEY_ID_SIZE]; /* subject key identifier */
};

/* Those that sign signing certificates. */
static const struct known_ca signing_cas[] = {
    {
        .name = "signca01",
        .sha256 = {0x19, 0x64, 0x54, 0x05, 0xa1, 0xfe, 0x14, 0x37, 0x74, 0x34,
            0xbd, 0x55, 0x95, 0x76, 0x28, 0xac, 0x40, 0x38, 0x55, 0x7c, 0x54,
            0x24, 0x03, 0xa2, 0x24, 0x3f, 0x21, 0xc7, 0x06, 0xfc, 0x93, 0x55},
        .key_id = {0x0d, 0x03, 0x4c, 0xbb, 0x34, 0xd0, 0x71, 0x4f, 0x45, 0xe4,
            0x5a, 0x1c, 0xaf, 0xd8, 0xfd, 0x14, 0x3f, 0xab, 0x54, 0xa7},
    },
    {
        .name = "signca02",
        .sha256 = {0x79, 0x67, 0x9c, 0x33, 0xe4, 0xcc, 0x93, 0x19, 0x44, 0x0f,
            0x1a, 0xd1, 0x20, 0xa5, 0x97, 0xff, 0x18, 0x44, 0xe2, 0xef, 0x21,
            0x70, 0x63, 0xad, 0xb1, 0x76, 0x96, 0x6f, 0xd5, 0xe6, 0xfb, 0xeb},
        .key_id = {0x4d, 0xe0, 0x17, 0xde, 0x4b, 0x7f, 0x47, 0x3d, 0xcd, 0x86,
            0x7a, 0x62, 0xd3, 0x8b, 0x13, 0x4a, 0xce, 0x83, 0x55, 0x8a},
    },
    {
        .name = "signca03",
        .sha256 = {0xd2, 0x27, 0xf6, 0xcd, 0xe1, 0x1d, 0x35, 0xc5, 0x25, 0x21,
            0x78, 0xf1, 0x06, 0xf8, 0x43, 0xd2, 0x46, 0x51, 0x94, 0x49, 0x75,
            0x41, 0x3b, 0x53, 0x9f, 0xa2, 0xfb, 0x68, 0xdb, 0xfa, 0x36, 0x5f},
        .key_id = {0xd2, 0x1e, 0xa5, 0x58, 0x95, 0x61, 0x7e, 0x93, 0xad, 0xbf,
            0x96, 0x6b, 0x94, 0x1a, 0xb4, 0xed, 0xf6, 0x53, 0xf0, 0x8f},
    },
};

/* Those above authentication certificates: no signing key is trusted by them.
 */
static const struct known_ca auth_cas[] = {
    {
        .name = "authca01",
        .sha256 = {0x4d, 0xcf, 0xc4, 0xca, 0x0a, 0xaf, 0x9f, 0xb2, 0xa3, 0x08,
            0x1b, 0x3f, 0x0c, 0x99, 0x1c, 0x32, 0x0b, 0x3a, 0xcc, 0x00, 0x86,
            0x67, 0xa3, 0x41, 0xee, 0xae, 0xc5, 0xaf, 0x1d, 0x58, 0xca, 0x7d},
        .key_id = {0x95, 0x67, 0x95, 0x1b, 0x5c, 0xa7, 0x0d, 0x84, 0xa0, 0xff,
            0xf1, 0xd8, 0x5a, 0x87, 0xf1, 0xaa, 0xb1, 0x34, 0x03, 0x85},
    },
    {
        .name = "authca02",
        .sha256 = {0x0d, 0x98, 0xde, 0x47, 0xfc, 0x11, 0xb7, 0xf6, 0x71, 0x26,
            0x87, 0x4b, 0x70, 0x28, 0xb6, 0x02, 0x6a, 0x80, 0x3d, 0x26, 0x38,
            0xd6, 0xed, 0xfe, 0x53, 0x17, 0x69, 0x53, 0x96, 0x1f, 0xad, 0xe6},
        .key_id = {0x8c, 0xd5, 0x58, 0x6a, 0x89, 0x14, 0x85, 0xe5, 0x59, 0x37,
            0x9b, 0x7e, 0x29, 0xd4, 0x10, 0xcf, 0xd2, 0x8b, 0x35, 0x93},
    },
    {
        .name = "authca03",
        .sha256 = {0x64, 0x11, 0x4f, 0x29, 0x62, 0x0c, 0x24, 0xed, 0x26, 0x31,
            0xd4, 0x64, 0x76, 0xa0, 0x40, 0xe7, 0xee, 0x74, 0x0d, 0x95, 0x60,
            0x89, 0xc0, 0x0b, 0x03, 0x6a, 0x6a, 0x81, 0x18, 0xc3, 0x22, 0xb5},
        .key_id = {0x1a, 0xc1, 0x00, 0xf5, 0x96, 0xa3, 0xbc, 0x8c, 0x4b, 0x3d,
            0xf1, 0x95, 0xe3, 0x26, 0x99, 0x24, 0x9e, 0x9e, 0x30, 0x8a},
    },
};

#define SIGNING_CAS (sizeof signing_cas / sizeof *signing_cas)
#define AUTH_CAS (sizeof auth_cas / sizeof *auth_cas)

static const char *find_name(
    const struct known_ca *cas, size_t count, const uint8_t *key_id)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (memcmp(cas[i].key_id, key_id, TRUST_KEY_ID_SIZE) == 0)
            return cas[i].name;
    return NULL;
}

const char *trust_issuer_name(const uint8_t *key_id, size_t len)
{
    const char *name;

    if (!key_id || len != TRUST_KEY_ID_SIZE)
        return NULL;
    name = find_name(signing_cas, SIGNING_CAS, key_id);
    return name ? name : find_name(auth_cas, AUTH_CAS, key_id);
}

struct trust_store {
    struct crypto *crypto;
    struct cert **cas;
    size_t count;
};

enum crypt_err trust_store_new(
    struct crypto *crypto, struct trust_store **ret_store)
{
    struct trust_store *store = calloc(1, sizeof *store);

    if (!store)
        return CRYPT_NOMEM;
    store->crypto = crypto;
    *ret_store = store;
    return CRYPT_OK;
}

/* Keeps the first COUNT certificates. */
static void shorten(struct trust_store *store, size_t count)
{
    while (store->count > count)
        cert_free(store->cas[--store->count]);
}

void trust_store_free(struct trust_store *store)
{
    if (!store)
        return;
    shorten(store, 0);
    free(store->cas);
    free(store);
}

static bool is_ca(const struct cert *cert)
{
    BASIC_CONSTRAINTS *constraints =
        X509_get_ext_d2i(cert->x509, NID_basic_constraints, NULL, NULL);
    bool ca = constraints && constraints->ca;

    BASIC_CONSTRAINTS_free(constraints);
    return ca;
}

static enum crypt_err add(
    struct trust_store *store, const uint8_t *der, size_t len)
{
    struct cert **cas =
        reallocarray(store->cas, store->count + 1, sizeof *store->cas);
    enum crypt_err err;

    if (!cas)
        return CRYPT_NOMEM;
    store->cas = cas;
    err = cert_parse(store->crypto, der, len, &cas[store->count]);
    if (err != CRYPT_OK)
        return err;
    return is_ca(cas[store->count++]) ? CRYPT_OK : CRYPT_UNSUPPORTED;
}

/* Every certificate in the file PATH, of which there must be one. */
static enum crypt_err add_file(
    struct trust_store *store, const char *path, struct pem_file *ret_file)
{
    enum crypt_err err =
        pem_file_read(AT_FDCWD, path, fileperm_refusal, ret_file);
    enum pem_file_step step = PEM_FILE_END;
    const uint8_t *der = NULL;
    size_t before = store->count;
    size_t len = 0;

    if (err != CRYPT_OK)
        return err == CRYPT_UNSUPPORTED ? CRYPT_MALFORMED : err;
    do {
        step = pem_file_next(ret_file, "CERTIFICATE", &der, &len);
        if (step == PEM_FILE_OBJECT)
            err = add(store, der, len);
    } while (step == PEM_FILE_OBJECT && err == CRYPT_OK);
    if (err == CRYPT_OK && (step == PEM_FILE_BROKEN || store->count == before))
        err = CRYPT_MALFORMED;
    return err;
}

/* Why a file of which GOOD certificates were read is refused, and what to do.
 */
static const char *explain(enum crypt_err err, size_t good)
{
    static const struct words what[] = {
        [CRYPT_NOMEM] = {W_CONF_CA_NOMEM},
        [CRYPT_FAILED] = {W_CONF_CA_UNREADABLE},
        [CRYPT_MALFORMED] = {W_CONF_CA_NONE},
        [CRYPT_UNSUPPORTED] = {W_CONF_CA_NOT_ONE},
    };

    if (err == CRYPT_MALFORMED && good > 0)
        return words(W_CONF_CA_GARBAGE);
    return words_of(&what[err]);
}

enum crypt_err trust_store_add_file(struct trust_store *store, const char *path)
{
    size_t before = store->count;
    struct pem_file file;
    enum crypt_err err;

    ERR_set_mark();
    err = add_file(store, path, &file);
    ERR_pop_to_mark();
    if (err != CRYPT_OK) {
        log_report(words(W_CONF_CA), path,
            file.refusal ? file.refusal : explain(err, store->count - before));
        shorten(store, before);
    }
    pem_file_done(&file);
    return err;
}

static bool has_digest(
    const struct known_ca *cas, size_t count, const struct cert *ca)
{
    size_t len = 0;
    const uint8_t *hash = cert_field(ca, CERT_SHA256, &len);
    size_t i;

    for (i = 0; i < count; i++)
        if (memcmp(cas[i].sha256, hash, len) == 0)
            return true;
    return false;
}

static bool is_published(const struct cert *ca)
{
    return has_digest(signing_cas, SIGNING_CAS, ca);
}

/* By key identifier and signature: all generations have one name. */
static bool has_issued(const struct cert *ca, const struct cert *cert)
{
    size_t len = 0;
    size_t ca_len = 0;
    const uint8_t *named = cert_field(cert, CERT_ISSUER_KEY_ID, &len);
    const uint8_t *key_id = cert_field(ca, CERT_KEY_ID, &ca_len);

    return named && len == ca_len && memcmp(named, key_id, len) == 0 &&
           cert_is_signed_by(cert, ca);
}

/* The CA above CERT in STORE; NULL: none. */
static struct cert *find(
    const struct trust_store *store, const struct cert *cert)
{
    size_t i;

    for (i = 0; i < store->count; i++)
        if (has_issued(store->cas[i], cert))
            return store->cas[i];
    return NULL;
}

struct cert *trust_store_issuer(
    const struct trust_store *store, const struct cert *cert)
{
    return cert_ref(find(store, cert));
}

enum trust_kind trust_find_issuer(const struct trust_store *store,
    const struct cert *cert, const struct cert *card_ca,
    const struct cert **ret_issuer)
{
    const struct cert *ca;

    if (card_ca && is_published(card_ca) && has_issued(card_ca, cert)) {
        *ret_issuer = card_ca;
        return TRUST_PUBLISHED;
    }
    ca = find(store, cert);
    if (!ca)
        return TRUST_NONE;
    *ret_issuer = ca;
    return is_published(ca) ? TRUST_PUBLISHED : TRUST_CONFIGURED;
}

bool trust_is_auth_chain(const struct cert *cert, const struct cert *card_ca)
{
    return has_digest(auth_cas, AUTH_CAS, card_ca) && has_issued(card_ca, cert);
}

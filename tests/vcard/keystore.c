/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/keystore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/vcard/cardfile.h"
#include "tests/vcard/certissue.h"

#define YEAR ((time_t)365 * 24 * 60 * 60)

static EVP_PKEY *read_key(const char *path)
{
    FILE *in = fopen(path, "re");
    if (!in)
        return NULL;
    EVP_PKEY *key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    fclose(in);
    return key;
}

int keystore_write_key(const char *path, EVP_PKEY *key)
{
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    int ok = PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    return fclose(out) == 0 && ok == 1 ? 0 : -1;
}

int keystore_write_cert(const char *path, X509 *cert)
{
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    int ok = i2d_X509_fp(out, cert);
    return fclose(out) == 0 && ok == 1 ? 0 : -1;
}

static X509 *read_cert(const char *path)
{
    FILE *in = fopen(path, "re");
    if (!in)
        return NULL;
    X509 *cert = d2i_X509_fp(in, NULL);
    fclose(in);
    return cert;
}

X509 *keystore_read_cert(const char *path)
{
    X509 *cert = read_cert(path);
    if (!cert)
        fprintf(stderr, "%s: no certificate\n", path);
    return cert;
}

static int make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

/* A new key of the kind that NAME begins with. */
static EVP_PKEY *make_key(const char *name)
{
    if (strncmp(name, "p384", 4) == 0)
        return EVP_EC_gen("P-384");
    return EVP_RSA_gen(strncmp(name, "rsa3072", 7) == 0 ? 3072 : 2048);
}

/* The key NAME in the file PATH, made if there is none. */
static EVP_PKEY *key_at(const char *path, const char *name)
{
    EVP_PKEY *key = read_key(path);
    if (!key) {
        key = make_key(name);
        if (key && keystore_write_key(path, key) != 0) {
            EVP_PKEY_free(key);
            key = NULL;
        }
    }
    return key;
}

EVP_PKEY *keystore_key(const char *shared, const char *name)
{
    char path[CARDFILE_PATH_MAX];
    snprintf(path, sizeof path, "%s/keys", shared);
    if (make_folder(path) != 0) {
        perror(path);
        return NULL;
    }
    snprintf(path, sizeof path, "%s/keys/%s.pem", shared, name);
    return key_at(path, name);
}

/*
 * From and until when a CA signs; it ends at 14:59:59Z, the last second of a
 * day in Japan. The first two generations have the dates of the real ones.
 */
static void ca_validity(
    unsigned generation, time_t *ret_not_before, time_t *ret_not_after)
{
    static const struct {
        time_t not_before, not_after;
    } past[] = {
        [1] = {1445308828, 1760885999}, /* October 2015 to October 2025 */
        [2] = {1568504516, 1884092399}, /* September 2019 to September 2029 */
    };
    time_t now = time(NULL);
    time_t end = now + 8 * YEAR;
    if (generation == 1 || generation == 2) {
        *ret_not_before = past[generation].not_before;
        *ret_not_after = past[generation].not_after;
        return;
    }
    *ret_not_before = now - 8 * YEAR;
    *ret_not_after = end - end % 86400 + 15 * 3600 - 1;
}

static X509 *make_ca(int role, unsigned generation, EVP_PKEY *key)
{
    static const unsigned long serials[ROLES] = {0x06D18000, 0x067C6A00};
    time_t not_before = 0, not_after = 0;
    ca_validity(generation, &not_before, &not_after);
    return certissue_ca(
        role, key, serials[role] + generation, not_before, not_after);
}

int keystore_ca(
    const char *shared, int role, unsigned generation, struct cert_ca *ret_ca)
{
    char folder[CARDFILE_PATH_MAX], path[CARDFILE_PATH_MAX + 16];
    struct cert_ca ca = {NULL, NULL};
    int n = snprintf(folder, sizeof folder, "%s/ca-%s", shared,
        role == SIGN ? "sign" : "auth");
    if (generation != 3 && n > 0 && (size_t)n < sizeof folder)
        snprintf(folder + n, sizeof folder - (size_t)n, "-%u", generation);
    if (make_folder(folder) != 0) {
        perror(folder);
        return -1;
    }
    snprintf(path, sizeof path, "%s/key.pem", folder);
    ca.key = key_at(path, "");
    snprintf(path, sizeof path, "%s/ca.der", folder);
    ca.cert = read_cert(path);
    if (ca.key && !ca.cert) {
        ca.cert = make_ca(role, generation, ca.key);
        if (ca.cert && keystore_write_cert(path, ca.cert) != 0)
            goto fail;
    }
    if (!ca.key || !ca.cert)
        goto fail;
    *ret_ca = ca;
    return 0;
fail:
    keystore_ca_done(&ca);
    return -1;
}

int keystore_read_ca(const char *folder, struct cert_ca *ret_ca)
{
    char path[CARDFILE_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/key.pem", folder);
    struct cert_ca ca = {.key = read_key(path)};
    snprintf(path, sizeof path, "%s/ca.der", folder);
    ca.cert = read_cert(path);
    if (!ca.key || !ca.cert) {
        fprintf(stderr, "%s: no CA\n", folder);
        keystore_ca_done(&ca);
        return -1;
    }
    *ret_ca = ca;
    return 0;
}

void keystore_ca_done(struct cert_ca *ca)
{
    EVP_PKEY_free(ca->key);
    X509_free(ca->cert);
}

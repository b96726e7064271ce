/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/keystore.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>

#define YEAR ((time_t)365 * 24 * 60 * 60)

static EVP_PKEY *read_key(const char *path)
{
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return NULL;
    }
    EVP_PKEY *key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
    fclose(in);
    return key;
}

int keystore_write_key(const char *path, EVP_PKEY *key)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        perror(path);
        return -1;
    }
    int ok = PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    return fclose(out) == 0 && ok == 1 ? 0 : -1;
}

int keystore_write_cert(const char *path, X509 *cert)
{
    FILE *out = fopen(path, "we");
    if (out == NULL) {
        perror(path);
        return -1;
    }
    int ok = i2d_X509_fp(out, cert);
    return fclose(out) == 0 && ok == 1 ? 0 : -1;
}

static X509 *read_cert(const char *path)
{
    FILE *in = fopen(path, "re");
    if (in == NULL) {
        return NULL;
    }
    X509 *cert = d2i_X509_fp(in, NULL);
    fclose(in);
    return cert;
}

static int make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -1;
}

/* The key in the file PATH, made if there is none. */
static EVP_PKEY *key_at(const char *path)
{
    EVP_PKEY *key = read_key(path);
    if (key == NULL) {
        key = EVP_RSA_gen(2048);
        if (key != NULL && keystore_write_key(path, key) != 0) {
            EVP_PKEY_free(key);
            key = NULL;
        }
    }
    return key;
}

EVP_PKEY *keystore_key(const char *shared, const char *name)
{
    char path[CARDFILE_PATH_MAX];
    snprintf(path, sizeof(path), "%s/keys", shared);
    if (make_folder(path) != 0) {
        perror(path);
        return NULL;
    }
    snprintf(path, sizeof(path), "%s/keys/%s.pem", shared, name);
    return key_at(path);
}

/* Ends at 14:59:59Z, the last second of a day in Japan. */
static X509 *make_ca(int role, unsigned generation, EVP_PKEY *key)
{
    static const unsigned long serials[ROLES] = {0x06D18000, 0x067C6A00};
    time_t now = time(NULL);
    time_t end = now + 8 * YEAR;
    end = end - end % 86400 + 15 * 3600 - 1;
    return certspec_ca(
        role, key, serials[role] + generation, now - 8 * YEAR, end);
}

int keystore_ca(
    const char *shared, int role, unsigned generation, struct cert_ca *ret_ca)
{
    char folder[CARDFILE_PATH_MAX], path[CARDFILE_PATH_MAX + 16];
    struct cert_ca ca = {NULL, NULL};
    int n = snprintf(folder, sizeof(folder), "%s/ca-%s", shared,
        role == SIGN ? "sign" : "auth");
    if (generation != 3 && n > 0 && (size_t)n < sizeof(folder)) {
        snprintf(folder + n, sizeof(folder) - (size_t)n, "-%u", generation);
    }
    if (make_folder(folder) != 0) {
        perror(folder);
        return -1;
    }
    snprintf(path, sizeof(path), "%s/key.pem", folder);
    ca.key = key_at(path);
    snprintf(path, sizeof(path), "%s/ca.der", folder);
    ca.cert = read_cert(path);
    if (ca.key != NULL && ca.cert == NULL) {
        ca.cert = make_ca(role, generation, ca.key);
        if (ca.cert != NULL && keystore_write_cert(path, ca.cert) != 0) {
            goto fail;
        }
    }
    if (ca.key == NULL || ca.cert == NULL) {
        goto fail;
    }
    *ret_ca = ca;
    return 0;
fail:
    keystore_ca_done(&ca);
    return -1;
}

void keystore_ca_done(struct cert_ca *ca)
{
    EVP_PKEY_free(ca->key);
    X509_free(ca->cert);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/client.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/x509.h>

double client_now(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

unsigned client_number(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

void client_fail(const char *format, ...)
{
    va_list args;

    printf("FAIL: ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    exit(1);
}

void client_want(CK_RV rv, const char *what)
{
    if (rv != CKR_OK)
        client_fail("%s: %08lX", what, rv);
}

static char log_path[PATH_MAX];

void client_keep_log(const char *folder)
{
    char conf_path[PATH_MAX];
    FILE *conf;

    (void)snprintf(log_path, sizeof log_path, "%s/log", folder);
    (void)snprintf(conf_path, sizeof conf_path, "%s/conf", folder);
    conf = fopen(conf_path, "we");
    if (!conf)
        client_fail("cannot be written: %s", conf_path);
    fprintf(conf, "[log]\nfile = %s\n", log_path);
    fclose(conf);
    setenv("JPKI_PKCS11_CONF", conf_path, 1);
}

unsigned client_log_lines(const char *text)
{
    FILE *file = fopen(log_path, "re");
    char line[1100];
    unsigned count = 0;

    while (file && fgets(line, sizeof line, file))
        count += strstr(line, text) != NULL;
    if (file)
        fclose(file);
    return count;
}

CK_FUNCTION_LIST *client_load(void)
{
    const char *path = getenv("JPKI_MODULE");
    void *library = dlopen(path ? path : "", RTLD_NOW | RTLD_LOCAL);
    CK_FUNCTION_LIST *list = NULL;
    CK_RV (*get_list)(CK_FUNCTION_LIST **);

    if (!library)
        client_fail("%s", dlerror());
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    client_want(get_list(&list), "C_GetFunctionList");
    return list;
}

bool client_sees_readers(const CK_FUNCTION_LIST *module)
{
    static const char none[] = "(no card reader)";
    CK_ULONG count = 0;
    CK_SLOT_INFO info;

    client_want(module->C_GetSlotList(CK_FALSE, NULL, &count), "slot list");
    client_want(module->C_GetSlotInfo(CLIENT_AUTH, &info), "slot");
    return memcmp(info.slotDescription, none, sizeof none - 1) != 0;
}

/* The one object of CLASS that has a key's id, 0 for none. */
static CK_OBJECT_HANDLE find(const CK_FUNCTION_LIST *module,
    CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, const char *label)
{
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
    };
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0;

    if (module->C_FindObjectsInit(session, templ, 2) != CKR_OK)
        return 0;
    (void)module->C_FindObjects(session, &found, 1, &count);
    (void)module->C_FindObjectsFinal(session);
    return count == 1 ? found : 0;
}

static EVP_PKEY *read_public_key(const CK_FUNCTION_LIST *module,
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    unsigned char der[4096];
    const unsigned char *at = der;
    CK_ATTRIBUTE value = {CKA_VALUE, der, sizeof der};
    EVP_PKEY *key;
    X509 *cert;

    if (module->C_GetAttributeValue(session, object, &value, 1) != CKR_OK)
        return NULL;
    cert = d2i_X509(NULL, &at, (long)value.ulValueLen);
    key = cert ? X509_get_pubkey(cert) : NULL;
    X509_free(cert);
    return key;
}

CK_RV client_find_key(
    const CK_FUNCTION_LIST *module, CK_SLOT_ID slot, struct client *client)
{
    static const char *const labels[] = {
        "User Authentication", "Digital Signature"};
    const char *label = labels[slot % 2];
    CK_OBJECT_HANDLE cert =
        find(module, client->session, CKO_CERTIFICATE, label);

    EVP_PKEY_free(client->public_key);
    client->public_key = read_public_key(module, client->session, cert);
    client->key = find(module, client->session, CKO_PRIVATE_KEY, label);
    return client->key && client->public_key ? CKR_OK : CKR_DEVICE_REMOVED;
}

CK_RV client_log_in(
    const CK_FUNCTION_LIST *module, CK_SLOT_ID slot, struct client *ret_client)
{
    char pins[][8] = {"1234", "ABC123"};
    char *pin = pins[slot % 2];
    struct client client = {0};
    CK_RV rv = module->C_OpenSession(
        slot, CKF_SERIAL_SESSION, NULL, NULL, &client.session);

    if (rv != CKR_OK)
        return rv;
    rv = module->C_Login(
        client.session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin));
    if (rv == CKR_OK)
        rv = client_find_key(module, slot, &client);
    if (rv == CKR_OK)
        *ret_client = client;
    else
        client_leave(module, &client);
    return rv;
}

void client_leave(const CK_FUNCTION_LIST *module, struct client *client)
{
    (void)module->C_CloseSession(client->session);
    EVP_PKEY_free(client->public_key);
    memset(client, 0, sizeof *client);
}

static bool verifies(const struct client *client)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        EVP_DigestVerifyInit(
            context, NULL, EVP_sha256(), NULL, client->public_key) == 1 &&
        EVP_DigestVerify(context, client->signature, sizeof client->signature,
            (const unsigned char *)client->text, strlen(client->text)) == 1;

    EVP_MD_CTX_free(context);
    return good;
}

CK_RV client_sign(const CK_FUNCTION_LIST *module, struct client *client)
{
    static unsigned number;
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_ULONG len = sizeof client->signature;
    CK_RV rv = module->C_SignInit(client->session, &mechanism, client->key);

    (void)snprintf(client->text, sizeof client->text, "%u", number++);
    if (rv == CKR_OK)
        rv = module->C_Sign(client->session, (CK_BYTE_PTR)client->text,
            strlen(client->text), client->signature, &len);
    if (rv == CKR_OK && (len != sizeof client->signature || !verifies(client)))
        client_fail("a wrong signature over \"%s\"", client->text);
    return rv;
}

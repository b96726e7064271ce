/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pkcs11/cryptoki.h"

/*
 * beside MODULE OTHER [last]: loads both with RTLD_GLOBAL, MODULE first or
 * last, and then logs in and signs on all tokens through the list of each.
 * MODULE's lists must hold its own functions, and the signatures verify. One
 * after the other, since they share a card.
 */

struct module {
    const char *path;
    void *library;
    CK_FUNCTION_LIST *list;
};

static _Noreturn void fail(const struct module *module, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void fail(const struct module *module, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", module->path);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

#define CALL(module, function, ...)                        \
    do {                                                   \
        CK_RV rv_ = (module)->list->function(__VA_ARGS__); \
        if (rv_ != CKR_OK)                                 \
            fail((module), #function " = %#lx", rv_);      \
    } while (0)

static void load(struct module *module)
{
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;

    module->library = dlopen(module->path, RTLD_NOW | RTLD_GLOBAL);
    if (module->library)
        *(void **)&get = dlsym(module->library, "C_GetFunctionList");
    if (!get || get(&module->list) != CKR_OK)
        fail(module, "%s", module->library ? "no list" : dlerror());
}

static void check_function(const struct module *module, const void *function)
{
    Dl_info info;

    if (!dladdr(function, &info))
        fail(module, "a function is nowhere");
    if (strcmp(info.dli_fname, module->path) != 0)
        fail(module, "%s is in %s", info.dli_sname ? info.dli_sname : "one",
            info.dli_fname);
}

/* Every function of LIST, SIZE bytes, is the module's own. */
static void check_list(
    const struct module *module, const void *list, size_t size)
{
    void *functions[sizeof(struct cryptoki_list_3_0) / sizeof(void *)];
    const size_t first = offsetof(CK_FUNCTION_LIST, C_Initialize);
    size_t i, count = (size - first) / sizeof(void *);

    memcpy(functions, (const char *)list + first, size - first);
    for (i = 0; i < count; i++)
        check_function(module, functions[i]);
}

static void check_lists(const struct module *module)
{
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_INTERFACE *interface = NULL;

    *(void **)&get = dlsym(module->library, "C_GetInterface");
    if (get(NULL, NULL, &interface, 0) != CKR_OK)
        fail(module, "no interface");
    check_list(module, module->list, sizeof *module->list);
    check_list(
        module, interface->pFunctionList, sizeof(struct cryptoki_list_3_0));
}

static CK_OBJECT_HANDLE find(const struct module *module,
    CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG got = 0;

    CALL(module, C_FindObjectsInit, session, templ, count);
    CALL(module, C_FindObjects, session, &found, 1, &got);
    CALL(module, C_FindObjectsFinal, session);
    if (got == 0)
        fail(module, "an object is missing");
    return found;
}

/* The certificate of KEY. */
static EVP_PKEY *public_key(const struct module *module,
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    static CK_BYTE id[64], der[4096];
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE templ[] = {
        {CKA_ID, id, sizeof id}, {CKA_CLASS, &class, sizeof class}};
    CK_ATTRIBUTE value = {CKA_VALUE, der, sizeof der};
    const unsigned char *at = der;
    EVP_PKEY *found = NULL;
    X509 *cert;

    CALL(module, C_GetAttributeValue, session, key, templ, 1);
    CALL(module, C_GetAttributeValue, session, find(module, session, templ, 2),
        &value, 1);
    cert = d2i_X509(NULL, &at, (long)value.ulValueLen);
    if (cert)
        found = X509_get_pubkey(cert);
    X509_free(cert);
    if (!found)
        fail(module, "no certificate");
    return found;
}

static void sign(const struct module *module, CK_SESSION_HANDLE session,
    CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE key = find(module, session, &templ, 1);
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BBOOL asks = CK_FALSE;
    CK_ATTRIBUTE always = {CKA_ALWAYS_AUTHENTICATE, &asks, sizeof asks};
    CK_BYTE data[] = "to be signed", sig[512];
    CK_ULONG sig_len = sizeof sig;
    EVP_PKEY *verifier = public_key(module, session, key);
    EVP_MD_CTX *md = EVP_MD_CTX_new();

    CALL(module, C_GetAttributeValue, session, key, &always, 1);
    CALL(module, C_SignInit, session, &mechanism, key);
    if (asks)
        CALL(module, C_Login, session, CKU_CONTEXT_SPECIFIC, pin, pin_len);
    CALL(module, C_Sign, session, data, sizeof data, sig, &sig_len);
    if (!md ||
        EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, verifier) != 1 ||
        EVP_DigestVerify(md, sig, sig_len, data, sizeof data) != 1)
        fail(module, "a signature does not verify");
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(verifier);
}

/* The PIN of the personas, by what both modules' labels have in common. */
static void use_token(const struct module *module, CK_SLOT_ID slot)
{
    CK_UTF8CHAR auth_pin[] = "1234", sign_pin[] = "ABC123", *pin = sign_pin;
    char label[sizeof((CK_TOKEN_INFO *)0)->label + 1] = "";
    CK_SESSION_HANDLE session = 0;
    CK_ULONG pin_len = sizeof sign_pin - 1;
    CK_TOKEN_INFO info;

    CALL(module, C_GetTokenInfo, slot, &info);
    memcpy(label, info.label, sizeof info.label);
    if (strstr(label, "Auth")) {
        pin = auth_pin;
        pin_len = sizeof auth_pin - 1;
    }
    CALL(module, C_OpenSession, slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
    CALL(module, C_Login, session, CKU_USER, pin, pin_len);
    sign(module, session, pin, pin_len);
    CALL(module, C_Logout, session);
    CALL(module, C_CloseSession, session);
    printf("%s: %.32s\n", module->path, label);
}

static void use(const struct module *module)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16, i;

    CALL(module, C_Initialize, NULL);
    CALL(module, C_GetSlotList, CK_TRUE, slots, &count);
    if (count != 2)
        fail(module, "%lu tokens", count);
    for (i = 0; i < count; i++)
        use_token(module, slots[i]);
    CALL(module, C_Finalize, NULL);
}

int main(int argc, char **argv)
{
    struct module module = {NULL, NULL, NULL}, other = {NULL, NULL, NULL};
    bool last = argc == 4 && strcmp(argv[3], "last") == 0;

    if (argc != 3 && !last) {
        fputs("usage: beside MODULE OTHER [last]\n", stderr);
        return 2;
    }
    module.path = argv[1];
    other.path = argv[2];
    load(last ? &other : &module);
    load(last ? &module : &other);
    check_lists(&module);
    /* What both export, OpenSC's list has from whichever was loaded first. */
    check_function(&other, *(void **)&other.list->C_Sign);
    use(last ? &other : &module);
    use(last ? &module : &other);
    use(last ? &other : &module);
    return 0;
}

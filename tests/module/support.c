/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/support.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/vcard/persona.h"

#define READERS 4

const char *const persona_pins[2] = {AUTH_PIN, SIGN_PIN};

static void *library;
static CK_FUNCTION_LIST *list;
static const char conf_template[] = P_tmpdir "/jpki-module-test-XXXXXX";
static char conf_path[sizeof conf_template];

bool is_emulated(void)
{
    return getenv("JPKI_EMULATED") != NULL;
}

CK_FUNCTION_LIST *functions(void)
{
    return list;
}

void *module_handle(void)
{
    return library;
}

CK_RV checked(CK_RV rv, const char *function, const char *file, int line)
{
    int reader;

    for (reader = 0; reader < READERS; reader++) {
        if (vcontrol_is_verified(reader)) {
            print_error("%s left the card verified\n", function);
            _fail(file, line);
        }
    }
    return rv;
}

CK_FUNCTION_LIST *function_list(CK_BYTE major, CK_BYTE minor)
{
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
    CK_UTF8CHAR name[] = "PKCS 11";
    CK_VERSION version = {major, minor};
    CK_INTERFACE *interface = NULL;

    *(void **)&get = dlsym(library, "C_GetInterface");
    return get && get(name, &version, &interface, 0) == CKR_OK
               ? interface->pFunctionList
               : NULL;
}

/* Copies FROM into a new file TO; false where that fails. */
static bool copy_file(const char *from, char *to)
{
    struct stat st;
    int in = open(from, O_RDONLY), out = mkstemp(to);
    bool good = in >= 0 && out >= 0 && fstat(in, &st) == 0 &&
                sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size;

    close(in);
    close(out);
    return good;
}

/*
 * The module stays mapped where a PIN was refused, so that it is remembered. A
 * copy of it remembers nothing.
 */
static void *open_library(void)
{
    char copy[] = P_tmpdir "/jpki-module-copy-XXXXXX";
    const char *path = getenv("JPKI_MODULE");
    void *mapped = dlopen(path, RTLD_NOW | RTLD_NOLOAD), *opened;

    if (!mapped)
        return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    dlclose(mapped);
    if (!copy_file(path, copy))
        return NULL;
    opened = dlopen(copy, RTLD_NOW | RTLD_LOCAL);
    unlink(copy);
    return opened;
}

static int load_library(void)
{
    CK_RV (*get_list)(CK_FUNCTION_LIST **);

    library = open_library();
    if (!library) {
        print_error("%s\n", dlerror());
        return -1;
    }
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    return get_list && get_list(&list) == CKR_OK ? 0 : -1;
}

int load_module(void **state)
{
    int fd;

    (void)state;
    memcpy(conf_path, conf_template, sizeof conf_path);
    fd = mkstemp(conf_path);
    if (fd < 0)
        return -1;
    close(fd);
    setenv("JPKI_PKCS11_CONF", conf_path, 1);
    return load_library();
}

int reload_module(void)
{
    return dlclose(library) == 0 ? load_library() : -1;
}

int unload_module(void **state)
{
    (void)state;
    unlink(conf_path);
    return dlclose(library);
}

/* The module trusts no CA of the tests unless it is told to. */
void configure(const char *conf)
{
    FILE *file = fopen(conf_path, "w");

    assert_non_null(file);
    assert_true(fprintf(file, "[policy]\nsign_ca = %s/ca-sign/ca.der\n",
                    getenv("JPKI_PERSONAS")) > 0);
    assert_true(fputs(conf ? conf : "", file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void insert(int reader, const char *name)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];

    assert_int_equal(vcard_persona_copy(name, folder), 0);
    assert_int_equal(vcontrol_insert(reader, folder), 0);
}

void exchange(int reader, const char *name)
{
    vcontrol_remove(reader);
    insert(reader, name);
}

void reinitialize(void)
{
    EXPECT(CKR_OK, C_Finalize, NULL);
    EXPECT(CKR_OK, C_Initialize, NULL);
}

int start(const char *name, const char *conf)
{
    CK_ULONG count = 0;
    int reader;

    configure(conf);
    reader = vcontrol_reader_add("Virtual Reader");
    assert_true(reader >= 0);
    if (name)
        insert(reader, name);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    return reader;
}

/* The individual number of the text application is never selected or read. */
static void check_numbers(void)
{
    struct vcard_ledger ledger;
    int reader;

    for (reader = 0; reader < READERS; reader++) {
        vcontrol_ledger(reader, &ledger);
        assert_int_equal(ledger.numbers, 0);
    }
}

int end_test(void **state)
{
    (void)state;
    check_numbers();
    (void)CALL(C_Finalize, NULL);
    vcontrol_reset();
    /* What is remembered of PINs outlives C_Finalize, not this. */
    return reload_module();
}

static CK_SESSION_HANDLE open_with(CK_SLOT_ID slot, CK_FLAGS flags)
{
    CK_SESSION_HANDLE session = 0;

    EXPECT(CKR_OK, C_OpenSession, slot, CKF_SERIAL_SESSION | flags, NULL, NULL,
        &session);
    assert_true(session != CK_INVALID_HANDLE);
    return session;
}

CK_SESSION_HANDLE open_session(CK_SLOT_ID slot)
{
    return open_with(slot, 0);
}

CK_SESSION_HANDLE open_rw_session(CK_SLOT_ID slot)
{
    return open_with(slot, CKF_RW_SESSION);
}

CK_STATE session_state(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;

    EXPECT(CKR_OK, C_GetSessionInfo, session, &info);
    return info.state;
}

CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, const char *pin)
{
    char copy[64];
    size_t len = pin ? strlen(pin) : 0;

    if (!pin)
        return CALL(C_Login, session, user, NULL, 0);
    assert_true(len < sizeof copy);
    memcpy(copy, pin, len + 1);
    return CALL(C_Login, session, user, (CK_UTF8CHAR *)copy, len);
}

CK_SESSION_HANDLE user_session(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = open_session(slot);

    EXPECT_LOGIN(CKR_OK, session, persona_pins[slot]);
    return session;
}

CK_FLAGS token_flags(CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info;

    EXPECT(CKR_OK, C_GetTokenInfo, slot, &info);
    return info.flags;
}

CK_ULONG search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE ret_found[FOUND_MAX])
{
    CK_ULONG found = 0;

    EXPECT(CKR_OK, C_FindObjectsInit, session, templ, count);
    EXPECT(CKR_OK, C_FindObjects, session, ret_found, FOUND_MAX, &found);
    EXPECT(CKR_OK, C_FindObjectsFinal, session);
    return found;
}

CK_OBJECT_HANDLE find_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
    CK_ULONG token_user = 1;
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_CERTIFICATE_CATEGORY, &token_user, sizeof token_user},
    };
    CK_OBJECT_HANDLE found[FOUND_MAX] = {0};

    assert_true(
        search(session, templ, class == CKO_CERTIFICATE ? 2 : 1, found) <= 1);
    return found[0];
}

CK_ULONG count_objects(CK_SESSION_HANDLE session)
{
    static const CK_OBJECT_CLASS classes[] = {
        CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};
    CK_ULONG count = 0;
    size_t i;

    for (i = 0; i < sizeof classes / sizeof *classes; i++)
        count += find_object(session, classes[i]) != CK_INVALID_HANDLE;
    return count;
}

size_t attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, void *ret_value, size_t size)
{
    CK_ATTRIBUTE templ = {type, ret_value, size};

    EXPECT(CKR_OK, C_GetAttributeValue, session, object, &templ, 1);
    assert_true(templ.ulValueLen <= size);
    return templ.ulValueLen;
}

const char *status_text(CK_SESSION_HANDLE session)
{
    static char text[4096];
    CK_OBJECT_CLASS data = CKO_DATA;
    char label[] = "JPKI status", application[] = "jpki-pkcs11";
    CK_ATTRIBUTE templ[] = {{CKA_CLASS, &data, sizeof data},
        {CKA_LABEL, label, strlen(label)},
        {CKA_APPLICATION, application, strlen(application)}};
    CK_OBJECT_HANDLE found[FOUND_MAX];
    size_t len;

    assert_int_equal(search(session, templ, 3, found), 1);
    len = attribute(session, found[0], CKA_VALUE, text, sizeof text - 1);
    text[len] = '\0';
    return text;
}

void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words)) {
        print_error("%s is not in %s\n", words, text);
        fail();
    }
}

struct vcard_ledger ledger(int reader)
{
    struct vcard_ledger now;

    vcontrol_ledger(reader, &now);
    return now;
}

CK_RV sign_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    CK_MECHANISM_TYPE type, const void *data, size_t len,
    uint8_t ret_sig[SIGNATURE_SIZE])
{
    CK_MECHANISM mechanism = {type, NULL, 0};
    CK_BYTE copy[1024];
    CK_ULONG sig_len = SIGNATURE_SIZE;
    CK_RV rv = CALL(C_SignInit, session, &mechanism, key);

    assert_true(len <= sizeof copy);
    memcpy(copy, data, len);
    if (rv == CKR_OK)
        rv = CALL(C_Sign, session, copy, len, ret_sig, &sig_len);
    if (rv == CKR_OK)
        assert_int_equal(sig_len, SIGNATURE_SIZE);
    return rv;
}

CK_RV sign_data(CK_SESSION_HANDLE session)
{
    uint8_t sig[SIGNATURE_SIZE];

    return sign_with(session, find_object(session, CKO_PRIVATE_KEY),
        CKM_SHA256_RSA_PKCS, "a", 1, sig);
}

void begin_signature(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_OBJECT_HANDLE key = find_object(session, CKO_PRIVATE_KEY);

    assert_true(key != CK_INVALID_HANDLE);
    EXPECT(CKR_OK, C_SignInit, session, &mechanism, key);
}

CK_RV finish_signature(CK_SESSION_HANDLE session)
{
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;

    return CALL(C_Sign, session, data, sizeof data, sig, &len);
}

bool openssl_verifies(const uint8_t *der, size_t der_len, const char *hash,
    const void *data, size_t len, const uint8_t *sig, size_t sig_len)
{
    X509 *cert = d2i_X509(NULL, &der, (long)der_len);
    EVP_PKEY *key = cert ? X509_get0_pubkey(cert) : NULL;
    bool good = false;

    if (key && hash) {
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        good = EVP_DigestVerifyInit(
                   ctx, NULL, EVP_get_digestbyname(hash), NULL, key) == 1 &&
               EVP_DigestVerify(ctx, sig, sig_len, data, len) == 1;
        EVP_MD_CTX_free(ctx);
    } else if (key) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
        good = EVP_PKEY_verify_init(ctx) == 1 &&
               EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_verify(ctx, sig, sig_len, data, len) == 1;
        EVP_PKEY_CTX_free(ctx);
    }
    X509_free(cert);
    return good;
}

bool openssl_verifies_pss(const uint8_t *der, size_t der_len, const void *data,
    size_t len, const uint8_t *sig, size_t sig_len)
{
    X509 *cert = d2i_X509(NULL, &der, (long)der_len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key = NULL;
    bool good = cert &&
                EVP_DigestVerifyInit(ctx, &key, EVP_sha256(), NULL,
                    X509_get0_pubkey(cert)) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(key, 32) == 1 &&
                EVP_DigestVerify(ctx, sig, sig_len, data, len) == 1;

    EVP_MD_CTX_free(ctx);
    X509_free(cert);
    return good;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/policy.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/vcard/crlspec.h"
#include "tests/vcard/keystore.h"

static const char data[] = "to be signed";

struct fixture open_fixture(const char *persona, const char *conf)
{
    struct fixture fixture = {.reader = start(persona, conf)};

    fixture.session = open_session(SIGN);
    assert_int_equal(login(fixture.session, CKU_USER, SIGN_PIN), CKR_OK);
    return fixture;
}

CK_OBJECT_HANDLE signing_key(const struct fixture *fixture)
{
    return find_object(fixture->session, CKO_PRIVATE_KEY);
}

CK_RV sign_init(const struct fixture *fixture)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};

    return CALL(C_SignInit, fixture->session, &mechanism, signing_key(fixture));
}

CK_RV sign(const struct fixture *fixture, uint8_t ret_sig[SIGNATURE_SIZE])
{
    CK_BYTE copy[sizeof data];
    CK_ULONG len = SIGNATURE_SIZE;

    memcpy(copy, data, sizeof data);
    return CALL(C_Sign, fixture->session, copy, sizeof copy, ret_sig, &len);
}

void expect_status(const struct fixture *fixture, const char *verdict)
{
    const char *status = status_text(fixture->session);
    char words[64];
    const char *reason;

    (void)snprintf(words, sizeof words, "\"verdict\":\"%s\"", verdict);
    assert_says(status, words);
    reason = strstr(status, "\"reason\":\"");
    assert_non_null(reason);
    assert_true(strcspn(reason + strlen("\"reason\":\""), "\"") > 10);
    /* It fits into its room. */
    assert_string_equal(status + strlen(status) - 2, "}\n");
}

static void expect_signature(const struct fixture *fixture)
{
    CK_OBJECT_HANDLE object = find_object(fixture->session, CKO_CERTIFICATE);
    uint8_t cert[4096], sig[SIGNATURE_SIZE];
    size_t len =
        attribute(fixture->session, object, CKA_VALUE, cert, sizeof cert);

    assert_int_equal(sign_init(fixture), CKR_OK);
    assert_int_equal(sign(fixture, sig), CKR_OK);
    assert_true(openssl_verifies(
        cert, len, "SHA256", data, sizeof data, sig, sizeof sig));
}

/* Nor does the PIN of a context-specific log-in go anywhere. */
static void expect_refusal(const struct fixture *fixture)
{
    struct vcard_ledger before = ledger(fixture->reader);
    struct vcard_ledger after;
    CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof pss};
    uint8_t sig[SIGNATURE_SIZE];

    assert_int_equal(sign_init(fixture), CKR_KEY_FUNCTION_NOT_PERMITTED);
    /* The card is not even asked whether it can do PSS. */
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, C_SignInit, fixture->session,
        &mechanism, signing_key(fixture));
    assert_int_equal(sign(fixture, sig), CKR_OPERATION_NOT_INITIALIZED);
    assert_int_equal(login(fixture->session, CKU_CONTEXT_SPECIFIC, SIGN_PIN),
        CKR_OPERATION_NOT_INITIALIZED);
    after = ledger(fixture->reader);
    assert_int_equal(after.verifies[SIGN], before.verifies[SIGN]);
    assert_int_equal(after.signatures[SIGN], before.signatures[SIGN]);
    assert_int_equal(after.denied, before.denied);
}

void expect_verdict(const struct fixture *fixture, const char *verdict)
{
    bool allowed = strcmp(verdict, "allowed") == 0;
    CK_BBOOL may_sign = CK_TRUE;

    if (allowed)
        expect_signature(fixture);
    else if (signing_key(fixture))
        expect_refusal(fixture);
    if (signing_key(fixture)) {
        attribute(fixture->session, signing_key(fixture), CKA_SIGN, &may_sign,
            sizeof may_sign);
        assert_int_equal(may_sign, allowed ? CK_TRUE : CK_FALSE);
    } else {
        assert_false(allowed);
    }
    expect_status(fixture, verdict);
}

const char *sign_ca(unsigned generation)
{
    static char conf[PATH_SIZE];
    char suffix[16] = "";

    if (generation != 3)
        (void)snprintf(suffix, sizeof suffix, "-%u", generation);
    (void)snprintf(conf, sizeof conf,
        "[policy]\nsign_ca = %s/ca-sign%s/ca.der\n", getenv("JPKI_PERSONAS"),
        suffix);
    return conf;
}

static char folder[] = P_tmpdir "/jpki-policy-test-XXXXXX";
static bool folder_made;

static void remove_folder(void)
{
    empty_scratch();
    (void)rmdir(folder);
}

const char *scratch(const char *name)
{
    static char path[PATH_SIZE];

    if (!folder_made) {
        assert_non_null(mkdtemp(folder));
        folder_made = true;
        assert_int_equal(atexit(remove_folder), 0);
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void write_scratch(const char *name, const void *bytes, size_t len)
{
    FILE *out = fopen(scratch(name), "we");

    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

void empty_scratch(void)
{
    DIR *dir = folder_made ? opendir(folder) : NULL;
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        (void)closedir(dir);
}

static const char *file_of(const char *persona, const char *name)
{
    static char path[PATH_SIZE];

    (void)snprintf(
        path, sizeof path, "%s/%s/%s", getenv("JPKI_PERSONAS"), persona, name);
    return path;
}

void write_list(const struct list *list, const char *persona, const char *name)
{
    struct crl_entry_spec entry = {NULL, list->reason};
    struct crl_spec spec = {
        .this_update = time(NULL) + list->from * HOUR,
        .next_update = list->until ? time(NULL) + list->until * HOUR : 0,
        .entries = &entry,
        .n_entries = list->reason != NAMES_NOBODY,
    };
    X509 *partition = NULL;
    X509_CRL *crl;

    assert_int_equal(
        keystore_ca(getenv("JPKI_PERSONAS"), SIGN, list->generation, &spec.ca),
        0);
    entry.cert = keystore_read_cert(file_of(persona, "ef/0001"));
    if (list->partition)
        partition = keystore_read_cert(file_of(list->partition, "ef/0001"));
    spec.partition = partition;
    crl = crlspec_make(&spec);
    assert_non_null(crl);
    assert_int_equal(crlspec_write(scratch(name), crl, false), 0);
    X509_CRL_free(crl);
    X509_free(partition);
    X509_free(entry.cert);
    keystore_ca_done(&spec.ca);
}

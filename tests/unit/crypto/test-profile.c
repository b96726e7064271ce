/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from a signing certificate, and what is not believed. */

#include <openssl/x509v3.h>
#include "crypto/profile.h"
#include "tests/unit/crypto/fixture.h"

#define NAME "otherName:1.2.392.200149.8.5.5."
#define BIRTH NAME "4;UTF8:"
#define POLICY "1.2.392.200149.8.5.1."

/* What the next certificate is to have, as in openssl.cnf; NULL: nothing. */
static const char *names;
static const char *policies;
static void (*more)(X509 *x509);

static void change(X509 *x509)
{
    maker_add_readable(x509, NID_subject_alt_name, names);
    maker_add_readable(x509, NID_certificate_policies, policies);
    if (more)
        more(x509);
}

static struct cert_profile read_profile(void)
{
    struct recipe recipe = {
        .key = pki_key(0),
        .key_usage = "critical,digitalSignature,nonRepudiation",
        .not_before = "20270101000000Z",
        .not_after = "20270131145959Z",
        .change = change,
    };
    struct pki_cert cert = pki_open(crypto, maker_certificate(&recipe));
    struct cert_profile profile;

    profile_read(cert.cert, &profile);
    pki_close(&cert);
    return profile;
}

static void test_reads_key_usage_and_validity(void **state)
{
    struct cert_profile profile = read_profile();

    assert_int_equal(profile.key_usage,
        CERT_USE_DIGITAL_SIGNATURE | CERT_USE_NON_REPUDIATION);
    assert_true(profile.not_before == INT64_C(1798761600));
    assert_true(profile.not_after == INT64_C(1801407599));
}

static void test_reads_the_date_of_birth(void **state)
{
    static const struct {
        const char *names;
        enum birth_kind kind;
    } cases[] = {
        {BIRTH "319800217", BIRTH_FULL},
        {BIRTH "319800200", BIRTH_PARTIAL},
        /* An era that does not fit is no error. */
        {BIRTH "519800217", BIRTH_FULL},
        /* As on the card: with others before and behind. */
        {NAME "1;UTF8:A B," BIRTH "319800217," NAME "3;UTF8:1," NAME
              "5;UTF8:C," NAME "2;UTF8:000," NAME "6;UTF8:0",
            BIRTH_FULL},
        /* Names of a later profile. */
        {NAME "7;UTF8:ABC," BIRTH "319800217,email:a@b.example", BIRTH_FULL},
        {NULL, BIRTH_UNKNOWN},
        {NAME "1;UTF8:A", BIRTH_UNKNOWN},
        {NAME "5;UTF8:319800217", BIRTH_UNKNOWN},
        {NAME "4.1;UTF8:319800217", BIRTH_UNKNOWN},
        {"otherName:1.2.392.200149.8.5.5;UTF8:319800217", BIRTH_UNKNOWN},
        {"otherName:1.2.392.200149.8.5.4.4;UTF8:319800217", BIRTH_UNKNOWN},
        {"email:319800217@a.example", BIRTH_UNKNOWN},
        /* Two, even if they are the same. */
        {BIRTH "319800217," BIRTH "319800217", BIRTH_UNKNOWN},
        {BIRTH "319800217," BIRTH "garbage", BIRTH_UNKNOWN},
        {BIRTH "319800217," BIRTH "319800217," BIRTH "319800217",
            BIRTH_UNKNOWN},
        /* Another type. */
        {NAME "4;PRINTABLE:319800217", BIRTH_UNKNOWN},
        {NAME "4;IA5:319800217", BIRTH_UNKNOWN},
        {NAME "4;OCT:319800217", BIRTH_UNKNOWN},
        {NAME "4;INT:319800217", BIRTH_UNKNOWN},
        {NAME "4;NULL", BIRTH_UNKNOWN},
        {NAME "4;BOOL:TRUE", BIRTH_UNKNOWN},
        /* Another length, another content. */
        {BIRTH "31980021", BIRTH_UNKNOWN},
        {BIRTH "3198002170", BIRTH_UNKNOWN},
        {BIRTH "319801317", BIRTH_UNKNOWN},
        {BIRTH "319800431", BIRTH_UNKNOWN},
        {BIRTH "000000000", BIRTH_UNKNOWN},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        names = cases[i].names;
        assert_int_equal(read_profile().birth.kind, cases[i].kind);
    }
    names = BIRTH "319800217";
    assert_true(read_profile().birth.date == 19800217);
    assert_true(read_profile().birth.era_fits);
    names = NULL;
}

/* The date of birth, byte for byte. */
static const char *bytes;
static int bytes_len;

static void add_bytes(X509 *x509)
{
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_TYPE *value = ASN1_TYPE_new();
    ASN1_STRING *text = ASN1_STRING_type_new(V_ASN1_UTF8STRING);

    ASN1_STRING_set(text, bytes, bytes_len);
    ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
    GENERAL_NAME_set0_othername(
        name, OBJ_txt2obj("1.2.392.200149.8.5.5.4", 1), value);
    sk_GENERAL_NAME_push(all, name);
    assert_int_equal(
        X509_add1_ext_i2d(x509, NID_subject_alt_name, all, 0, 0), 1);
    GENERAL_NAMES_free(all);
}

static void test_a_nul_ends_nothing(void **state)
{
    static const struct {
        const char *bytes;
        int len;
        enum birth_kind kind;
    } cases[] = {
        {"319800217", 9, BIRTH_FULL},
        {"319800217", 10, BIRTH_UNKNOWN},
        {"31980\00017", 9, BIRTH_UNKNOWN},
        {"\000319800217", 10, BIRTH_UNKNOWN},
        {"319800217\000garbage", 17, BIRTH_UNKNOWN},
        {"", 0, BIRTH_UNKNOWN},
    };
    size_t i;

    more = add_bytes;
    for (i = 0; i < COUNT(cases); i++) {
        bytes = cases[i].bytes;
        bytes_len = cases[i].len;
        assert_int_equal(read_profile().birth.kind, cases[i].kind);
    }
    more = NULL;
}

static void add_names_again(X509 *x509)
{
    maker_add_readable(x509, NID_subject_alt_name, BIRTH "319800217");
    maker_add_readable(x509, NID_certificate_policies, POLICY "1.20");
}

static void add_garbage(X509 *x509)
{
    maker_add_extension(x509, NID_subject_alt_name, "\x30\x05\xa0", 3);
    maker_add_extension(x509, NID_certificate_policies, "\x04\x00", 2);
}

static void test_an_extension_twice_or_malformed_is_none(void **state)
{
    more = add_names_again;
    assert_int_equal(read_profile().birth.kind, BIRTH_FULL);
    assert_int_equal(read_profile().policy, CERT_POLICY_SIGNING);
    names = BIRTH "319800217";
    policies = POLICY "1.20";
    assert_int_equal(read_profile().birth.kind, BIRTH_UNKNOWN);
    assert_int_equal(read_profile().policy, CERT_POLICY_OTHER);
    names = NULL;
    policies = NULL;
    more = add_garbage;
    assert_int_equal(read_profile().birth.kind, BIRTH_UNKNOWN);
    assert_int_equal(read_profile().policy, CERT_POLICY_OTHER);
    more = NULL;
}

static void test_reads_the_policy(void **state)
{
    static const struct {
        const char *policies;
        enum cert_policy policy;
    } cases[] = {
        {POLICY "1.20", CERT_POLICY_SIGNING},
        {POLICY "1.40", CERT_POLICY_SIGNING},
        {POLICY "1.20.1", CERT_POLICY_SIGNING},
        {POLICY "0.20", CERT_POLICY_TEST},
        {POLICY "0.20," POLICY "1.20", CERT_POLICY_SIGNING},
        {POLICY "1.20," POLICY "0.20", CERT_POLICY_SIGNING},
        {"1.2.3.4," POLICY "1.20", CERT_POLICY_SIGNING},
        {NULL, CERT_POLICY_OTHER},
        {POLICY "3.30", CERT_POLICY_OTHER},
        {POLICY "1", CERT_POLICY_OTHER},
        {POLICY "0", CERT_POLICY_OTHER},
        {POLICY "10.20", CERT_POLICY_OTHER},
        {POLICY "129.20", CERT_POLICY_OTHER},
        {"1.2.392.200149.8.5.2.1.20", CERT_POLICY_OTHER},
        {"2.5.29.32.0", CERT_POLICY_OTHER},
        {"1.2.392.200150.8.5.1.1.20", CERT_POLICY_OTHER},
    };
    size_t i;

    for (i = 0; i < COUNT(cases); i++) {
        policies = cases[i].policies;
        assert_int_equal(read_profile().policy, cases[i].policy);
    }
    policies = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_key_usage_and_validity),
        cmocka_unit_test(test_reads_the_date_of_birth),
        cmocka_unit_test(test_a_nul_ends_nothing),
        cmocka_unit_test(test_an_extension_twice_or_malformed_is_none),
        cmocka_unit_test(test_reads_the_policy),
    };

    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}

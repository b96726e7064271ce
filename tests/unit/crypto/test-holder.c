/* SPDX-License-Identifier: Apache-2.0 */
/* What a signing certificate says of its holder. */

#include <string.h>

#include <openssl/x509v3.h>
#include "crypto/holder.h"
#include "tests/unit/crypto/fixture.h"

#define NAME "otherName:1.2.392.200149.8.5.5."

static const char *names;

static void change(X509 *x509)
{
    maker_add_readable(x509, NID_subject_alt_name, names);
}

static struct holder read_holder(const char *alt_names)
{
    struct recipe recipe = {.key = pki_key(0), .change = change};
    struct pki_cert cert;
    struct holder holder;

    names = alt_names;
    cert = pki_open(crypto, maker_certificate(&recipe));
    memset(&holder, 0x5A, sizeof holder);
    holder_read(cert.cert, &holder);
    pki_close(&cert);
    return holder;
}

/* In the card's order, and with what a later profile may add. */
static void test_reads_each_text(void **state)
{
    struct holder holder = read_holder(
        NAME "1;UTF8:A BC," NAME "4;UTF8:319800217," NAME "3;UTF8:2," NAME
             "5;UTF8:DE 1-2," NAME "2;UTF8:00100," NAME "6;UTF8:1000000," NAME
             "7;UTF8:F");

    assert_string_equal(holder.name, "A BC");
    assert_string_equal(holder.birth_date, "319800217");
    assert_string_equal(holder.sex, "2");
    assert_string_equal(holder.address, "DE 1-2");
    assert_string_equal(holder.name_flags, "00100");
    assert_string_equal(holder.address_flags, "1000000");
    holder_wipe(&holder);
    assert_string_equal(holder.name, "");
}

static void test_what_cannot_be_relied_on_is_left_out(void **state)
{
    struct holder holder = read_holder(NULL);

    assert_string_equal(holder.name, "");
    assert_string_equal(holder.address, "");
    /* Twice, and of another type. */
    holder = read_holder(NAME "1;UTF8:A," NAME "1;UTF8:A," NAME
                              "5;PRINTABLE:B," NAME "3;UTF8:1");
    assert_string_equal(holder.name, "");
    assert_string_equal(holder.address, "");
    assert_string_equal(holder.sex, "1");
}

static void test_too_long_is_left_out(void **state)
{
    char text[1200] = NAME "5;UTF8:";
    size_t start = strlen(text);
    struct holder holder;

    memset(text + start, 'A', HOLDER_ADDRESS_MAX - 1);
    holder = read_holder(text);
    assert_int_equal(strlen(holder.address), HOLDER_ADDRESS_MAX - 1);
    text[start + HOLDER_ADDRESS_MAX - 1] = 'A';
    holder = read_holder(text);
    assert_string_equal(holder.address, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_each_text),
        cmocka_unit_test(test_what_cannot_be_relied_on_is_left_out),
        cmocka_unit_test(test_too_long_is_left_out),
    };

    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}

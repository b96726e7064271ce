/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/*
 * A file that is as long as bytes 3 and 4 say, but begins with something else
 * than a certificate does.
 */

#define C_CERT "00B08A0000"
#define HEAD 4

/* Reads a file of 256 bytes that starts with HEAD_BYTES. */
static enum tok_err reads(const char *head_bytes, struct jpki_cert *ret_cert)
{
    static char answer[2 * 258 + 1];
    size_t i;

    strcpy(answer, head_bytes);
    for (i = HEAD; i < 256; i++)
        strcpy(answer + 2 * i, "5A");
    strcpy(answer + 2 * i, "9000");
    fake_expect("00A4040C0AD392F000260100000001", "9000");
    fake_expect(C_CERT, answer);
    memset(ret_cert, 0, sizeof *ret_cert);
    return jpki_read_cert(card, jpki_role(JPKI_AUTH)->ef_cert, ret_cert);
}

static void takes_a_sequence_only(void **state)
{
    static const char *const others[] = {
        "318200FC", "308100FC", "308300FC", "048200FC", "008200FC", "FFFF00FC"};
    struct jpki_cert cert;
    size_t i;

    (void)state;
    assert_int_equal(reads("308200FC", &cert), TOK_OK);
    assert_int_equal(cert.state, JPKI_CERT_WHOLE);
    assert_int_equal(cert.len, 256);
    for (i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(reads(others[i], &cert), TOK_OK);
        assert_int_equal(cert.state, JPKI_CERT_BAD);
        assert_int_equal(cert.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            takes_a_sequence_only, setup_card, teardown_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

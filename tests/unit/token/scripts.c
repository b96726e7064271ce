/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "tests/unit/token/scripts.h"

struct jpki_cert script_cert;
struct verify_result script_result;

int setup_script(void **state)
{
    memset(&script_cert, 0, sizeof script_cert);
    memset(&script_result, 0x5A, sizeof script_result);
    return setup_card_and_pins(state);
}

void expects_log_out(void)
{
    fake_expect(C_ISSUER, "9000");
}

void expects_checked_log_out(const char *probe)
{
    expects_log_out();
    fake_expect(C_JPKI, "9000");
    fake_expect(probe, "6982");
}

const char *probe_auth(void)
{
    static char text[2 * 261 + 1];

    memset(text, '0', sizeof text - 1);
    memcpy(text, "802A0097FF", 10);
    return text;
}

enum tok_err logs_in(enum jpki_role_id id, bool free_cert, bool spare_last)
{
    return jpki_login(card, jpki_role(id), pins[id], free_cert, spare_last,
        &script_cert, &script_result);
}

void logs_in_to_sign(void)
{
    fake_expect(C_JPKI, "9000");
    fake_expect(C_EF("001B"), "9000");
    fake_expect(C_QUERY, "63C5");
    fake_expect(C_VERIFY_SIGN, "9000");
    fake_expect(C_SIGN_CERT, cert_part(300, 0, 256));
    fake_expect("00B001002C", cert_part(300, 256, 44));
    expects_checked_log_out("00B0810001");
    assert_int_equal(logs_in(JPKI_SIGN, false, false), TOK_OK);
}

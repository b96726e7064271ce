/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOKEN_SCRIPTS_H
#define TESTS_UNIT_TOKEN_SCRIPTS_H

#include "tests/unit/token/fake.h"
#include "tests/unit/token/fixture.h"
#include "token/card/jpki.h"

/* Scripts of what a card is asked with a PIN, for the tests of jpki.h. */

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define C_CERT "00B08A0000"
#define C_SIGN_CERT "00B0810000"
#define C_VERIFY_AUTH "002000800431323334"
#define C_VERIFY_SIGN "0020008006414243313233"

extern struct jpki_cert script_cert;       /* what a log-in reads */
extern struct verify_result script_result; /* of the last operation */

/* Test set-up: card and PINs, nothing read. */
int setup_script(void **state);

/* SELECT of another application; and once for a card, that it worked. */
void expects_log_out(void);
void expects_checked_log_out(const char *probe);
/* That probe where no file is protected. */
const char *probe_auth(void);

/* jpki_login with the PIN of ID. */
enum tok_err logs_in(enum jpki_role_id id, bool free_cert, bool spare_last);
/* A log-in to the signing key that reads its certificate, of 300 bytes. */
void logs_in_to_sign(void);

#endif

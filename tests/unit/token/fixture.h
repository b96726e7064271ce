/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOKEN_FIXTURE_H
#define TESTS_UNIT_TOKEN_FIXTURE_H

#include <stddef.h>
#include "token/card/jpki.h"

/* What the tests of a card on the reader of fake.h have each for itself. */

extern struct card *card;            /* new, and expected to be insertion 7 */
extern struct pin *pins[JPKI_ROLES]; /* "1234" and "ABC123" */

int setup_card(void **state);
/* Fails when the test has left something open. */
int teardown_card(void **state);

/* With the PINs, too. */
int setup_card_and_pins(void **state);
int teardown_card_and_pins(void **state);

/* The byte at I of a file with a certificate of WHOLE bytes, then filler. */
unsigned cert_byte(size_t whole, size_t i);
/*
 * LEN bytes at OFFSET of that file, in hexadecimal, and 9000. Valid for the
 * next 19 calls.
 */
const char *cert_part(size_t whole, size_t offset, size_t len);
/* CERT is the certificate of that file. */
void assert_cert(const struct jpki_cert *cert, size_t whole);

#endif

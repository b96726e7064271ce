/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOKEN_FIXTURE_H
#define TESTS_UNIT_TOKEN_FIXTURE_H

#include "tests/unit/token/fake.h"
#include "token/card/jpki.h"
#include "token/card/monitor.h"

/* What the tests of a card on the reader of fake.h share. */

extern struct card *card;            /* new, and expected to be insertion 7 */
extern struct pin *pins[JPKI_PINS];  /* "1234", "ABC123" and "2468" */
extern struct jpki_cert script_cert; /* what a log-in reads */
extern struct verify_result script_result; /* of the last operation */

int setup_card(void **state);
/* Fails when the test has left something open. */
int teardown_card(void **state);
/* With the PINs, and nothing read. */
int setup_card_and_pins(void **state);
int teardown_card_and_pins(void **state);

#define CARD_TEST(name) \
    cmocka_unit_test_setup_teardown(name, setup_card, teardown_card)
#define PIN_TEST(name)               \
    cmocka_unit_test_setup_teardown( \
        name, setup_card_and_pins, teardown_card_and_pins)

/* A transaction begins; then what was asked until now is forgotten. */
void begins(void);
/* A whole transaction, which stays for fake_saw. */
void begins_and_ends(void);
/* The card forgets what it knew of this insertion. */
void reinserts(void);

/* Script: a transaction begins and asks for ID's retry counter. */
void expects_query(enum jpki_role_id id, const char *answer);
/* Script: SELECT of another application; and once for a card, that it worked.
 */
void expects_log_out(void);
void expects_checked_log_out(const char *probe);
/*
 * That probe of the authentication key, where no file is protected: a signature
 * of 255 bytes, for which there is no room; by short id and by selected file.
 */
const char *probe_auth(void);
const char *probe_auth_p2_80(void);

#define C_CERT "00B08A0000"
#define C_SIGN_CERT "00B0810000"
#define C_SIGN_AUTH "802A009703AABBCC00"
#define C_SIGN_AUTH_P2_80 "802A008003AABBCC00"
#define C_VERIFY_AUTH "002000800431323334"
#define C_VERIFY_SIGN "0020008006414243313233"
#define C_VERIFY_TEXT "002000800432343638"

/* jpki_login with the PIN of ID. */
enum tok_err logs_in(enum jpki_role_id id, bool free_cert, bool spare_last);
/* A log-in to the signing key that reads its certificate, of 300 bytes. */
void logs_in_to_sign(void);

/* card_read to nowhere; *RET_LEN is 4711 unless it says otherwise. */
enum tok_err reads(uint16_t ef, size_t offset, size_t le, size_t *ret_len);
/* card_sign of AABBCC with the authentication key. */
enum tok_err signs(void);

/* The byte at I of a file with a certificate of WHOLE bytes, then padding. */
unsigned cert_byte(size_t whole, size_t i);
/*
 * LEN bytes at OFFSET of that file, in hexadecimal, and 9000. Valid for the
 * next 19 calls.
 */
const char *cert_part(size_t whole, size_t offset, size_t len);
/* CERT is the certificate of that file. */
void assert_cert(const struct jpki_cert *cert, size_t whole);

/* monitor_get_states; *RET_COUNT is 4711 unless it says otherwise. */
enum tok_err get_states(struct monitor *monitor,
    struct reader_state *ret_states, size_t cap, size_t *ret_count);

#endif

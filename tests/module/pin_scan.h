/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_PIN_SCAN_H
#define TESTS_MODULE_PIN_SCAN_H

#include "tests/module/memory_scan.h"
#include "tests/module/support.h"

/*
 * What the tests of PINs in memory share. The card is in a process of its own
 * (card_process.h, or a real pcscd), and has PINs that were drawn by this
 * process after it had used the module with others, and were in its memory in
 * no form.
 */

enum pin {
    NOW_AUTH, /* the card's */
    NOW_SIGN,
    NEW_AUTH, /* what they may become */
    NEW_SIGN,
    WRONG_AUTH,
    WRONG_SIGN,
    BAD_SIGN,   /* of a wrong form on either slot */
    TYPED_SIGN, /* NOW_SIGN in small letters */
    PINS,
};

extern struct secret secrets[PINS];

/* How many copies of each there shall be, all of them in the PINs' page. */
extern unsigned held[PINS];

/*
 * Starts the module with the configuration CONF (NULL: none) and puts a card
 * that has NOW_AUTH and NOW_SIGN into the reader, whose number it returns.
 * Nothing is held.
 */
int begin(const char *conf);
/*
 * The same before this process has used the module at all: only NOW_SIGN is
 * drawn, as four digits may come up by chance in what the first use brings.
 */
int begin_first(void);
/*
 * For a program that gives the module no PIN of user authentication: those are
 * not drawn, as four digits may come up by chance, and begin leaves the card's.
 */
void pin_scan_for_signing_only(void);
/* Such a card once more, as it was issued. */
void put_card_in(int reader);

/*
 * C_Login and C_SetPIN, in a thread of their own; what the caller had in clear
 * is wiped afterwards.
 */
CK_RV log_in(CK_SESSION_HANDLE session, CK_USER_TYPE user, enum pin pin);
CK_RV change_pin(CK_SESSION_HANDLE session, enum pin old_pin, enum pin new_pin);

/* Searches the memory: what is found must be what HELD says. */
#define SCAN() scanned(true, __FILE__, __LINE__)
void scanned(bool exactly, const char *file, int line);
/* The same, but there may be fewer, down to none. */
#define SCAN_AT_MOST() scanned(false, __FILE__, __LINE__)

/* How many finds are not as HELD says, after a line on stderr for each. */
unsigned stray_finds(bool exactly);

/*
 * Whether this process cannot see which pages are set apart, because what it
 * reads of them is an emulator's; says so. The test is to be skipped then.
 */
bool pin_scan_is_blind(void);

/* Group tear-down: unloads the module, and finds no secret after it. */
int pin_scan_unload(void **state);

#endif

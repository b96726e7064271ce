/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_SCRIPT_H
#define TESTS_VCARD_SCRIPT_H

#include "tests/vcard/vcard.h"

/*
 * Commands to a card and the answers that docs/card.md promises, for the
 * tests of the card itself.
 */
#define SELECT_JPKI "00A4040C0A D392F000260100000001"
#define SELECT_COMMON "00A4040C0A D3921000310001010100"
#define SELECT_JUKI "00A4040C0A D3921000310001010401"
#define SELECT_VISUAL "00A4040C0A D3921000310001010402"
#define SELECT_TEXT "00A4040C0A D3921000310001010408"
#define SELECT_ISD "00A4040C07 A0000001510000"
#define SELECT_AUTH_PIN "00A4020C02 0018"
#define SELECT_SIGN_PIN "00A4020C02 001B"
#define SELECT_AUTH_KEY "00A4020C02 0017"
#define SELECT_SIGN_KEY "00A4020C02 001A"
#define SELECT_SIGN_CERT "00A4020C02 0001"
#define QUERY "00200080"
#define VERIFY_AUTH "0020008004 31323334"
#define VERIFY_AUTH_WRONG "0020008004 39393939"
#define VERIFY_SIGN "0020008006 414243313233"
#define VERIFY_SIGN_WRONG "0020008006 414243313234"
#define READ_10 "00B0000010"
#define SIGN_AUTH "802A009703 010203 00"
#define SIGN_SIGN "802A009A03 010203 00"
/* Power, in place of a command. */
#define POWER_OFF_ON "power"
#define WARM_RESET "reset"

struct step {
    const char *command; /* hexadecimal */
    unsigned sw;
    int body; /* its length, -1: any */
};

/* Steps by their answers, and a list of them. */
#define OK(command)        \
    {                      \
        command, 0x9000, 0 \
    }
#define SW(command, sw)    \
    {                      \
        command, 0x##sw, 0 \
    }
#define GIVES(command, body)    \
    {                           \
        command, 0x9000, (body) \
    }
#define EVENT(power) \
    {                \
        power, 0, 0  \
    }
#define STEPS(...)     \
    {                  \
        __VA_ARGS__,   \
        {              \
            NULL, 0, 0 \
        }              \
    }
#define SCRIPT(...) ((const struct step[])STEPS(__VA_ARGS__))

/* Loads a fresh copy of the persona NAME and powers it. */
struct vcard *script_card(const char *name);

/* Sends COMMAND; gives the status word, and the body where RET_BODY is not
 * NULL. */
unsigned script_send(struct vcard *card, const char *command,
    uint8_t ret_body[256], size_t *ret_len);

/* Runs STEPS up to the one without a command; fails the test at the first
 * difference. */
void script_run(struct vcard *card, const struct step *steps);

/* The two together on the persona NAME. */
void script_persona(const char *name, const struct step *steps);

#endif

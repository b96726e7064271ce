/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CARDLEDGER_H
#define TESTS_VCARD_CARDLEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What this card was asked since it was loaded. */
struct vcard_ledger {
    unsigned card;    /* its number: cards loaded by this process, from 1 */
    unsigned apdus;   /* commands of any kind */
    unsigned selects; /* SELECT of an application */
    unsigned reads;   /* READ BINARY */
    unsigned pins;    /* commands that carried a PIN, to whatever file */
    /* By PIN: auth, sign, and that of the text application. */
    unsigned verifies[3]; /* VERIFY with data */
    unsigned wrong[3];    /* of those, with the wrong PIN */
    unsigned queries[3];  /* VERIFY without data */
    unsigned changes[3];  /* CHANGE REFERENCE DATA */
    unsigned signatures[2];
    unsigned numbers; /* SELECT or READ BINARY of the individual number */
    unsigned denied;  /* signing commands refused for want of a PIN */
    unsigned power_ons, warm_resets;
    unsigned tries[3];    /* left now, by PIN */
    bool verified[3];     /* now */
    uint8_t last_pin[16]; /* data of the last VERIFY */
    size_t last_pin_len;
};

#endif

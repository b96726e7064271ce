/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_VCARD_LEDGER_H
#define TESTS_VCARD_VCARD_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What this card was asked since it was loaded. */
struct vcard_ledger {
    unsigned card;        /* its number: cards loaded by this process, from 1 */
    unsigned apdus;       /* commands of any kind */
    unsigned selects;     /* SELECT of an application */
    unsigned reads;       /* READ BINARY */
    unsigned pins;        /* commands that carried a PIN, to whatever file */
    unsigned verifies[2]; /* VERIFY with data, auth and sign */
    unsigned wrong[2];    /* of those, with the wrong PIN */
    unsigned queries[2];  /* VERIFY without data */
    unsigned changes[2];  /* CHANGE REFERENCE DATA */
    unsigned signatures[2];
    unsigned denied; /* signing commands refused for want of a PIN */
    unsigned power_ons, warm_resets;
    unsigned tries[2];    /* left now */
    bool verified[2];     /* now */
    uint8_t last_pin[16]; /* data of the last VERIFY */
    size_t last_pin_len;
};

#endif

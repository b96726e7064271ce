/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_APART_CARD_H
#define TESTS_MODULE_APART_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The card's process: a loop that serves orders, and ends with SOCK. */
enum apart_order {
    APART_LOAD, /* data: a persona's folder */
    APART_FREE,
    APART_POWER_ON,
    APART_POWER_OFF,
    APART_TRANSMIT, /* data: a command; the answer is the response */
    APART_LEDGER,   /* the answer is a struct vcard_ledger, without the PIN */
};

struct apart_head {
    uint32_t order; /* of an answer: 0, or 1 for a failure */
    uint32_t len;   /* of the data that follows */
};

#define APART_DATA_MAX 1024

/* LEN bytes, which may be none; false at the end of SOCK. */
bool apart_receive(int sock, void *ret_bytes, size_t len);

_Noreturn void apart_card_serve(int sock);

#endif

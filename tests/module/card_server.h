/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CARD_SERVER_H
#define TESTS_MODULE_CARD_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The card's process: a loop that serves orders, and ends with SOCK. */
enum card_order {
    CARD_LOAD, /* data: a persona's folder */
    CARD_FREE,
    CARD_POWER_ON,
    CARD_POWER_OFF,
    CARD_TRANSMIT, /* data: a command; the answer is the response */
    CARD_LEDGER,   /* the answer is a struct vcard_ledger, without the PIN */
};

struct card_message {
    uint32_t order; /* of an answer: 0, or 1 for a failure */
    uint32_t len;   /* of the data that follows */
};

#define CARD_DATA_MAX 1024

/* LEN bytes, which may be none; false at the end of SOCK. */
bool card_receive(int sock, void *ret_bytes, size_t len);

_Noreturn void card_serve(int sock);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_TYPED_PIN_H
#define TOKEN_TYPED_PIN_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a person types as a PIN, on its way to login.h: in memory that is
 * locked, left out of core dumps and zeroed in a forked child, like that of the
 * PINs.
 */
#define TYPED_PIN_MAX 64 /* longer than any PIN */

struct typed_pin {
    size_t len;
    uint8_t bytes[TYPED_PIN_MAX]; /* not terminated */
};

/* An empty one; NULL: there is no memory. */
struct typed_pin *typed_pin_new(void);
/* Wipes and frees; NULL is fine. */
void typed_pin_free(struct typed_pin *pin);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_HOLDER_H
#define CRYPTO_HOLDER_H

#include "crypto/cert.h"

/* Who holds a signing certificate, in its own words (docs/card.md 3.3). */

#define HOLDER_NAME_MAX 512 /* bytes, with the NUL */
#define HOLDER_ADDRESS_MAX 1024
#define HOLDER_FLAGS_MAX 256

/*
 * Personal data: its owner wipes it. Text is as in the certificate, not checked
 * to be UTF-8. What is missing, there twice, of another type, too long or has a
 * NUL in it is "".
 */
struct holder {
    char name[HOLDER_NAME_MAX];
    char address[HOLDER_ADDRESS_MAX];
    char birth_date[16]; /* E YYYY MM DD without spaces, parts may be 00 */
    char sex[8];
    /* A digit for each character: 1, it is a substitute for another one. */
    char name_flags[HOLDER_FLAGS_MAX];
    char address_flags[HOLDER_FLAGS_MAX];
};

void holder_read(const struct cert *cert, struct holder *ret_holder);
void holder_wipe(struct holder *holder);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_TROUBLE_H
#define TOKEN_CARD_TROUBLE_H

#include "conf/words.h"

/* Why there is no way to readers or a card, as pcscd or its library tells. */
enum trouble_kind {
    TROUBLE_NO_SERVICE, /* pcscd does not run, or cannot be reached */
    TROUBLE_DIFFERS,    /* it speaks another version of the protocol */
    TROUBLE_REFUSED,    /* it refuses this user, or is full */
    TROUBLE_NO_READER,  /* it knows no reader */
    TROUBLE_EXCLUSIVE,  /* another program holds the card */
    TROUBLE_OTHER,
};

struct trouble {
    enum trouble_kind kind;
    const char *name;    /* the name of PC/SC's code */
    struct words advice; /* what it means and what to do; NULLs: no more */
};

#endif

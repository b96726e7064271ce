/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_HOLDER_COMPARE_H
#define TOOL_HOLDER_COMPARE_H

#include "token/holder.h"
#include "token/text.h"

/*
 * Does the card, as the municipal office last wrote it, say the same of its
 * holder as the signing certificate, which a change revokes? Pure functions of
 * their input.
 */

enum holder_match {
    HOLDER_AGREES,
    HOLDER_DIFFERS,
    HOLDER_UNKNOWN, /* it cannot be told */
};

enum holder_field {
    HOLDER_NAME,
    HOLDER_ADDRESS,
    HOLDER_BIRTH_DATE,
    HOLDER_SEX,
    HOLDER_FIELDS,
};

/*
 * Compares CERT with CARD. Names and addresses are compared by NFKC, without
 * spaces, variation selectors and what else is invisible, and with one form of
 * dash; a character that CERT flags as substituted equals any others. What is
 * missing, malformed or incomplete, or can be read in two ways, is
 * HOLDER_UNKNOWN and never HOLDER_DIFFERS. No memory is HOLDER_UNKNOWN too.
 */
void holder_compare(const struct holder *cert, const struct text_data *card,
    enum holder_match ret_matches[HOLDER_FIELDS]);

#endif

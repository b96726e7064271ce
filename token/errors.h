/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_ERRORS_H
#define TOKEN_ERRORS_H

#include "conf/words.h"
#include "token/card/tokerr.h"

/*
 * What ERR means for a person, and what to do: whole sentences, by words_of.
 * Never NULL.
 */
const struct words *tok_err_words(enum tok_err err);

#endif

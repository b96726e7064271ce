/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_EXCHANGE_H
#define TOKEN_CARD_EXCHANGE_H

#include "token/card/connection.h"

/*
 * Sends COMMAND inside a transaction and takes the whole response, over 61xx
 * and 6Cxx (ISO 7816-3, 7816-4): see card_exchange.
 */
enum tok_err exchange(struct connection *connection, const struct apdu *command,
    struct response *ret_response);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_CONNECTION_H
#define TOKEN_CARD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/apdu.h"
#include "token/card/caller.h"
#include "token/card/tokerr.h"

/*
 * The PC/SC connection to the card in one reader: context, connection,
 * transaction, transmission. Knows nothing of JPKI. Lives inside struct card,
 * under the same rule of one thread at a time.
 */
struct connection;

/* Makes a connection to the reader NAME; says nothing to pcscd yet. */
enum tok_err connection_new(
    const char *name, struct connection **ret_connection);
/* Disconnects and frees; CONNECTION may be NULL. */
void connection_free(struct connection *connection);

/*
 * Says which insertion (reader_state.insertion) the connection is for. False
 * when it was for another one: that connection is then closed, with its
 * context.
 */
bool connection_expect(struct connection *connection, uint32_t insertion);

/*
 * Connects where there is no connection, begins a transaction and makes sure
 * that the expected insertion lies in the reader: a handle that was reconnected
 * after a reset reaches whatever card lies there now. On any answer but TOK_OK
 * there is no transaction.
 *
 * pcscd counts from zero again after a restart, and when the reader is plugged
 * in again, so an equal count proves nothing once a connection broke by which
 * that card was reached: that is TOK_REMOVED, once.
 *
 * Waits for others as long as they have a transaction, without limit, or until
 * the caller of connection_heed is gone: TOK_CANCELLED. Leaves the card to them
 * when it has been ours for long (fairness.h). The log says, once until it is
 * over, when that took over a second, that another program holds the card
 * exclusively, and why there is no pcscd.
 */
enum tok_err connection_begin(struct connection *connection);

/*
 * The same for a call that must not wait for other programs. TOK_BUSY, with no
 * transaction and the connection as it was: there is no connection, since
 * SCardConnect waits inside pcscd for the end of another's transaction, without
 * limit; another program has a transaction; or a break is due.
 *
 * PC/SC has no SCardBeginTransaction that gives up. Whether there is a
 * transaction is asked first, by SCardControl; another program that begins one
 * between the two calls, some microseconds, is waited for. So is a command that
 * another program sends without a transaction, and a driver that never answers
 * it.
 */
enum tok_err connection_begin_no_wait(struct connection *connection);

/* Who waits for what follows, copied; NULL, as at first: nobody calls it off.
 */
void connection_heed(
    struct connection *connection, const struct card_caller *caller);
/* True where that caller waits no more. */
bool connection_is_called_off(const struct connection *connection);

/* True inside the first transaction of a connection. */
bool connection_is_new(const struct connection *connection);

/*
 * Ends the transaction; with POWER_OFF the card loses all it knows. Closes the
 * connection where a command found it without a protocol: another program reset
 * the card, and SCardBeginTransaction says nothing of that.
 */
void connection_end(struct connection *connection, bool power_off);

/* Closes the connection, not the context; with RESET the card is reset. */
void connection_disconnect(struct connection *connection, bool reset);

/*
 * Sends LEN bytes, exactly once, and takes the response: TOK_OK whenever the
 * card answered with a status word.
 */
enum tok_err connection_transmit(struct connection *connection,
    const uint8_t *bytes, size_t len, struct response *ret_response);

/*
 * Resets the card inside the transaction, which goes on: what the card knows of
 * applications, files and PINs may be over.
 */
enum tok_err connection_reset(struct connection *connection);

/* True when the card speaks T=0 (ISO 7816-3). */
bool connection_is_t0(const struct connection *connection);

/* True when ERR says that the connection failed, rather than the card answered.
 */
bool connection_failed(enum tok_err err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_CARD_H
#define TOKEN_CARD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "token/card/apdu.h"
#include "token/card/caller.h"
#include "token/card/held.h"
#include "token/card/pin.h"
#include "token/card/role.h"
#include "token/card/tokerr.h"

/*
 * The way to the card in one reader: a PC/SC context and connection of its
 * own, transactions, commands, PINs. It keeps docs/design.md section 2, "Card
 * state: one rule": whatever sends a VERIFY is logged out before the
 * transaction ends, and that is done here, in card_end, and nowhere else.
 *
 * One thread at a time: the caller holds the reader's busy mark. Nothing here
 * remembers whether a PIN is verified from one transaction to the next.
 *
 * One unit in four files, since the log-out checks itself by a signing command
 * and all commands rest on SELECT: card.c, card_pin.c, card_sign.c, exchange.c.
 */
struct card;

/* Makes the way to the reader NAME; nothing is sent. */
enum tok_err card_new(const char *name, struct card **ret_card);
/* Closes the connection and frees; CARD may be NULL. */
void card_free(struct card *card) EXCLUDES(token_held);

/*
 * Says that the card of INSERTION (reader_state.insertion) is the one meant
 * from now on. What was learnt of an earlier one is forgotten and its
 * connection closed. Cheap when nothing changed.
 */
void card_expect(struct card *card, uint32_t insertion) EXCLUDES(token_held);

/*
 * Forgets the card as card_expect does for another insertion: for a card that
 * is gone although its number stayed.
 */
void card_forget(struct card *card) EXCLUDES(token_held);

/*
 * Notes what tells this card from others: the first LEN bytes (1 to 256) of EF,
 * free to read. A later connection that finds others there is TOK_REMOVED at
 * card_begin: pcscd counts insertions from zero again when a reader is plugged
 * in again.
 */
void card_identify(
    struct card *card, uint16_t ef, const uint8_t *bytes, size_t len);

/*
 * False where EF is the file of card_identify and its LEN BYTES, as they were
 * read again, are not those that were noted.
 */
bool card_has_identity(
    const struct card *card, uint16_t ef, const uint8_t *bytes, size_t len);

/*
 * What says whether LEN BYTES can be a certificate, and whether its key is RSA
 * of 2048 bits, since nothing below token/ knows X.509. Called inside a
 * transaction.
 */
typedef bool card_cert_check(
    void *arg, const uint8_t *bytes, size_t len, bool *ret_is_rsa_2048);
void card_check_certs(struct card *card, card_cert_check *check, void *arg);
/*
 * What the check says of the certificate that EF is; without one all are good.
 * What it says of a role's key is noted for the log-out (card_end).
 */
bool card_takes_cert(
    struct card *card, uint16_t ef, const uint8_t *bytes, size_t len);

/* Who waits for what follows, copied; NULL: nobody who calls it off. */
void card_heed(struct card *card, const struct card_caller *caller);
/* True where the caller of card_heed waits no more. */
bool card_is_called_off(const struct card *card);

/* What became of the PINs of a transaction; the worst of several counts. */
enum verify_outcome {
    VERIFY_NOT_SENT,
    VERIFY_REFUSED,
    VERIFY_UNKNOWN, /* the answer was lost, or is none of those to a VERIFY */
    VERIFY_ACCEPTED,
    VERIFY_OUTCOMES,
};

/*
 * Closes the connection; pcscd powers the card off when nobody else holds it.
 * What was learnt of the card stays. For the moment when no session is left.
 */
void card_release(struct card *card) EXCLUDES(token_held);

/* The same with a reset of the card, for a connection that only ever fails. */
void card_reset(struct card *card) EXCLUDES(token_held);

/*
 * Begins a transaction: connects (SCARD_SHARE_SHARED) where there is no
 * connection, waits for its turn, makes sure that the card is the expected
 * insertion, and selects the JPKI application, because every elementary file of
 * every application on this card has an id between 0001 and 001E.
 *
 * On TOK_OK the caller must end it with card_end; on any other answer there is
 * no transaction. TOK_REMOVED and TOK_NO_CARD: another insertion than expected,
 * or none.
 * TOK_NOT_JPKI: SELECT was refused. TOK_BUSY: another program holds the card
 * exclusively, or it was left without power and pcscd refused it for 2 seconds.
 */
enum tok_err card_begin(struct card *card) EXCLUDES(token_held);

/*
 * card_begin where that costs no waiting for other programs: TOK_BUSY, and
 * nothing was done, where it would. See connection_begin_no_wait.
 */
enum tok_err card_begin_no_wait(struct card *card) EXCLUDES(token_held);

/*
 * Ends the transaction; what became of its PINs. Where a VERIFY was sent in it,
 * whatever came of it, the card is logged out first: SELECT of the issuer's
 * security domain, else of the common application, else power-off. The first
 * log-out of a verified PIN after an insertion is checked; a card that is found
 * still verified is logged out by power-off from then on (docs/card.md 1.7),
 * and so is one that cannot be asked: where only a signing command would tell,
 * and the key is known to be another than RSA of 2048 bits.
 */
enum verify_outcome card_end(struct card *card);

/*
 * Sends COMMAND inside the transaction and takes the whole response: 61xx is
 * followed by GET RESPONSE and 6Cxx by the command with that Le, in one bounded
 * loop. Never for a command that carries a PIN; see card_verify.
 *
 * TOK_OK whenever the card answered with a status word: RET_RESPONSE->sw says
 * what. Otherwise the connection failed and the transaction can only be ended.
 */
enum tok_err card_exchange(struct card *card, const struct apdu *command,
    struct response *ret_response);

/*
 * Commands of an application, for a transaction in progress. Status words are
 * decoded by sw_decode.
 */

/*
 * SELECT of the application of ROLE, where another one is selected: JPKI is by
 * card_begin. TOK_NOT_FOUND: the card has it not.
 */
enum tok_err card_enter(struct card *card, const struct jpki_role *role);

/* SELECT of an elementary file. */
enum tok_err card_select(struct card *card, uint16_t ef);

/*
 * READ BINARY of LE bytes (1 to 256) at OFFSET of the file EF: of the current
 * file where EF is that, else by short file id, which reaches offset 255. What
 * is refused by a status word that may mean the short id is asked once more by
 * SELECT; where that worked, so is all else for the rest of the insertion.
 * *RET_LEN may be less than LE at the end of the file.
 * TOK_NOT_FOUND: no such file, or OFFSET is past its end.
 */
enum tok_err card_read(struct card *card, uint16_t ef, size_t offset, size_t le,
    uint8_t *ret_bytes, size_t *ret_len);

/* The retry counter of a PIN; to ask for it costs no try. */
struct retry_counter {
    bool known; /* the card told; else LOCKED and LEFT say nothing */
    bool locked;
    unsigned left;
    unsigned full; /* as the card told after an accepted VERIFY; 0: not yet */
};

/*
 * What a full counter of ROLE's PIN is: what the card of COUNTER told, else
 * what the role's row says. No lock needed.
 */
unsigned retry_counter_max(
    const struct retry_counter *counter, const struct jpki_role *role);
/* True where COUNTER, which is known, is full. No lock needed. */
bool retry_counter_is_full(
    const struct retry_counter *counter, const struct jpki_role *role);

/*
 * Asks the retry counter of ROLE, in its application, and makes its PIN's file
 * the current one: SELECT, then VERIFY without Lc and Le (docs/card.md 1.5);
 * one command where card_prove_query showed that the query selects the file. An
 * unusual status word is no error: RET_COUNTER is then not known.
 * TOK_NOT_FOUND: the card has not that application.
 */
enum tok_err card_retry_counter(struct card *card, const struct jpki_role *role,
    struct retry_counter *ret_counter);

/*
 * Finds out, by four commands that send no PIN, whether the query by short file
 * id makes the PIN's file of ROLE the current one, as READ BINARY by short file
 * id does. Chips differ in this. Asked once for each card, after it made two
 * signatures; card_retry_counter then uses it. TOK_OK, or how the connection
 * failed.
 */
enum tok_err card_prove_query(struct card *card, const struct jpki_role *role);

/* The counter of ROLE's PIN after an accepted VERIFY: full. */
struct retry_counter card_full_counter(
    const struct card *card, const struct jpki_role *role);

/*
 * Asks this card for its full counter, after an accepted VERIFY and with the
 * PIN's file still current; nothing where it told already.
 */
enum tok_err card_learn_full_counter(
    struct card *card, const struct jpki_role *role);

/*
 * True when the card was asked for the counter of ROLE and never told it; the
 * log says so.
 */
bool card_tells_no_counter(
    const struct card *card, const struct jpki_role *role);

/*
 * VERIFY of PIN against the current file, which card_select or
 * card_retry_counter made ROLE's PIN's. Sent exactly once, whatever comes back.
 * TOK_OK, TOK_PIN_WRONG, TOK_PIN_LOCKED; where the connection fails the outcome
 * is not known. RET_COUNTER is set from the status word; after TOK_OK it is not
 * known. TOK_NOT_FOUND: the current application and file are not those of
 * ROLE's PIN, and nothing was sent.
 */
enum tok_err card_verify(struct card *card, const struct jpki_role *role,
    struct pin *pin, struct retry_counter *ret_counter);

/* CHANGE REFERENCE DATA of the current file; after card_verify. Sent once. */
enum tok_err card_change(
    struct card *card, const struct jpki_role *role, struct pin *new_pin);

#define CARD_SIGNATURE_SIZE 256 /* RSA-2048, docs/card.md section 2 */
#define CARD_SIGN_INPUT_MAX 245

/* How the card pads what it signs: P1 of the command, docs/card.md
 * section 2.
 */
enum card_padding {
    CARD_PKCS1 = 0x00, /* 1 to CARD_SIGN_INPUT_MAX bytes of any kind */
    CARD_PSS = 0x04,   /* 32 bytes of SHA-256; not on every chip */
};

/*
 * Asks, without a PIN and with an input that no chip can answer by a signature,
 * whether the chip knows CARD_PSS: it does where the answer is neither a
 * refusal of P1 nor the same as to a P1 that means nothing. The latter tells
 * nothing, and counts as no.
 */
enum tok_err card_knows_pss(
    struct card *card, const struct jpki_role *role, bool *ret_known);

/*
 * The signing command of ROLE's key over INPUT, padded as PADDING says. By
 * short file id, else by SELECT of the key's file, as in card_read.
 * TOK_REPLY when the answer is not CARD_SIGNATURE_SIZE bytes.
 */
enum tok_err card_sign(struct card *card, const struct jpki_role *role,
    enum card_padding padding, const uint8_t *input, size_t input_len,
    uint8_t ret_sig[CARD_SIGNATURE_SIZE]);

/*
 * True where the card answered the last card_sign by a word that refuses it
 * (card_is_refusal), and not by one for a failure that may pass.
 */
bool card_refused_signing(const struct card *card);

#endif

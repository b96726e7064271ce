/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_JPKI_H
#define TOKEN_CARD_JPKI_H

#include "token/card/card.h"
#include "token/card/held.h"
#include "token/card/text_file.h"

struct card_facts;

/*
 * What a program wants of a JPKI card, each in one transaction of its own that
 * leaves the card logged out. Needs the reader's busy mark, as card.h does.
 * What sends a PIN is in jpki_pin.c, all else in jpki.c.
 *
 * Each may answer what card_begin answers, and TOK_IO or TOK_REPLY.
 */

/* The transactions of one operation; starts zeroed. */
struct jpki_attempts {
    int count;
    enum tok_err err; /* of the last card_begin, or as the caller sets it */
    enum verify_outcome outcome; /* of the PINs in the last one */
};

/*
 * Ends the transaction before, if there was one, and begins another where there
 * is need: the first one, and again when the connection failed, five times in
 * all, the third after a reset of the card and on a new connection. Not where a
 * PIN was sent, whatever came of it. True inside a transaction, which the next
 * call ends:
 *
 *     while (jpki_next_attempt(card, &attempts))
 *         attempts.err = ...;
 */
bool jpki_next_attempt(struct card *card, struct jpki_attempts *attempts)
    EXCLUDES(token_held);

/* A certificate larger than this is refused (docs/card.md 1.2: about 3 kB).
 */
#define JPKI_CERT_MAX 4096
#define JPKI_TOKEN_INFO_SIZE 160
#define JPKI_CERT_FIRST_CHUNK \
    256 /* what the token's serial number is made of */

enum jpki_cert_state {
    JPKI_CERT_UNREAD,
    JPKI_CERT_PART,   /* the first LEN bytes are there */
    JPKI_CERT_WHOLE,  /* all of it, cut at its outer DER length */
    JPKI_CERT_ABSENT, /* no file, nothing in it, or only 00 or FF */
    JPKI_CERT_BAD,    /* something that cannot be a certificate, or too large */
    JPKI_CERT_TAKEN,  /* it was whole, and is not needed here any more */
};

/* A certificate of the card as far as it was read; starts zeroed. */
struct jpki_cert {
    enum jpki_cert_state state;
    size_t len;
    uint8_t bytes[JPKI_CERT_MAX];
};

/*
 * Wipes a certificate that the caller has taken elsewhere. The file still
 * counts as read: CERT becomes JPKI_CERT_TAKEN.
 */
void jpki_cert_taken(struct jpki_cert *cert);

/* What is free to read on every card. A plain value. */
struct jpki_identity {
    const struct jpki_kind *kind;
    uint8_t token_info[JPKI_TOKEN_INFO_SIZE]; /* EF 0006, padded with 00 */
    size_t token_info_len;                    /* as much of it as there is */
    /*
     * By EF 0008, else by the certificates' files (docs/card.md 1.4). The
     * signing role's is true until it is asked for.
     */
    bool issued[JPKI_ROLES];
    bool asked_issued;
};

/*
 * Reads what tells cards apart: EF 0006, EF 0008 and, where the kind allows,
 * the first JPKI_CERT_FIRST_CHUNK bytes of the authentication certificate into
 * AUTH_CERT. The retry counters of the roles in WITH_COUNTER are asked in the
 * same transaction. Missing files are no error: EF 0006 then counts as a
 * card's. With AUTH_ONLY a card whose authentication certificate is there to be
 * read is not asked for EF 0008: jpki_complete does it. TOK_NOT_JPKI after
 * exactly one SELECT.
 */
enum tok_err jpki_identify(struct card *card, bool auth_only,
    const bool with_counter[JPKI_ROLES], struct jpki_identity *ret_identity,
    struct jpki_cert *auth_cert, struct retry_counter ret_counter[JPKI_ROLES])
    EXCLUDES(token_held);

/* Completes IDENTITY by EF 0008: whether the signing role is issued. */
enum tok_err jpki_complete(struct card *card, struct jpki_identity *identity)
    EXCLUDES(token_held);

/* Asks the counter of ROLE. TOK_NOT_FOUND: the card has not its application. */
enum tok_err jpki_retry_counter(struct card *card, const struct jpki_role *role,
    struct retry_counter *ret_counter) EXCLUDES(token_held);

/*
 * The same in a transaction of card_begin_no_wait, in which IDENTITY is
 * completed for ROLE; TOK_BUSY: not asked.
 */
enum tok_err jpki_retry_counter_no_wait(struct card *card,
    const struct jpki_role *role, struct jpki_identity *identity,
    struct retry_counter *ret_counter) EXCLUDES(token_held);

/* See card_knows_pss; asked of the key of ROLE. */
enum tok_err jpki_knows_pss(struct card *card, const struct jpki_role *role,
    bool *ret_known) EXCLUDES(token_held);

/*
 * Reads what is missing of the certificate in the file EF, which needs no PIN.
 * TOK_OK with state JPKI_CERT_WHOLE, JPKI_CERT_ABSENT or JPKI_CERT_BAD;
 * TOK_DENIED where the card wants a PIN; TOK_REPLY where the file ends before
 * the certificate does. What is no certificate is read once more first;
 * TOK_REMOVED where that shows that the card was identified by wrong bytes.
 */
enum tok_err jpki_read_cert(struct card *card, uint16_t ef,
    struct jpki_cert *cert) EXCLUDES(token_held);

/*
 * The same for a transaction in progress: reads on from where the last reading
 * stopped, and nothing where all of it was read.
 */
enum tok_err jpki_read_rest(
    struct card *card, uint16_t ef, struct jpki_cert *cert);

/* What became of a PIN in an operation, over all of its transactions. */
struct verify_result {
    enum verify_outcome outcome;
    /*
     * The retry counter as it was seen last, and full after an accepted
     * VERIFY. Where the answer to VERIFY was lost it is from before.
     */
    struct retry_counter counter;
};

/*
 * The operations that send a PIN, in the application of its role. Each asks the
 * retry counter first, in the transaction of the VERIFY. TOK_PIN_LOCKED: it is
 * locked, no VERIFY is sent. TOK_LAST_TRY, where SPARE_LAST: one try is left,
 * no VERIFY is sent. A card that never tells its counter is sent the PIN all
 * the same; one that told it before and does not now is not: TOK_REPLY.
 *
 * What changes nothing is repeated when the connection fails. A VERIFY is
 * repeated once where the card had accepted that PIN and the counter is not
 * lower since, and once where its answer was lost and the counter is full, so
 * that the PIN was accepted or never arrived. After a lost answer and with a
 * lower counter the PIN counts as refused; where there is no counter, or one
 * that is neither, its outcome stays VERIFY_UNKNOWN.
 *
 * RET_RESULT is set whatever is answered: after a right PIN the answer is still
 * an error where the rest of the operation failed.
 */

/*
 * Checks PIN and, where it is not there yet, reads ROLE's certificate: before
 * the VERIFY when it is free to read, which FREE_CERT says, else after it.
 */
enum tok_err jpki_login(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool free_cert, bool spare_last, struct jpki_cert *cert,
    struct verify_result *ret_result) EXCLUDES(token_held);

/*
 * One signature by a held PIN, one that this card accepted before: six commands
 * in all. TOK_PIN_CHANGED where the counter is not full: something happened
 * since, most likely a change of the PIN, and no VERIFY is sent. The caller has
 * checked INPUT_LEN against PADDING. The card may sign twice where an answer is
 * lost; one signature is handed out.
 */
enum tok_err jpki_sign(struct card *card, const struct jpki_role *role,
    struct pin *pin, enum card_padding padding, const uint8_t *input,
    size_t input_len, uint8_t ret_sig[CARD_SIGNATURE_SIZE],
    struct verify_result *ret_result) EXCLUDES(token_held);

/*
 * Changes the PIN of ROLE: VERIFY with OLD_PIN, CHANGE REFERENCE DATA with
 * NEW_PIN, which is never repeated. TOK_PIN_WRONG and TOK_PIN_LOCKED speak of
 * OLD_PIN. After another error with the outcome VERIFY_ACCEPTED the PIN may be
 * either.
 */
enum tok_err jpki_change_pin(struct card *card, const struct jpki_role *role,
    struct pin *old_pin, struct pin *new_pin, bool spare_last,
    struct verify_result *ret_result) EXCLUDES(token_held);

/* Checks PIN, and does nothing with it. */
enum tok_err jpki_check_pin(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool spare_last, struct verify_result *ret_result)
    EXCLUDES(token_held);

/*
 * Reads the text application's file by its PIN, that of JPKI_TEXT. RET_FILE is
 * to be wiped whatever is answered. TOK_NOT_FOUND: the card has no such
 * application, and no VERIFY was sent. TOK_REPLY: the file is missing, or not
 * what it should be.
 */
enum tok_err jpki_read_text(struct card *card, struct pin *pin, bool spare_last,
    struct text_file *ret_file, struct verify_result *ret_result)
    EXCLUDES(token_held);

/*
 * Asks the card what its authentication PIN is wanted for (facts.h), with PIN,
 * which this card accepted before: TOK_PIN_CHANGED as in jpki_sign. With
 * AFTER_RESET what a reset shows, and nothing else.
 */
enum tok_err jpki_examine(struct card *card, struct pin *pin, bool after_reset,
    struct card_facts *facts, struct verify_result *ret_result)
    EXCLUDES(token_held);

#endif

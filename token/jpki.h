/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_JPKI_H
#define TOKEN_JPKI_H

#include "token/card.h"

/*
 * What a program wants of a JPKI card, each in one transaction of its own that
 * leaves the card logged out. Needs the reader's busy mark, as card.h does.
 *
 * Each may answer what card_begin answers, and TOK_IO or TOK_REPLY.
 */

/* A certificate larger than this is refused (card-facts.md 1.2: about 3 kB). */
#define JPKI_CERT_MAX 4096
#define JPKI_TOKEN_INFO_SIZE 160
#define JPKI_CERT_HEAD 256 /* what the token's serial number is made of */

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
struct jpki_facts {
    const struct jpki_kind *kind;
    uint8_t token_info[JPKI_TOKEN_INFO_SIZE]; /* EF 0006, padded with 00 */
    size_t token_info_len;                    /* as much of it as there is */
    /* by EF 0008, else by the certificates' files (card-facts.md 1.4) */
    bool issued[JPKI_ROLES];
};

/*
 * Reads what tells cards apart: EF 0006, EF 0008 and, where the kind allows,
 * the first JPKI_CERT_HEAD bytes of the authentication certificate into
 * AUTH_CERT. With TRIES_ROLE other than JPKI_ROLES its counter is asked in the
 * same transaction. Missing files are no error: EF 0006 then counts as a
 * card's. TOK_NOT_JPKI after exactly one SELECT.
 */
enum tok_err jpki_identify(struct card *card, enum jpki_role_id tries_role,
    struct jpki_facts *ret_facts, struct jpki_cert *auth_cert,
    struct tries *ret_tries);

/* Asks the counter of ROLE. */
enum tok_err jpki_tries(
    struct card *card, const struct jpki_role *role, struct tries *ret_tries);

/* See card_knows_pss; asked of the key of ROLE. */
enum tok_err jpki_knows_pss(
    struct card *card, const struct jpki_role *role, bool *ret_known);

/*
 * Reads what is missing of the certificate in the file EF, which needs no PIN.
 * TOK_OK with state JPKI_CERT_WHOLE, JPKI_CERT_ABSENT or JPKI_CERT_BAD;
 * TOK_DENIED where the card wants a PIN; TOK_REPLY where the file ends before
 * the certificate does.
 */
enum tok_err jpki_read_cert(
    struct card *card, uint16_t ef, struct jpki_cert *cert);

/*
 * Checks PIN and, where it is not there yet, reads ROLE's certificate: before
 * the VERIFY when it is free to read, which FREE_CERT says, else after it. The
 * counter is asked in the same transaction first: a PIN that is locked is
 * TOK_PIN_LOCKED, and no VERIFY is sent. With REFUSE_LAST a counter at one
 * is TOK_DENIED and no VERIFY is sent.
 *
 * RET_TRIES is set whenever the counter was seen; after TOK_OK it is full.
 * Where the answer to VERIFY was lost it is from before. What became of the PIN
 * is told by card_pin_fate: after a right PIN the answer is still an error
 * where the certificate could not be read.
 */
enum tok_err jpki_login(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool free_cert, bool refuse_last, struct jpki_cert *cert,
    struct tries *ret_tries);

/*
 * One signature: VERIFY with PIN, sign, log out; five commands in all. The
 * caller has checked INPUT_LEN against PADDING. RET_TRIES as in card_verify.
 */
enum tok_err jpki_sign(struct card *card, const struct jpki_role *role,
    struct pin *pin, enum card_padding padding, const uint8_t *input,
    size_t input_len, uint8_t ret_sig[CARD_SIGNATURE_SIZE],
    struct tries *ret_tries);

/*
 * Changes the PIN of ROLE: counter, VERIFY with OLD, CHANGE REFERENCE DATA with
 * NEW, log out. TOK_PIN_WRONG and TOK_PIN_LOCKED speak of OLD. REFUSE_LAST
 * and RET_TRIES as in jpki_login. After another error with
 * the fate PIN_ACCEPTED the PIN may be either.
 */
enum tok_err jpki_change_pin(struct card *card, const struct jpki_role *role,
    struct pin *old_pin, struct pin *new_pin, bool refuse_last,
    struct tries *ret_tries);

#endif

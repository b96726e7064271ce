/* SPDX-License-Identifier: Apache-2.0 */
#include "token/jpki.h"

#include <string.h>

#include "token/link.h"

#define EF_TOKEN_INFO 0x0006
#define EF_ISSUED 0x0008
#define ISSUED_SIZE 3
#define TOKEN_LABEL_SIZE 32
#define DER_HEADER 4 /* 30 82 and two bytes of length: 256 to 65,535 bytes */

/* What a file holds into which nothing was written. */
static bool is_filler(uint8_t byte)
{
    return byte == 0x00 || byte == 0xff;
}

static bool is_all_filler(const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!is_filler(bytes[i]) || bytes[i] != bytes[0])
            return false;
    return true;
}

static bool is_done(const struct jpki_cert *cert)
{
    return cert->state != JPKI_CERT_UNREAD && cert->state != JPKI_CERT_PART;
}

/* The length of the whole certificate, told by its first bytes; 0: no such. */
static size_t whole_length(const struct jpki_cert *cert)
{
    size_t len;

    if (cert->len < DER_HEADER || cert->bytes[0] != 0x30 ||
        cert->bytes[1] != 0x82)
        return 0;
    len = DER_HEADER + ((size_t)cert->bytes[2] << 8 | cert->bytes[3]);
    return len <= JPKI_CERT_MAX ? len : 0;
}

/* The first chunk decides what kind of file this is. */
static enum tok_err read_head(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    size_t got = 0, whole;
    enum tok_err err =
        card_read(card, ef, 0, JPKI_CERT_HEAD, cert->bytes, &got);

    if (err != TOK_OK && err != TOK_NOT_FOUND)
        return err;
    if (err == TOK_NOT_FOUND || is_all_filler(cert->bytes, got)) {
        cert->state = JPKI_CERT_ABSENT;
        return TOK_OK;
    }
    cert->len = got;
    whole = whole_length(cert);
    if (whole == 0) {
        cert->len = 0;
        cert->state = JPKI_CERT_BAD;
        return TOK_OK;
    }
    if (got < whole && got < JPKI_CERT_HEAD) {
        cert->len = 0;
        return TOK_REPLY; /* the file ends before the certificate does */
    }
    cert->state = whole <= got ? JPKI_CERT_WHOLE : JPKI_CERT_PART;
    if (whole < got)
        cert->len = whole;
    return TOK_OK;
}

/*
 * A short file id reaches this far into a file, and makes it the current one: a
 * reading that goes on after the head in a later transaction starts one byte
 * back, and saves the SELECT.
 */
#define SHORT_ID_REACH 0xff

/* Reads on from where the last reading stopped. */
static enum tok_err read_rest(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    size_t whole, le, got;
    enum tok_err err = TOK_OK;

    if (cert->state == JPKI_CERT_UNREAD)
        err = read_head(card, ef, cert);
    else if (cert->state == JPKI_CERT_PART && cert->len == JPKI_CERT_HEAD)
        cert->len = SHORT_ID_REACH;
    whole = whole_length(cert);
    while (err == TOK_OK && cert->state == JPKI_CERT_PART) {
        le = whole - cert->len < APDU_LE_MAX ? whole - cert->len : APDU_LE_MAX;
        got = 0;
        err = card_read(card, ef, cert->len, le, cert->bytes + cert->len, &got);
        if (err == TOK_NOT_FOUND || (err == TOK_OK && got < le))
            err = TOK_REPLY; /* the file ends before the certificate does */
        if (err == TOK_OK)
            cert->len += got;
        if (cert->len == whole)
            cert->state = JPKI_CERT_WHOLE;
    }
    return err;
}

/* Reads a small file; what is not there reads as nothing. */
static enum tok_err read_small(struct card *card, uint16_t ef, size_t size,
    uint8_t *ret_bytes, size_t *ret_len)
{
    enum tok_err err;

    *ret_len = 0;
    err = card_read(card, ef, 0, size, ret_bytes, ret_len);
    return link_failed(err) ? err : TOK_OK;
}

/*
 * Whether ROLE's certificate exists, asked of its file: for cards that do not
 * say it in EF 0008 (card-facts.md 1.4, known from one source only). What does
 * not say that there is none counts as one: a file that wants its PIN first,
 * and an odd answer, which would be held against the card until it is taken
 * out.
 */
static enum tok_err ask_file(
    struct card *card, const struct jpki_role *role, bool *ret_issued)
{
    uint8_t byte = 0x00; /* and so it stays where the file is empty */
    size_t len = 0;
    enum tok_err err = card_read(card, role->ef_cert, 0, 1, &byte, &len);

    if (link_failed(err))
        return err;
    *ret_issued = err != TOK_NOT_FOUND && (err != TOK_OK || !is_filler(byte));
    return TOK_OK;
}

/*
 * Which certificates exist. Only 8F was ever seen for one that does; 00 and FF
 * count as none, and what else there may be as one, since the file itself will
 * tell in the end.
 */
static enum tok_err read_issued(struct card *card, bool ret_issued[JPKI_ROLES])
{
    uint8_t bytes[ISSUED_SIZE];
    size_t len = 0, i;
    enum tok_err err = read_small(card, EF_ISSUED, sizeof bytes, bytes, &len);

    for (i = 0; err == TOK_OK && i < JPKI_ROLES; i++) {
        const struct jpki_role *role = jpki_role((enum jpki_role_id)i);
        if (role->present_at < len)
            ret_issued[i] = !is_filler(bytes[role->present_at]);
        else
            err = ask_file(card, role, &ret_issued[i]);
    }
    return err;
}

/* Inside a transaction, see jpki_identify. */
static enum tok_err identify(
    struct card *card, struct jpki_facts *facts, struct jpki_cert *auth_cert)
{
    enum tok_err err = read_small(card, EF_TOKEN_INFO, sizeof facts->token_info,
        facts->token_info, &facts->token_info_len);

    facts->kind = jpki_kind(facts->token_info, TOKEN_LABEL_SIZE);
    if (err == TOK_OK)
        err = read_issued(card, facts->issued);
    if (err != TOK_OK || facts->kind->cert_needs_pin ||
        !facts->issued[JPKI_AUTH] || auth_cert->state != JPKI_CERT_UNREAD)
        return err;
    err = read_head(card, jpki_role(JPKI_AUTH)->ef_cert, auth_cert);
    if (auth_cert->state == JPKI_CERT_ABSENT)
        facts->issued[JPKI_AUTH] = false;
    return link_failed(err) ? err : TOK_OK;
}

/* Notes what tells this card from another; see card_identify. */
static void note_identity(struct card *card, const struct jpki_facts *facts,
    const struct jpki_cert *auth_cert)
{
    if (auth_cert->len >= DER_HEADER)
        card_identify(card, jpki_role(JPKI_AUTH)->ef_cert, auth_cert->bytes,
            auth_cert->len);
    else
        card_identify(
            card, EF_TOKEN_INFO, facts->token_info, facts->token_info_len);
}

enum tok_err jpki_identify(struct card *card, enum jpki_role_id tries_role,
    struct jpki_facts *ret_facts, struct jpki_cert *auth_cert,
    struct tries *ret_tries)
{
    struct jpki_facts facts;
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    memset(&facts, 0, sizeof facts);
    err = identify(card, &facts, auth_cert);
    if (err == TOK_OK && tries_role < JPKI_ROLES && facts.issued[tries_role])
        err = card_tries(card, jpki_role(tries_role), ret_tries);
    card_end(card);
    if (err != TOK_OK)
        return err;
    note_identity(card, &facts, auth_cert);
    *ret_facts = facts;
    return TOK_OK;
}

enum tok_err jpki_tries(
    struct card *card, const struct jpki_role *role, struct tries *ret_tries)
{
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    err = card_tries(card, role, ret_tries);
    card_end(card);
    return err;
}

enum tok_err jpki_knows_pss(
    struct card *card, const struct jpki_role *role, bool *ret_known)
{
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    err = card_knows_pss(card, role, ret_known);
    card_end(card);
    return err;
}

enum tok_err jpki_read_cert(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    enum tok_err err = TOK_OK;

    if (!is_done(cert))
        err = card_begin(card);
    if (err != TOK_OK || is_done(cert))
        return err;
    err = read_rest(card, ef, cert);
    card_end(card);
    return err;
}

/*
 * Counter and VERIFY, in this order and inside a transaction: the file that the
 * counter was asked of is the one that VERIFY speaks to.
 */
static enum tok_err verify(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool refuse_last, struct tries *ret_tries)
{
    struct tries before = {false, false, 0};
    enum tok_err err = card_tries(card, role, &before);

    *ret_tries = before;
    if (err != TOK_OK)
        return err;
    if (before.locked)
        return TOK_PIN_LOCKED;
    /* Where the card does not tell, any try may be the last. */
    if (refuse_last && (!before.known || before.left == 1))
        return TOK_DENIED;
    err = card_verify(card, role, pin, ret_tries);
    if (err == TOK_OK) {
        *ret_tries = (struct tries){true, false, role->tries};
    } else if (err != TOK_PIN_WRONG && err != TOK_PIN_LOCKED) {
        *ret_tries = before; /* whether it counted is not known */
    } else if (err == TOK_PIN_WRONG && !ret_tries->known && before.known) {
        /* 6300 tells no count, but one try less there is. */
        *ret_tries = (struct tries){true, before.left == 1, before.left - 1};
        if (ret_tries->locked)
            err = TOK_PIN_LOCKED;
    }
    return err;
}

enum tok_err jpki_login(struct card *card, const struct jpki_role *role,
    struct pin *pin, bool free_cert, bool refuse_last, struct jpki_cert *cert,
    struct tries *ret_tries)
{
    bool wants_pin = !free_cert;
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    if (free_cert)
        err = read_rest(card, role->ef_cert, cert);
    if (err == TOK_DENIED) {
        /* Not so free on this card. */
        wants_pin = true;
        err = TOK_OK;
    }
    if (err == TOK_OK)
        err = verify(card, role, pin, refuse_last, ret_tries);
    if (err == TOK_OK && wants_pin) {
        err = read_rest(card, role->ef_cert, cert);
        /* Denied after the right PIN: that is no spared try, but nonsense. */
        if (err == TOK_DENIED)
            err = TOK_REPLY;
    }
    card_end(card);
    return err;
}

enum tok_err jpki_sign(struct card *card, const struct jpki_role *role,
    struct pin *pin, enum card_padding padding, const uint8_t *input,
    size_t input_len, uint8_t ret_sig[CARD_SIGNATURE_SIZE],
    struct tries *ret_tries)
{
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    err = card_select(card, role->ef_pin);
    if (err == TOK_OK)
        err = card_verify(card, role, pin, ret_tries);
    if (err == TOK_OK) {
        *ret_tries = (struct tries){true, false, role->tries};
        err = card_sign(card, role, padding, input, input_len, ret_sig);
    }
    card_end(card);
    return err;
}

enum tok_err jpki_change_pin(struct card *card, const struct jpki_role *role,
    struct pin *old_pin, struct pin *new_pin, bool refuse_last,
    struct tries *ret_tries)
{
    enum tok_err err = card_begin(card);

    if (err != TOK_OK)
        return err;
    err = verify(card, role, old_pin, refuse_last, ret_tries);
    if (err == TOK_OK) {
        err = card_change(card, role, new_pin);
        if (err == TOK_DENIED) /* no spared try: the PIN was right */
            err = TOK_REPLY;
    }
    card_end(card);
    return err;
}

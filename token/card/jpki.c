/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/jpki.h"

#include <string.h>

#include "token/card/connection.h"

#define EF_TOKEN_INFO 0x0006
#define EF_ISSUED 0x0008
#define ISSUED_SIZE 3
#define TOKEN_LABEL_SIZE 32
#define DER_HEADER 4 /* 30 82 and two bytes of length: 256 to 65,535 bytes */

/* What a file holds into which nothing was written. */
static bool is_blank(uint8_t byte)
{
    return byte == 0x00 || byte == 0xff;
}

static bool is_all_blank(const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!is_blank(bytes[i]) || bytes[i] != bytes[0])
            return false;
    return true;
}

void jpki_cert_taken(struct jpki_cert *cert)
{
    explicit_bzero(cert, sizeof *cert);
    cert->state = JPKI_CERT_TAKEN;
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
static enum tok_err read_first_chunk(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    size_t got = 0, whole;
    enum tok_err err =
        card_read(card, ef, 0, JPKI_CERT_FIRST_CHUNK, cert->bytes, &got);

    if (err != TOK_OK && err != TOK_NOT_FOUND)
        return err;
    if (err == TOK_NOT_FOUND || is_all_blank(cert->bytes, got)) {
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
    if (got < whole && got < JPKI_CERT_FIRST_CHUNK) {
        cert->len = 0;
        return TOK_REPLY; /* the file ends before the certificate does */
    }
    cert->state = whole <= got ? JPKI_CERT_WHOLE : JPKI_CERT_PART;
    if (whole < got)
        cert->len = whole;
    return TOK_OK;
}

typedef enum tok_err read_cert(
    struct card *card, uint16_t ef, struct jpki_cert *cert);

/* True where what was read is no certificate; ERR is how the reading ended. */
static bool is_no_cert(struct card *card, uint16_t ef, enum tok_err err,
    const struct jpki_cert *cert)
{
    if (err != TOK_OK)
        return err == TOK_REPLY;
    return cert->state == JPKI_CERT_ABSENT || cert->state == JPKI_CERT_BAD ||
           (cert->state == JPKI_CERT_WHOLE &&
               !card_takes_cert(card, ef, cert->bytes, cert->len));
}

/*
 * Reads, and all of it once more where that gave no certificate: one wrong
 * byte on the way is enough for that. Where the bytes that tell this card from
 * others were the wrong ones, it has to be identified again.
 */
static enum tok_err read_twice(
    struct card *card, uint16_t ef, struct jpki_cert *cert, read_cert *read)
{
    enum tok_err err = read(card, ef, cert);

    if (!is_no_cert(card, ef, err, cert))
        return err;
    explicit_bzero(cert, sizeof *cert);
    err = read(card, ef, cert);
    if (err == TOK_OK && cert->state == JPKI_CERT_WHOLE)
        (void)card_takes_cert(card, ef, cert->bytes, cert->len);
    if (err == TOK_OK && !card_has_identity(card, ef, cert->bytes, cert->len))
        return TOK_REMOVED;
    return err;
}

/*
 * A short file id reaches this far into a file, and makes it the current one: a
 * reading that goes on after the first chunk in a later transaction starts one
 * byte back, and saves the SELECT.
 */
#define SHORT_ID_REACH 0xff

static enum tok_err read_on(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    size_t whole, le, got;
    enum tok_err err = TOK_OK;

    if (cert->state == JPKI_CERT_UNREAD)
        err = read_first_chunk(card, ef, cert);
    else if (cert->state == JPKI_CERT_PART &&
             cert->len == JPKI_CERT_FIRST_CHUNK)
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

enum tok_err jpki_read_rest(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    return is_done(cert) ? TOK_OK : read_twice(card, ef, cert, read_on);
}

/* Reads a small file; what is not there reads as nothing. */
static enum tok_err read_small(struct card *card, uint16_t ef, size_t size,
    uint8_t *ret_bytes, size_t *ret_len)
{
    enum tok_err err;

    *ret_len = 0;
    err = card_read(card, ef, 0, size, ret_bytes, ret_len);
    if (err == TOK_REPLY)
        err = card_read(card, ef, 0, size, ret_bytes, ret_len);
    return connection_failed(err) ? err : TOK_OK;
}

/*
 * Whether ROLE's certificate exists, asked of its file: for cards that do not
 * say it in EF 0008 (docs/card.md 1.4, known from one source only). What
 * does not say that there is none counts as one: a file that wants its PIN
 * first, and an odd answer, which would be held against the card until it is
 * taken out.
 */
static enum tok_err ask_file(
    struct card *card, const struct jpki_role *role, bool *ret_issued)
{
    uint8_t byte = 0x00; /* and so it stays where the file is empty */
    size_t len = 0;
    enum tok_err err = card_read(card, role->ef_cert, 0, 1, &byte, &len);

    if (connection_failed(err))
        return err;
    *ret_issued = err != TOK_NOT_FOUND && (err != TOK_OK || !is_blank(byte));
    return TOK_OK;
}

/* True where LEN bytes of EF 0008 say of a role that it has no certificate. */
static bool misses_any(const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < JPKI_ROLES; i++) {
        size_t at = jpki_role((enum jpki_role_id)i)->present_at;
        if (at < len && is_blank(bytes[at]))
            return true;
    }
    return false;
}

/*
 * Which certificates exist. Only 8F was ever seen for one that does; 00 and FF
 * count as none where they are read twice, and what else there may be as one,
 * since the file itself will tell in the end.
 */
static enum tok_err read_issued(struct card *card, bool ret_issued[JPKI_ROLES])
{
    uint8_t bytes[ISSUED_SIZE];
    size_t len = 0, i;
    enum tok_err err = read_small(card, EF_ISSUED, sizeof bytes, bytes, &len);

    if (err == TOK_OK && misses_any(bytes, len))
        err = read_small(card, EF_ISSUED, sizeof bytes, bytes, &len);
    for (i = 0; err == TOK_OK && i < JPKI_ROLES; i++) {
        const struct jpki_role *role = jpki_role((enum jpki_role_id)i);
        if (role->present_at < len)
            ret_issued[i] = !is_blank(bytes[role->present_at]);
        else
            err = ask_file(card, role, &ret_issued[i]);
    }
    return err;
}

/* The beginning of the authentication certificate, where it is free to read. */
static enum tok_err read_auth_cert(struct card *card,
    const struct jpki_identity *identity, struct jpki_cert *auth_cert)
{
    enum tok_err err = TOK_OK;

    if (identity->kind->cert_needs_pin || !identity->issued[JPKI_AUTH])
        return TOK_OK;
    /* An attempt before this one may have read it. */
    if (auth_cert->state == JPKI_CERT_UNREAD)
        err = read_twice(
            card, jpki_role(JPKI_AUTH)->ef_cert, auth_cert, read_first_chunk);
    return connection_failed(err) ? err : TOK_OK;
}

/* Inside a transaction, see jpki_identify. */
static enum tok_err identify(struct card *card, bool auth_only,
    struct jpki_identity *identity, struct jpki_cert *auth_cert)
{
    enum tok_err err =
        read_small(card, EF_TOKEN_INFO, sizeof identity->token_info,
            identity->token_info, &identity->token_info_len);
    size_t i;

    identity->kind = jpki_kind(identity->token_info, TOKEN_LABEL_SIZE);
    for (i = 0; i < JPKI_ROLES; i++)
        identity->issued[i] = true;
    if (err == TOK_OK && auth_only)
        err = read_auth_cert(card, identity, auth_cert);
    /* A certificate that is there needs no other word for it. */
    identity->asked_issued = !auth_only || auth_cert->state != JPKI_CERT_PART;
    if (err == TOK_OK && identity->asked_issued)
        err = read_issued(card, identity->issued);
    if (err == TOK_OK)
        err = read_auth_cert(card, identity, auth_cert);
    if (auth_cert->state == JPKI_CERT_ABSENT)
        identity->issued[JPKI_AUTH] = false;
    return err;
}

/* Notes what tells this card from another; see card_identify. */
static void note_identity(struct card *card,
    const struct jpki_identity *identity, const struct jpki_cert *auth_cert)
{
    if (auth_cert->len >= DER_HEADER)
        card_identify(card, jpki_role(JPKI_AUTH)->ef_cert, auth_cert->bytes,
            auth_cert->len);
    else
        card_identify(card, EF_TOKEN_INFO, identity->token_info,
            identity->token_info_len);
}

/* Beyond this the connection is not a shaky one but broken. */
#define ATTEMPTS 5
#define RESET_BEFORE 3 /* it may be the card that is stuck */

bool jpki_next_attempt(struct card *card, struct jpki_attempts *attempts)
{
    if (attempts->count > 0) {
        attempts->outcome = card_end(card);
        if (attempts->err != TOK_IO || attempts->outcome != VERIFY_NOT_SENT)
            return false;
    }
    do {
        if (attempts->count == ATTEMPTS)
            return false;
        attempts->count++;
        if (attempts->count == RESET_BEFORE)
            card_reset(card);
        attempts->err = card_begin(card);
    } while (attempts->err == TOK_IO);
    return attempts->err == TOK_OK;
}

/* Inside a transaction: the counters that are WANTED, where there is a PIN. */
static enum tok_err ask_counters(struct card *card,
    const struct jpki_identity *identity, const bool wanted[JPKI_ROLES],
    struct retry_counter ret_counter[JPKI_ROLES])
{
    enum tok_err err = TOK_OK;
    size_t i;

    for (i = 0; i < JPKI_ROLES && err == TOK_OK; i++)
        if (wanted[i] && identity->issued[i])
            err = card_retry_counter(
                card, jpki_role((enum jpki_role_id)i), &ret_counter[i]);
    return err;
}

enum tok_err jpki_identify(struct card *card, bool auth_only,
    const bool with_counter[JPKI_ROLES], struct jpki_identity *ret_identity,
    struct jpki_cert *auth_cert, struct retry_counter ret_counter[JPKI_ROLES])
{
    struct jpki_attempts attempts = {0};
    struct jpki_identity identity;

    while (jpki_next_attempt(card, &attempts)) {
        memset(&identity, 0, sizeof identity);
        attempts.err = identify(card, auth_only, &identity, auth_cert);
        if (attempts.err == TOK_OK)
            attempts.err =
                ask_counters(card, &identity, with_counter, ret_counter);
    }
    if (attempts.err != TOK_OK)
        return attempts.err;
    note_identity(card, &identity, auth_cert);
    *ret_identity = identity;
    return TOK_OK;
}

/* Inside a transaction. EF 0008 has no say over a certificate that was read. */
static enum tok_err complete(struct card *card, struct jpki_identity *identity)
{
    bool issued[JPKI_ROLES];
    enum tok_err err = read_issued(card, issued);

    if (err != TOK_OK)
        return err;
    identity->issued[JPKI_SIGN] = issued[JPKI_SIGN];
    identity->asked_issued = true;
    return TOK_OK;
}

enum tok_err jpki_complete(struct card *card, struct jpki_identity *identity)
{
    struct jpki_attempts attempts = {0};

    while (jpki_next_attempt(card, &attempts))
        attempts.err = complete(card, identity);
    return attempts.err;
}

enum tok_err jpki_retry_counter(struct card *card, const struct jpki_role *role,
    struct retry_counter *ret_counter)
{
    struct jpki_attempts attempts = {0};

    while (jpki_next_attempt(card, &attempts))
        attempts.err = card_retry_counter(card, role, ret_counter);
    return attempts.err;
}

enum tok_err jpki_retry_counter_no_wait(struct card *card,
    const struct jpki_role *role, struct jpki_identity *identity,
    struct retry_counter *ret_counter)
{
    enum tok_err err = card_begin_no_wait(card);

    if (err != TOK_OK)
        return err;
    if (role->id == JPKI_SIGN && !identity->asked_issued)
        err = complete(card, identity);
    if (err == TOK_OK && identity->issued[role->id])
        err = card_retry_counter(card, role, ret_counter);
    (void)card_end(card);
    return err;
}

enum tok_err jpki_knows_pss(
    struct card *card, const struct jpki_role *role, bool *ret_known)
{
    struct jpki_attempts attempts = {0};

    while (jpki_next_attempt(card, &attempts))
        attempts.err = card_knows_pss(card, role, ret_known);
    return attempts.err;
}

enum tok_err jpki_read_cert(
    struct card *card, uint16_t ef, struct jpki_cert *cert)
{
    struct jpki_attempts attempts = {0};

    if (is_done(cert))
        return TOK_OK;
    while (jpki_next_attempt(card, &attempts))
        attempts.err = jpki_read_rest(card, ef, cert);
    return attempts.err;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/recognise.h"

#include <string.h>

#include "crypto/digest.h"
#include "token/token_io.h"

/*
 * The serial number that programs see: a digest, because the card's own numbers
 * are either not unique or name the holder (docs/design.md section 3).
 */
static enum crypt_err set_serial(
    struct token *token, const struct jpki_identity *identity)
{
    const struct jpki_cert *cert = &token->files[FILE_CERT + JPKI_AUTH];
    const uint8_t *source = identity->token_info;
    size_t len = sizeof identity->token_info, i;
    uint8_t hash[DIGEST_MAX];
    size_t hash_len = 0;
    enum crypt_err err;

    if (cert->state == JPKI_CERT_PART || cert->state == JPKI_CERT_WHOLE) {
        source = cert->bytes;
        len = cert->len < JPKI_CERT_FIRST_CHUNK ? cert->len
                                                : JPKI_CERT_FIRST_CHUNK;
    }
    err = digest_once(
        token->context->crypto, DIGEST_SHA256, source, len, hash, &hash_len);
    for (i = 0; err == CRYPT_OK && i < TOKEN_SERIAL_DIGITS; i++) {
        unsigned nibble = (unsigned)hash[i / 2] >> (i % 2 ? 0 : 4) & 0xfu;
        token->serial[i] = "0123456789ABCDEF"[nibble];
    }
    return err;
}

/* Asks the card; claimed. */
static TOKEN_LOCKED enum tok_err ask(struct token *token)
{
    bool with_counter[JPKI_ROLES];
    struct jpki_identity identity;
    struct retry_counter counters[JPKI_ROLES];
    enum tok_err err;
    size_t i;

    memset(&identity, 0, sizeof identity);
    memset(counters, 0, sizeof counters);
    for (i = 0; i < JPKI_ROLES; i++)
        with_counter[i] = token->users == 0 &&
                          context_shows(token->context, (enum jpki_role_id)i);
    token_io_begin(token);
    err = jpki_identify(token->card, with_counter, &identity,
        &token->files[FILE_CERT + JPKI_AUTH], counters);
    if (!token_io_end(token))
        return TOK_REMOVED;
    if (err == TOK_NOT_JPKI)
        token->recognised = TOKEN_OTHER;
    if (err != TOK_OK)
        return err;
    /* A card without its serial number would pass for another one. */
    if (set_serial(token, &identity) != CRYPT_OK)
        return TOK_NOMEM;
    token->identity = identity;
    token->recognised = TOKEN_JPKI;
    token_note_change(token);
    for (i = 0; i < JPKI_ROLES; i++)
        token_note_counter(token, (enum jpki_role_id)i, &counters[i]);
    return TOK_OK;
}

enum tok_err recognise(struct token *token)
{
    enum tok_err err = TOK_OK;

    if (token->present && token->recognised == TOKEN_UNKNOWN) {
        token_claim(token);
        if (token->present && token->recognised == TOKEN_UNKNOWN)
            err = ask(token);
        (void)token_release(token, err);
    }
    if (!token->present)
        return TOK_NO_CARD;
    if (token->recognised == TOKEN_OTHER)
        return TOK_NOT_JPKI;
    if (token->recognised == TOKEN_UNKNOWN)
        return err == TOK_OK ? TOK_REMOVED : err;
    return TOK_OK;
}

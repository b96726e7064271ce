/* SPDX-License-Identifier: Apache-2.0 */
#include "token/certificates.h"

#include <string.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "crypto/trust.h"
#include "token/token_io.h"

bool certificates_shows_ca(const struct token *token, enum jpki_role_id role)
{
    enum conf_ca_certificates shown = token->context->conf.ca_certificates;

    /* With one more certificate in the first slot ssh would see one more key.
     */
    return shown == CONF_CA_BOTH ||
           (shown == CONF_CA_SIGN && role == JPKI_SIGN);
}

/* True when what the card holds beside the PIN may be shown now. */
static TOKEN_LOCKED bool shows_certs(
    const struct token *token, enum jpki_role_id role)
{
    return token->recognised == TOKEN_JPKI && token_is_issued(token, role) &&
           (token->keys[role].logged_in || !token_cert_is_private(token, role));
}

static TOKEN_LOCKED bool wants_cert(
    const struct token *token, enum jpki_role_id role)
{
    return shows_certs(token, role) && !token->keys[role].cert.cert;
}

/* ALWAYS: whether or not it is shown, or the policy's to judge. */
static TOKEN_LOCKED bool wants_ca(
    const struct token *token, enum jpki_role_id role, bool always)
{
    const struct token_cert *ca = &token->keys[role].ca;

    return shows_certs(token, role) && ca->state != FILE_ABSENT && !ca->cert &&
           (always || certificates_shows_ca(token, role) ||
               token_is_judged(role));
}

/* The certificate that was READ, parsed when that was done or now. */
static enum crypt_err parse(
    struct token *token, const struct jpki_cert *read, struct cert **ret_cert)
{
    const uint8_t *der;
    size_t len = 0;

    der = token->parsed ? cert_field(token->parsed, CERT_DER, &len) : NULL;
    if (!der || len != read->len || memcmp(der, read->bytes, len) != 0)
        return cert_parse(
            token->context->crypto, read->bytes, read->len, ret_cert);
    *ret_cert = token->parsed;
    token->parsed = NULL;
    return CRYPT_OK;
}

/* Takes what was READ, if that is a certificate. */
static TOKEN_LOCKED enum crypt_err take(struct token *token, const char *what,
    struct jpki_cert *read, struct token_cert *cert)
{
    enum crypt_err err = CRYPT_MALFORMED;

    token->changes++;
    if (read->state == JPKI_CERT_ABSENT)
        cert->state = FILE_ABSENT;
    if (read->state == JPKI_CERT_WHOLE && !cert->cert)
        err = parse(token, read, &cert->cert);
    else if (read->state != JPKI_CERT_BAD)
        return CRYPT_OK;
    if (err == CRYPT_OK) {
        cert->state = FILE_PARSED;
        jpki_cert_taken(read);
        log_info("%s: %s %s", token->name, what, cert_serial_text(cert->cert));
        return CRYPT_OK;
    }
    if (cert->state != FILE_INVALID)
        log_warn(words(W_LOG_CERT_UNREADABLE), token->name, what);
    cert->state = FILE_INVALID;
    return err == CRYPT_NOMEM ? err : CRYPT_OK;
}

/* A CA that is known need not be read from the card. */
static TOKEN_LOCKED void take_known_ca(
    struct token_key *key, const struct trust_store *store)
{
    if (!key->cert.cert || key->ca.cert)
        return;
    key->ca.cert = trust_store_issuer(store, key->cert.cert);
    if (key->ca.cert)
        key->ca.state = FILE_PARSED;
}

enum crypt_err certificates_take(struct token *token, enum jpki_role_id role)
{
    struct token_key *key = &token->keys[role];
    enum crypt_err err = take(token, key->role->object_label,
        &token->files[FILE_CERT + role], &key->cert);

    if (token_is_judged(role))
        take_known_ca(key, token->context->trust);
    return err;
}

/* Reads FILE, which is EF on the card; claimed. */
static TOKEN_LOCKED enum tok_err read_file(
    struct token *token, size_t file, uint16_t ef)
{
    enum tok_err err;

    token_io_begin(token);
    err = jpki_read_cert(token->card, ef, &token->files[file]);
    return token_io_end(token) ? err : TOK_REMOVED;
}

/* True when ERR is the card's word on a file, and the connection is sound. */
static bool is_of_file(enum tok_err err)
{
    return err == TOK_REPLY || err == TOK_DENIED || err == TOK_NOT_FOUND;
}

static TOKEN_LOCKED enum tok_err read_all(
    struct token *token, enum jpki_role_id role, bool always_ca)
{
    struct token_key *key = &token->keys[role];
    enum crypt_err parsed = CRYPT_OK, ca_parsed = CRYPT_OK;
    enum tok_err err = TOK_OK;

    if (!wants_cert(token, role) && !wants_ca(token, role, always_ca))
        return TOK_OK;
    token_claim(token);
    if (wants_cert(token, role)) {
        err = read_file(token, FILE_CERT + role, key->role->ef_cert);
        if (err == TOK_OK)
            parsed = certificates_take(token, role);
    }
    if ((err == TOK_OK || is_of_file(err)) &&
        wants_ca(token, role, always_ca)) {
        err = read_file(token, FILE_CA + role, key->role->ef_ca);
        if (err == TOK_OK)
            ca_parsed = take(token, key->role->ca_label,
                &token->files[FILE_CA + role], &key->ca);
        else if (is_of_file(err))
            key->ca.state = FILE_ABSENT;
    }
    err = token_release(token, err);
    if (parsed == CRYPT_NOMEM || ca_parsed == CRYPT_NOMEM)
        return TOK_NOMEM;
    /* An unreadable certificate must not fail the search. */
    return is_of_file(err) ? TOK_OK : err;
}

enum tok_err certificates_read(struct token *token, enum jpki_role_id role)
{
    return read_all(token, role, false);
}

enum tok_err certificates_check_auth(struct token *token, bool *ret_is_known)
{
    const struct token_key *key = &token->keys[JPKI_AUTH];
    enum tok_err err = read_all(token, JPKI_AUTH, true);

    *ret_is_known = err == TOK_OK && key->cert.cert && key->ca.cert &&
                    trust_is_auth_chain(key->cert.cert, key->ca.cert);
    return err;
}

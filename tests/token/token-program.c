/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "tests/token/use-text.h"
#include "token/abilities.h"
#include "token/card_alg.h"
#include "token/certificates.h"
#include "token/login.h"
#include "token/readers.h"
#include "token/sign.h"
#include "token/status.h"

/*
 * token-program AUTH-PIN SIGN-PIN TEXT-PIN: a program on token/ alone, without
 * Cryptoki. Lists the readers and, for each key of the cards in them, prints
 * its status, logs in, signs and verifies; then reads the text application,
 * after a wrong PIN that is given twice. Exits with 0 when all of it worked on
 * a card.
 */

static enum tok_err show_status(struct token *token, enum jpki_role_id role)
    REQUIRES(token_held)
{
    struct status status;
    char text[STATUS_JSON_MAX];
    enum tok_err err = certificates_read(token, role);

    if (err != TOK_OK)
        return err;
    status_get(token, role, &status);
    status_json(&status, text);
    printf("%s\n", text);
    return text[0] ? TOK_OK : TOK_NOMEM;
}

/* No PIN for this signature alone: the one of the log-in authorises it. */
static bool is_wanted(void *arg, struct pin **ret_pin, bool *ret_asks)
{
    (void)arg;
    *ret_pin = NULL;
    *ret_asks = false;
    return true;
}

/* CRYPT_MISMATCH unless the signature is one over its input, and no other. */
static enum crypt_err verify(
    const struct signature *signature, const struct cert *cert)
{
    uint8_t other[SIGALG_INPUT_MAX];
    enum crypt_err err = sigalg_verify(signature->alg, cert, signature->input,
        signature->input_len, signature->made, sizeof signature->made);

    memcpy(other, signature->input, signature->input_len);
    other[signature->input_len - 1] ^= 1;
    if (err == CRYPT_OK &&
        sigalg_verify(signature->alg, cert, other, signature->input_len,
            signature->made, sizeof signature->made) != CRYPT_MISMATCH)
        return CRYPT_MISMATCH;
    return err;
}

static enum tok_err sign(struct token *token, enum jpki_role_id role)
    REQUIRES(token_held)
{
    static const char message[] = "a message";
    const struct cert *cert = token->keys[role].cert.cert;
    struct signature signature = {
        .alg = cert ? sigalg_of(cert) : NULL, .is_wanted = is_wanted};
    uint8_t hash[DIGEST_MAX], input[SIGALG_INPUT_MAX];
    size_t hash_len;
    enum tok_err err;

    if (!token_can_sign(token, role))
        return TOK_NOT_ISSUED;
    if (digest_once(token->context->crypto, DIGEST_SHA256,
            (const uint8_t *)message, strlen(message), hash,
            &hash_len) != CRYPT_OK ||
        sigalg_input(signature.alg, DIGEST_SHA256, hash, hash_len, input,
            &signature.input_len) != CRYPT_OK)
        return TOK_CRYPTO;
    signature.input = input;
    err = sign_by_card(token, role, &signature);
    if (err == TOK_OK && verify(&signature, cert) != CRYPT_OK)
        err = TOK_SIGNATURE;
    return err;
}

static enum tok_err use_key(struct token *token, enum jpki_role_id role,
    const char *pin) REQUIRES(token_held)
{
    enum tok_err err = show_status(token, role);

    if (err == TOK_OK)
        err = login_user(token, role, (const uint8_t *)pin, strlen(pin), NULL);
    if (err == TOK_OK)
        err = show_status(token, role);
    if (err == TOK_OK)
        err = sign(token, role);
    printf("%s: %s: %s (%d)\n", token->name, jpki_role(role)->name,
        err == TOK_OK ? "signed" : "failed", (int)err);
    token_log_out(token, role);
    return err;
}

/* True when both keys of the card in the reader signed. */
static bool use_card(struct token *token, char *const pins[JPKI_PINS])
{
    enum tok_err err;
    int role;

    token_lock(token);
    err = recognise(token, JPKI_SIGN);
    printf("%s: %s (%d)\n", token->name, err == TOK_OK ? "JPKI" : "no JPKI",
        (int)err);
    for (role = 0; role < JPKI_ROLES && err == TOK_OK; role++)
        err = use_key(token, (enum jpki_role_id)role, pins[role]);
    if (err == TOK_OK)
        err = use_text(token, pins[JPKI_TEXT]);
    token_unlock(token);
    return err == TOK_OK;
}

int main(int argc, char **argv)
{
    struct reader_state states[READERS_MAX];
    struct context *context = NULL;
    struct readers *readers = NULL;
    bool signed_once = false;
    size_t i, count;

    if (argc != 1 + JPKI_PINS || !context_prepare() ||
        context_new(&context) != TOK_OK)
        return 2;
    if (readers_new(context, &readers) == TOK_OK) {
        readers_refresh(readers, states, &count);
        readers_explain(readers, states, count);
        for (i = 0; i < readers_count(readers); i++)
            signed_once |= use_card(readers_token(readers, i), argv + 1);
    }
    readers_free(readers);
    context_free(context);
    return signed_once ? 0 : 1;
}

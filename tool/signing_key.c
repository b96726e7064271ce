/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/signing_key.h"

#include <stdio.h>
#include <string.h>

#include "conf/words_sign.h"
#include "crypto/digest.h"
#include "token/login.h"
#include "token/sign.h"
#include "token/verdict.h"
#include "tool/cards.h"
#include "tool/interrupt.h"
#include "tool/one_card.h"
#include "tool/output.h"

#define ABOUT_MAX 400

bool signing_key_asks_each(const struct signing_key *key)
{
    return token_wants_own_pin(key->token, JPKI_SIGN);
}

/* Tells why the policy refuses the key, which it does. Lock held. */
static TOKEN_LOCKED enum exit_status tell_refusal(const struct token *token)
{
    const struct policy_rule *rule = token->keys[JPKI_SIGN].verdict.rule;

    if (!rule)
        return tell_error(TOK_POLICY);
    complain(words(W_SIGN_REFUSED), rule->word, words_of(&rule->sentence));
    return EXIT_TO_DO;
}

enum exit_status signing_key_check(struct signing_key *key)
{
    struct token *token = key->token;
    enum exit_status status = EXIT_GOOD;

    token_lock(token);
    verdict_renew(token, JPKI_SIGN);
    if (!token_is_issued(token, JPKI_SIGN))
        status = tell_refusal(token);
    token_unlock(token);
    return status;
}

/* Logs in, unless that was done; with a PIN for the signature where it has to
 * have one. */
static TOKEN_LOCKED enum tok_err use(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    struct signing_key *key = arg;
    enum tok_err err = TOK_OK;

    if (!token->keys[JPKI_SIGN].logged_in)
        err = login_user(token, JPKI_SIGN, pin->bytes, pin->len, caller);
    if (err == TOK_OK && signing_key_asks_each(key) &&
        verdict_allows(token, JPKI_SIGN))
        err = login_for_signature(
            token, JPKI_SIGN, pin->bytes, pin->len, caller, &key->own);
    return err;
}

static void put_about(char ret_about[ABOUT_MAX], const struct signing_key *key)
{
    char reader[READER_NAME_MAX];
    size_t used = 0;

    (void)cards_reader(key->token, reader);
    ret_about[0] = '\0';
    if (!key->is_authorised) {
        if (key->count == 1)
            snprintf(ret_about, ABOUT_MAX, words(W_SIGN_ONE), reader);
        else
            snprintf(
                ret_about, ABOUT_MAX, words(W_SIGN_MANY), key->count, reader);
        used = strlen(ret_about);
    }
    if (key->count > 1 && signing_key_asks_each(key))
        snprintf(ret_about + used, ABOUT_MAX - used, words(W_SIGN_EACH),
            key->made + 1, key->count);
}

/* The verdict as of now, after the log-in. */
static enum exit_status judge(struct token *token)
{
    enum exit_status status = EXIT_GOOD;
    enum tok_err err = TOK_OK;

    token_lock(token);
    if (!verdict_allows(token, JPKI_SIGN))
        err = verdict_ask(token, JPKI_SIGN);
    if (err == TOK_OK && !verdict_allows(token, JPKI_SIGN))
        status = tell_refusal(token);
    token_unlock(token);
    return err == TOK_OK ? status : tell_error(err);
}

enum exit_status signing_key_authorise(struct signing_key *key)
{
    char about[ABOUT_MAX];
    const struct pin_use pin_use = {
        .role = JPKI_SIGN, .about = about, .use = use, .arg = key};
    enum exit_status status = EXIT_GOOD;

    if (signing_key_asks_each(key) ? !key->own : !key->is_authorised) {
        put_about(about, key);
        status = use_pin(key->token, &pin_use, NULL);
        key->is_authorised = status == EXIT_GOOD;
    }
    return status == EXIT_GOOD ? judge(key->token) : status;
}

const struct cert *signing_key_cert(const struct signing_key *key)
{
    return key->token->keys[JPKI_SIGN].cert.cert;
}

const struct cert *signing_key_ca(const struct signing_key *key)
{
    return key->token->keys[JPKI_SIGN].verdict.issuer;
}

/* The PIN typed for this signature, else that of the log-in. */
static bool is_wanted(void *arg, struct pin **ret_pin, bool *ret_asks)
{
    struct signing_key *key = arg;

    *ret_pin = key->own;
    *ret_asks = key->own != NULL;
    key->own = NULL;
    return true;
}

/* Lock held. */
static TOKEN_LOCKED enum tok_err sign(
    struct signing_key *key, struct signature *signature)
{
    struct token *token = key->token;
    uint64_t epoch = token->epoch;
    sigset_t before;
    enum tok_err err;

    interrupt_hold(&before);
    err = sign_by_card(token, JPKI_SIGN, signature);
    interrupt_release(&before);
    /* Revocation lists and time may have ended the permission meanwhile. */
    if (err == TOK_POLICY && token_is_epoch(token, epoch))
        (void)tell_refusal(token);
    return err;
}

enum exit_status signing_key_sign(struct signing_key *key, const uint8_t *hash,
    size_t hash_len, uint8_t ret_signature[CARD_SIGNATURE_SIZE])
{
    uint8_t input[SIGALG_INPUT_MAX];
    struct signature signature = {.alg = &sigalgs[SIGALG_RSA_PKCS1],
        .input = input,
        .is_wanted = is_wanted,
        .arg = key,
        .at_card = {.is_called_off = interrupt_calls_off}};
    enum tok_err err;

    if (sigalg_input(signature.alg, DIGEST_SHA256, hash, hash_len, input,
            &signature.input_len) != CRYPT_OK)
        return tell_error(TOK_CRYPTO);
    token_lock(key->token);
    err = sign(key, &signature);
    token_unlock(key->token);
    /* It was told, or is by who catches signals. */
    if (err == TOK_POLICY || err == TOK_CANCELLED)
        return EXIT_TO_DO;
    if (err != TOK_OK)
        return tell_error(err);
    key->made++;
    memcpy(ret_signature, signature.made, CARD_SIGNATURE_SIZE);
    return EXIT_GOOD;
}

void signing_key_done(struct signing_key *key)
{
    login_forget(key->own);
    key->own = NULL;
    token_lock(key->token);
    token_log_out(key->token, JPKI_SIGN);
    token_unlock(key->token);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/words.h"
#include "conf/words_report.h"
#include "crypto/digest.h"
#include "token/card_alg.h"
#include "token/login.h"
#include "token/sign.h"
#include "tool/cards.h"
#include "tool/interrupt.h"
#include "tool/one_card.h"
#include "tool/output.h"
#include "tool/use_pin.h"

/*
 * jpki report: sends no PIN of its own accord, and with --with-pin the one that
 * a person typed, as often as is told before: for the log-in, for what is asked
 * with it, and for two signatures.
 */
#define SIGNATURES 2
#define PINS (1 + FACTS_PINS + SIGNATURES)

/* What the test signatures are of. */
static const char test_text[] = "jpki report";

static bool is_wanted(void *arg, struct pin **ret_pin, bool *ret_asks)
{
    (void)arg;
    *ret_pin = NULL;
    *ret_asks = false;
    return true;
}

/* A signature by ALG with the authentication key, which nobody gets. */
static TOKEN_LOCKED enum tok_err sign(
    struct token *token, const struct sigalg *alg)
{
    uint8_t hash[DIGEST_MAX], input[SIGALG_INPUT_MAX];
    struct signature signature = {.alg = alg,
        .input = input,
        .is_wanted = is_wanted,
        .at_card = {.is_called_off = interrupt_calls_off}};
    enum tok_err err;
    size_t len;

    if (digest_once(token->context->crypto, DIGEST_SHA256,
            (const uint8_t *)test_text, strlen(test_text), hash,
            &len) != CRYPT_OK ||
        sigalg_input(alg, DIGEST_SHA256, hash, len, input,
            &signature.input_len) != CRYPT_OK)
        return TOK_CRYPTO;
    err = sign_by_card(token, JPKI_AUTH, &signature);
    explicit_bzero(signature.made, sizeof signature.made);
    return err;
}

/* What needs the PIN, after the log-in. Lock held. */
static TOKEN_LOCKED enum tok_err ask_verified(
    struct token *token, struct report *report)
{
    const struct card_caller caller = {.is_called_off = interrupt_calls_off};
    enum tok_err err;

    /* Of a key of another kind it is not known what it cannot sign. */
    if (!token_can_sign(token, JPKI_AUTH))
        return TOK_OK;
    err = facts_ask_verified(token, &caller, &report->facts);
    if (err != TOK_OK)
        return err;
    report->is_verified = true;
    err = sign(token, &sigalgs[SIGALG_RSA_PKCS1]);
    if (err != TOK_OK)
        return err;
    err = sign(token, &sigalgs[SIGALG_RSA_PSS]);
    switch (err) {
    case TOK_OK:
        report->pss = REPORT_VALID;
        return TOK_OK;
    case TOK_SIGNATURE:
        report->pss = REPORT_INVALID;
        return TOK_OK;
    case TOK_REPLY:
        report->pss = REPORT_REFUSED;
        return TOK_OK;
    default:
        return err;
    }
}

static TOKEN_LOCKED enum tok_err use(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    (void)arg;
    return login_user(token, JPKI_AUTH, pin->bytes, pin->len, caller);
}

/* Asks for the PIN, and then the card. */
static enum exit_status log_in_and_ask(
    struct token *token, struct report *report)
{
    char about[400];
    const struct pin_use pin_use = {
        .role = JPKI_AUTH, .about = about, .use = use};
    enum exit_status status;
    sigset_t before;
    enum tok_err err;

    snprintf(about, sizeof about, words(W_REPORT_ABOUT), PINS);
    status = use_pin(token, &pin_use, NULL);
    if (status != EXIT_GOOD)
        return status;
    token_lock(token);
    interrupt_hold(&before);
    err = ask_verified(token, report);
    interrupt_release(&before);
    token_log_out(token, JPKI_AUTH);
    token_unlock(token);
    return err == TOK_OK ? EXIT_GOOD : tell_error(err);
}

/* What could be asked is printed, also where the rest failed. */
static enum exit_status ask_and_print(
    struct token *token, const struct options *options, struct report *report)
{
    enum exit_status status = EXIT_GOOD;
    enum tok_err err;

    (void)cards_reader(token, report->reader);
    token_lock(token);
    err = facts_begin(token, &report->facts);
    token_unlock(token);
    if (err == TOK_OK && options->is_set[OPTION_WITH_PIN])
        status = log_in_and_ask(token, report);
    token_lock(token);
    facts_end(token);
    token_unlock(token);
    if (err != TOK_OK)
        return tell_error(err);
    report_print(report);
    return status;
}

enum exit_status report_run(const struct options *options)
{
    struct report *report = calloc(1, sizeof *report);
    struct token *token = NULL;
    enum exit_status status;
    struct cards cards;

    if (!report)
        return tell_error(TOK_NOMEM);
    cards_open(&cards);
    status = one_card(&cards, options, &token);
    if (status == EXIT_GOOD)
        status = ask_and_print(token, options, report);
    cards_close(&cards);
    free(report);
    return status;
}

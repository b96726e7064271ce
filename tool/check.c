/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/words_certificate.h"
#include "conf/words_check.h"
#include "conf/words_pin.h"
#include "token/abilities.h"
#include "token/certificates.h"
#include "token/login.h"
#include "token/status.h"
#include "tool/holder_compare.h"
#include "tool/log_in.h"
#include "tool/one_card.h"
#include "tool/output.h"
#include "tool/show.h"

/*
 * jpki check: is a certificate still good? What the certificate and what is
 * configured tell; for the signing one also what the card's text application
 * says of its holder, the only sign of a change without list or network.
 */

/* Who holds the card, by certificate and by text application. */
struct both {
    struct holder cert;
    struct text_data card;
};

static bool print_validity(const struct status *status)
{
    char day[SHOWN_DATE_MAX];
    const char *label = words(W_CHECK_VALIDITY);

    if (status->days_left < 0) {
        print_field(label, TONE_BAD, words(W_CHECK_ENDED),
            show_day(status->not_after, day));
        return false;
    }
    if (status->not_before > (int64_t)time(NULL)) {
        print_field(label, TONE_BAD, words(W_CHECK_NOT_YET),
            show_day(status->not_before, day));
        return false;
    }
    print_field(label, TONE_GOOD, words(W_CHECK_VALID),
        show_day(status->not_after, day), (long long)status->days_left);
    return true;
}

static void print_issuer(const struct status *status)
{
    print_field(words(W_CERTIFICATE_ISSUER), TONE_PLAIN, "%s",
        strcmp(status->issuer, "other") == 0 ? words(W_CERTIFICATE_ISSUER_OTHER)
                                             : status->issuer);
}

static void print_revocation(const struct status *status)
{
    static const struct {
        enum tone tone;
        struct words words;
    } rows[] = {
        [REVOCATION_NOT_CHECKED] = {TONE_NOTE,
            {W_CHECK_REVOCATION_NOT_CHECKED}},
        [REVOCATION_GOOD] = {TONE_GOOD, {W_CHECK_REVOCATION_GOOD}},
        [REVOCATION_REVOKED] = {TONE_BAD, {W_CHECK_REVOCATION_REVOKED}},
        [REVOCATION_UNKNOWN] = {TONE_NOTE, {W_CHECK_REVOCATION_UNKNOWN}},
    };

    print_field(words(W_CHECK_REVOCATION), rows[status->revocation].tone, "%s",
        words_of(&rows[status->revocation].words));
}

/* The authentication certificate, without a PIN. */
static TOKEN_LOCKED enum exit_status check_auth(struct token *token)
{
    struct status status;
    enum tok_err err = TOK_NOT_ISSUED;
    bool good, is_known = false;

    if (token_is_issued(token, JPKI_AUTH))
        err = certificates_check_auth(token, &is_known);
    if (err != TOK_OK)
        return tell_error(err);
    status_get(token, JPKI_AUTH, &status);
    print(TONE_TITLE, "%s\n", words(W_CERTIFICATE_AUTH));
    if (!status.has_cert) {
        print(TONE_PLAIN, "%s\n",
            token_cert_is_private(token, JPKI_AUTH)
                ? words(W_CHECK_AUTH_PRIVATE)
                : words(W_CERTIFICATE_NONE));
        return EXIT_TO_DO;
    }
    print_issuer(&status);
    if (is_known)
        print_field(
            words(W_CHECK_CHAIN), TONE_GOOD, "%s", words(W_CHECK_CHAIN_GOOD));
    else
        print_field(words(W_CHECK_CHAIN), TONE_NOTE, "%s",
            words(W_CHECK_CHAIN_UNKNOWN));
    good = print_validity(&status) && is_known;
    print(TONE_PLAIN, "%s\n", words(W_CHECK_AUTH_LIMITS));
    return good ? EXIT_GOOD : EXIT_TO_DO;
}

/*
 * What certificate and configuration tell of the signing key, after its log-in;
 * EXIT_GOOD: nothing is against it.
 */
static TOKEN_LOCKED enum exit_status check_sign(struct token *token)
{
    struct status status;
    const struct words *why;
    bool allowed;

    status_get(token, JPKI_SIGN, &status);
    print(TONE_TITLE, "%s\n", words(W_CERTIFICATE_SIGN));
    if (status.has_cert) {
        print_issuer(&status);
        (void)print_validity(&status);
    }
    if (status.has_revocation)
        print_revocation(&status);
    allowed = status.rule && status.rule->verdict == POLICY_ALLOWED;
    why = status_revoked_why(&status);
    print_field(words(W_CHECK_VERDICT), allowed ? TONE_GOOD : TONE_BAD,
        "%s%s%s", words_of(status_reason(&status)), why ? " " : "",
        why ? words_of(why) : "");
    return allowed ? EXIT_GOOD : EXIT_TO_DO;
}

/* One field of both, as a person reads it. */
static const char *field_text(enum holder_field field, char *name,
    char *address, const char *birth_date, char *sex,
    char ret_text[SHOWN_TIME_MAX])
{
    switch (field) {
    case HOLDER_NAME:
        return show_text(name);
    case HOLDER_ADDRESS:
        return show_text(address);
    case HOLDER_BIRTH_DATE:
        return show_birth_date(birth_date, ret_text);
    default:
        return show_sex(show_text(sex), ret_text);
    }
}

static void print_match(
    enum holder_field field, enum holder_match match, struct both *both)
{
    static const struct words labels[HOLDER_FIELDS] = {
        [HOLDER_NAME] = {W_CERTIFICATE_NAME},
        [HOLDER_ADDRESS] = {W_CERTIFICATE_ADDRESS},
        [HOLDER_BIRTH_DATE] = {W_CERTIFICATE_BIRTH_DATE},
        [HOLDER_SEX] = {W_CERTIFICATE_SEX},
    };
    const char *label = words_of(&labels[field]);
    char of_cert[SHOWN_TIME_MAX], of_card[SHOWN_TIME_MAX];
    struct holder *cert = &both->cert;
    struct text_data *card = &both->card;

    if (match == HOLDER_AGREES)
        print_field(label, TONE_GOOD, "%s", words(W_CHECK_AGREES));
    else if (match == HOLDER_UNKNOWN)
        print_field(label, TONE_NOTE, "%s", words(W_CHECK_UNKNOWN));
    else
        print_field(label, TONE_BAD, words(W_CHECK_DIFFERS),
            field_text(field, cert->name, cert->address, cert->birth_date,
                cert->sex, of_cert),
            field_text(field, card->name, card->address, card->birth_date,
                card->sex, of_card));
}

static bool has_match(
    const enum holder_match matches[HOLDER_FIELDS], enum holder_match match)
{
    size_t i;

    for (i = 0; i < HOLDER_FIELDS; i++)
        if (matches[i] == match)
            return true;
    return false;
}

/* Field by field, and what follows. */
static enum exit_status print_comparison(struct both *both)
{
    enum holder_match matches[HOLDER_FIELDS];
    enum holder_field field;

    holder_compare(&both->cert, &both->card, matches);
    for (field = 0; field < HOLDER_FIELDS; field++)
        print_match(field, matches[field], both);
    if (has_match(matches, HOLDER_DIFFERS)) {
        print(TONE_BAD, "%s\n", words(W_CHECK_CHANGED));
        return EXIT_TO_DO;
    }
    if (has_match(matches, HOLDER_UNKNOWN))
        print(TONE_NOTE, "%s\n", words(W_CHECK_NO_ANSWER));
    else
        print(TONE_GOOD, "%s\n", words(W_CHECK_UNCHANGED));
    return EXIT_GOOD;
}

static TOKEN_LOCKED enum tok_err read_text(struct token *token,
    const struct typed_pin *pin, const struct token_caller *caller, void *arg)
{
    return login_read_text(token, pin->bytes, pin->len, caller, arg);
}

/* WHY may be NULL, where standard error was told. */
static void print_no_answer(const char *why)
{
    if (why)
        print(TONE_NOTE, "%s\n", why);
    print(TONE_NOTE, "%s\n", words(W_CHECK_NO_ANSWER));
}

/* Asks for the text application's PIN where it can be used, and compares. */
static EXCLUDES(token_held) enum exit_status
    compare(struct token *token, struct both *both)
{
    const struct pin_use pin_use = {.role = JPKI_TEXT,
        .about = words(W_CHECK_TEXT_WHY),
        .may_skip = true,
        .use = read_text,
        .arg = &both->card};
    bool skipped = false;
    enum exit_status status;
    enum tok_err err;

    print(TONE_TITLE, "%s\n", words(W_CHECK_HOLDER));
    token_lock(token);
    err = abilities_ask_counter(token, JPKI_TEXT);
    token_unlock(token);
    if (err == TOK_NOT_FOUND) {
        print_no_answer(words(W_CHECK_NO_TEXT));
        return EXIT_GOOD;
    }
    fflush(stdout);
    status =
        err == TOK_OK ? use_pin(token, &pin_use, &skipped) : tell_error(err);
    if (skipped || status != EXIT_GOOD) {
        print_no_answer(skipped ? words(W_CHECK_SKIPPED) : NULL);
        return status;
    }
    return print_comparison(both);
}

/* The signing certificate, by its PIN, and its holder. */
static EXCLUDES(token_held) enum exit_status
    check_signing(struct token *token, struct both *both)
{
    enum exit_status status = log_in(token, JPKI_SIGN), compared;
    bool has_holder;

    if (status != EXIT_GOOD)
        return status;
    token_lock(token);
    status = check_sign(token);
    has_holder = token_holder(token, &both->cert);
    token_log_out(token, JPKI_SIGN);
    token_unlock(token);
    if (!has_holder)
        return status;
    compared = compare(token, both);
    return compared == EXIT_GOOD ? status : compared;
}

static EXCLUDES(token_held) enum exit_status
    check(struct token *token, bool signing)
{
    struct both *both;
    enum exit_status status;

    if (signing) {
        both = calloc(1, sizeof *both);
        if (!both)
            return tell_error(TOK_NOMEM);
        status = check_signing(token, both);
        explicit_bzero(both, sizeof *both);
        free(both);
        return status;
    }
    token_lock(token);
    status = check_auth(token);
    token_unlock(token);
    return status;
}

enum exit_status check_run(const struct options *options)
{
    bool signing = options->count > 0;
    struct cards cards;
    struct token *token = NULL;
    enum exit_status status;

    if (signing && strcmp(options->operands[0], "sign") != 0) {
        complain(words(W_CHECK_NO_SUCH_ROLE), options->operands[0]);
        return EXIT_USAGE;
    }
    cards_open(&cards);
    status = one_card(&cards, options, &token);
    if (status == EXIT_GOOD)
        status = check(token, signing);
    cards_close(&cards);
    return status;
}

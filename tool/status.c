/* SPDX-License-Identifier: Apache-2.0 */
#include "token/status.h"

#include <stdio.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/text.h"
#include "conf/words_status.h"
#include "token/abilities.h"
#include "token/certificates.h"
#include "token/errors.h"
#include "tool/cards.h"
#include "tool/output.h"
#include "tool/text_pin.h"

/* One reader, and what there is to tell of the card in it. */
struct view {
    char reader[READER_NAME_MAX]; /* fit for a terminal */
    enum card_kind kind;
    enum tok_err err;
    /* Of CARD_JPKI. */
    char serial[TOKEN_SERIAL_DIGITS + 1];
    struct status keys[JPKI_ROLES];
    struct text_pin text;
    bool is_unreadable[JPKI_ROLES]; /* what the certificate's file holds */
};

/* Asks the card what can be known without a PIN. Lock held; let go meanwhile.
 */
static TOKEN_LOCKED enum tok_err ask_card(
    struct token *token, struct view *view)
{
    enum tok_err err = TOK_OK;
    int i;

    for (i = 0; i < JPKI_ROLES && err == TOK_OK; i++) {
        enum jpki_role_id role = (enum jpki_role_id)i;

        err = certificates_read(token, role);
        if (err != TOK_OK)
            break;
        abilities_refresh_counter(token, role);
        status_get(token, role, &view->keys[role]);
        view->is_unreadable[role] =
            token->keys[role].cert.state == FILE_INVALID;
    }
    memcpy(view->serial, token->serial, TOKEN_SERIAL_DIGITS);
    return err == TOK_OK ? text_pin_ask(token, &view->text) : err;
}

static void look(struct cards *cards, const struct reader_state *state,
    struct view *ret_view)
{
    struct token *token = cards_token(cards, state);

    memset(ret_view, 0, sizeof *ret_view);
    memcpy(ret_view->reader, state->name, sizeof ret_view->reader);
    text_sanitize(ret_view->reader);
    ret_view->kind = cards_look(state, token, &ret_view->err);
    if (ret_view->kind != CARD_JPKI)
        return;
    token_lock(token);
    ret_view->err = ask_card(token, ret_view);
    token_unlock(token);
    if (ret_view->err != TOK_OK)
        ret_view->kind = CARD_FAILED;
}

/* A card for face authentication has no PIN; nothing says so for certain. */
static bool may_be_for_faces(const struct view *view)
{
    return view->keys[JPKI_AUTH].is_locked && !view->keys[JPKI_SIGN].is_issued;
}

static bool is_before_its_start(const struct status *status)
{
    return status->has_cert && time(NULL) < status->not_before;
}

/* True when a person has to do something about the key. */
static bool needs_action(const struct status *status)
{
    if (!status->is_issued)
        return false;
    if (status->is_locked || status->last_try_is_spared ||
        (status->counter.known && status->counter.left <= 1))
        return true;
    if (status->has_cert && (status->days_left < 0 || status->renewal_is_open ||
                                is_before_its_start(status)))
        return true;
    return status->has_verdict && status->rule &&
           status->rule->verdict != POLICY_ALLOWED;
}

static bool view_needs_action(const struct view *view)
{
    int i;

    for (i = 0; i < JPKI_ROLES; i++)
        if (view->is_unreadable[i] || needs_action(&view->keys[i]))
            return true;
    return text_pin_needs_action(&view->text);
}

#define DAY_MAX 32 /* bytes of a date in words */

static const char *day_text(const struct tm *day, char text[DAY_MAX])
{
    snprintf(text, DAY_MAX, words(W_DAY), day->tm_year + 1900, day->tm_mon + 1,
        day->tm_mday);
    return text;
}

static const char *japan_day_text(int64_t seconds, char text[DAY_MAX])
{
    struct tm day;

    if (!clock_in_japan(seconds, &day))
        return strcpy(text, "?");
    return day_text(&day, text);
}

static void show_renewal(const struct status *status)
{
    char text[DAY_MAX];

    if (!status->has_renewal || status->days_left < 0)
        return;
    day_text(&status->renewal_from, text);
    if (status->renewal_is_open)
        print_field(words(W_RENEWAL), TONE_NOTE, words(W_RENEWAL_NOW), text);
    else
        print_field(words(W_RENEWAL), TONE_PLAIN, words(W_RENEWAL_FROM), text);
}

static void show_dates(const struct status *status)
{
    const char *label = words(W_CERTIFICATE);
    char text[DAY_MAX];

    if (is_before_its_start(status))
        print_field(label, TONE_BAD, words(W_CERT_NOT_YET),
            japan_day_text(status->not_before, text));
    else if (status->days_left < 0)
        print_field(label, TONE_BAD, words(W_CERT_ENDED),
            japan_day_text(status->not_after, text));
    else
        print_field(label, status->renewal_is_open ? TONE_NOTE : TONE_GOOD,
            words(W_CERT_GOOD), japan_day_text(status->not_after, text),
            (long long)status->days_left);
    show_renewal(status);
}

static void show_certificate(const struct view *view, enum jpki_role_id role)
{
    const struct status *status = &view->keys[role];
    const char *label = words(W_CERTIFICATE);

    if (status->has_cert)
        show_dates(status);
    else if (view->is_unreadable[role])
        print_field(label, TONE_BAD, "%s", words(W_CERT_UNREADABLE));
    else if (role == JPKI_SIGN)
        print_field(label, TONE_PLAIN, "%s", words(W_CERT_AFTER_PASSWORD));
    else
        print_field(label, TONE_PLAIN, "%s", words(W_CERT_AFTER_PIN));
}

static void show_tries(const struct view *view, enum jpki_role_id role)
{
    const struct status *status = &view->keys[role];
    const struct retry_counter *counter = &status->counter;
    unsigned max = retry_counter_max(counter, status->role);
    const char *label = role == JPKI_SIGN ? words(W_PASSWORD) : words(W_PIN);

    if (!counter->known)
        print_field(label, TONE_NOTE, "%s", words(W_TRIES_UNKNOWN));
    else if (may_be_for_faces(view))
        print_field(label, TONE_NOTE, "%s", words(W_TRIES_FACE));
    else if (counter->locked)
        print_field(label, TONE_BAD, "%s", words(W_TRIES_LOCKED));
    else if (status->last_try_is_spared)
        print_field(
            label, TONE_BAD, words(W_TRIES_SPARED), max, status->role->name);
    else
        print_field(label, counter->left < max ? TONE_NOTE : TONE_GOOD,
            words(W_TRIES), counter->left, max);
}

static void show_verdict(const struct status *status)
{
    const struct words *why = status_revoked_why(status);
    enum tone tone = TONE_BAD;

    if (!status->has_verdict)
        return;
    if (!status->rule) {
        print_field(words(W_SIGNING), TONE_PLAIN, "%s", words(W_SIGNING_LATER));
        return;
    }
    if (status->rule->verdict == POLICY_NOT_ISSUED)
        tone = TONE_PLAIN;
    else if (status->rule->verdict == POLICY_ALLOWED)
        tone = TONE_GOOD;
    print_field(words(W_SIGNING), tone, "%s", words_of(status_reason(status)));
    if (why)
        print_field("", tone, "%s", words_of(why));
}

static void show_key(const struct view *view, enum jpki_role_id role)
{
    static const struct words titles[JPKI_ROLES] = {
        [JPKI_AUTH] = {W_ROLE_AUTH}, [JPKI_SIGN] = {W_ROLE_SIGN}};
    const struct status *status = &view->keys[role];

    print(TONE_PLAIN, "  %s\n", words_of(&titles[role]));
    if (status->is_issued) {
        show_certificate(view, role);
        show_tries(view, role);
    } else if (!status->has_verdict) {
        print_field(words(W_CERTIFICATE), TONE_NOTE, "%s", words(W_CERT_NONE));
    }
    show_verdict(status);
}

/* What KIND, a word of struct status, is called. */
static const struct words *kind_words(const struct view *view)
{
    static const struct {
        const char *kind;
        struct words words;
    } rows[] = {
        {"card", {W_KIND_CARD}},
        {"phone", {W_KIND_PHONE}},
        {"juki", {W_KIND_JUKI}},
    };
    static const struct words face = {W_KIND_FACE}, unknown = {W_KIND_UNKNOWN};
    size_t i;

    if (may_be_for_faces(view))
        return &face;
    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].kind, view->keys[0].kind) == 0)
            return &rows[i].words;
    return &unknown;
}

static void show_view(const struct view *view)
{
    const struct words *why = card_kind_words(view->kind, view->err);
    int role;

    print(TONE_TITLE, "%s: %s\n", words(W_READER), view->reader);
    if (why) {
        print(view->kind == CARD_LEFT_OUT ? TONE_PLAIN : TONE_NOTE, "  %s\n",
            words_of(why));
        return;
    }
    print(TONE_PLAIN, "  %s (%s %.4s)\n", words_of(kind_words(view)),
        words(W_CARD_NUMBER), view->serial);
    for (role = 0; role < JPKI_ROLES; role++)
        show_key(view, (enum jpki_role_id)role);
    text_pin_show(&view->text, may_be_for_faces(view));
}

static void print_json_words(const char *name, const struct words *sentence)
{
    printf(",\"%s\":", name);
    print_json_string(sentence->en);
    printf(",\"%s_ja\":", name);
    print_json_string(sentence->ja);
}

/* One reader, and behind it the status objects of both keys. */
static void print_json_view(const struct view *view)
{
    const struct words *why = card_kind_words(view->kind, view->err);
    char text[STATUS_JSON_MAX];
    int role;

    printf("{\"reader\":");
    print_json_string(view->reader);
    printf(",\"state\":\"%s\"", card_kind_word(view->kind));
    if (why) {
        print_json_words("reason", why);
        putchar('}');
        return;
    }
    printf(",\"serial\":\"%s\",\"face\":%s,\"to_do\":%s,\"keys\":[",
        view->serial, may_be_for_faces(view) ? "true" : "false",
        view_needs_action(view) ? "true" : "false");
    for (role = 0; role < JPKI_ROLES; role++) {
        status_json(&view->keys[role], text);
        printf("%s%.*s", role > 0 ? "," : "", (int)strcspn(text, "\n"), text);
    }
    putchar(']');
    text_pin_print_json(&view->text);
    putchar('}');
}

/* Goes through the readers that OPTIONS want; returns what jpki exits with. */
static enum exit_status show_all(
    struct cards *cards, const struct options *options)
{
    bool as_json = options->is_set[OPTION_JSON], is_first = true;
    enum exit_status status = EXIT_NO_CARD;
    size_t i;

    for (i = 0; i < cards->count; i++) {
        struct view view;

        if (!cards_wants(options, cards->states[i].name))
            continue;
        look(cards, &cards->states[i], &view);
        if (!is_first)
            putchar(as_json ? ',' : '\n');
        is_first = false;
        if (as_json)
            print_json_view(&view);
        else
            show_view(&view);
        if (view.kind != CARD_JPKI)
            continue;
        if (view_needs_action(&view))
            status = EXIT_TO_DO;
        else if (status == EXIT_NO_CARD)
            status = EXIT_GOOD;
    }
    return status;
}

enum exit_status status_run(const struct options *options)
{
    bool as_json = options->is_set[OPTION_JSON];
    const struct words *trouble;
    enum exit_status status;
    struct cards cards;

    cards_open(&cards);
    trouble = cards_trouble(&cards, options, &status);
    if (as_json)
        printf("{\"schema\":1,\"version\":\"%s\"", JPKI_VERSION);
    if (trouble && as_json)
        print_json_words("reason", trouble);
    else if (trouble)
        complain("%s", words_of(trouble));
    if (as_json)
        printf(",\"readers\":[");
    if (!trouble)
        status = show_all(&cards, options);
    if (as_json)
        printf("]}\n");
    cards_close(&cards);
    return status;
}

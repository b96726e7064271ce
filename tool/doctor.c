/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/text.h"
#include "conf/words_card.h"
#include "conf/words_doctor.h"
#include "token/abilities.h"
#include "token/certificates.h"
#include "token/errors.h"
#include "token/status.h"
#include "tool/output.h"

static const struct {
    const char *word, *mark;
    enum tone tone;
} grades[GRADES] = {
    [GRADE_GOOD] = {"good", "OK", TONE_GOOD},
    [GRADE_NOTE] = {"note", "--", TONE_NOTE},
    [GRADE_BAD] = {"bad", "!!", TONE_BAD},
};

/* Ends the finding that was told last. */
static void end_finding(struct doctor *doctor)
{
    if (doctor->as_json && doctor->has_finding)
        printf("]}");
    doctor->has_detail = false;
}

/* One line, fit for a terminal; NULL where memory is used up. */
static char *make_text(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static char *make_text(const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        return NULL;
    text_sanitize(text);
    return text;
}

void doctor_tell(struct doctor *doctor, const char *check, enum grade grade,
    const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = make_text(format, args);
    va_end(args);
    end_finding(doctor);
    if (doctor->as_json) {
        printf("%s{\"check\":\"%s\",\"grade\":\"%s\",\"text\":",
            doctor->has_finding ? "," : "", check, grades[grade].word);
        print_json_string(text ? text : "");
        printf(",\"more\":[");
    } else {
        print(grades[grade].tone, "[%s]", grades[grade].mark);
        print(TONE_PLAIN, " %s\n", text ? text : "");
    }
    doctor->has_finding = true;
    if (grade == GRADE_BAD)
        doctor_exit(doctor, EXIT_TO_DO);
    free(text);
}

void doctor_add(struct doctor *doctor, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = make_text(format, args);
    va_end(args);
    if (doctor->as_json) {
        if (doctor->has_detail)
            putchar(',');
        print_json_string(text ? text : "");
    } else {
        print(TONE_PLAIN, "     %s\n", text ? text : "");
    }
    doctor->has_detail = true;
    free(text);
}

void doctor_exit(struct doctor *doctor, enum exit_status status)
{
    if (status > doctor->status)
        doctor->status = status;
}

#define PCSCD "/usr/sbin/pcscd"
#define PCSCD_SOCKET "/run/pcscd/pcscd.comm"

/* What the file system shows of a pcscd that does not answer. */
static void add_where_pcscd_is(struct doctor *doctor)
{
    bool is_installed = access(PCSCD, F_OK) == 0;

    if (is_installed)
        doctor_add(doctor, words(W_DOCTOR_PCSCD_THERE), PCSCD);
    else
        doctor_add(doctor, words(W_DOCTOR_PCSCD_MISSING), PCSCD);
    if (access(PCSCD_SOCKET, F_OK) == 0)
        doctor_add(doctor, words(W_DOCTOR_SOCKET_THERE), PCSCD_SOCKET);
    else
        doctor_add(doctor, words(W_DOCTOR_SOCKET_MISSING), PCSCD_SOCKET);
}

static const struct words services[] = {
    [TROUBLE_NO_SERVICE] = {W_DOCTOR_NO_SERVICE},
    [TROUBLE_DIFFERS] = {W_DOCTOR_SERVICE_DIFFERS},
    [TROUBLE_REFUSED] = {W_DOCTOR_SERVICE_REFUSES},
    [TROUBLE_NO_READER] = {W_DOCTOR_SERVICE_GOOD},
    [TROUBLE_EXCLUSIVE] = {NULL, NULL},
    [TROUBLE_OTHER] = {NULL, NULL},
};

/* False where pcscd tells of no readers. */
static bool check_service(struct doctor *doctor, const struct cards *cards)
{
    const struct trouble *trouble = readers_trouble();

    if (!trouble) {
        doctor_tell(
            doctor, "pcscd", GRADE_GOOD, "%s", words(W_DOCTOR_SERVICE_GOOD));
        return true;
    }
    doctor_exit(doctor, EXIT_NO_CARD);
    if (trouble->kind == TROUBLE_NO_READER) {
        doctor_tell(
            doctor, "pcscd", GRADE_GOOD, "%s", words(W_DOCTOR_SERVICE_GOOD));
        doctor_tell(
            doctor, "readers", GRADE_BAD, "%s", words_of(&trouble->advice));
        return false;
    }
    if (services[trouble->kind].en)
        doctor_tell(doctor, "pcscd", GRADE_BAD, "%s",
            words_of(&services[trouble->kind]));
    else
        doctor_tell(doctor, "pcscd", GRADE_BAD, words(W_NO_READERS_CODE),
            trouble->name);
    doctor_add(doctor, "%s",
        trouble->advice.en ? words_of(&trouble->advice)
                           : words_of(tok_err_words(cards->err)));
    if (trouble->kind == TROUBLE_NO_SERVICE)
        add_where_pcscd_is(doctor);
    return false;
}

/* Which of its applications the card has. */
static void check_applications(struct doctor *doctor, struct token *token)
{
    static const struct words names[APPLICATIONS] = {
        [APPLICATION_JPKI] = {W_APPLICATION_JPKI},
        [APPLICATION_COMMON] = {W_APPLICATION_COMMON},
        [APPLICATION_JUKI] = {W_APPLICATION_JUKI},
        [APPLICATION_VISUAL] = {W_APPLICATION_VISUAL},
        [APPLICATION_TEXT] = {W_APPLICATION_TEXT},
    };
    bool has[APPLICATIONS];
    enum tok_err err;
    size_t i;

    token_lock(token);
    err = abilities_ask_applications(token, has);
    token_unlock(token);
    if (err != TOK_OK) {
        doctor_tell(doctor, "applications", GRADE_NOTE, "%s",
            words_of(tok_err_words(err)));
        return;
    }
    doctor_tell(
        doctor, "applications", GRADE_GOOD, "%s", words(W_DOCTOR_APPLICATIONS));
    for (i = 0; i < APPLICATIONS; i++)
        doctor_add(doctor, "%s: %s", words_of(&names[i]),
            has[i] ? words(W_DOCTOR_ANSWERS) : words(W_DOCTOR_ANSWERS_NOT));
}

/* A clock before the certificate's first day, or long after its last one. */
static void check_card_clock(struct doctor *doctor, struct token *token)
{
    struct status status;
    enum tok_err err;

    token_lock(token);
    err = certificates_read(token, JPKI_AUTH);
    if (err == TOK_OK)
        status_get(token, JPKI_AUTH, &status);
    token_unlock(token);
    if (err == TOK_OK && status.has_cert && time(NULL) < status.not_before)
        doctor_tell(doctor, "clock", GRADE_BAD, "%s",
            words(W_DOCTOR_CLOCK_BEFORE_CARD));
}

/* Returns true for a card that was asked. */
static bool check_reader(struct doctor *doctor, struct cards *cards,
    const struct reader_state *state)
{
    struct token *token = cards_token(cards, state);
    enum tok_err err = TOK_OK;
    enum card_kind kind = cards_look(state, token, &err);
    const struct words *why = card_kind_words(kind, err);

    if (kind == CARD_JPKI) {
        doctor_tell(doctor, "reader", GRADE_GOOD, words(W_DOCTOR_READER_JPKI),
            state->name);
        check_applications(doctor, token);
        check_card_clock(doctor, token);
        return true;
    }
    doctor_tell(doctor, "reader",
        kind == CARD_LEFT_OUT || kind == CARD_NONE ? GRADE_NOTE : GRADE_BAD,
        words(W_DOCTOR_READER), state->name);
    doctor_add(doctor, "%s", words_of(why));
    if (state->exclusive && err != TOK_BUSY)
        doctor_add(doctor, "%s", words(W_CARD_EXCLUSIVE));
    return false;
}

static void check_cards(struct doctor *doctor)
{
    enum exit_status status;
    const struct words *trouble;
    bool has_card = false;
    struct cards cards;
    size_t i;

    cards_open(&cards);
    trouble = cards_trouble(&cards, doctor->options, &status);
    if (!cards.readers) {
        doctor_tell(doctor, "configuration", GRADE_BAD, "%s",
            cards.err == TOK_CONF ? words(W_DOCTOR_CONF_UNUSABLE)
                                  : words_of(trouble));
        doctor_exit(doctor, status);
    } else if (check_service(doctor, &cards)) {
        if (trouble)
            doctor_tell(doctor, "readers", GRADE_BAD, "%s", words_of(trouble));
        for (i = 0; i < cards.count; i++)
            if (cards_wants(doctor->options, cards.states[i].name))
                has_card |= check_reader(doctor, &cards, &cards.states[i]);
        if (!has_card)
            doctor_exit(doctor, EXIT_NO_CARD);
    }
    cards_close(&cards);
}

/* Certificates of today were not issued before, nor will they be good after. */
#define FIRST_YEAR 2025
#define LAST_YEAR 2099

static void check_clock(struct doctor *doctor)
{
    time_t now = time(NULL);
    struct tm day;
    bool is_plausible;

    if (!clock_in_japan(now, &day))
        memset(&day, 0, sizeof day);
    is_plausible =
        day.tm_year + 1900 >= FIRST_YEAR && day.tm_year + 1900 <= LAST_YEAR;
    if (is_plausible)
        doctor_tell(doctor, "clock", GRADE_GOOD, words(W_DOCTOR_CLOCK_GOOD),
            day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, day.tm_hour,
            day.tm_min);
    else
        doctor_tell(doctor, "clock", GRADE_BAD, words(W_DOCTOR_CLOCK_WRONG),
            day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, day.tm_hour,
            day.tm_min);
}

enum exit_status doctor_run(const struct options *options)
{
    struct doctor doctor = {
        .options = options, .as_json = options->is_set[OPTION_JSON]};

    if (doctor.as_json)
        printf("{\"schema\":1,\"version\":\"%s\",\"findings\":[", JPKI_VERSION);
    check_clock(&doctor);
    if (doctor_check_conf(&doctor))
        check_cards(&doctor);
    doctor_check_programs(&doctor);
    end_finding(&doctor);
    if (doctor.as_json)
        printf("],\"exit\":%d}\n", (int)doctor.status);
    return doctor.status;
}

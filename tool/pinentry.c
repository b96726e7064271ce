/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/pinentry.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/text.h"
#include "tool/pinentry_process.h"

#define LINE_SIZE 1000 /* of the protocol, with its end */
#define HEAD_SIZE 24   /* of a line, as much as is looked at */

/* What libgpg-error calls these, without the source in the upper bits. */
#define CODE_MASK 0xffff
#define CODE_GENERAL 1
#define CODE_TIMEOUT 62
#define CODE_CANCELED 99
#define CODE_FULLY_CANCELED 198

/*
 * Who cancels sooner is no person: pinentry without a terminal does, and one
 * beside another.
 */
#define PERSON_MS 150

struct talk {
    struct pinentry_process process;
    struct pollfd polled[1 + PINENTRY_WATCHED_MAX]; /* its output first */
    nfds_t count;
    int64_t until;
    int64_t asked_at;            /* 0: nobody is asked yet */
    struct typed_pin *raw;       /* what was read of its output */
    size_t next;                 /* of the bytes there */
    enum pinentry_result result; /* why the talk ended */
};

static bool end_talk(struct talk *talk, enum pinentry_result result)
{
    talk->result = result;
    return false;
}

static bool is_by_person(const struct talk *talk)
{
    return talk->asked_at && clock_ms() - talk->asked_at >= PERSON_MS;
}

/* The end by a person, or of a pinentry that cannot ask or has crashed. */
static bool end_early(struct talk *talk)
{
    bool is_left = is_by_person(talk) && pinentry_was_left(&talk->process);

    return end_talk(talk, is_left ? PINENTRY_CANCELLED : PINENTRY_IMPOSSIBLE);
}

/* Waits for output. False: the talk is over. */
static bool wait_for_output(struct talk *talk)
{
    nfds_t i;

    for (;;) {
        int64_t left = talk->until - clock_ms();
        int n;

        if (left <= 0)
            return end_talk(talk, PINENTRY_TIMED_OUT);
        n = poll(talk->polled, talk->count, (int)left);
        if (n < 0 && errno != EINTR)
            return end_talk(talk, PINENTRY_IMPOSSIBLE);
        for (i = 1; n > 0 && i < talk->count; i++)
            if (talk->polled[i].revents)
                return end_talk(talk, PINENTRY_UNWANTED);
        if (n > 0)
            return true;
    }
}

/* The next byte of its output; -1: the talk is over. */
static int read_byte(struct talk *talk)
{
    struct typed_pin *raw = talk->raw;
    ssize_t n;

    if (talk->next < raw->len)
        return raw->bytes[talk->next++];
    if (!wait_for_output(talk))
        return -1;
    n = read(talk->process.from, raw->bytes, sizeof raw->bytes);
    if (n <= 0) {
        (void)end_early(talk);
        return -1;
    }
    raw->len = (size_t)n;
    talk->next = 1;
    return raw->bytes[0];
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes C, a byte of a line of data, to ANSWER, without its escape. */
static bool take_data(struct talk *talk, int c, struct typed_pin *answer)
{
    if (c == '%') {
        int high = hex_digit(read_byte(talk));
        int low = high < 0 ? -1 : hex_digit(read_byte(talk));

        if (low < 0)
            return end_talk(talk, PINENTRY_IMPOSSIBLE);
        c = high << 4 | low;
    }
    if (answer && answer->len < sizeof answer->bytes)
        answer->bytes[answer->len++] = (uint8_t)c;
    return true;
}

/* A line's beginning; what follows "D " goes to ANSWER, which may be NULL. */
static bool read_line(
    struct talk *talk, struct typed_pin *answer, char ret_head[HEAD_SIZE])
{
    size_t len = 0;
    int c;

    while ((c = read_byte(talk)) != '\n') {
        if (c < 0)
            return false;
        if (len == 2 && memcmp(ret_head, "D ", 2) == 0) {
            if (!take_data(talk, c, answer))
                return false;
        } else if (len < HEAD_SIZE - 1) {
            ret_head[len++] = (char)c;
        }
    }
    ret_head[len] = '\0';
    return true;
}

static bool has_word(const char *line, const char *word)
{
    size_t len = strlen(word);

    return strncmp(line, word, len) == 0 &&
           (line[len] == ' ' || line[len] == '\0');
}

/* Never 0, whatever stands after "ERR". */
static unsigned error_code(const char *rest)
{
    unsigned code = (unsigned)strtoul(rest, NULL, 10) & CODE_MASK;

    return code ? code : CODE_GENERAL;
}

/* *RET_CODE is 0 for OK. False: the talk is over. */
static bool read_reply(
    struct talk *talk, struct typed_pin *answer, unsigned *ret_code)
{
    char head[HEAD_SIZE];

    do {
        if (!read_line(talk, answer, head))
            return false;
        if (has_word(head, "INQUIRE"))
            return end_talk(talk, PINENTRY_IMPOSSIBLE);
    } while (!has_word(head, "OK") && !has_word(head, "ERR"));
    *ret_code = 0;
    if (head[0] == 'E')
        *ret_code = error_code(head + strlen("ERR"));
    return true;
}

static bool send_line(struct talk *talk, const char *line, size_t len)
{
    while (len > 0) {
        ssize_t n = write(talk->process.to, line, len);

        if (n <= 0)
            return end_early(talk);
        line += n;
        len -= (size_t)n;
    }
    return true;
}

/* COMMAND and as much of TEXT as is shown, of which these are escaped. */
static bool send_text(struct talk *talk, const char *command, const char *text)
{
    char line[LINE_SIZE];
    size_t n = (size_t)snprintf(line, sizeof line, "%s", command);
    size_t len = text_cut(text, PINENTRY_TEXT_MAX), i;

    for (i = 0; i < len && n + 4 < sizeof line; i++) {
        if (strchr("%\r\n", text[i]))
            n += (size_t)snprintf(line + n, sizeof line - n, "%%%02X",
                (unsigned)(unsigned char)text[i]);
        else
            line[n++] = text[i];
    }
    line[n++] = '\n';
    return send_line(talk, line, n);
}

enum weight {
    DECORATION, /* old ones do not know SETTITLE, and others not each option */
    MEANING,    /* without it a person would not know what for */
};

/* False: the talk is over. TEXT may be NULL: nothing is told. */
static bool tell(struct talk *talk, enum weight weight, const char *command,
    const char *text)
{
    unsigned code;

    if (!text)
        return true;
    if (!send_text(talk, command, text) || !read_reply(talk, NULL, &code))
        return false;
    return code == 0 || weight == DECORATION ||
           end_talk(talk, PINENTRY_IMPOSSIBLE);
}

/* True where there is such a locale, which pinentry would have to have, too. */
static bool is_of_utf8(const char *name)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
    bool result =
        locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;

    if (locale)
        freelocale(locale);
    return result;
}

/* A locale of UTF-8, without which Japanese is not shown. */
static const char *find_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;
    size_t i;

    for (i = 0; i < sizeof variables / sizeof *variables && !value; i++) {
        value = getenv(variables[i]);
        if (value && value[0] == '\0')
            value = NULL;
    }
    return value && is_of_utf8(value) ? value : "C.UTF-8";
}

static const char *find_terminal(void)
{
    const char *name = getenv("GPG_TTY");

    return name && name[0] ? name : ttyname(STDERR_FILENO);
}

static bool introduce(struct talk *talk)
{
    const char *terminal = find_terminal();
    const char *type = terminal ? getenv("TERM") : NULL;
    unsigned code;

    if (!read_reply(talk, NULL, &code)) /* its greeting */
        return false;
    if (code != 0)
        return end_talk(talk, PINENTRY_IMPOSSIBLE);
    return tell(talk, DECORATION, "OPTION lc-ctype=", find_locale()) &&
           tell(talk, DECORATION, "OPTION lc-messages=", find_locale()) &&
           tell(talk, DECORATION, "OPTION display=", getenv("DISPLAY")) &&
           tell(talk, DECORATION, "OPTION ttyname=", terminal) &&
           tell(talk, DECORATION, "OPTION ttytype=", type);
}

static bool describe(
    struct talk *talk, const struct pinentry_question *question)
{
    return tell(talk, DECORATION, "SETTITLE ", question->title) &&
           tell(talk, MEANING, "SETDESC ", question->description) &&
           tell(talk, MEANING, "SETERROR ", question->error) &&
           tell(talk, MEANING, "SETPROMPT ", question->prompt) &&
           tell(talk, DECORATION, "SETOK ", question->ok) &&
           tell(talk, DECORATION, "SETCANCEL ", question->cancel);
}

static enum pinentry_result judge_code(const struct talk *talk, unsigned code)
{
    switch (code) {
    case 0:
        return PINENTRY_GIVEN;
    case CODE_TIMEOUT:
        return PINENTRY_TIMED_OUT;
    case CODE_CANCELED:
    case CODE_FULLY_CANCELED:
        return is_by_person(talk) ? PINENTRY_CANCELLED : PINENTRY_IMPOSSIBLE;
    default:
        return PINENTRY_IMPOSSIBLE;
    }
}

static enum pinentry_result converse(struct talk *talk,
    const struct pinentry_question *question, struct typed_pin *answer)
{
    unsigned code = 0;

    if (!introduce(talk) || !describe(talk, question))
        return talk->result;
    talk->asked_at = clock_ms();
    if (!send_text(talk, "GETPIN", "") || !read_reply(talk, answer, &code))
        return talk->result;
    return judge_code(talk, code);
}

enum pinentry_result pinentry_ask(const struct pinentry_question *question,
    const struct pollfd *watched, size_t count, int seconds,
    struct typed_pin *ret_pin)
{
    struct talk talk = {.count = 1 + count,
        .until = clock_ms() + (int64_t)seconds * 1000,
        .raw = typed_pin_new(),
        .result = PINENTRY_IMPOSSIBLE};

    ret_pin->len = 0;
    if (talk.raw && pinentry_start(&talk.process)) {
        talk.polled[0] =
            (struct pollfd){.fd = talk.process.from, .events = POLLIN};
        if (count > 0)
            memcpy(talk.polled + 1, watched, count * sizeof *watched);
        talk.result = converse(&talk, question, ret_pin);
    }
    if (talk.raw)
        pinentry_end(&talk.process);
    typed_pin_free(talk.raw);
    if (talk.result != PINENTRY_GIVEN)
        explicit_bzero(ret_pin, sizeof *ret_pin);
    return talk.result;
}

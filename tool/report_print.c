/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/report.h"

#include <stdio.h>
#include <string.h>

#include "conf/words.h"
#include "conf/words_report.h"
#include "tool/output.h"

static bool is_counter(const struct card_answer *answer)
{
    return (answer->sw & 0xfff0) == 0x63c0;
}

static bool is_same(const struct card_answer *a, const struct card_answer *b)
{
    return a->sw == b->sw;
}

/* 9000, and the words by which a file ends. */
static bool is_good(const struct card_answer *answer)
{
    unsigned sw1 = answer->sw >> 8;

    return answer->sw == SW_OK || sw1 == 0x6c || sw1 == 0x62;
}

#define LABEL_COLUMNS 30

static void print_label(const struct words *label)
{
    const char *text = words_of(label);
    size_t width = text_width(text);

    printf("    %s%*s", text,
        width < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - width) : 1, "");
}

/* A line of the facts; ANSWER is what it rests on, unless it was not asked. */
static void tell(const struct words *label, const struct words *text,
    const struct card_answer *answer)
{
    print_label(label);
    printf("%s", words_of(text));
    if (answer->asked)
        printf(" (%04X)", answer->sw);
    putchar('\n');
}

static const struct words known = {W_IS_KNOWN}, refused = {W_IS_REFUSED},
                          absent = {W_IS_ABSENT}, readable = {W_IS_FREE},
                          unclear = {W_CANNOT_TELL};

/* Text of the token information, which names types of cards; '?' for what no
 * type has. */
static void copy_text(const uint8_t *bytes, size_t len, char *ret_text)
{
    size_t i;

    while (len > 0 && (bytes[len - 1] == ' ' || bytes[len - 1] == '\0'))
        len--;
    for (i = 0; i < len; i++)
        ret_text[i] =
            (char)(bytes[i] > ' ' && bytes[i] < 0x7f ? bytes[i] : '?');
    ret_text[len] = '\0';
}

/* Label, model and versions: not the number between them (docs/card.md 1.3). */
static void tell_type(const struct card_facts *facts)
{
    static const struct words label = {W_FACT_TYPE};
    const struct card_answer *answer = &facts->answers[FACT_READ_0006];
    char name[33], model[17], hardware[3], firmware[3];

    if (!is_good(answer) || answer->len != JPKI_TOKEN_INFO_SIZE) {
        tell(&label, &absent, answer);
        return;
    }
    copy_text(facts->token_info, 32, name);
    copy_text(facts->token_info + 64, 16, model);
    copy_text(facts->token_info + 140, 2, hardware);
    copy_text(facts->token_info + 142, 2, firmware);
    print_label(&label);
    printf("%s, %s, %s, %s\n", name, model, hardware, firmware);
}

/* As pcscd has it, without the serial number in parentheses. */
static void tell_reader(const char *name)
{
    static const struct words label = {W_FACT_READER};

    print_label(&label);
    printf("%.*s\n", (int)strcspn(name, "("), name);
}

static void tell_issued(const struct card_facts *facts)
{
    static const struct words label = {W_FACT_ISSUED};
    const struct card_answer *answer = &facts->answers[FACT_READ_0008];
    const uint8_t *bytes = facts->issued;

    if (facts->answers[FACT_SELECT_0008].sw != SW_OK || !is_good(answer) ||
        answer->len != sizeof facts->issued) {
        tell(&label, &absent, &facts->answers[FACT_SELECT_0008]);
        return;
    }
    print_label(&label);
    printf("%02X %02X %02X\n", bytes[0], bytes[1], bytes[2]);
}

static void tell_short_ids(const struct card_facts *facts)
{
    static const struct words reading = {W_FACT_SHORT_READ},
                              counter = {W_FACT_SHORT_QUERY},
                              signing = {W_FACT_SHORT_SIGN},
                              selects = {W_QUERY_SELECTS},
                              only = {W_QUERY_ONLY};
    const struct card_answer *answers = facts->answers;
    const struct card_answer *query = &answers[FACT_QUERY_SHORT];
    bool has_selected = !is_counter(&answers[FACT_QUERY_OTHER]) &&
                        is_same(query, &answers[FACT_QUERY_AFTER]);

    tell(&reading, is_good(&answers[FACT_SHORT_READ]) ? &known : &refused,
        &answers[FACT_SHORT_READ]);
    if (is_same(query, &answers[FACT_QUERY_AUTH]))
        tell(&counter, has_selected ? &selects : &only, query);
    else
        tell(&counter, &refused, query);
    tell(&signing,
        is_same(&answers[FACT_TOO_LONG], &answers[FACT_TOO_LONG_SHORT])
            ? &known
            : &refused,
        &answers[FACT_TOO_LONG_SHORT]);
}

static void tell_end(const struct card_facts *facts)
{
    static const struct words label = {W_FACT_END}, fewer = {W_END_SHORT},
                              exact = {W_END_EXACT};
    const struct card_answer *answer = &facts->answers[FACT_READ_MORE];
    unsigned sw1 = answer->sw >> 8;

    if (sw1 == 0x6c)
        tell(&label, &exact, answer);
    else
        tell(&label, is_good(answer) ? &fewer : &refused, answer);
}

static void tell_counter(
    const struct words *label, const struct card_answer *answer)
{
    static const struct words told = {W_IS_TOLD}, locked = {W_IS_LOCKED},
                              untold = {W_IS_UNTOLD};
    unsigned left;

    if (!sw_retry_counter(answer->sw, &left))
        tell(label, &untold, answer);
    else
        tell(label, left > 0 ? &told : &locked, answer);
}

static void tell_pss(const struct report *report)
{
    static const struct words label = {W_FACT_PSS}, salt = {W_PSS_SALT_32},
                              other = {W_PSS_OTHER};
    const struct card_answer *answer = &report->facts.answers[FACT_PSS];

    if (report->pss == REPORT_VALID)
        tell(&label, &salt, answer);
    else if (report->pss == REPORT_INVALID)
        tell(&label, &other, answer);
    else if (report->pss == REPORT_REFUSED || answer->sw == SW_WRONG_P1_P2)
        tell(&label, &refused, answer);
    else
        tell(&label,
            is_same(answer, &report->facts.answers[FACT_P1_NOTHING]) ? &unclear
                                                                     : &known,
            answer);
}

static void tell_certificate(const struct words *label,
    const struct card_answer *select, const struct card_answer *read)
{
    if (select->sw != SW_OK)
        tell(label, &absent, select);
    else
        tell(label, is_good(read) ? &readable : &refused, read);
}

/* The files from FACT_EF_0005 on that can be selected. */
static void tell_files(const struct card_facts *facts)
{
    static const char *const names[] = {
        "0005", "0009", "0010", "0016", "0019", "001C", "001E"};
    static const struct words label = {W_FACT_FILES};
    char text[64] = "";
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (facts->answers[FACT_EF_0005 + i].sw != SW_OK)
            continue;
        if (text[0])
            strcat(text, " ");
        strcat(text, names[i]);
    }
    print_label(&label);
    printf("%s\n", text[0] ? text : words(W_NONE));
}

static void tell_applications(const struct card_facts *facts)
{
    static const struct words label = {W_FACT_APPLICATIONS};

    print_label(&label);
    printf("issuer domain %04X, common %04X, text %04X\n",
        facts->answers[FACT_ISSUER].sw, facts->answers[FACT_COMMON].sw,
        facts->answers[FACT_TEXT].sw);
}

static void tell_power(const struct card_facts *facts)
{
    static const struct words first = {W_FACT_FIRST}, reset = {W_FACT_RESET},
                              taken = {W_IS_TAKEN}, kept = {W_IS_KEPT},
                              lost = {W_IS_LOST};
    const struct card_answer *answers = facts->answers;

    tell(&first, answers[FACT_FIRST].sw == SW_OK ? &taken : &refused,
        &answers[FACT_FIRST]);
    tell(&reset, answers[FACT_RESET_SELECT].sw == SW_OK ? &kept : &lost,
        &answers[FACT_RESET_SELECT]);
}

/* Whether the PIN counts as verified after what came before ANSWER. */
static void tell_state(const struct words *label,
    const struct card_facts *facts, const struct card_answer *answer)
{
    static const struct words kept = {W_IS_KEPT}, lost = {W_IS_LOST};
    const struct card_answer *out = &facts->answers[FACT_OUT],
                             *in = &facts->answers[FACT_IN];

    if (!answer->asked || is_same(in, out))
        tell(label, &unclear, answer);
    else if (is_same(answer, in))
        tell(label, &kept, answer);
    else
        tell(label, is_same(answer, out) ? &lost : &unclear, answer);
}

static void tell_verified(const struct card_facts *facts)
{
    static const struct words query = {W_FACT_QUERY_IN}, same = {W_FACT_SAME},
                              other = {W_FACT_OTHER},
                              reset = {W_FACT_AFTER_RESET};
    const struct card_answer *answers = facts->answers;

    printf("\n%s\n", words(W_REPORT_VERIFIED));
    tell_counter(&query, &answers[FACT_IN_QUERY]);
    tell_state(&same, facts, &answers[FACT_SAME]);
    tell_state(&other, facts, &answers[FACT_OTHER]);
    tell_state(&reset, facts, &answers[FACT_AFTER_RESET]);
}

static void tell_facts(const struct report *report)
{
    static const struct words auth = {W_FACT_COUNTER_AUTH},
                              sign = {W_FACT_COUNTER_SIGN},
                              sign_cert = {W_FACT_SIGN_CERT},
                              auth_cert = {W_FACT_AUTH_CERT};
    const struct card_facts *facts = &report->facts;
    const struct card_answer *answers = facts->answers;

    printf("\n%s\n", words(W_REPORT_FACTS));
    tell_reader(report->reader);
    tell_type(facts);
    tell_issued(facts);
    tell_short_ids(facts);
    tell_end(facts);
    tell_counter(&auth, &answers[FACT_QUERY_AUTH]);
    tell_counter(&sign, &answers[FACT_QUERY_SIGN]);
    tell_pss(report);
    tell_certificate(
        &sign_cert, &answers[FACT_SELECT_0001], &answers[FACT_READ_0001]);
    tell_certificate(
        &auth_cert, &answers[FACT_SELECT_000A], &answers[FACT_READ_000A]);
    tell_files(facts);
    tell_applications(facts);
    tell_power(facts);
}

/* Names of the answers, for those who read many reports. */
static const char *const names[CARD_FACTS] = {
    [FACT_FIRST] = "SELECT JPKI, first",
    [FACT_SHORT_READ] = "READ 0006 by short id",
    [FACT_SELECT_0006] = "SELECT 0006",
    [FACT_READ_0006] = "READ 160",
    [FACT_READ_MORE] = "READ 256",
    [FACT_READ_PAST] = "READ at 7F00",
    [FACT_SELECT_0008] = "SELECT 0008",
    [FACT_READ_0008] = "READ 3",
    [FACT_SELECT_0001] = "SELECT 0001",
    [FACT_READ_0001] = "READ 1",
    [FACT_SELECT_000A] = "SELECT 000A",
    [FACT_READ_000A] = "READ 256",
    [FACT_SELECT_OTHER] = "SELECT 0006",
    [FACT_QUERY_OTHER] = "query 80, no PIN",
    [FACT_QUERY_SHORT] = "query 98",
    [FACT_QUERY_AFTER] = "query 80",
    [FACT_SELECT_0018] = "SELECT 0018",
    [FACT_QUERY_AUTH] = "query 80, auth",
    [FACT_SELECT_001B] = "SELECT 001B",
    [FACT_QUERY_SIGN] = "query 80, sign",
    [FACT_SELECT_0017] = "SELECT 0017",
    [FACT_PSS] = "2A 04 80, 1 byte",
    [FACT_P1_NOTHING] = "2A 0F 80, 1 byte",
    [FACT_TOO_LONG] = "2A 00 80, 255 bytes",
    [FACT_TOO_LONG_SHORT] = "2A 00 97, 255 bytes",
    [FACT_EF_0005] = "SELECT 0005",
    [FACT_EF_0009] = "SELECT 0009",
    [FACT_EF_0010] = "SELECT 0010",
    [FACT_EF_0016] = "SELECT 0016",
    [FACT_EF_0019] = "SELECT 0019",
    [FACT_EF_001C] = "SELECT 001C",
    [FACT_EF_001E] = "SELECT 001E",
    [FACT_ISSUER] = "SELECT issuer domain",
    [FACT_COMMON] = "SELECT common",
    [FACT_TEXT] = "SELECT text",
    [FACT_RESET_SELECT] = "reset, SELECT 0006",
    [FACT_OUT] = "2A 00 80, no PIN",
    [FACT_IN] = "2A 00 80, verified",
    [FACT_IN_QUERY] = "query 80, verified",
    [FACT_SAME] = "2A, JPKI again",
    [FACT_OTHER] = "2A, another, JPKI",
    [FACT_AFTER_RESET] = "2A, reset, JPKI",
};

static void print_answers(const struct card_facts *facts)
{
    size_t i;

    printf("\n%s\n", words(W_REPORT_ANSWERS));
    for (i = 0; i < CARD_FACTS; i++)
        if (facts->answers[i].asked)
            printf("    %-24s%04X %u\n", names[i], facts->answers[i].sw,
                facts->answers[i].len);
}

static void print_times(const struct card_facts *facts)
{
    static const char *const commands[CARD_TIMINGS] = {
        [TIMING_SELECT_APPLICATION] = "SELECT application",
        [TIMING_SELECT_FILE] = "SELECT file",
        [TIMING_READ_256] = "READ BINARY, 256 bytes",
        [TIMING_QUERY] = "query of a counter",
        [TIMING_VERIFY] = "VERIFY",
        [TIMING_SIGN] = "signature, PKCS #1",
        [TIMING_SIGN_PSS] = "signature, PSS",
    };
    size_t i;

    printf("\n%s\n", words(W_REPORT_TIMES));
    for (i = 0; i < CARD_TIMINGS; i++) {
        const struct card_time *time = &facts->times[i];

        if (time->count > 0)
            printf("    %-24s%3u %8.1f %8.1f %8.1f\n", commands[i], time->count,
                (double)time->min_us / 1000,
                (double)time->sum_us / time->count / 1000,
                (double)time->max_us / 1000);
    }
}

void report_print(const struct report *report)
{
    printf(words(W_REPORT_HEAD), JPKI_VERSION);
    tell_facts(report);
    if (report->is_verified)
        tell_verified(&report->facts);
    print_answers(&report->facts);
    print_times(&report->facts);
    if (!report->is_verified)
        printf("\n%s", words(W_REPORT_MORE));
}

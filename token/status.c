/* SPDX-License-Identifier: Apache-2.0 */
#include "token/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf/clock.h"
#include "conf/words_policy.h"
#include "crypto/trust.h"
#include "token/verdict.h"

#define DAY 86400
#define RENEWAL_MONTHS 3 /* before the end, at the municipal office */

/* The day on which renewal opens; the last of a shorter month counts. */
static bool get_renewal(int64_t not_after, struct tm *ret_day)
{
    int day;

    if (!clock_in_japan(not_after, ret_day))
        return false;
    day = ret_day->tm_mday;
    ret_day->tm_mon -= RENEWAL_MONTHS;
    (void)timegm(ret_day);
    if (ret_day->tm_mday != day) {
        ret_day->tm_mday = 0;
        (void)timegm(ret_day);
    }
    return true;
}

static void get_cert(
    const struct cert *cert, int64_t now, struct status *status)
{
    struct tm today;
    int64_t left;
    size_t len;
    const uint8_t *key_id = cert_field(cert, CERT_ISSUER_KEY_ID, &len);
    const char *issuer = trust_issuer_name(key_id, len);

    cert_validity(cert, &status->not_before, &status->not_after);
    left = status->not_after - now;
    status->has_cert = true;
    status->days_left = left < 0 ? -1 : left / DAY;
    status->has_renewal = get_renewal(status->not_after, &status->renewal_from);
    if (status->has_renewal && clock_in_japan(now, &today)) {
        struct tm opens = status->renewal_from;

        status->renewal_is_open =
            left >= 0 && timegm(&today) / DAY >= timegm(&opens) / DAY;
    }
    status->issuer = issuer ? issuer : "other";
}

static void get_verdict(
    const struct token_key *key, int64_t now, struct status *status)
{
    const struct revocation *revocation = &key->verdict.revocation;

    status->has_verdict = true;
    status->rule = key->verdict.rule;
    status->has_revocation = key->verdict.rule && key->cert.cert;
    status->revocation = revocation_status_at(revocation, now);
    status->revocation_reason = revocation->reason;
    status->revoked_at = revocation->revoked_at;
}

void status_get(
    struct token *token, enum jpki_role_id role, struct status *ret_status)
{
    struct token_key *key = &token->keys[role];
    int64_t now = (int64_t)time(NULL);

    memset(ret_status, 0, sizeof *ret_status);
    ret_status->role = key->role;
    ret_status->kind =
        token->identity.kind ? token->identity.kind->word : "unknown";
    ret_status->is_issued = token_is_issued(token, role);
    ret_status->counter = token->pins[role].counter;
    if (key->cert.cert &&
        (key->logged_in || !token_cert_is_private(token, role)))
        get_cert(key->cert.cert, now, ret_status);
    verdict_renew(token, role);
    if (token_is_judged(role))
        get_verdict(key, now, ret_status);
    if (!ret_status->is_issued || !ret_status->counter.known)
        return;
    ret_status->is_locked = ret_status->counter.locked;
    ret_status->last_try_is_spared = token_spares_last_try(token, role);
}

const struct words *status_reason(const struct status *status)
{
    static const struct words log_in_first = {W_LOG_IN_FIRST};

    return status->rule ? &status->rule->sentence : &log_in_first;
}

const struct words *status_revoked_why(const struct status *status)
{
    if (!status->rule || status->rule->verdict != POLICY_REVOKED)
        return NULL;
    return &revocation_reason(status->revocation_reason)->meaning;
}

/*
 * Members are added to the text, which the first one opens. Half an object is
 * none: where one does not fit the text is empty and stays so.
 */
static void add(char *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char *text, const char *format, ...)
{
    size_t used = strlen(text), room = STATUS_JSON_MAX - used;
    va_list args;
    int len;

    if (used == 0 && format[0] != '{')
        return;
    va_start(args, format);
    len = vsnprintf(text + used, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room)
        text[0] = '\0';
}

static void add_time(char *text, const char *name, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    char date[32];

    if (gmtime_r(&time, &tm) &&
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        add(text, ",\"%s\":\"%s\"", name, date);
}

static void add_cert(char *text, const struct status *status)
{
    char date[16];

    if (!status->has_cert)
        return;
    add_time(text, "not_before", status->not_before);
    add_time(text, "not_after", status->not_after);
    add(text, ",\"days_left\":%" PRId64, status->days_left);
    if (status->has_renewal &&
        strftime(date, sizeof date, "%Y-%m-%d", &status->renewal_from) > 0)
        add(text, ",\"renewal_from\":\"%s\"", date);
    add(text, ",\"issuer\":\"%s\"", status->issuer);
}

/* "revoked (affiliationChanged)", and since when. */
static void add_revocation(char *text, const struct status *status)
{
    const char *word = revocation_status_word(status->revocation);

    if (status->revocation != REVOCATION_REVOKED) {
        add(text, ",\"revocation\":\"%s\"", word);
        return;
    }
    add(text, ",\"revocation\":\"%s (%s)\"", word,
        revocation_reason(status->revocation_reason)->name);
    if (status->revoked_at != 0)
        add_time(text, "revoked_at", status->revoked_at);
}

static void add_verdict(char *text, const struct status *status)
{
    const struct policy_rule *rule = status->rule;
    const struct words *why = status_revoked_why(status);

    if (!status->has_verdict)
        return;
    add(text, ",\"verdict\":\"%s\",\"reason\":\"%s",
        rule ? rule->word : "log-in-first", status_reason(status)->en);
    if (why)
        add(text, WORDS_EN(W_REASON), why->en);
    add(text, "\",\"reason_ja\":\"%s", status_reason(status)->ja);
    if (why)
        add(text, WORDS_JA(W_REASON), why->ja);
    add(text, "\"");
    if (status->has_revocation)
        add_revocation(text, status);
}

/* What a person can do about a PIN that cannot be given. */
static void add_note(char *text, const struct status *status)
{
    int slot = (int)status->role->id;

    if (status->is_locked)
        add(text, ",\"note\":\"%s\",\"note_ja\":\"%s\"",
            WORDS_EN(W_NOTE_LOCKED), WORDS_JA(W_NOTE_LOCKED));
    else if (status->last_try_is_spared)
        add(text,
            ",\"note\":\"" WORDS_EN(W_NOTE_LAST_TRY) "\",\"note_ja\":"
                                                     "\"" WORDS_JA(
                                                         W_NOTE_LAST_TRY) "\"",
            JPKI_MODULE_PATH, slot, JPKI_MODULE_PATH, slot);
}

void status_json(const struct status *status, char ret_text[STATUS_JSON_MAX])
{
    const struct retry_counter *counter = &status->counter;

    ret_text[0] = '\0';
    add(ret_text,
        "{\"schema\":2,\"module\":\"%s\",\"role\":\"%s\",\"kind\":\"%s\","
        "\"issued\":%s",
        JPKI_VERSION, status->role->name, status->kind,
        status->is_issued ? "true" : "false");
    if (counter->known)
        add(ret_text, ",\"tries_left\":%u", counter->left);
    else
        add(ret_text, ",\"tries_left\":null");
    add(ret_text, ",\"tries_max\":%u,\"locked\":%s",
        retry_counter_max(counter, status->role),
        counter->known && counter->locked ? "true" : "false");
    add_cert(ret_text, status);
    add_verdict(ret_text, status);
    add_note(ret_text, status);
    add(ret_text, "}\n");
}

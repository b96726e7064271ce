/* SPDX-License-Identifier: Apache-2.0 */
#include "token/status_json.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
        revocation_reason_name(status->revocation_reason));
    if (status->revoked_at != 0)
        add_time(text, "revoked_at", status->revoked_at);
}

static void add_verdict(char *text, const struct status *status)
{
    const struct policy_rule *rule = status->rule;

    if (!status->has_verdict)
        return;
    if (!rule) {
        add(text, ",\"verdict\":\"log-in-first\",\"reason\":\"The certificate "
                  "can be read only after the signing password.\"");
        return;
    }
    add(text, ",\"verdict\":\"%s\",\"reason\":\"%s", rule->word,
        rule->sentence);
    if (rule->verdict == POLICY_REVOKED)
        add(text, " Reason: %s.",
            revocation_reason_meaning(status->revocation_reason));
    add(text, "\"");
    if (status->has_revocation)
        add_revocation(text, status);
}

/* What a person can do about a PIN that cannot be given. */
static void add_note(char *text, const struct status *status)
{
    if (status->is_locked)
        add(text, ",\"note\":\"The PIN is locked. The municipal office resets "
                  "it, or a convenience-store kiosk where the other PIN is "
                  "known. A card set up for face authentication has no PIN.\"");
    else if (status->last_try_is_spared)
        add(text,
            ",\"note\":\"One try is left, and no program may use it "
            "(last_try = refuse). To use it, if you are sure of the PIN: take "
            "every other card out, then "
            "printf '[pin]\\\\nlast_try = allow\\\\n' >F; "
            "JPKI_PKCS11_CONF=F pkcs11-tool --module %s "
            "--slot-index %d -l -O; rm F. A wrong one locks it.\"",
            JPKI_MODULE_PATH, status->slot_index);
}

void status_json(const struct status *status, char ret_text[STATUS_JSON_MAX])
{
    const struct retry_counter *counter = &status->counter;

    ret_text[0] = '\0';
    add(ret_text,
        "{\"schema\":1,\"module\":\"%s\",\"role\":\"%s\",\"kind\":\"%s\"",
        JPKI_VERSION, status->role, status->kind);
    if (counter->known)
        add(ret_text, ",\"tries_left\":%u", counter->left);
    else
        add(ret_text, ",\"tries_left\":null");
    add(ret_text, ",\"tries_max\":%u,\"locked\":%s", status->tries_max,
        counter->known && counter->locked ? "true" : "false");
    add_cert(ret_text, status);
    add_verdict(ret_text, status);
    add_note(ret_text, status);
    add(ret_text, "}");
}

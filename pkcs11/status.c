/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/trust.h"
#include "pkcs11/module.h"
#include "pkcs11/reader.h"
#include "pkcs11/slot.h"

#define DAY 86400
#define JAPAN (9 * 3600) /* validity is meant by the calendar there */
#define RENEWAL_MONTHS 3 /* before the end, at the municipal office */

/*
 * Members are added to the slot's text, which the first one opens. Half an
 * object is none: where one does not fit the text is empty and stays so.
 */
static void add(struct slot *slot, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct slot *slot, const char *format, ...)
{
    size_t used = strlen(slot->status), room = sizeof slot->status - used;
    va_list args;
    int len;

    if (used == 0 && format[0] != '{')
        return;
    va_start(args, format);
    len = vsnprintf(slot->status + used, room, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= room)
        slot->status[0] = '\0';
}

static void add_time(struct slot *slot, const char *name, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    char text[32];

    if (gmtime_r(&time, &tm) &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        add(slot, ",\"%s\":\"%s\"", name, text);
}

/* The day on which renewal opens; the last of a shorter month counts. */
static void add_renewal(struct slot *slot, int64_t not_after)
{
    time_t time = (time_t)(not_after + JAPAN);
    struct tm tm;
    char text[16];
    int day;

    if (!gmtime_r(&time, &tm))
        return;
    day = tm.tm_mday;
    tm.tm_mon -= RENEWAL_MONTHS;
    (void)timegm(&tm);
    if (tm.tm_mday != day) {
        tm.tm_mday = 0;
        (void)timegm(&tm);
    }
    if (strftime(text, sizeof text, "%Y-%m-%d", &tm) > 0)
        add(slot, ",\"renewal_from\":\"%s\"", text);
}

static void add_cert(struct slot *slot)
{
    int64_t not_before, not_after, left;
    size_t len;
    const uint8_t *key_id = cert_field(slot->cert, CERT_ISSUER_KEY_ID, &len);
    const char *issuer = trust_issuer_name(key_id, len);

    cert_validity(slot->cert, &not_before, &not_after);
    left = not_after - (int64_t)time(NULL);
    add_time(slot, "not_before", not_before);
    add_time(slot, "not_after", not_after);
    add(slot, ",\"days_left\":%" PRId64, left < 0 ? -1 : left / DAY);
    add_renewal(slot, not_after);
    add(slot, ",\"issuer\":\"%s\"", issuer ? issuer : "other");
}

/* "revoked (affiliationChanged)", and since when. */
static void add_revocation(struct slot *slot)
{
    const struct revocation *revocation = &slot->verdict.revocation;
    enum revocation_status status =
        revocation_status_at(revocation, (int64_t)time(NULL));
    const char *word = revocation_status_word(status);

    if (status != REVOCATION_REVOKED) {
        add(slot, ",\"revocation\":\"%s\"", word);
        return;
    }
    add(slot, ",\"revocation\":\"%s (%s)\"", word,
        revocation_reason_name(revocation->reason));
    if (revocation->revoked_at != 0)
        add_time(slot, "revoked_at", revocation->revoked_at);
}

/* Before the log-in nothing is known but whether there is a certificate. */
static void add_verdict(struct slot *slot)
{
    const struct policy_rule *rule = slot->verdict.rule;
    const struct revocation *revocation = &slot->verdict.revocation;

    if (!rule) {
        add(slot, ",\"verdict\":\"log-in-first\",\"reason\":\"The certificate "
                  "can be read only after the signing password.\"");
        return;
    }
    add(slot, ",\"verdict\":\"%s\",\"reason\":\"%s", rule->word,
        rule->sentence);
    if (rule->verdict == POLICY_REVOKED)
        add(slot, " Reason: %s.",
            revocation_reason_meaning(revocation->reason));
    add(slot, "\"");
    if (slot->cert)
        add_revocation(slot);
}

/* What a person can do about a PIN that cannot be given. */
static void add_note(struct slot *slot)
{
    if (!slot_is_issued(slot) || !slot->counter.known)
        return;
    if (slot->counter.locked)
        add(slot, ",\"note\":\"The PIN is locked. The municipal office resets "
                  "it, or a convenience-store kiosk where the other PIN is "
                  "known. A card set up for face authentication has no PIN.\"");
    else if (slot->counter.left == 1 &&
             module_conf()->last_try == CONF_LAST_TRY_REFUSE)
        add(slot,
            ",\"note\":\"One try is left, and no program may use it "
            "(last_try = refuse). To use it, if you are sure of the PIN: take "
            "every other card out, then "
            "printf '[pin]\\\\nlast_try = allow\\\\n' >F; "
            "JPKI_PKCS11_CONF=F pkcs11-tool --module %s "
            "--slot-index %d -l -O; rm F. A wrong one locks it.\"",
            JPKI_MODULE_PATH, (int)slot->role->id);
}

void status_update(struct slot *slot)
{
    const struct retry_counter *counter = &slot->counter;

    slot->status[0] = '\0';
    add(slot, "{\"schema\":1,\"module\":\"%s\",\"role\":\"%s\",\"kind\":\"%s\"",
        JPKI_VERSION, slot->role->name, slot->reader->identity.kind->word);
    if (counter->known)
        add(slot, ",\"tries_left\":%u", counter->left);
    else
        add(slot, ",\"tries_left\":null");
    add(slot, ",\"tries_max\":%u,\"locked\":%s", slot->role->tries_max,
        counter->known && counter->locked ? "true" : "false");
    if (slot->cert && (slot->logged_in || !slot_cert_is_private(slot)))
        add_cert(slot);
    verdict_renew(slot);
    if (verdict_is_needed(slot))
        add_verdict(slot);
    add_note(slot);
    add(slot, "}");
}

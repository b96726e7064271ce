/* SPDX-License-Identifier: Apache-2.0 */
#include "token/status.h"

#include <string.h>

#include "crypto/trust.h"
#include "token/verdict.h"

#define DAY 86400
#define JAPAN (9 * 3600) /* validity is meant by the calendar there */
#define RENEWAL_MONTHS 3 /* before the end, at the municipal office */

/* The day on which renewal opens; the last of a shorter month counts. */
static bool get_renewal(int64_t not_after, struct tm *ret_day)
{
    time_t time = (time_t)(not_after + JAPAN);
    int day;

    if (!gmtime_r(&time, ret_day))
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
    int64_t left;
    size_t len;
    const uint8_t *key_id = cert_field(cert, CERT_ISSUER_KEY_ID, &len);
    const char *issuer = trust_issuer_name(key_id, len);

    cert_validity(cert, &status->not_before, &status->not_after);
    left = status->not_after - now;
    status->has_cert = true;
    status->days_left = left < 0 ? -1 : left / DAY;
    status->has_renewal = get_renewal(status->not_after, &status->renewal_from);
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
    ret_status->role = key->role->name;
    ret_status->slot_index = (int)role;
    ret_status->kind =
        token->identity.kind ? token->identity.kind->word : "unknown";
    ret_status->counter = key->counter;
    ret_status->tries_max = key->role->tries_max;
    if (key->cert.cert &&
        (key->logged_in || !token_cert_is_private(token, role)))
        get_cert(key->cert.cert, now, ret_status);
    verdict_renew(token, role);
    if (token_is_judged(role))
        get_verdict(key, now, ret_status);
    if (!token_is_issued(token, role) || !key->counter.known)
        return;
    ret_status->is_locked = key->counter.locked;
    ret_status->last_try_is_spared =
        !key->counter.locked && key->counter.left == 1 &&
        token->context->conf.last_try == CONF_LAST_TRY_REFUSE;
}

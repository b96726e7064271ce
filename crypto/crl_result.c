/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl_result.h"

#include <string.h>

/* A list without an authority key identifier may be of any CA. */
static bool names_issuer(const struct crl_list *list, const struct cert *issuer)
{
    const ASN1_OCTET_STRING *named =
        list->authority ? list->authority->keyid : NULL;
    size_t len = 0;
    const uint8_t *key_id = cert_field(issuer, CERT_KEY_ID, &len);

    return !named ||
           ((size_t)ASN1_STRING_length(named) == len &&
               memcmp(ASN1_STRING_get0_data(named), key_id, len) == 0);
}

static void miss(struct crl_result *result, enum crl_miss why)
{
    if (result->nearest < why)
        result->nearest = why;
}

static void add_revoked(struct crl_result *result, const struct crl_list *list,
    const struct crl_entry *entry)
{
    if (result->revoked.status == REVOCATION_REVOKED &&
        result->revoked_by >= list->this_update)
        return;
    result->revoked_by = list->this_update;
    result->revoked = (struct revocation){
        .status = REVOCATION_REVOKED,
        .reason = entry->reason,
        .revoked_at = entry->revoked_at,
    };
}

static void add_good(struct crl_result *result, const struct crl_list *list)
{
    if (result->good.status == REVOCATION_GOOD &&
        result->good.next_update >= list->next_update)
        return;
    result->good = (struct revocation){
        .status = REVOCATION_GOOD,
        .next_update = list->next_update,
    };
}

/* An authentic list about the subject, which ENTRY does not revoke. */
static void add_unnamed(struct crl_result *result, const struct crl_list *list,
    const struct crl_entry *entry, bool all_reasons, int64_t now)
{
    if (entry->kind == CRL_ENTRY_REMOVED)
        miss(result, CRL_ENTRY_TAKEN_BACK);
    else if (!list->complete || !all_reasons)
        miss(result, CRL_INCOMPLETE);
    else if (now < list->this_update)
        miss(result, CRL_NOT_YET_VALID);
    else if (now > list->next_update)
        miss(result, CRL_OUT_OF_DATE);
    else
        add_good(result, list);
}

void crl_result_add(struct crl_result *result, const struct crl_list *list,
    const struct crl_subject *subject, int64_t now)
{
    struct crl_entry entry;
    const uint8_t *serial = NULL;
    size_t len = 0;
    bool all_reasons = false;

    miss(result, CRL_ABOUT_OTHERS);
    if (!names_issuer(list, subject->issuer) ||
        !crl_covers(list, subject->dps, &all_reasons))
        return;
    if (!crl_is_signed_by(list, subject->issuer)) {
        result->doubtful = true;
        miss(result, CRL_FORGED);
        return;
    }
    serial = cert_field(subject->cert, CERT_SERIAL, &len);
    if (!crl_find_entry(list->tbs->entries, serial, len, &entry))
        miss(result, CRL_MALFORMED);
    else if (entry.kind == CRL_ENTRY_REVOKED)
        add_revoked(result, list, &entry);
    else
        add_unnamed(result, list, &entry, all_reasons, now);
}

struct revocation crl_result_conclude(const struct crl_result *result)
{
    static const char *const why[CRL_MISSES] = {
        [CRL_NONE] = "no CRL",
        [CRL_ABOUT_OTHERS] = "no CRL of its distribution point",
        [CRL_FORGED] = "CRL not signed by the CA",
        [CRL_MALFORMED] = "malformed CRL",
        [CRL_INCOMPLETE] = "CRL not complete",
        [CRL_ENTRY_TAKEN_BACK] = "CRL entry with removeFromCRL",
        [CRL_NOT_YET_VALID] = "CRL not valid yet",
        [CRL_OUT_OF_DATE] = "CRL out of date",
    };

    if (result->revoked.status == REVOCATION_REVOKED)
        return result->revoked;
    if (result->good.status == REVOCATION_GOOD)
        return result->good;
    return revocation_unknown(why[result->nearest]);
}

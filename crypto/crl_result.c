/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl_result.h"

#include <string.h>

#include <openssl/asn1t.h>

#include "crypto/cert_x509.h"

/*
 * One certificate revocation list (RFC 5280 5.1). Its entries stay as they are
 * encoded: to parse 100,000 of them takes OpenSSL too long and too much memory.
 */
typedef struct {
    ASN1_INTEGER *version;
    X509_ALGOR *algorithm;
    ASN1_STRING *issuer;
    ASN1_TIME *this_update;
    ASN1_TIME *next_update;
    ASN1_STRING *entries; /* DER of revokedCertificates; NULL: none */
    STACK_OF(X509_EXTENSION) * extensions;
} CRL_TBS;

typedef struct {
    ASN1_STRING *tbs; /* DER of what is signed */
    X509_ALGOR *algorithm;
    ASN1_BIT_STRING *signature;
} CRL_SIGNED;

/* clang-format off */
ASN1_SEQUENCE(CRL_TBS) = {
    ASN1_OPT(CRL_TBS, version, ASN1_INTEGER),
    ASN1_SIMPLE(CRL_TBS, algorithm, X509_ALGOR),
    ASN1_SIMPLE(CRL_TBS, issuer, ASN1_SEQUENCE),
    ASN1_SIMPLE(CRL_TBS, this_update, ASN1_TIME),
    ASN1_OPT(CRL_TBS, next_update, ASN1_TIME),
    ASN1_OPT(CRL_TBS, entries, ASN1_SEQUENCE),
    ASN1_EXP_SEQUENCE_OF_OPT(CRL_TBS, extensions, X509_EXTENSION, 0),
} static_ASN1_SEQUENCE_END(CRL_TBS)

ASN1_SEQUENCE(CRL_SIGNED) = {
    ASN1_SIMPLE(CRL_SIGNED, tbs, ASN1_SEQUENCE),
    ASN1_SIMPLE(CRL_SIGNED, algorithm, X509_ALGOR),
    ASN1_SIMPLE(CRL_SIGNED, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(CRL_SIGNED)

struct crl_list {
    CRL_SIGNED *whole;
    CRL_TBS *tbs;
    int64_t this_update;
    int64_t next_update;        /* without one: before everything */
    AUTHORITY_KEYID *authority; /* NULL: none */
    ISSUING_DIST_POINT *idp;    /* NULL: none */
    bool complete; /* not naming a certificate says that it is good */
};
/* clang-format on */

static bool decode(const uint8_t *der, size_t len, struct crl_list *list)
{
    const uint8_t *at = der;
    const ASN1_STRING *tbs = NULL;

    list->whole = (CRL_SIGNED *)ASN1_item_d2i(
        NULL, &at, (long)len, ASN1_ITEM_rptr(CRL_SIGNED));
    if (!list->whole || at != der + len)
        return false;
    tbs = list->whole->tbs;
    at = ASN1_STRING_get0_data(tbs);
    list->tbs = (CRL_TBS *)ASN1_item_d2i(
        NULL, &at, ASN1_STRING_length(tbs), ASN1_ITEM_rptr(CRL_TBS));
    return list->tbs &&
           X509_ALGOR_cmp(list->tbs->algorithm, list->whole->algorithm) == 0;
}

/* Version 2 is written as 1; a list without extensions may be of version 1. */
static bool is_version_known(const ASN1_INTEGER *version)
{
    return !version || ASN1_INTEGER_get(version) == 1;
}

/* RFC 5280 5.2: what is not understood may limit the list. */
static bool may_limit(X509_EXTENSION *extension)
{
    switch (OBJ_obj2nid(X509_EXTENSION_get_object(extension))) {
    case NID_issuer_alt_name:
    case NID_crl_number:
    case NID_issuing_distribution_point:
    case NID_authority_key_identifier:
        return false;
    case NID_delta_crl:
        return true;
    default:
        return X509_EXTENSION_get_critical(extension);
    }
}

static bool read_extensions(struct crl_list *list)
{
    const STACK_OF(X509_EXTENSION) *extensions = list->tbs->extensions;
    void *authority = NULL;
    void *idp = NULL;
    bool sound =
        asn1_get_extension(
            extensions, NID_authority_key_identifier, &authority) &&
        asn1_get_extension(extensions, NID_issuing_distribution_point, &idp);
    int i;

    list->authority = authority;
    list->idp = idp;
    list->complete = !list->idp || !list->idp->onlysomereasons;
    for (i = 0; i < sk_X509_EXTENSION_num(extensions); i++)
        if (may_limit(sk_X509_EXTENSION_value(extensions, i)))
            list->complete = false;
    return sound;
}

static bool read_times(struct crl_list *list)
{
    const CRL_TBS *tbs = list->tbs;

    list->next_update = INT64_MIN;
    return asn1_read_time(tbs->this_update, &list->this_update) == CRYPT_OK &&
           (!tbs->next_update || asn1_read_time(tbs->next_update,
                                     &list->next_update) == CRYPT_OK);
}

static void free_list(struct crl_list *list)
{
    ASN1_item_free((ASN1_VALUE *)list->whole, ASN1_ITEM_rptr(CRL_SIGNED));
    ASN1_item_free((ASN1_VALUE *)list->tbs, ASN1_ITEM_rptr(CRL_TBS));
    AUTHORITY_KEYID_free(list->authority);
    ISSUING_DIST_POINT_free(list->idp);
}

/* False: it is no list, or what is read here is malformed, or no memory. */
static bool parse(const uint8_t *der, size_t len, struct crl_list *ret_list)
{
    struct crl_list list = {.whole = NULL};

    if (!decode(der, len, &list) || !is_version_known(list.tbs->version) ||
        !read_times(&list) || !read_extensions(&list)) {
        free_list(&list);
        return false;
    }
    *ret_list = list;
    return true;
}

static bool is_signed_by(const struct crl_list *list, const struct cert *issuer)
{
    const CRL_SIGNED *whole = list->whole;

    return cert_has_signed(issuer, ASN1_ITEM_rptr(ASN1_SEQUENCE), whole->tbs,
        whole->algorithm, whole->signature);
}

static void read_entry(
    const uint8_t *der, const uint8_t *end, struct revocation *entry)
{
    X509_REVOKED *revoked = d2i_X509_REVOKED(NULL, &der, end - der);
    ASN1_ENUMERATED *reason = NULL;

    *entry = (struct revocation){.status = REVOCATION_REVOKED};
    if (!revoked)
        return;
    (void)asn1_read_time(
        X509_REVOKED_get0_revocationDate(revoked), &entry->revoked_at);
    reason = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
    if (reason)
        entry->reason = (int)ASN1_ENUMERATED_get(reason);
    if (entry->reason == CRL_REASON_REMOVE_FROM_CRL)
        entry->status = REVOCATION_UNKNOWN;
    ASN1_ENUMERATED_free(reason);
    X509_REVOKED_free(revoked);
}

/* Enters the item with TAG at *AT, which ends at RET_END, not after END. */
static bool enter(
    const uint8_t **at, const uint8_t *end, int tag, const uint8_t **ret_end)
{
    long len = 0;
    int found = 0;
    int class = 0;
    int form = ASN1_get_object(at, &len, &found, &class, end - *at);

    if (form & ~V_ASN1_CONSTRUCTED || class != V_ASN1_UNIVERSAL || found != tag)
        return false;
    *ret_end = *at + len;
    return true;
}

/* Another encoding of the same number would not be found. */
static bool is_shortest(const uint8_t *number, const uint8_t *end)
{
    if (end - number < 2)
        return end - number == 1;
    return number[0] != 0 || number[1] & 0x80;
}

bool crl_find_entry(const ASN1_STRING *entries, const uint8_t *serial,
    size_t serial_len, struct revocation *ret_entry)
{
    const uint8_t *at = entries ? ASN1_STRING_get0_data(entries) : NULL;
    const uint8_t *end = entries ? at + ASN1_STRING_length(entries) : NULL;
    bool sound = !entries || enter(&at, end, V_ASN1_SEQUENCE, &end);
    const uint8_t *entry = at;
    const uint8_t *number = NULL;
    const uint8_t *entry_end = NULL;
    const uint8_t *number_end = NULL;

    *ret_entry = (struct revocation){.status = REVOCATION_NOT_CHECKED};
    for (; entry < end && ret_entry->status != REVOCATION_REVOKED;
         entry = entry_end) {
        at = entry;
        if (!enter(&at, end, V_ASN1_SEQUENCE, &entry_end))
            return false;
        number = at;
        if (!enter(&at, entry_end, V_ASN1_INTEGER, &number_end))
            return false;
        sound = sound && is_shortest(at, number_end);
        if ((size_t)(number_end - number) == serial_len &&
            memcmp(number, serial, serial_len) == 0)
            read_entry(entry, entry_end, ret_entry);
    }
    return sound || ret_entry->status == REVOCATION_REVOKED;
}

/* A relative name would need the CA's name, and no list of JPKI's has one. */
static const GENERAL_NAMES *full_name(const DIST_POINT_NAME *name)
{
    return name && name->type == 0 ? name->name.fullname : NULL;
}

static bool share_a_name(const GENERAL_NAMES *some, const GENERAL_NAMES *others)
{
    int i;
    int j;

    for (i = 0; i < sk_GENERAL_NAME_num(some); i++)
        for (j = 0; j < sk_GENERAL_NAME_num(others); j++)
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(some, i),
                    sk_GENERAL_NAME_value(others, j)) == 0)
                return true;
    return false;
}

static bool is_one_of(const DIST_POINT_NAME *name, const CRL_DIST_POINTS *dps,
    bool *ret_all_reasons)
{
    bool found = false;
    int i;

    *ret_all_reasons = false;
    for (i = 0; i < sk_DIST_POINT_num(dps); i++) {
        const DIST_POINT *dp = sk_DIST_POINT_value(dps, i);

        /* With a CRLissuer, the list is another CA's. */
        if (dp->CRLissuer ||
            !share_a_name(full_name(name), full_name(dp->distpoint)))
            continue;
        found = true;
        if (!dp->reasons)
            *ret_all_reasons = true;
    }
    return found;
}

/*
 * Whether LIST is about a certificate with the distribution points DPS, which
 * may be NULL: it names no distribution point or one of DPS, and is about the
 * end-entity certificates of its own issuer. RET_ALL_REASONS: for all reasons,
 * as far as DPS say (RFC 5280 4.2.1.13).
 */
static bool covers(const struct crl_list *list, const CRL_DIST_POINTS *dps,
    bool *ret_all_reasons)
{
    const ISSUING_DIST_POINT *idp = list->idp;

    *ret_all_reasons = true;
    if (!idp)
        return true;
    return idp->onlyCA <= 0 && idp->onlyattr <= 0 && idp->indirectCRL <= 0 &&
           (!idp->distpoint || is_one_of(idp->distpoint, dps, ret_all_reasons));
}
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

/* Of several lists the worst answer counts, of these the one with BY. */
static void add_answer(
    struct crl_result *result, const struct revocation *answer, int64_t by)
{
    if (result->answer.status > answer->status ||
        (result->answer.status == answer->status && result->by >= by))
        return;
    result->answer = *answer;
    result->by = by;
}

/* An authentic list about the certificate, which ENTRY does not revoke. */
static void add_unnamed(struct crl_result *result, const struct crl_list *list,
    const struct revocation *entry, bool all_reasons, int64_t now)
{
    const struct revocation good = {
        .status = REVOCATION_GOOD, .next_update = list->next_update};

    if (entry->status == REVOCATION_UNKNOWN)
        miss(result, CRL_ENTRY_TAKEN_BACK);
    else if (!list->complete || !all_reasons)
        miss(result, CRL_INCOMPLETE);
    else if (now < list->this_update)
        miss(result, CRL_NOT_YET_VALID);
    else if (now > list->next_update)
        miss(result, CRL_OUT_OF_DATE);
    else
        add_answer(result, &good, list->next_update);
}

static void add_list(struct crl_result *result, const struct crl_list *list,
    const struct crl_query *query)
{
    struct revocation entry;
    const uint8_t *serial = NULL;
    size_t len = 0;
    bool all_reasons = false;

    miss(result, CRL_ABOUT_OTHERS);
    if (!names_issuer(list, query->about.issuer) ||
        !covers(list, query->dps, &all_reasons))
        return;
    if (!is_signed_by(list, query->about.issuer)) {
        result->doubtful = true;
        miss(result, CRL_FORGED);
        return;
    }
    serial = cert_field(query->about.cert, CERT_SERIAL, &len);
    if (!crl_find_entry(list->tbs->entries, serial, len, &entry))
        miss(result, CRL_MALFORMED);
    else if (entry.status == REVOCATION_REVOKED)
        add_answer(result, &entry, list->this_update);
    else
        add_unnamed(result, list, &entry, all_reasons, query->about.now);
}

bool crl_result_add(struct crl_result *result, const uint8_t *der, size_t len,
    const struct crl_query *query)
{
    struct crl_list list;

    if (!parse(der, len, &list))
        return false;
    add_list(result, &list, query);
    free_list(&list);
    return true;
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

    if (result->answer.status != REVOCATION_NOT_CHECKED)
        return result->answer;
    return revocation_unknown(why[result->nearest]);
}

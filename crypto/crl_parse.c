/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl_parse.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "crypto/asn1time.h"
#include "crypto/cert_x509.h"
#include "crypto/context_lib.h"
#include "crypto/signature_nid.h"

static bool is_same(struct der a, struct der b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool is_time(const struct der *rest)
{
    return der_is_next(rest, DER_UTC_TIME) ||
           der_is_next(rest, DER_GENERALIZED_TIME);
}

static bool take_time(struct der *rest, int64_t *ret_seconds)
{
    struct der_item item;
    const uint8_t *at = NULL;
    ASN1_TIME *time = NULL;
    bool ok = false;

    if (!is_time(rest) || !der_next(rest, &item))
        return false;
    at = item.whole.data;
    time = d2i_ASN1_TIME(NULL, &at, (long)item.whole.len);
    ok = time && asn1time_read(time, ret_seconds) == CRYPT_OK;
    ASN1_TIME_free(time);
    return ok;
}

static ISSUING_DIST_POINT *parse_idp(struct der der)
{
    const uint8_t *at = der.data;

    return d2i_ISSUING_DIST_POINT(NULL, &at, (long)der.len);
}

static bool read_idp(struct der value, struct crl_list *list)
{
    ISSUING_DIST_POINT *idp = parse_idp(value);

    if (!idp)
        return false;
    if (idp->onlysomereasons)
        list->complete = false;
    ISSUING_DIST_POINT_free(idp);
    list->idp = value;
    return true;
}

static bool read_authority_key_id(struct der value, struct crl_list *list)
{
    struct der_item authority;
    struct der_item id;

    if (!der_take(&value, DER_SEQUENCE, &authority))
        return false;
    if (der_take(&authority.value, DER_IMPLICIT_0, &id))
        list->authority_key_id = id.value;
    return true;
}

static bool read_delta(struct der value, struct crl_list *list)
{
    (void)value;
    list->complete = false;
    return true;
}

static bool read_nothing(struct der value, struct crl_list *list)
{
    (void)value;
    (void)list;
    return true;
}

/* By the last arc of 2.5.29.*. */
static const struct {
    uint8_t arc;
    bool (*read)(struct der value, struct crl_list *list);
} extensions[] = {
    {18, read_nothing}, /* issuerAltName */
    {20, read_nothing}, /* cRLNumber */
    {27, read_delta},   /* deltaCRLIndicator */
    {28, read_idp},     /* issuingDistributionPoint */
    {35, read_authority_key_id},
};
#define EXTENSIONS (sizeof extensions / sizeof *extensions)

/* The row of the table, or EXTENSIONS. */
static size_t find_extension(struct der oid)
{
    size_t i = 0;

    if (oid.len != 3 || oid.data[0] != 0x55 || oid.data[1] != 29)
        return EXTENSIONS;
    while (i < EXTENSIONS && extensions[i].arc != oid.data[2])
        i++;
    return i;
}

static bool read_extension(
    struct der rest, unsigned *seen, struct crl_list *list)
{
    struct der_item oid;
    struct der_item critical;
    struct der_item value;
    bool is_critical = false;
    size_t row = 0;

    if (!der_take(&rest, DER_OID, &oid))
        return false;
    is_critical = der_take(&rest, DER_BOOLEAN, &critical);
    if (!der_take(&rest, DER_OCTET_STRING, &value))
        return false;
    row = find_extension(oid.value);
    if (row == EXTENSIONS) {
        /* RFC 5280 5.2: what is not understood may limit the list. */
        list->complete = list->complete && !is_critical;
        return true;
    }
    if (*seen & 1u << row)
        return false;
    *seen |= 1u << row;
    return extensions[row].read(value.value, list);
}

static bool read_extensions(struct der rest, struct crl_list *list)
{
    struct der_item all;
    struct der_item one;
    unsigned seen = 0;

    if (!der_take(&rest, DER_SEQUENCE, &all) || rest.len > 0)
        return false;
    while (all.value.len > 0) {
        if (!der_take(&all.value, DER_SEQUENCE, &one) ||
            !read_extension(one.value, &seen, list))
            return false;
    }
    return true;
}

/* Version 2 is written as 1; a list without extensions may be of version 1. */
static bool take_version(struct der *rest)
{
    struct der_item version;

    if (!der_is_next(rest, DER_INTEGER))
        return true;
    return der_next(rest, &version) && version.value.len == 1 &&
           version.value.data[0] == 1;
}

static bool read_tbs(struct der rest, struct crl_list *list)
{
    struct der_item algorithm;
    struct der_item issuer;
    struct der_item entries;
    struct der_item context;

    if (!take_version(&rest) || !der_take(&rest, DER_SEQUENCE, &algorithm) ||
        !is_same(algorithm.whole, list->algorithm) ||
        !der_take(&rest, DER_SEQUENCE, &issuer) ||
        !take_time(&rest, &list->this_update))
        return false;
    if (is_time(&rest) && !take_time(&rest, &list->next_update))
        return false;
    if (der_take(&rest, DER_SEQUENCE, &entries))
        list->entries = entries.value;
    if (rest.len == 0)
        return true;
    return der_take(&rest, DER_CONTEXT_0, &context) && rest.len == 0 &&
           read_extensions(context.value, list);
}

bool crl_parse(struct der der, struct crl_list *ret_list)
{
    struct crl_list list = {.next_update = INT64_MIN, .complete = true};
    struct der_item outer;
    struct der_item tbs;
    struct der_item algorithm;
    struct der_item signature;

    if (!der_take(&der, DER_SEQUENCE, &outer) || der.len > 0 ||
        !der_take(&outer.value, DER_SEQUENCE, &tbs) ||
        !der_take(&outer.value, DER_SEQUENCE, &algorithm) ||
        !der_take(&outer.value, DER_BIT_STRING, &signature) ||
        outer.value.len > 0 || signature.value.len < 2 ||
        signature.value.data[0] != 0)
        return false;
    list.tbs = tbs.whole;
    list.algorithm = algorithm.whole;
    list.signature =
        (struct der){signature.value.data + 1, signature.value.len - 1};
    if (!read_tbs(tbs.value, &list))
        return false;
    *ret_list = list;
    return true;
}

static int algorithm_nid(struct der der)
{
    const uint8_t *at = der.data;
    X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)der.len);
    const ASN1_OBJECT *object = NULL;
    int nid = NID_undef;

    if (!algorithm)
        return NID_undef;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    nid = OBJ_obj2nid(object);
    X509_ALGOR_free(algorithm);
    return nid;
}

bool crl_is_signed_by(const struct crl_list *list, const struct cert *issuer)
{
    OSSL_LIB_CTX *lib = crypto_lib(cert_crypto(issuer));
    EVP_PKEY *key = cert_key(issuer);
    EVP_MD_CTX *ctx = NULL;
    int digest = NID_undef;
    bool fits = false;

    if (!key ||
        !signature_nid_is_strong(algorithm_nid(list->algorithm), &digest))
        return false;
    ctx = EVP_MD_CTX_new();
    fits = ctx &&
           EVP_DigestVerifyInit_ex(
               ctx, NULL, OBJ_nid2sn(digest), lib, NULL, key, NULL) == 1 &&
           EVP_DigestVerify(ctx, list->signature.data, list->signature.len,
               list->tbs.data, list->tbs.len) == 1;
    EVP_MD_CTX_free(ctx);
    return fits;
}

static void read_entry(struct der der, struct crl_entry *entry)
{
    const uint8_t *at = der.data;
    X509_REVOKED *revoked = d2i_X509_REVOKED(NULL, &at, (long)der.len);
    ASN1_ENUMERATED *reason = NULL;

    *entry = (struct crl_entry){.kind = CRL_ENTRY_REVOKED};
    if (!revoked)
        return;
    (void)asn1time_read(
        X509_REVOKED_get0_revocationDate(revoked), &entry->revoked_at);
    reason = X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
    if (reason)
        entry->reason = (int)ASN1_ENUMERATED_get(reason);
    if (entry->reason == CRL_REASON_REMOVE_FROM_CRL)
        entry->kind = CRL_ENTRY_REMOVED;
    ASN1_ENUMERATED_free(reason);
    X509_REVOKED_free(revoked);
}

/* Another encoding of the same number would not be found. */
static bool is_shortest(struct der number)
{
    if (number.len < 2)
        return number.len == 1;
    return number.data[0] != 0 || number.data[1] & 0x80;
}

bool crl_find_entry(
    const struct crl_list *list, struct der serial, struct crl_entry *ret_entry)
{
    struct crl_entry found = {.kind = CRL_ENTRY_NONE};
    struct der rest = list->entries;
    struct der_item entry;
    struct der_item number;
    bool sound = true;

    while (rest.len > 0 && found.kind != CRL_ENTRY_REVOKED) {
        if (!der_take(&rest, DER_SEQUENCE, &entry) ||
            !der_take(&entry.value, DER_INTEGER, &number)) {
            sound = false;
            break;
        }
        sound = sound && is_shortest(number.value);
        if (is_same(number.whole, serial))
            read_entry(entry.whole, &found);
    }
    *ret_entry = found;
    return sound || found.kind == CRL_ENTRY_REVOKED;
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

enum crypt_err crl_covers(struct der der, const CRL_DIST_POINTS *dps,
    bool *ret_covers, bool *ret_all_reasons)
{
    ISSUING_DIST_POINT *idp = NULL;

    *ret_covers = der.len == 0;
    *ret_all_reasons = true;
    if (der.len == 0)
        return CRYPT_OK;
    idp = parse_idp(der);
    if (!idp)
        return CRYPT_NOMEM;
    *ret_covers =
        idp->onlyCA <= 0 && idp->onlyattr <= 0 && idp->indirectCRL <= 0 &&
        (!idp->distpoint || is_one_of(idp->distpoint, dps, ret_all_reasons));
    ISSUING_DIST_POINT_free(idp);
    return CRYPT_OK;
}

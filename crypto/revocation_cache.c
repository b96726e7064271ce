/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation_cache.h"

#include <string.h>

static const uint8_t *sha256_of(const struct cert *cert)
{
    size_t len = 0;

    return cert_field(cert, CERT_SHA256, &len);
}

/* The index of the entry about CERT, or REVOCATION_CACHE_SIZE. */
static size_t find(const struct revocation_cache *cache,
    const struct cert *cert, const struct cert *issuer)
{
    const uint8_t *cert_id = sha256_of(cert);
    const uint8_t *issuer_id = sha256_of(issuer);
    size_t i = 0;

    while (
        i < REVOCATION_CACHE_SIZE &&
        (memcmp(cache->entries[i].cert, cert_id, CERT_SHA256_SIZE) != 0 ||
            memcmp(cache->entries[i].issuer, issuer_id, CERT_SHA256_SIZE) != 0))
        i++;
    return i;
}

static bool still_holds(const struct revocation_cache_entry *entry, int64_t now)
{
    const struct revocation *answer = &entry->answer;

    return answer->status == REVOCATION_REVOKED ||
           (answer->status == REVOCATION_GOOD && entry->since <= now &&
               now <= answer->next_update);
}

bool revocation_cache_find(const struct revocation_cache *cache,
    const struct cert *cert, const struct cert *issuer, const uint8_t *source,
    int64_t now, struct revocation *ret_answer)
{
    size_t i = find(cache, cert, issuer);
    const struct revocation_cache_entry *entry = &cache->entries[i];

    if (i == REVOCATION_CACHE_SIZE || !still_holds(entry, now))
        return false;
    if (source && memcmp(entry->source, source, CERT_SHA256_SIZE) != 0)
        return false;
    *ret_answer = entry->answer;
    return true;
}

void revocation_cache_put(struct revocation_cache *cache,
    const struct cert *cert, const struct cert *issuer, const uint8_t *source,
    int64_t now, const struct revocation *answer)
{
    size_t i = find(cache, cert, issuer);
    struct revocation_cache_entry *entry = NULL;

    if (i == REVOCATION_CACHE_SIZE) {
        if (answer->status == REVOCATION_UNKNOWN)
            return;
        i = cache->next;
        cache->next = (cache->next + 1) % REVOCATION_CACHE_SIZE;
    }
    entry = &cache->entries[i];
    *entry = (struct revocation_cache_entry){.answer = *answer, .since = now};
    memcpy(entry->cert, sha256_of(cert), CERT_SHA256_SIZE);
    memcpy(entry->issuer, sha256_of(issuer), CERT_SHA256_SIZE);
    if (source)
        memcpy(entry->source, source, CERT_SHA256_SIZE);
}

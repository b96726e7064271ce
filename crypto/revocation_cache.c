/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation_cache.h"

#include <string.h>

static const uint8_t *sha256_of(const struct cert *cert)
{
    size_t len = 0;

    return cert_field(cert, CERT_SHA256, &len);
}

/* The entry about QUERY's certificates, or NULL. */
static const struct revocation_cache_entry *find(
    const struct revocation_cache *cache, const struct revocation_query *query)
{
    const uint8_t *cert = sha256_of(query->cert);
    const uint8_t *issuer = sha256_of(query->issuer);
    size_t i;

    for (i = 0; i < REVOCATION_CACHE_SIZE; i++) {
        const struct revocation_cache_entry *entry = &cache->entries[i];

        if (memcmp(entry->cert, cert, CERT_SHA256_SIZE) == 0 &&
            memcmp(entry->issuer, issuer, CERT_SHA256_SIZE) == 0)
            return entry;
    }
    return NULL;
}

static bool still_holds(const struct revocation_cache_entry *entry, int64_t now)
{
    const struct revocation *answer = &entry->answer;

    return answer->status == REVOCATION_REVOKED ||
           (answer->status == REVOCATION_GOOD && entry->since <= now &&
               now <= answer->next_update);
}

bool revocation_cache_find(const struct revocation_cache *cache,
    const struct revocation_query *query, const uint8_t *source,
    struct revocation *ret_answer)
{
    const struct revocation_cache_entry *entry = find(cache, query);

    if (!entry || !still_holds(entry, query->now))
        return false;
    if (source && memcmp(entry->source, source, CERT_SHA256_SIZE) != 0)
        return false;
    *ret_answer = entry->answer;
    return true;
}

void revocation_cache_put(struct revocation_cache *cache,
    const struct revocation_query *query, const uint8_t *source,
    const struct revocation *answer)
{
    const struct revocation_cache_entry *last = find(cache, query);
    struct revocation_cache_entry *entry = &cache->entries[cache->next];

    if (last)
        entry = &cache->entries[last - cache->entries];
    else if (answer->status == REVOCATION_UNKNOWN)
        return;
    else
        cache->next = (cache->next + 1) % REVOCATION_CACHE_SIZE;
    *entry =
        (struct revocation_cache_entry){.answer = *answer, .since = query->now};
    memcpy(entry->cert, sha256_of(query->cert), CERT_SHA256_SIZE);
    memcpy(entry->issuer, sha256_of(query->issuer), CERT_SHA256_SIZE);
    if (source)
        memcpy(entry->source, source, CERT_SHA256_SIZE);
}

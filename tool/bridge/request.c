/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/request.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "conf/words_bridge.h"
#include "tool/bridge/base64.h"

static const struct words malformed = {W_BRIDGE_MALFORMED},
                          origin_refused = {W_BRIDGE_ORIGIN},
                          mode_unknown = {W_BRIDGE_MODE},
                          service_unknown = {W_BRIDGE_SERVICE},
                          digest_refused = {W_BRIDGE_DIGEST},
                          digests_refused = {W_BRIDGE_DIGESTS};

/* Before the hash: RFC 8017, section 9.2, note 1. */
static const uint8_t sha256_prefix[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
    0x20};

/* An object of TEXT, LEN bytes of UTF-8 and nothing behind it; or NULL. */
static json_t *parse_object(const char *text, size_t len)
{
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    if (json && !json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

/* A log-in names the service that it is for; where others do, it is the same.
 */
static bool is_service_known(const json_t *page, const struct mode *mode)
{
    const json_t *value = json_object_get(page, "service_id");
    const char *service = json_string_value(value);

    if (!value)
        return mode->id != MODE_LOG_IN;
    return service && strcmp(service, "01") == 0;
}

static const char *string_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool is_allowed(const char *origin, const struct conf_list *hosts)
{
    static const char scheme[] = "https://";
    size_t i;

    if (strncmp(origin, scheme, strlen(scheme)) != 0)
        return false;
    for (i = 0; i < hosts->count; i++)
        if (strcmp(origin + strlen(scheme), hosts->items[i]) == 0)
            return true;
    return false;
}

/* False: there is one, and it may not ask. */
static bool take_origin(
    const json_t *message, const struct conf *conf, struct request *request)
{
    const json_t *value = json_object_get(message, "origin");
    const char *origin = json_string_value(value);

    if (!value)
        return true;
    if (!origin || strlen(origin) >= sizeof request->origin ||
        !is_allowed(origin, &conf->bridge_hosts))
        return false;
    memcpy(request->origin, origin, strlen(origin) + 1);
    return true;
}

static bool take_digest(const json_t *value, struct request *request)
{
    uint8_t *bytes = request->digest_infos[request->count];
    const char *text = json_string_value(value);

    if (!text || !base64_decode(text, REQUEST_DIGEST_INFO, bytes) ||
        memcmp(bytes, sha256_prefix, sizeof sha256_prefix) != 0)
        return false;
    request->count++;
    return true;
}

static const struct words *take_digests(
    const json_t *page, struct request *request)
{
    const json_t *digest = json_object_get(page, "digest");
    size_t max = request->mode->digests_max, count, i;

    if (max == 0)
        return NULL;
    if (!json_is_array(digest) || max == 1)
        return take_digest(digest, request) ? NULL : &digest_refused;
    count = json_array_size(digest);
    if (count == 0 || count > max)
        return &digests_refused;
    for (i = 0; i < count; i++)
        if (!take_digest(json_array_get(digest, i), request))
            return &digest_refused;
    return NULL;
}

/* What the page sent. */
static const struct words *take_page(
    const json_t *page, struct request *request)
{
    const char *mode = string_of(page, "mode");

    if (!mode)
        return &malformed;
    request->mode = mode_find(mode);
    if (!request->mode)
        return &mode_unknown;
    if (!request->mode->has_pin)
        return NULL;
    if (request->origin[0] == '\0')
        return &origin_refused;
    if (!is_service_known(page, request->mode))
        return &service_unknown;
    return take_digests(page, request);
}

const struct words *request_parse(const char *message, size_t len,
    const struct conf *conf, struct request *ret_request)
{
    const struct words *wrong = &malformed;
    json_t *outer = parse_object(message, len), *page = NULL;
    const char *text = outer ? string_of(outer, "request") : NULL;

    memset(ret_request, 0, sizeof *ret_request);
    if (outer && !take_origin(outer, conf, ret_request))
        wrong = &origin_refused;
    else if (text)
        page = parse_object(text, strlen(text));
    if (page)
        wrong = take_page(page, ret_request);
    json_decref(page);
    json_decref(outer);
    return wrong;
}

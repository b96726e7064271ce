/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_REQUEST_H
#define TOOL_BRIDGE_REQUEST_H

#include <stddef.h>
#include <stdint.h>
#include "conf/values.h"
#include "conf/words.h"
#include "tool/bridge/mode.h"

#define REQUEST_ORIGIN_SIZE                                                 \
    512                        /* longer than any that [bridge] hosts takes \
                                */
#define REQUEST_DIGEST_INFO 51 /* bytes, with SHA-256 */

/* What a site asks for, checked. */
struct request {
    const struct mode *mode;
    /* "https://HOST"; "": the extension itself asks. */
    char origin[REQUEST_ORIGIN_SIZE];
    size_t count; /* of the DigestInfos to sign */
    uint8_t digest_infos[MODE_DIGESTS_MAX][REQUEST_DIGEST_INFO];
};

/*
 * Takes LEN bytes of a message of the extension apart:
 *
 *     {"origin": "https://HOST", "request": "{\"mode\": \"01\", ...}"}
 *
 * where the origin is as the browser told it, and the request as the page sent
 * it. Without an origin only "check" and "05" are taken. NULL: RET_REQUEST is
 * one that CONF allows; else what is wrong with it. Nothing but a DigestInfo of
 * SHA-256 in its only right form (RFC 8017 section 9.2) is ever taken to be
 * signed.
 */
const struct words *request_parse(const char *message, size_t len,
    const struct conf *conf, struct request *ret_request);

#endif

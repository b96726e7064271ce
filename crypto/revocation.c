/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation.h"

#include <stddef.h>

#include "conf/words_policy.h"

/* As the practice statement of J-LIS defines them (docs/card.md 4). */
static const struct revocation_reason reasons[] = {
    [0] = {"unspecified", {W_REASON_UNSPECIFIED}},
    [1] = {"keyCompromise", {W_REASON_KEY}},
    [2] = {"cACompromise", {W_REASON_CA_KEY}},
    [3] = {"affiliationChanged", {W_REASON_CHANGED}},
    [4] = {"superseded", {W_REASON_SUPERSEDED}},
    [5] = {"cessationOfOperation", {W_REASON_CEASED}},
    [6] = {"certificateHold", {W_REASON_HOLD}},
    [8] = {"removeFromCRL", {W_REASON_WAS_ON_HOLD}},
    [9] = {"privilegeWithdrawn", {W_REASON_WITHDRAWN}},
    [10] = {"aACompromise", {W_REASON_AUTHORITY}},
};

const struct revocation_reason *revocation_reason(int reason)
{
    if (reason < 0 || (size_t)reason >= sizeof reasons / sizeof *reasons ||
        !reasons[reason].name)
        return &reasons[0];
    return &reasons[reason];
}

enum revocation_status revocation_status_at(
    const struct revocation *revocation, int64_t now)
{
    if (revocation->status == REVOCATION_GOOD && now > revocation->next_update)
        return REVOCATION_UNKNOWN;
    return revocation->status;
}

const char *revocation_status_word(enum revocation_status status)
{
    static const char *const words[] = {
        [REVOCATION_NOT_CHECKED] = "not checked",
        [REVOCATION_GOOD] = "good",
        [REVOCATION_REVOKED] = "revoked",
        [REVOCATION_UNKNOWN] = "unknown",
    };

    return words[status];
}

struct revocation revocation_unknown(const char *why)
{
    return (struct revocation){.status = REVOCATION_UNKNOWN, .why = why};
}

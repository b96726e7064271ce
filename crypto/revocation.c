/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation.h"

#include <stddef.h>

/* As the practice statement of J-LIS defines them (docs/card.md 4). */
static const struct revocation_reason reasons[] = {
    [0] = {"unspecified", "no reason is given"},
    [1] = {"keyCompromise", "the key may be in other hands"},
    [2] = {"cACompromise", "the key of the CA may be in other hands"},
    [3] = {"affiliationChanged",
        "a recorded fact has changed (name, address, date of birth or sex)"},
    [4] = {"superseded", "a newer certificate has taken its place"},
    [5] = {"cessationOfOperation", "it was given back or the card has ended"},
    [6] = {"certificateHold", "it is suspended, as after a report of loss"},
    [8] = {"removeFromCRL", "it was on hold"},
    [9] = {"privilegeWithdrawn", "the right to use it was withdrawn"},
    [10] = {"aACompromise", "an authority may be in other hands"},
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

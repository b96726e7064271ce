/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_POLICY_H
#define TOKEN_POLICY_H

#include <stdbool.h>
#include <stdint.h>
#include "conf/words.h"
#include "crypto/profile.h"
#include "crypto/revocation.h"
#include "crypto/trust.h"

/*
 * The signing policy (docs/design.md section 5): one table of rules, pure
 * functions of their input. No clock, no file, no network, no lock.
 */

/* In the order of the rules. All but POLICY_ALLOWED refuse. */
enum policy_verdict {
    POLICY_NOT_ISSUED,
    POLICY_UNREADABLE,
    POLICY_UNSUPPORTED_KEY,
    POLICY_UNTRUSTED_ISSUER,
    POLICY_WRONG_USAGE,
    POLICY_BIRTH_UNKNOWN,
    POLICY_MINOR,
    POLICY_NOT_YET_VALID,
    POLICY_EXPIRED,
    POLICY_REVOKED,
    POLICY_REVOCATION_UNKNOWN,
    POLICY_WRONG_KEY,
    POLICY_ALLOWED,
    POLICY_VERDICTS,
};

/* Everything that a verdict depends on. */
struct policy_input {
    /* The card. */
    bool issued;        /* it has a signing certificate */
    bool readable;      /* which is one: cert_parse took it */
    bool key_supported; /* its key is one that the card can sign with */
    struct cert_profile profile; /* by profile_read; when readable */
    enum trust_kind trust;       /* by trust_find_issuer; when readable */
    struct revocation revocation;
    bool wrong_key; /* a signature did not verify, since the insertion */
    /* The configuration. */
    unsigned minimum_age;     /* 0 switches both rules of age off */
    bool revocation_required; /* `revocation = require` */
    /* The time: seconds since 1970. */
    int64_t now;
};

struct policy_rule {
    enum policy_verdict verdict;
    const char *word;      /* "not-issued": for the status and the log */
    struct words sentence; /* for a person: what is wrong and what to do */
    bool (*applies)(const struct policy_input *input);
};

/* The first rule that applies; that of POLICY_ALLOWED always does. */
const struct policy_rule *policy_judge(const struct policy_input *input);

/*
 * True when revocation is to be checked: no rule up to POLICY_REVOKED applies.
 * What is revoked stays so, whatever becomes of the list: JPKI takes no
 * revocation back (docs/card.md 4).
 */
bool policy_wants_revocation(const struct policy_input *input);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_VERDICT_H
#define PKCS11_VERDICT_H

#include <stdbool.h>
#include "crypto/policy.h"
#include "pkcs11/cryptoki.h"

struct call;
struct slot;

/*
 * The signing policy (crypto/policy.h) of a slot: what it is told of card,
 * configuration and time, and what it said last. The authentication key is not
 * under it: servers judge that one.
 */
struct verdict {
    const struct policy_rule *rule; /* NULL: nothing to judge before log-in */
    struct revocation revocation;
    bool wrong_key; /* a signature did not verify */
};

/* True when the policy decides on the slot's key. */
bool verdict_is_needed(const struct slot *slot);

/* True when the slot's key may sign, as judged last. No I/O. */
bool verdict_allows(const struct slot *slot);

/*
 * Judges SLOT as of now, by the answer on revocation that is at hand; a change
 * of the verdict goes to the log. No file, no network, no card. Lock held.
 */
void verdict_renew(struct slot *slot);

/*
 * Reads what the verdict still needs of the card, asks what is configured to be
 * asked, CRLs and OCSP, and judges the call's slot; nothing where the policy
 * does not decide. The reader's lock is let go meanwhile. What
 * reader_read_certs or call_find_session says, CKR_HOST_MEMORY, or CKR_OK: the
 * rest is up to verdict_allows.
 */
CK_RV verdict_ask(struct call *call);

/* A signature did not verify: none more until the card is taken out. */
void verdict_note_wrong_key(struct slot *slot);

#endif

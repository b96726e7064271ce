/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/verdict.h"

#include <string.h>
#include <time.h>

#include "conf/log.h"
#include "crypto/revocation_sources.h"
#include "pkcs11/call.h"
#include "pkcs11/module.h"

bool verdict_is_needed(const struct slot *slot)
{
    return slot->role->id == JPKI_SIGN;
}

bool verdict_allows(const struct slot *slot)
{
    const struct policy_rule *rule = slot->verdict.rule;

    if (!verdict_is_needed(slot))
        return slot_can_sign(slot);
    return rule && rule->verdict == POLICY_ALLOWED;
}

/*
 * All that a verdict depends on, now. RET_ISSUER lives as long as the slot's
 * certificates; NULL where no CA is trusted.
 */
static void gather(const struct slot *slot, struct policy_input *ret_input,
    const struct cert **ret_issuer)
{
    memset(ret_input, 0, sizeof *ret_input);
    *ret_issuer = NULL;
    ret_input->issued = slot_is_issued(slot);
    ret_input->readable = slot->cert != NULL;
    ret_input->key_supported = slot_can_sign(slot);
    if (slot->cert) {
        profile_read(slot->cert, &ret_input->profile);
        ret_input->trust =
            trust_find_issuer(module_trust(), slot->cert, slot->ca, ret_issuer);
    }
    ret_input->revocation = slot->verdict.revocation;
    ret_input->wrong_key = slot->verdict.wrong_key;
    ret_input->minimum_age = module_conf()->minimum_age;
    ret_input->revocation_required =
        module_conf()->revocation == CONF_REVOCATION_REQUIRE;
    ret_input->now = time(NULL);
}

/* One line for each change, by the certificate's serial number only. */
static void tell(const struct slot *slot, const struct policy_rule *rule)
{
    const char *name = slot->reader->name;
    const char *serial = slot->cert ? cert_serial_text(slot->cert) : "(none)";

    if (rule->verdict == POLICY_ALLOWED)
        log_info("%s: certificate %s may sign", name, serial);
    else if (rule->verdict == POLICY_REVOKED)
        log_warn("%s: no signature with certificate %s: %s (%s): %s", name,
            serial, rule->word,
            revocation_reason_name(slot->verdict.revocation.reason),
            rule->sentence);
    else
        log_warn("%s: no signature with certificate %s: %s: %s", name, serial,
            rule->word, rule->sentence);
}

static void judge(struct slot *slot, const struct policy_input *input)
{
    const struct policy_rule *rule = policy_judge(input);

    if (rule == slot->verdict.rule)
        return;
    slot->verdict.rule = rule;
    tell(slot, rule);
}

void verdict_renew(struct slot *slot)
{
    struct policy_input input;
    const struct cert *issuer;

    if (!verdict_is_needed(slot))
        return;
    /* Before the log-in only that there is no certificate can be known. */
    if (slot_is_issued(slot) && !slot->logged_in) {
        slot->verdict.rule = NULL;
        return;
    }
    gather(slot, &input, &issuer);
    judge(slot, &input);
}

/*
 * Holds on to the certificates, because the card may be taken out meanwhile;
 * then the session is gone, and the answer with it. An issuer that is not the
 * card's belongs to the trust store, which outlives the call.
 */
static CK_RV ask_revocation(struct call *call)
{
    struct cert *cert, *ca;
    struct revocation revocation;
    struct policy_input input;
    const struct cert *issuer;
    CK_RV rv;

    gather(call->slot, &input, &issuer);
    if (!policy_wants_revocation(&input))
        return CKR_OK;
    cert = cert_ref(call->slot->cert);
    ca = cert_ref(call->slot->ca);
    pthread_mutex_unlock(&call->reader->lock);
    revocation_check(
        module_crl(), module_ocsp(), cert, issuer, time(NULL), &revocation);
    pthread_mutex_lock(&call->reader->lock);
    rv = call_find_session(call);
    /* Another call may have heard meanwhile that it is revoked. */
    if (rv == CKR_OK &&
        call->slot->verdict.revocation.status != REVOCATION_REVOKED)
        call->slot->verdict.revocation = revocation;
    cert_free(cert);
    cert_free(ca);
    return rv;
}

CK_RV verdict_ask(struct call *call)
{
    CK_RV rv;

    if (!verdict_is_needed(call->slot))
        return CKR_OK;
    rv = reader_read_certs(call->reader, call->slot->role->id);
    if (rv == CKR_OK)
        rv = call_find_session(call);
    if (rv == CKR_OK && (module_crl() || module_ocsp()))
        rv = ask_revocation(call);
    if (rv == CKR_OK)
        verdict_renew(call->slot);
    return rv;
}

void verdict_note_wrong_key(struct slot *slot)
{
    slot->verdict.wrong_key = true;
    verdict_renew(slot);
}

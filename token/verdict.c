/* SPDX-License-Identifier: Apache-2.0 */
#include "token/verdict.h"

#include <string.h>
#include <time.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "conf/words_policy.h"
#include "crypto/revocation_sources.h"
#include "token/card_alg.h"
#include "token/certificates.h"

bool verdict_allows(const struct token *token, enum jpki_role_id role)
{
    const struct policy_rule *rule = token->keys[role].verdict.rule;

    if (!token_is_judged(role))
        return token_can_sign(token, role);
    return rule && rule->verdict == POLICY_ALLOWED;
}

const struct words *verdict_refusal(
    const struct token *token, enum jpki_role_id role)
{
    static const struct words log_in_first = {W_LOG_IN_FIRST},
                              unsupported = {W_UNSUPPORTED_AUTH_KEY};
    const struct policy_rule *rule = token->keys[role].verdict.rule;

    if (verdict_allows(token, role))
        return NULL;
    if (token_is_judged(role))
        return rule ? &rule->sentence : &log_in_first;
    return token_has_key(token, role) ? &unsupported : &log_in_first;
}

/* Reads the certificates, unless that was done: an RSA verification. */
static TOKEN_LOCKED void examine(struct token *token, struct token_key *key)
{
    struct verdict *verdict = &key->verdict;

    if (verdict->of_cert && verdict->of_cert == key->cert.cert &&
        verdict->of_ca == key->ca.cert)
        return;
    verdict->of_cert = key->cert.cert;
    verdict->of_ca = key->ca.cert;
    verdict->trust = TRUST_NONE;
    verdict->issuer = NULL;
    if (!key->cert.cert)
        return;
    profile_read(key->cert.cert, &verdict->profile);
    verdict->trust = trust_find_issuer(
        token->context->trust, key->cert.cert, key->ca.cert, &verdict->issuer);
}

/* All that a verdict depends on, now. */
static TOKEN_LOCKED void gather(
    struct token *token, enum jpki_role_id role, struct policy_input *ret_input)
{
    const struct context *context = token->context;
    struct token_key *key = &token->keys[role];

    memset(ret_input, 0, sizeof *ret_input);
    ret_input->issued = token_is_issued(token, role);
    ret_input->readable = key->cert.cert != NULL;
    ret_input->key_supported = token_can_sign(token, role);
    examine(token, key);
    ret_input->profile = key->verdict.profile;
    ret_input->trust = key->verdict.trust;
    ret_input->revocation = key->verdict.revocation;
    ret_input->wrong_key = key->verdict.wrong_key;
    ret_input->minimum_age = context->conf.minimum_age;
    ret_input->revocation_required =
        context->conf.revocation == CONF_REVOCATION_REQUIRE;
    ret_input->now = time(NULL);
}

/* One line for each change, by the certificate's serial number only. */
static void log_verdict(const char *name, const struct token_key *key)
{
    const struct policy_rule *rule = key->verdict.rule;
    const char *serial =
        key->cert.cert ? cert_serial_text(key->cert.cert) : "(none)";

    if (rule->verdict == POLICY_ALLOWED)
        log_info(words(W_LOG_CAN_SIGN), name, serial);
    else if (rule->verdict == POLICY_REVOKED)
        log_warn(words(W_LOG_NO_SIGNATURE_REVOKED), name, serial, rule->word,
            revocation_reason(key->verdict.revocation.reason)->name,
            words_of(&rule->sentence));
    else
        log_warn(words(W_LOG_NO_SIGNATURE), name, serial, rule->word,
            words_of(&rule->sentence));
}

void verdict_renew(struct token *token, enum jpki_role_id role)
{
    struct token_key *key = &token->keys[role];
    const struct policy_rule *rule;
    struct policy_input input;

    if (!token_is_judged(role))
        return;
    /* Before the log-in only that there is no certificate can be known. */
    if (token_is_issued(token, role) && !key->logged_in) {
        key->verdict.rule = NULL;
        return;
    }
    gather(token, role, &input);
    rule = policy_judge(&input);
    /* What refuses the key may have come of a want of memory. */
    if (rule->verdict != POLICY_ALLOWED)
        key->verdict.of_cert = NULL;
    if (rule == key->verdict.rule)
        return;
    key->verdict.rule = rule;
    log_verdict(token->name, key);
}

/*
 * Keeps the certificates while the lock is let go, since the card may be taken
 * out meanwhile. An issuer that is not the card's belongs to the trust store,
 * which outlives the call.
 */
static TOKEN_LOCKED void ask_revocation(
    struct token *token, enum jpki_role_id role)
{
    struct token_key *key = &token->keys[role];
    uint64_t epoch = token->epoch;
    struct cert *cert, *ca;
    struct revocation revocation;
    struct policy_input input;
    const struct cert *issuer;

    gather(token, role, &input);
    issuer = key->verdict.issuer;
    if (!policy_wants_revocation(&input))
        return;
    cert = cert_ref(key->cert.cert);
    ca = cert_ref(key->ca.cert);
    token_unlock(token);
    revocation_check(token->context->crl, token->context->ocsp, cert, issuer,
        time(NULL), &revocation);
    token_lock(token);
    cert_free(cert);
    cert_free(ca);
    /* Another call may have heard meanwhile that it is revoked. */
    if (token_is_epoch(token, epoch) &&
        key->verdict.revocation.status != REVOCATION_REVOKED)
        key->verdict.revocation = revocation;
}

enum tok_err verdict_ask(struct token *token, enum jpki_role_id role)
{
    const struct context *context = token->context;
    enum tok_err err;

    if (!token_is_judged(role))
        return TOK_OK;
    err = certificates_read(token, role);
    if (err != TOK_OK)
        return err;
    if (context->crl || context->ocsp)
        ask_revocation(token, role);
    verdict_renew(token, role);
    return TOK_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_STATUS_H
#define TOKEN_STATUS_H

#include <time.h>
#include "token/token.h"

/* What a person or an administrator is told of a key; a plain value. */
struct status {
    const struct jpki_role *role;
    const char *kind; /* "card", "phone", "juki" */
    bool is_issued;   /* the card has, or may have, this key pair */
    struct retry_counter counter;

    /* The certificate, where it is to be seen. */
    bool has_cert;
    int64_t not_before, not_after; /* seconds since 1970 */
    int64_t days_left;             /* -1: it has ended */
    bool has_renewal;
    struct tm renewal_from; /* by the calendar of Japan */
    bool renewal_is_open;   /* that day has come, the end has not */
    const char *issuer;     /* generation of the signing CA, or "other" */

    /* Where the signing policy decides on the key. */
    bool has_verdict;
    const struct policy_rule *rule; /* NULL: known after the log-in only */
    bool has_revocation;
    enum revocation_status revocation;
    int revocation_reason;
    int64_t revoked_at; /* 0: not known */

    bool is_locked;          /* and what to do about it */
    bool last_try_is_spared; /* the same */
};

/*
 * Fills RET_STATUS for ROLE's key, as of now, of a card that `recognise` took;
 * of another the kind is "unknown" and nothing is known. The verdict is
 * renewed. No card, file or network. Lock held.
 */
void status_get(struct token *token, enum jpki_role_id role,
    struct status *ret_status) TOKEN_LOCKED;

/* The sentence on STATUS's verdict, where it has one. No lock needed. */
const struct words *status_reason(const struct status *status);
/* Why the certificate was revoked, where that is the verdict; else NULL. */
const struct words *status_revoked_why(const struct status *status);

#define STATUS_JSON_MAX 4096 /* bytes, with the NUL */

/*
 * STATUS as one line of JSON in UTF-8, an object of schema 2 (docs/design.md
 * section 3) and a newline, never with name, address, birth date or sex.
 * RET_TEXT is empty where it does not fit. No lock needed.
 */
void status_json(const struct status *status, char ret_text[STATUS_JSON_MAX]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_RESPONDER_H
#define TESTS_UNIT_CRYPTO_RESPONDER_H

#include <stdbool.h>
#include <stdint.h>
#include "tests/unit/crypto/pki.h"

/*
 * An OCSP responder on loopback, in a thread, that answers as it is told:
 * rightly, wrongly, with anything or not at all.
 */
struct responder;

enum nonce { NONCE_SAME, NONCE_NONE, NONCE_WRONG };

struct answer {
    /* Instead of an answer. */
    bool silent;      /* takes the request and says nothing */
    bool hangs_up;    /* takes nothing and hangs up */
    bool held;        /* the answer below, when responder_let_go says so */
    bool endless;     /* headers without end, a byte now and then */
    const char *text; /* this, as it is */
    int refusal;      /* responseStatus, if not successful */
    /* The answer. */
    int key;                     /* that signs */
    const struct pki_cert *with; /* goes with it; NULL: nothing */
    const char *digest;          /* NULL: SHA256 */
    enum nonce nonce;
    const char *serial;  /* about this one, in hexadecimal; NULL: as asked */
    int about;           /* about a certificate of this key's CA; 0: as asked */
    int status;          /* V_OCSP_CERTSTATUS_* */
    int reason;          /* -1: none */
    int64_t this_update; /* seconds from PKI_NOW */
    int64_t next_update; /* 0: none */
    int second;          /* one more status for the same, 0: none */
};

/* HOST "127.0.0.1" or "::1"; NULL when there is no such address. */
struct responder *responder_open(const char *host);
void responder_close(struct responder *responder);

/*
 * For the requests to come; waits for the end of one under way. What ANSWER
 * points at has to stay until the next call.
 */
void responder_set(struct responder *responder, const struct answer *answer);

/* Waits until a request came whose answer is held; one at a time. */
void responder_wait_until_held(struct responder *responder);
/* Gives it the answer that was set when it came. */
void responder_let_go(struct responder *responder);

/* A good answer by the CA with the key 1, an hour old and valid for another. */
struct answer responder_good(void);

int responder_port(const struct responder *responder);

/* Its URL by address; until the next call. */
const char *responder_url(const struct responder *responder);

/* How many connections there were. */
int responder_count(const struct responder *responder);

#endif

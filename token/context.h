/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CONTEXT_H
#define TOKEN_CONTEXT_H

#include <stdbool.h>
#include "conf/conf.h"
#include "crypto/cryptoerr.h"
#include "token/card/role.h"
#include "token/card/tokerr.h"

struct crl_store;
struct crypto;
struct monitor;
struct ocsp;
struct pin_page;
struct trust_store;

/*
 * What the tokens of a program share: configuration, crypto, what the signing
 * policy asks, the memory of PINs, the way to pcscd. Read-only once made, so
 * every thread may use it; its parts lock for themselves.
 */
struct context {
    struct conf conf;
    struct crypto *crypto;
    struct pin_page *pins;
    struct trust_store *trust;
    struct crl_store *crl; /* NULL: not configured */
    struct ocsp *ocsp;     /* NULL: not configured */
    struct monitor *monitor;
};

/*
 * Lets libcrypto read the host's configuration, which it does once in a
 * process. False in a call that comes from inside that reading: a PKCS #11
 * provider of the host may load this module again.
 */
bool context_prepare(void);

/*
 * Reads the configuration of the running program and opens the log, then all
 * the rest; sends nothing to pcscd. The caller frees it with context_free.
 * TOK_NOMEM; TOK_CONF, and the log says what is wrong; TOK_CRYPTO.
 */
enum tok_err context_new(struct context **ret_context);
/* CONTEXT may be NULL. No token of it may be in use. */
void context_free(struct context *context);

/* True when the configuration shows tokens of ROLE ([slots] show). */
bool context_shows(const struct context *context, enum jpki_role_id role);

/* True when the configuration takes the reader NAME ([card] reader). */
bool context_wants_reader(const struct context *context, const char *name);

/* The errors of crypto/ in words of token/: all but two are TOK_CRYPTO. */
enum tok_err tok_from_crypt(enum crypt_err err);

#endif

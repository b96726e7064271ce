/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CONFORMANCE_STEPS_H
#define TESTS_MODULE_CONFORMANCE_STEPS_H

#include "tests/module/conformance/conformance.h"

/*
 * What a row may do before its call, in the session of the desk and with the
 * row's mechanism. Each fails the test if it does not go as it should.
 */

/* Cards and sessions. */
void take_card_out(struct desk *desk); /* and a look at the slot sees it */
void pull_card(struct desk *desk);     /* nobody has looked yet */
void put_card_back(struct desk *desk); /* the same one, after that */
void close_all(struct desk *desk);     /* sessions of the slot */
void open_other(struct desk *desk);    /* a session on the other slot */
void open_rw(struct desk *desk);       /* one more, R/W, on this one */
void log_out(struct desk *desk);
/* The desk's own PIN, which must be refused as incorrect. */
void offer_pin(struct desk *desk);

/* Searches for everything. */
void begin_find(struct desk *desk);
void find_all(struct desk *desk); /* takes what there is */
void end_find(struct desk *desk);
void cancel_find(struct desk *desk);
void search_nothing(struct desk *desk); /* for what no object has */

/* Digests. */
void begin_digest(struct desk *desk);
void ask_digest(struct desk *desk);   /* for its size, by C_Digest */
void short_digest(struct desk *desk); /* with too little room */
void add_digest(struct desk *desk);   /* all data, by C_DigestUpdate */
void ask_digest_final(struct desk *desk);
void short_digest_final(struct desk *desk);
void make_digest(struct desk *desk); /* C_Digest */
void cancel_digest(struct desk *desk);
void null_digest(struct desk *desk); /* C_DigestInit(NULL) */

/* Signatures. */
void begin_sign(struct desk *desk);
void begin_digest_and_sign(struct desk *desk);
void authorise(struct desk *desk); /* by a context-specific log-in */
void ask_sign(struct desk *desk);
void short_sign(struct desk *desk);
void add_sign(struct desk *desk);
void ask_sign_final(struct desk *desk);
void short_sign_final(struct desk *desk);
void make_sign(struct desk *desk); /* into the desk's signature */
void cancel_sign(struct desk *desk);
void null_sign(struct desk *desk);

/* Verifications; after make_sign. */
void begin_verify(struct desk *desk);
void add_verify(struct desk *desk);
void make_verify(struct desk *desk);
void cancel_verify(struct desk *desk);
void null_verify(struct desk *desk);

/* Parameters of the row's mechanism that are none of its own. */
void stray_parameter(struct desk *desk);
void stray_length(struct desk *desk);
void no_parameter(struct desk *desk);
void short_parameter(struct desk *desk);
void wrong_hash(struct desk *desk);
void wrong_mgf(struct desk *desk);
void wrong_salt(struct desk *desk);

/* Calls that must fail and by that end the operation. */
void spoil_digest(struct desk *desk);        /* C_Digest, no length */
void spoil_digest_update(struct desk *desk); /* bytes at NULL */
void spoil_digest_final(struct desk *desk);
void spoil_sign(struct desk *desk);
void spoil_sign_update(struct desk *desk);
void spoil_sign_final(struct desk *desk);
void spoil_verify(struct desk *desk);
void spoil_verify_update(struct desk *desk);
void spoil_verify_final(struct desk *desk);
/* The single-part function after a part. */
void late_digest(struct desk *desk);
void late_sign(struct desk *desk);
void late_verify(struct desk *desk);

#endif

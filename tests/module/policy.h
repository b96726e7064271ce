/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_POLICY_H
#define TESTS_MODULE_POLICY_H

#include <stddef.h>

#include "tests/module/support.h"

/* What the tests of the signing policy share. */

#define PATH_SIZE 1024

/* A session of the sign slot, logged in. */
struct fixture {
    int reader;
    CK_SESSION_HANDLE session;
};

/* start, and a log-in with the signing password. */
struct fixture open_fixture(const char *persona, const char *conf);

/* The private key; 0 where the slot shows none. */
CK_OBJECT_HANDLE signing_key(const struct fixture *fixture);

CK_RV sign_init(const struct fixture *fixture);
/* C_Sign of the operation that sign_init began. */
CK_RV sign(const struct fixture *fixture, uint8_t ret_sig[SIGNATURE_SIZE]);

/* The status object says this verdict, and gives a reason. */
void expect_status(const struct fixture *fixture, const char *verdict);

/*
 * Asks for a signature and expects what belongs to VERDICT, a word of the
 * status: "allowed" gives one that verifies; with any other C_SignInit refuses,
 * the card gets neither the password nor the signing command, and CKA_SIGN
 * says no.
 */
void expect_verdict(const struct fixture *fixture, const char *verdict);

/*
 * The lines of a configuration that name the tests' own CA of GENERATION; until
 * the next call.
 */
const char *sign_ca(unsigned generation);

/* The path of NAME in a folder of this process's own; until the next call. */
const char *scratch(const char *name);
void write_scratch(const char *name, const void *bytes, size_t len);
void empty_scratch(void);

#define HOUR 3600
#define NAMES_NOBODY (-2)
#define MOVED 3 /* affiliationChanged */

/* A list, by its difference from a good one for the card. */
struct list {
    int reason;            /* it names the card for this; NAMES_NOBODY */
    const char *partition; /* of the municipality of this persona's
                              certificate; NULL: of all */
    unsigned generation;   /* of the CA that signs it */
    int from, until;       /* hours from now; until 0: no end */
};

/* Writes LIST, about PERSONA's certificate, as NAME into the scratch folder. */
void write_list(const struct list *list, const char *persona, const char *name);

#endif

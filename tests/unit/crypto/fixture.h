/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_FIXTURE_H
#define TESTS_UNIT_CRYPTO_FIXTURE_H

#include "crypto/revocation.h"
#include "tests/unit/crypto/pki.h"

/* What the tests of crypto/ share: a context, a CA, a folder, a log. */

#define CA 1 /* its key */
#define SERIAL "01E240"
#define OTHER "01E241" /* a serial number of no certificate */
#define POINT "Test-shi CRLDP"

extern struct crypto *crypto;
extern struct pki_cert ca;
extern char *folder; /* empty but for files whose name begins with a dot */

/* Group set-up and tear-down of cmocka; the latter closes what pki_open made.
 */
int fixture_open(void **state);
int fixture_close(void **state);

/* How many lines of the log hold TEXT. */
int fixture_logged(const char *text);

/* The path of NAME in the folder; until the next call. */
const char *fixture_path(const char *name);

/* Removes the files of the folder. */
void fixture_empty(void);

/* A fresh and complete list for POINT (NULL: all) that names SERIAL. */
struct pki_list fixture_list(const char *point, const char *serial);

/* Writes LIST as NAME into the folder, by renaming. */
void fixture_put(const char *name, const struct pki_list *list);
void fixture_put_text(const char *name, const char *text);

#endif

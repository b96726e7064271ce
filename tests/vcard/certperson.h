/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CERTPERSON_H
#define TESTS_VCARD_CERTPERSON_H

#include "tests/vcard/certspec.h"

/*
 * Adds what a signing certificate tells of its holder: a subjectAltName of
 * otherNames (docs/card.md 3.3). 0 or -1.
 *
 * SPEC->births is nine digits on a real card. Here it may be several texts,
 * with a comma between them, for so many dates of birth; none at all when it is
 * empty. "\0" in one stands for a NUL, "printable:" before one makes it a
 * PrintableString.
 */
int certperson_add(X509 *cert, const struct cert_spec *spec);

#endif

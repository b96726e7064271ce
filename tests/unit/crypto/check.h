/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_CRYPTO_CHECK_H
#define TESTS_UNIT_CRYPTO_CHECK_H

/* What every test here includes: cmocka, and what it wants before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif

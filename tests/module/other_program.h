/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_OTHER_PROGRAM_H
#define TESTS_MODULE_OTHER_PROGRAM_H

#include "tests/module/support.h"

/* What another program does to the card in READER meanwhile. */

/* Sends a wrong PIN of ROLE: one try less. */
void mistype(int reader, int role);

#endif

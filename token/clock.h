/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CLOCK_H
#define TOKEN_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC: never set back, whatever the wall clock. */
int64_t clock_ms(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CLOCK_H
#define CONF_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC; 0 where it cannot be read. */
int64_t clock_ms(void);

/* The same in microseconds. */
int64_t clock_us(void);

/* Sleeps for MS milliseconds, less where a signal comes. */
void clock_pause(int64_t ms);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CLOCK_H
#define CONF_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds of CLOCK_MONOTONIC; 0 where it cannot be read. */
int64_t clock_ms(void);

/* The same in microseconds. */
int64_t clock_us(void);

/*
 * The calendar and clock of Japan (UTC+9, no summer time), by which law and
 * certificates go, at SECONDS since 1970. False where it has no such time.
 */
bool clock_in_japan(int64_t seconds, struct tm *ret_time);

/* Sleeps for MS milliseconds, less where a signal comes. */
void clock_pause(int64_t ms);

#endif

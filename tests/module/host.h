/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_HOST_H
#define TESTS_MODULE_HOST_H

#include <stdint.h>

/*
 * The clock and the system's configuration as tests want them. The program that
 * has these functions answers the module's calls of time() and open() itself:
 * it must be linked with export_dynamic.
 */

/* Stops the clock at NOW, seconds since 1970; 0: the host's clock again. */
void host_set_clock(int64_t now);
/* The same by the calendar in Japan: "2026-06-15 00:00:00". */
void host_set_clock_in_japan(const char *time);

/* PATH is read in place of the configuration below /etc; NULL: none is. */
void host_set_system_conf(const char *path);

#endif

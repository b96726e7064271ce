/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_CARD_PROCESS_H
#define TESTS_MODULE_CARD_PROCESS_H

#include <stdbool.h>

/*
 * A card in a process of its own, for a program that scans its memory for what
 * the card knows. It takes the place of the stand-in: the program
 * has the SCard functions and those of control.h that support.h needs, for one
 * reader and one thread at a time. A command goes to the card's process from
 * where the module put it together, with no copy in between.
 *
 * Faults: VFAULT_SW, VFAULT_PCSC, VFAULT_PCSC_AFTER and VFAULT_REMOVE.
 */

/* True when a PIN is verified on the card in READER now. */
bool vcontrol_is_verified(int reader);

/* Starts the card's process; before threads, and before any secret is drawn. */
void card_process_start(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DAEMON_PCSC_CONTROL_H
#define TESTS_DAEMON_PCSC_CONTROL_H

#include <stdbool.h>

/*
 * Control of the card in $JPKI_READER0 and of the service, the same for the
 * stand-in of libpcsclite (its own controls, where they are in the process) and
 * for with-pcscd.sh (jpki-vcard's control pipe and pcscd's process id).
 */
void control_find(void);

/* Both return when PC/SC knows. */
void control_remove(void);
void control_insert(void);
void control_wait_for_card(bool present);

/* The service dies, as by SIGKILL, and is restarted. */
void control_stop_service(void);
void control_start_service(void);

/*
 * For a real pcscd only: a signal to it, and a start without waiting for what
 * it makes of its readers.
 */
void control_signal_service(int signal);
void control_launch_service(void);

void control_pause(long ms);

#endif

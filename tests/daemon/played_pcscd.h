/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DAEMON_PLAYED_PCSCD_H
#define TESTS_DAEMON_PLAYED_PCSCD_H

#include <sys/types.h>

/* A pcscd that is not to be had, played on a socket of its own. */
enum played_pcscd {
    PCSCD_ABSENT,  /* there is no socket */
    PCSCD_REFUSES, /* it closes each connection, as it does by a polkit rule */
    PCSCD_DIFFERS, /* it speaks another version of the protocol */
};

/*
 * Plays it on the socket PATH, which libpcsclite finds by $PCSCLITE_CSOCK_NAME,
 * in a child, for the caller to kill; its id, 0 for PCSCD_ABSENT, -1 where
 * there is no socket to be had.
 */
pid_t play_pcscd(enum played_pcscd which, const char *path);

#endif

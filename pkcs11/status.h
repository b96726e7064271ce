/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_STATUS_H
#define PKCS11_STATUS_H

struct slot;

/*
 * Writes the value of the status object, one ASCII JSON object that tells what
 * is known of the slot's PIN, certificate and right to sign as of now, into
 * SLOT. Never a name, an address, a birth date or a sex, and no card I/O. Lock
 * held.
 */
void status_update(struct slot *slot);

#endif

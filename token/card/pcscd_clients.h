/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_PCSCD_CLIENTS_H
#define TOKEN_CARD_PCSCD_CLIENTS_H

#include <stdint.h>

/*
 * A number that is another one after a program has connected to pcscd or left
 * it, this one included; 0 where that cannot be told. PC/SC counts only those
 * that are connected to a card: who waits in SCardConnect for the end of a
 * transaction is seen by its socket alone. Programs in another network
 * namespace are not seen. Source: proc_net(5), net/unix.
 */
uint64_t pcscd_clients(void);

#endif

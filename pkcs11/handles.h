/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_HANDLES_H
#define PKCS11_HANDLES_H

#include <stdint.h>
#include "pkcs11/cryptoki.h"

/*
 * Numbers that are never given out twice in a process, not even across
 * C_Finalize. Thread-safe; no lock.
 */

#define HANDLE_READER_BITS 5

/* A handle of the reader at INDEX; CK_INVALID_HANDLE when all are used up. */
CK_ULONG handle_new(unsigned index);
/* The index of the reader that HANDLE would belong to. */
unsigned handle_reader(CK_ULONG handle);

/* A number that no operation had before; never 0. */
uint64_t handle_new_op(void);

#endif

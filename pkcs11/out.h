/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_OUT_H
#define PKCS11_OUT_H

#include <stdbool.h>
#include "pkcs11/cryptoki.h"

/*
 * The convention for output of variable length (PKCS #11 5.2), for everything
 * that follows it: LEN must not be NULL; with BUFFER NULL only *LEN is set;
 * with too little room *LEN is set and the answer is CKR_BUFFER_TOO_SMALL. In
 * each of these cases *RET_GO is false and nothing may change. *RET_GO is true
 * when NEED elements fit and the caller shall go on.
 */
CK_RV out_begin(const void *buffer, CK_ULONG *len, CK_ULONG need, bool *ret_go);

/* Copies TEXT into a field of SIZE bytes, padded with spaces (5.2, 3.1). */
void out_text(unsigned char *field, size_t size, const char *text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SIGN_H
#define PKCS11_SIGN_H

#include "pkcs11/call.h"

/*
 * Signing with the card and verifying in software. Session entered; the lock is
 * let go during card I/O. sign_finish holds the only way by which a signing
 * command can reach a card.
 */
CK_RV sign_init(struct call *call, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key) TOKEN_LOCKED;
/* The signature over the operation's input, by the two-call rule. */
CK_RV sign_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len) TOKEN_LOCKED;

CK_RV verify_init(struct call *call, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key) TOKEN_LOCKED;
CK_RV verify_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    const CK_BYTE *signature, CK_ULONG signature_len);

#endif

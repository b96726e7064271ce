/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_SIGN_H
#define PKCS11_SIGN_H

#include "pkcs11/call.h"

/*
 * Signing with the card, by sign_by_card, and verifying in software, for a call
 * that has entered a session.
 */

/*
 * C_SignInit and C_VerifyInit (PKCS #11 5.13.1, 5.15.1): begin an operation
 * with KEY, or give it up where MECHANISM is NULL. The lock is let go
 * meanwhile.
 */
CK_RV sign_init(struct call *call, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key) TOKEN_LOCKED;
CK_RV verify_init(struct call *call, const CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key) TOKEN_LOCKED;

/*
 * The signature over the operation's input and DATA, by the two-call rule; ends
 * the operation but for a size query. The lock is let go meanwhile.
 */
CK_RV sign_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    CK_BYTE *signature, CK_ULONG *signature_len) TOKEN_LOCKED;

/* CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE; ends the operation. */
CK_RV verify_finish(struct call *call, const CK_BYTE *data, CK_ULONG data_len,
    const CK_BYTE *signature, CK_ULONG signature_len);

#endif

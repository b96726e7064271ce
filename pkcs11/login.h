/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_LOGIN_H
#define PKCS11_LOGIN_H

#include "pkcs11/call.h"

/*
 * C_Login (PKCS #11 5.6.8) under the PIN rules of design.md section 4. The PIN
 * stays the caller's. Session entered; its lock is let go during card I/O.
 */
CK_RV login_user(struct call *call, const CK_BYTE *pin, CK_ULONG len);
CK_RV login_context(struct call *call, const CK_BYTE *pin, CK_ULONG len);

/*
 * C_SetPIN (PKCS #11 5.5.10, design.md section 4, rule 6). Both PINs' forms are
 * checked before anything is sent. A held PIN is replaced.
 */
CK_RV login_set_pin(struct call *call, const CK_BYTE *old_pin, CK_ULONG old_len,
    const CK_BYTE *new_pin, CK_ULONG new_len);

/*
 * A context-specific log-in failed, for whatever reason: the operation that it
 * was for gives no signature without a PIN of its own; where the session has no
 * operation, none that is under way in the slot does.
 */
void login_context_failed(struct call *call);

/*
 * The PIN was offered to the call's session. If that is not there because its
 * card was taken out, before the call or during it, the PIN is not sent to
 * another card within two seconds. Lock held, where the call has a reader.
 */
void login_dead_session(
    const struct call *call, const CK_BYTE *pin, CK_ULONG len);

#endif

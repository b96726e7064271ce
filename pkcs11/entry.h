/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_ENTRY_H
#define PKCS11_ENTRY_H

#include "pkcs11/cryptoki.h"

/*
 * C_GetInfo for the list of version MAJOR.MINOR: a program hears the version of
 * the list that it called through.
 */
CK_RV entry_info(CK_INFO *info, CK_BYTE major, CK_BYTE minor);

/*
 * A function that a read-only card has not: RV, unless the module is not
 * initialised or SESSION is none.
 */
CK_RV entry_refuse(const char *name, CK_SESSION_HANDLE session, CK_RV rv);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_MODULE_H
#define PKCS11_MODULE_H

#include "pkcs11/cryptoki.h"
#include "pkcs11/events.h"
#include "pkcs11/reader_list.h"

/*
 * The one global state. Lock order: docs/HACKING.md. No token's lock is taken
 * under the module's.
 */

/* C_Initialize without its arguments' checks; waits for C_Finalize. */
CK_RV module_initialize(void);
/*
 * C_Finalize; CKR_FUNCTION_FAILED where calls are in flight for longer than 2
 * s, and the module stays initialised. The last instructions of a call come
 * after module_leave, and no module can see its callers run them: only a host
 * that has its threads back unloads it safely. One that does not wait for them
 * is given a moment.
 */
CK_RV module_finalize(void) EXCLUDES(token_held);

/*
 * Counts a call in: CKR_CRYPTOKI_NOT_INITIALIZED, in a forked child too until
 * it calls C_Initialize. Call module_leave after CKR_OK.
 */
CK_RV module_enter(void);
void module_leave(void);

/* The rest is for calls that have entered. */

struct context *module_context(void);
struct events *module_events(void);
struct reader_list *module_readers(void);

#endif

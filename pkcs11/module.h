/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_MODULE_H
#define PKCS11_MODULE_H

#include <stddef.h>
#include <stdint.h>
#include "conf/conf.h"
#include "crypto/context.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/events.h"
#include "pkcs11/reader.h"
#include "token/card/monitor.h"
#include "token/card/pin.h"

/*
 * The one global state. Lock order: a reader's lock, or the module's own,
 * before those of events and monitor. No reader's lock is taken under the
 * module's but in C_Initialize and C_Finalize, where no call is in flight.
 */

struct crl_store;
struct ocsp;
struct trust_store;

/* C_Initialize without its arguments' checks; waits for C_Finalize. */
CK_RV module_initialize(void);
/*
 * C_Finalize; CKR_FUNCTION_FAILED where calls are in flight for longer than 2
 * s, and the module stays initialised. The last instructions of a call come
 * after module_leave, and no module can see its callers run them: only a host
 * that has its threads back unloads it safely. One that does not wait for them
 * is given a moment.
 */
CK_RV module_finalize(void);

/*
 * Counts a call in: CKR_CRYPTOKI_NOT_INITIALIZED, in a forked child too until
 * it calls C_Initialize. Each CKR_OK is paid back with module_leave.
 */
CK_RV module_enter(void);
void module_leave(void);

/* The rest is for calls that have entered. */

const struct conf *module_conf(void);
struct crypto *module_crypto(void);
struct pin_page *module_pins(void);
struct events *module_events(void);
/* For the signing policy; CRLs and OCSP are NULL where not configured. */
struct trust_store *module_trust(void);
struct crl_store *module_crl(void);
struct ocsp *module_ocsp(void);

/*
 * A handle of READER's that was never given out before in this process, not
 * even across C_Finalize, and is never 0.
 */
CK_ULONG module_new_handle(unsigned reader);
/* The reader that HANDLE belongs to, NULL when it cannot be one of ours. */
struct reader *module_reader_of(CK_ULONG handle);

/* A number that no operation had before. */
uint64_t module_new_id(void);

/*
 * Asks pcscd for its readers, adds those not known, and states at each; the
 * list only grows. What pcscd said is the caller's: *RET_COUNT looks.
 */
void module_look_at_all(
    struct reader_state ret_states[READERS_MAX], size_t *ret_count);
/* The same for who does not want to know. */
void module_list_readers(void);
/*
 * The same for C_GetSlotList: from here on that shows the readers there are
 * now, and no more until it is called again.
 */
void module_show_readers(void);
size_t module_shown_readers(void); /* how many; 0: never called */
/* The I-th reader, NULL past the end. */
struct reader *module_reader(size_t i);
/* Looks at one reader through the monitor. */
enum tok_err module_look_at(const char *name, struct reader_state *ret_state);

#endif

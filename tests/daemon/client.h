/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DAEMON_CLIENT_H
#define TESTS_DAEMON_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "pkcs11/cryptoki.h"

/*
 * A program that uses the module as built, $JPKI_MODULE, on a real pcscd. What
 * must not fail ends the process with a line that says where.
 */

/* The slots of the first reader, which is $JPKI_READER0. */
enum { CLIENT_AUTH, CLIENT_SIGN };

struct client {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    EVP_PKEY *public_key; /* of the certificate; the client's own */
    char text[32];        /* of the last signature */
    unsigned char signature[256];
};

/* Loads the module, without C_Initialize. */
CK_FUNCTION_LIST *client_load(void);

/* Reads the slots again; true when they are those of a reader. */
bool client_sees_readers(const CK_FUNCTION_LIST *module);

/*
 * Opens a session in SLOT and logs in with the PIN of the persona adult, then
 * finds key and certificate. On failure there is no session.
 */
CK_RV client_log_in(
    const CK_FUNCTION_LIST *module, CK_SLOT_ID slot, struct client *ret_client);
/*
 * Finds key and certificate of SLOT in the session of CLIENT, which is logged
 * in. CKR_DEVICE_REMOVED when they are not there.
 */
CK_RV client_find_key(
    const CK_FUNCTION_LIST *module, CK_SLOT_ID slot, struct client *client);
/* Closes the session, whatever became of it. */
void client_leave(const CK_FUNCTION_LIST *module, struct client *client);

/*
 * One signature over text of its own. A wrong one, by OpenSSL alone, ends the
 * process.
 */
CK_RV client_sign(const CK_FUNCTION_LIST *module, struct client *client);

/*
 * Has the module log to a file in FOLDER, by a configuration that has nothing
 * else; for the next C_Initialize.
 */
void client_keep_log(const char *folder);
/* How many lines of that file have TEXT. */
unsigned client_log_lines(const char *text);

/* Ends the process unless RV is CKR_OK. */
void client_want(CK_RV rv, const char *what);
/* Ends the process. */
__attribute__((format(printf, 1, 2), noreturn)) void client_fail(
    const char *format, ...);

/* Milliseconds by the monotonic clock. */
double client_now(void);

/* The number in the environment variable NAME, or OTHERWISE. */
unsigned client_number(const char *name, unsigned otherwise);

#endif

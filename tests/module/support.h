/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_SUPPORT_H
#define TESTS_MODULE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pkcs11/cryptoki.h"
#include "tests/vcard/control.h"

/*
 * What the tests of the module share: the module loaded as a program loads it,
 * personas in virtual readers, and the promise that is checked after every call
 * of every test: no card is left verified.
 */

/* Whether an address sanitizer watches, which keeps what is freed. */
#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What a test ends with that is skipped. */
#define SKIPPED 77

/* The roles, and with one reader the slots. */
enum { AUTH, SIGN };

/* PINs of the personas, but for adult2's. */
#define AUTH_PIN "1234"
#define SIGN_PIN "ABC123"
extern const char *const persona_pins[2];

/*
 * Calls FUNCTION of the module. After it the ledgers of all cards are looked
 * at: one that is verified fails the test there and then.
 */
#define CALL(function, ...) \
    checked(functions()->function(__VA_ARGS__), #function, __FILE__, __LINE__)

/* CALL, and the answer must be RV. */
#define EXPECT(rv, function, ...) \
    assert_int_equal(CALL(function, __VA_ARGS__), (rv))

/* login() of the user, and the answer must be RV. */
#define EXPECT_LOGIN(rv, session, pin) \
    assert_int_equal(login(session, CKU_USER, pin), (rv))

/* Returns what CALL gives from the calling function unless it is CKR_OK. */
#define TRY(call)              \
    do {                       \
        CK_RV try_rv = (call); \
        if (try_rv != CKR_OK)  \
            return try_rv;     \
    } while (0)

/*
 * Whether an emulator of a processor runs the program ($JPKI_EMULATED): what
 * the kernel tells of a process, its mappings and core file, is the emulator's
 * then, and cryptography takes a hundred times as long as a call.
 */
bool is_emulated(void);

CK_FUNCTION_LIST *functions(void);
/* The list of one version by C_GetInterface, NULL when there is none. */
CK_FUNCTION_LIST *function_list(CK_BYTE major, CK_BYTE minor);
void *module_handle(void); /* of dlopen, for C_GetInterface */
CK_RV checked(CK_RV rv, const char *function, const char *file, int line);

/* A test of a group; end_test() ends it. */
#define TEST(function) cmocka_unit_test_teardown(function, end_test)

/* Group set-up and tear-down: loads and unloads the module. */
int load_module(void **state);
int unload_module(void **state);
/*
 * Loads the finalised module again, without its memory of PINs. Function lists
 * are others after that. 0, or -1.
 */
int reload_module(void);

/*
 * A fresh copy of the persona NAME, counters full, in the one reader (NULL: an
 * empty reader); CONF is the text of the configuration, NULL for none.
 * Initialises the module, whose slots are AUTH and SIGN. Returns the reader for
 * vcontrol.
 */
int start(const char *name, const char *conf);
/* Writes CONF as the user's configuration for the next C_Initialize. */
void configure(const char *conf);
/* Puts a fresh copy of a persona into READER. */
void insert(int reader, const char *name);
/* Takes the card out of READER and puts another in, between two calls. */
void exchange(int reader, const char *name);
/* C_Finalize and C_Initialize. */
void reinitialize(void);
/*
 * Test tear-down: finalises, pulls out the readers and loads the module afresh,
 * so that no PIN of the next test was ever seen.
 */
int end_test(void **state);

CK_SESSION_HANDLE open_session(CK_SLOT_ID slot); /* read-only */
CK_SESSION_HANDLE open_rw_session(CK_SLOT_ID slot);
CK_STATE session_state(CK_SESSION_HANDLE session);
/* A read-only session of SLOT, its user logged in with the personas' PIN. */
CK_SESSION_HANDLE user_session(CK_SLOT_ID slot);
CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, const char *pin);
CK_FLAGS token_flags(CK_SLOT_ID slot);
/* How many there are of the holder's certificate, public and private key. */
CK_ULONG count_objects(CK_SESSION_HANDLE session);
#define FOUND_MAX 16
/* All that matches TEMPL; returns how many. */
CK_ULONG search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE ret_found[FOUND_MAX]);
/* The one object of CLASS (but a CA's certificate), 0 for none. */
CK_OBJECT_HANDLE find_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class);
/* An attribute's bytes; fails the test if it cannot be had. */
size_t attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, void *ret_value, size_t size);

/* The status object's value, found as pkcs11-tool does; until the next call. */
const char *status_text(CK_SESSION_HANDLE session);
/* TEXT must have WORDS somewhere. */
void assert_says(const char *text, const char *words);

struct vcard_ledger ledger(int reader);

#define SIGNATURE_SIZE 256

/* C_SignInit and C_Sign. */
CK_RV sign_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    CK_MECHANISM_TYPE type, const void *data, size_t len,
    uint8_t ret_sig[SIGNATURE_SIZE]);

/* The same with the private key of SESSION, SHA-256 and data of no interest. */
CK_RV sign_data(CK_SESSION_HANDLE session);
/* C_SignInit for CKM_SHA256_RSA_PKCS with the private key of SESSION. */
void begin_signature(CK_SESSION_HANDLE session);
/* C_Sign of what was begun, over data of no interest. */
CK_RV finish_signature(CK_SESSION_HANDLE session);

/*
 * True when SIG verifies over DATA under the certificate DER, by OpenSSL alone:
 * HASH is a digest's name, or NULL for a signature over the bare bytes.
 */
bool openssl_verifies(const uint8_t *der, size_t der_len, const char *hash,
    const void *data, size_t len, const uint8_t *sig, size_t sig_len);

/* The same for RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes. */
bool openssl_verifies_pss(const uint8_t *der, size_t der_len, const void *data,
    size_t len, const uint8_t *sig, size_t sig_len);

#endif

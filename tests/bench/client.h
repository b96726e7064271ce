/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_BENCH_CLIENT_H
#define TESTS_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11/cryptoki.h"
#include "tests/vcard/cardledger.h"
#include "tests/vcard/link.h"

/*
 * A program as any other that uses a PKCS #11 module, whichever it is. The
 * slots of reader N are 2N, with the authentication key, and 2N + 1.
 */
extern CK_FUNCTION_LIST *p11;

#define SLOTS_MAX 32

/* Loads the module in the file PATH, initialises it for threads and lists the
 * slots with a token. What fails ends the process. */
void client_start(const char *path);

/* The slots, as listed. */
extern CK_SLOT_ID client_slots[SLOTS_MAX];
extern CK_ULONG client_slot_count;

struct client {
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    bool asks; /* CKA_ALWAYS_AUTHENTICATE of the key */
    int role;
};

/*
 * Opens a session in the slot of that index, logs in with the PIN of the
 * persona adult and finds the key. On failure there is no session.
 */
CK_RV client_log_in(size_t slot, struct client *ret_client);
/* The same without a log-in, for a slot in which this program is logged in. */
CK_RV client_join(size_t slot, struct client *ret_client);

/* One signature, with a log-in of its own where the key asks for that. */
CK_RV client_sign(const struct client *client);
/* The same, for what is not to be counted. */
CK_RV client_warm_up(const struct client *client);

/* Ends the process with a line, unless RV is CKR_OK. */
void client_want(CK_RV rv, const char *what);

/* Seconds by the monotonic clock. */
double client_now(void);

/*
 * The virtual card in this process, where the replacement libpcsclite is in
 * use. Each is a number of a reader.
 */
bool card_is_here(void);
void card_link(int reader, const struct vcontrol_link *link);
void card_loss(int reader, const struct vcontrol_loss *loss);
unsigned card_lost(int reader);
void card_ledger(int reader, struct vcard_ledger *ret_ledger);
/* The end of a line: what the first reader's card had so far. */
void card_print(void);
/* Reads $BENCH_LINK and $BENCH_LOSS, and applies them to each reader. */
void card_set_up(void);
/* "N before SEED" or "N after SEED"; what cannot be read ends the process. */
struct vcontrol_loss card_read_loss(const char *text);

/* Measures that have a file of their own; the arguments behind their name. */
int measure_threads(int argc, char **argv);
int measure_readers(int argc, char **argv);
int measure_lossy(int argc, char **argv);

#endif

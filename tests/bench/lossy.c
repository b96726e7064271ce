/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/client.h"

/* Signatures through a reader that loses exchanges. */

struct tally {
    unsigned failed;  /* signatures */
    unsigned log_ins; /* tried, the first among them */
    unsigned signs;   /* tried */
    CK_RV first;      /* what the first that failed answered */
};

/* What a program can only cure by a new session. */
static bool ends_the_session(CK_RV rv)
{
    static const CK_RV ends[] = {CKR_USER_NOT_LOGGED_IN,
        CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_DEVICE_REMOVED,
        CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_KEY_HANDLE_INVALID,
        CKR_OBJECT_HANDLE_INVALID, CKR_SLOT_ID_INVALID};
    size_t i;

    for (i = 0; i < sizeof ends / sizeof *ends; i++)
        if (rv == ends[i])
            return true;
    return false;
}

#define LOG_INS_MAX 50

static void log_in_again(
    size_t slot, struct client *client, struct tally *tally)
{
    CK_RV rv = CKR_OK;
    int i;

    for (i = 0; i < LOG_INS_MAX; i++) {
        (void)p11->C_CloseAllSessions(client_slots[slot]);
        client_slot_count = SLOTS_MAX;
        rv = p11->C_GetSlotList(CK_TRUE, client_slots, &client_slot_count);
        tally->log_ins++;
        if (rv == CKR_OK)
            rv = client_log_in(slot, client);
        if (rv == CKR_OK)
            return;
    }
    client_want(rv, "a log-in after a loss");
}

/*
 * Prints how many failed, and what the card had: "over" is the number of
 * VERIFYs beyond one for each log-in and signature, with that of the signature
 * where the key asks for one, and one for each exchange lost.
 */
static void report(const struct tally *tally, const struct client *client)
{
    struct vcard_ledger ledger;
    unsigned allowed, verifies, role = (unsigned)client->role;

    card_ledger(0, &ledger);
    allowed =
        tally->log_ins + tally->signs * (client->asks ? 2 : 1) + card_lost(0);
    verifies = ledger.verifies[role];
    printf("failed=%u first=%08lX log_ins=%u lost=%u verifies=%u wrong=%u "
           "over=%u tries=%u open=%d\n",
        tally->failed, tally->first, tally->log_ins, card_lost(0), verifies,
        ledger.wrong[role], verifies > allowed ? verifies - allowed : 0,
        ledger.tries[role], ledger.verified[0] || ledger.verified[1]);
}

/* lossy SLOT COUNT LOSS: nothing is lost before the first log-in is done. */
int measure_lossy(int argc, char **argv)
{
    struct vcontrol_loss loss;
    struct tally tally = {.log_ins = 1};
    struct client client;
    unsigned i, count;
    size_t slot;

    if (argc != 3 || !card_is_here())
        return 2;
    slot = strtoul(argv[0], NULL, 10);
    count = (unsigned)strtoul(argv[1], NULL, 10);
    loss = card_read_loss(argv[2]);
    client_want(client_log_in(slot, &client), "the log-in");
    card_loss(0, &loss);
    for (i = 0; i < count; i++) {
        CK_RV rv = client_sign(&client);
        tally.signs++;
        if (rv == CKR_OK)
            continue;
        if (tally.failed++ == 0)
            tally.first = rv;
        /* A failed log-in for a signature leaves that under way. */
        if (client.asks || ends_the_session(rv))
            log_in_again(slot, &client, &tally);
    }
    report(&tally, &client);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "tests/daemon/client.h"
#include "tests/daemon/pcsc-control.h"

/*
 * others: what other programs may do with the reader between and during our
 * calls: hold it exclusively, keep a transaction, reset the card, select
 * another application, take all connections. pcscd tells programs apart by
 * their contexts; this one has one of its own.
 */

#define HELD_MS 2500

static CK_FUNCTION_LIST *module;
static SCARDCONTEXT context;

static SCARDHANDLE connect_as(DWORD mode)
{
    SCARDHANDLE card = 0;
    DWORD protocol;
    LONG code = SCardConnect(context, getenv("JPKI_READER0"), mode,
        SCARD_PROTOCOL_T1, &card, &protocol);

    if (code != SCARD_S_SUCCESS)
        client_fail("SCardConnect: %08lX", (unsigned long)code);
    return card;
}

/* Nobody is logged in: the module has no connection. */
static void held_exclusively(void)
{
    SCARDHANDLE card = connect_as(SCARD_SHARE_EXCLUSIVE);
    CK_TOKEN_INFO token;
    struct client client;
    double start = client_now(), asked, refused;
    CK_RV rv;

    client_want(module->C_GetTokenInfo(CLIENT_AUTH, &token), "token info");
    asked = client_now() - start;
    if (memcmp(token.label, "JPKI Auth", 9) != 0)
        client_fail("the token's label was forgotten");
    start = client_now();
    rv = client_log_in(module, CLIENT_AUTH, &client);
    refused = client_now() - start;
    (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
    printf("held exclusively: token info in %.0f ms, log-in refused in %.0f "
           "ms\n",
        asked, refused);
    if (rv != CKR_DEVICE_ERROR || refused > 10000)
        client_fail("log-in gave %08lX", rv);
    if (client_log_lines("another program holds the card exclusively") != 1)
        client_fail("the log does not say who holds the card");
    client_want(client_log_in(module, CLIENT_AUTH, &client), "log-in after");
    client_want(client_sign(module, &client), "signature after");
    client_leave(module, &client);
}

static atomic_bool is_held;

static void *let_go_later(void *arg)
{
    SCARDHANDLE *card = arg;

    control_pause(HELD_MS);
    atomic_store(&is_held, false);
    (void)SCardEndTransaction(*card, SCARD_LEAVE_CARD);
    return NULL;
}

/* What only shows what is known does not wait for the end of it. */
static void look_meanwhile(const struct client *client)
{
    CK_SESSION_INFO session;
    CK_TOKEN_INFO token;

    client_want(
        module->C_GetSessionInfo(client->session, &session), "session info");
    client_want(module->C_GetTokenInfo(CLIENT_AUTH, &token), "token info");
    client_want(module->C_GetTokenInfo(CLIENT_SIGN, &token), "token info");
    if (!atomic_load(&is_held))
        client_fail("token info waited for the end of a transaction");
}

static void held_by_a_transaction(struct client *client)
{
    SCARDHANDLE card = connect_as(SCARD_SHARE_SHARED);
    pthread_t thread;
    double start = client_now(), looked, waited;

    if (SCardBeginTransaction(card) != SCARD_S_SUCCESS)
        client_fail("SCardBeginTransaction");
    atomic_store(&is_held, true);
    pthread_create(&thread, NULL, let_go_later, &card);
    look_meanwhile(client);
    looked = client_now() - start;
    client_want(client_sign(module, client), "signature in the end");
    waited = client_now() - start;
    pthread_join(thread, NULL);
    (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
    printf("a transaction of %d ms: session and token info in %.0f ms, the "
           "signature took %.0f ms\n",
        HELD_MS, looked, waited);
    if (client_log_lines("waited 2 s for the card") != 1)
        client_fail("the log does not say who kept the card");
}

static void disconnect(SCARDHANDLE card, DWORD how)
{
    (void)SCardDisconnect(card, how);
}

static void reconnect(SCARDHANDLE card, DWORD how)
{
    DWORD protocol;

    (void)SCardReconnect(
        card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, how, &protocol);
    (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
}

static void end_transaction(SCARDHANDLE card, DWORD how)
{
    (void)SCardBeginTransaction(card);
    (void)SCardEndTransaction(card, how);
    (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
}

/* Each way to reset the card, before one signature each. */
static unsigned resets(struct client *client)
{
    static void (*const ways[])(SCARDHANDLE card, DWORD how) = {
        disconnect, reconnect, end_transaction};
    static const DWORD hows[] = {SCARD_RESET_CARD, SCARD_UNPOWER_CARD};
    unsigned count = 0;
    size_t i, j;

    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        for (j = 0; j < sizeof hows / sizeof *hows; j++) {
            ways[i](connect_as(SCARD_SHARE_SHARED), hows[j]);
            client_want(client_sign(module, client), "signature after a reset");
            count++;
        }
    }
    return count;
}

/* Other applications of the card, and one that it does not have. */
static unsigned selections(struct client *client)
{
    static const unsigned char commands[][16] = {
        {0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 1, 0x51, 0, 0, 0},
        {0x00, 0xA4, 0x04, 0x0C, 10, 0xD3, 0x92, 0x10, 0, 0x31, 0, 1, 1, 4, 8},
        {0x00, 0xA4, 0x04, 0x0C, 10, 0xD3, 0x92, 0x10, 0, 0x31, 0, 1, 1, 1, 0},
        {0x00, 0xA4, 0x04, 0x0C, 5, 0xA0, 0, 0, 0, 3},
        {0x00, 0xA4, 0x02, 0x0C, 2, 0, 0x06},
    };
    SCARDHANDLE card = connect_as(SCARD_SHARE_SHARED);
    unsigned count = 0;
    size_t i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        unsigned char answer[258];
        DWORD len = sizeof answer;
        if (SCardTransmit(card, SCARD_PCI_T1, commands[i], 5UL + commands[i][4],
                NULL, answer, &len) != SCARD_S_SUCCESS)
            client_fail("SELECT was not sent");
        client_want(client_sign(module, client), "signature after a SELECT");
        count++;
    }
    (void)SCardDisconnect(card, SCARD_LEAVE_CARD);
    return count;
}

static CK_ULONG count_cards(void)
{
    CK_ULONG count = 0;

    client_want(module->C_GetSlotList(CK_TRUE, NULL, &count), "slot list");
    return count / 2;
}

#define CONTEXTS_MAX 250 /* pcscd takes fewer */

/* Other programs have all of pcscd's connections. */
static void full(void)
{
    static SCARDCONTEXT contexts[CONTEXTS_MAX];
    unsigned count = 0, i;

    while (
        count < CONTEXTS_MAX && SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL,
                                    NULL, &contexts[count]) == SCARD_S_SUCCESS)
        count++;
    client_want(module->C_Initialize(NULL), "C_Initialize");
    if (count == CONTEXTS_MAX || count_cards() != 0)
        client_fail("%u connections, and pcscd is not full", count);
    if (client_log_lines("polkit") < 1 || client_log_lines("polkit") > 2)
        client_fail("the log does not say that pcscd is full");
    printf("no card beside %u connections\n", count);
    for (i = 0; i < count; i++)
        (void)SCardReleaseContext(contexts[i]);
    for (i = 0; i < 100 && count_cards() == 0; i++)
        control_pause(100);
    if (count_cards() != 1)
        client_fail("no card after the connections were given back");
    client_want(module->C_Finalize(NULL), "C_Finalize");
}

int main(int argc, char **argv)
{
    struct client client;
    unsigned count = 1;

    if (argc != 2)
        return 2;
    client_keep_log(argv[1]);
    module = client_load();
    client_want(module->C_Initialize(NULL), "C_Initialize");
    if (!client_sees_readers(module) ||
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS)
        client_fail("no readers");
    client_want(client_log_in(module, CLIENT_AUTH, &client), "log-in");
    client_leave(module, &client);
    held_exclusively();
    client_want(client_log_in(module, CLIENT_AUTH, &client), "log-in");
    held_by_a_transaction(&client);
    count += resets(&client);
    count += selections(&client);
    printf("%u signatures after resets and selections\n", count - 1);
    client_leave(module, &client);
    client_want(module->C_Finalize(NULL), "C_Finalize");
    (void)SCardReleaseContext(context);
    full();
    /* Three log-ins, and one signature while it was held each way. */
    printf("pins %u\n", 3 + 1 + count);
    return 0;
}

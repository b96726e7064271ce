/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

/*
 * observer READER: another program on the same pcscd that tries to sign with
 * PINs it was never given: whenever it gets the card, it sends the bare signing
 * command for each key. Runs until SIGTERM, then prints how often it asked and
 * exits 1 if the card ever gave it anything but 6982.
 */

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static uint16_t transmit(SCARDHANDLE card, const uint8_t *command, DWORD len)
{
    uint8_t answer[258];
    DWORD answer_len = sizeof answer;
    LONG code = SCardTransmit(
        card, SCARD_PCI_T1, command, len, NULL, answer, &answer_len);

    if (code != SCARD_S_SUCCESS || answer_len < 2)
        return 0;
    return (uint16_t)(answer[answer_len - 2] << 8 | answer[answer_len - 1]);
}

/* One try with KEY's file id; true when the card refused as it must. */
static bool is_refused(SCARDHANDLE card, uint8_t key, bool *ret_asked)
{
    static const uint8_t select_jpki[] = {0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3,
        0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
    const uint8_t select_key[] = {0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, key};
    static const uint8_t sign[] = {0x80, 0x2a, 0x00, 0x80, 0x01, 0x5a, 0x00};
    uint16_t sw;

    if (transmit(card, select_jpki, sizeof select_jpki) != 0x9000 ||
        transmit(card, select_key, sizeof select_key) != 0x9000)
        return true;
    sw = transmit(card, sign, sizeof sign);
    if (sw == 0) /* the link failed: the card said nothing */
        return true;
    *ret_asked = true;
    if (sw != 0x6982)
        printf("key %02X answered %04X\n", key, sw);
    return sw == 0x6982;
}

/* Gets the card for one transaction; a reset by others is taken note of. */
static bool get_card(SCARDCONTEXT context, const char *reader,
    SCARDHANDLE *card, bool *connected)
{
    DWORD protocol;
    LONG code;

    if (!*connected &&
        SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1,
            card, &protocol) != SCARD_S_SUCCESS)
        return false;
    *connected = true;
    code = SCardBeginTransaction(*card);
    if (code == SCARD_W_RESET_CARD)
        code = SCardReconnect(*card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1,
            SCARD_LEAVE_CARD, &protocol);
    else if (code == SCARD_S_SUCCESS)
        return true;
    if (code != SCARD_S_SUCCESS) {
        (void)SCardDisconnect(*card, SCARD_LEAVE_CARD);
        *connected = false;
    }
    return false;
}

int main(int argc, char **argv)
{
    /* pcscd polls for waiting clients every 100 ms, in no order: a
       shorter pause would starve the program that is watched. */
    const struct timespec pause = {0, 20000000};
    struct sigaction action = {.sa_handler = stop};
    SCARDCONTEXT context;
    SCARDHANDLE card = 0;
    bool connected = false, refused = true;
    unsigned asked_auth = 0, asked_sign = 0;

    if (argc != 2 || sigaction(SIGTERM, &action, NULL) != 0 ||
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS)
        return 2;
    while (!stopped) {
        bool auth = false, sign = false;
        if (get_card(context, argv[1], &card, &connected)) {
            refused &= is_refused(card, 0x17, &auth);
            refused &= is_refused(card, 0x1a, &sign);
            (void)SCardEndTransaction(card, SCARD_LEAVE_CARD);
        }
        asked_auth += auth;
        asked_sign += sign;
        (void)nanosleep(&pause, NULL);
    }
    printf("asked %u and %u times\n", asked_auth, asked_sign);
    (void)SCardReleaseContext(context);
    return refused && asked_auth > 0 && asked_sign > 0 ? 0 : 1;
}

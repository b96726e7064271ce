/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/card_server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/vcard/vcard.h"

static struct vcard *card;

bool card_receive(int sock, void *ret_bytes, size_t len)
{
    return len == 0 || recv(sock, ret_bytes, len, MSG_WAITALL) == (ssize_t)len;
}

/* Puts the answer into RET_DATA, which holds the order's data. */
static uint32_t obey(uint32_t order, uint8_t *data, uint32_t *len)
{
    uint8_t response[258];
    struct vcard_ledger ledger;
    uint32_t command_len = *len;

    *len = 0;
    switch (order) {
    case CARD_LOAD:
        vcard_free(card);
        card = vcard_load((const char *)data);
        return card ? 0 : 1;
    case CARD_FREE:
        vcard_free(card);
        card = NULL;
        return 0;
    case CARD_POWER_ON:
        vcard_power_on(card);
        return 0;
    case CARD_POWER_OFF:
        vcard_power_off(card);
        return 0;
    case CARD_TRANSMIT:
        *len = (uint32_t)vcard_transmit(card, data, command_len, response);
        memcpy(data, response, *len);
        return 0;
    default:
        vcard_ledger(card, &ledger);
        memset(ledger.last_pin, 0, sizeof ledger.last_pin);
        memcpy(data, &ledger, sizeof ledger);
        *len = sizeof ledger;
        return 0;
    }
}

_Noreturn void card_serve(int sock)
{
    static uint8_t data[CARD_DATA_MAX + 1];
    struct card_message head;

    while (card_receive(sock, &head, sizeof head) &&
           head.len <= CARD_DATA_MAX && card_receive(sock, data, head.len)) {
        data[head.len] = '\0';
        head.order = obey(head.order, data, &head.len);
        if (send(sock, &head, sizeof head, MSG_NOSIGNAL | MSG_MORE) < 0 ||
            send(sock, data, head.len, MSG_NOSIGNAL) < 0)
            break;
    }
    vcard_free(card);
    _exit(0);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/vcard.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/cardstate.h"
#include "tests/vcard/core.h"

struct vcard *vcard_load(const char *folder)
{
    static atomic_uint loaded;
    struct vcard *card = calloc(1, sizeof *card);
    if (!card)
        return NULL;
    if (cardfile_load(folder, &card->file) != 0) {
        vcard_free(card);
        return NULL;
    }
    card->ledger.card = atomic_fetch_add(&loaded, 1) + 1;
    return card;
}

void vcard_free(struct vcard *card)
{
    if (!card)
        return;
    cardfile_done(&card->file);
    free(card);
}

bool vcard_is_mute(const struct vcard *card)
{
    return card->file.mute;
}

const uint8_t *vcard_atr(const struct vcard *card, size_t *ret_len)
{
    *ret_len = card->file.atr_len;
    return card->file.atr;
}

/* What every reset does. */
static void restart(struct vcard *card)
{
    card->app = APP_ISD;
    card->app_chosen = false;
    card->ef = 0;
    card->pending.len = 0;
}

void vcard_power_on(struct vcard *card)
{
    if (card->powered)
        return;
    card->powered = true;
    card->first_command = true;
    card->ledger.power_ons++;
    restart(card);
    ledger_event(card, "power-on");
}

void vcard_power_off(struct vcard *card)
{
    if (!card->powered)
        return;
    card->powered = false;
    memset(card->verified, 0, sizeof card->verified);
    ledger_event(card, "power-off");
}

void vcard_warm_reset(struct vcard *card)
{
    if (!card->powered) {
        vcard_power_on(card);
        return;
    }
    card->ledger.warm_resets++;
    restart(card);
    if (card->file.quirks.reset_drops)
        memset(card->verified, 0, sizeof card->verified);
    ledger_event(card, "warm-reset");
}

static uint16_t parse(const uint8_t *bytes, size_t len, struct command *ret_cmd)
{
    struct command cmd = {0};
    if (len < 4)
        return SW_WRONG_LENGTH;
    cmd.cla = bytes[0];
    cmd.ins = bytes[1];
    cmd.p1 = bytes[2];
    cmd.p2 = bytes[3];
    *ret_cmd = cmd;
    if (len == 4)
        return SW_OK;
    if (len > 5) {
        cmd.lc = bytes[4];
        cmd.data = bytes + 5;
        if (cmd.lc == 0 || (len != 5 + cmd.lc && len != 6 + cmd.lc))
            return SW_WRONG_LENGTH;
    }
    cmd.has_le = len != 5 + cmd.lc || cmd.lc == 0;
    if (cmd.has_le)
        cmd.le = bytes[len - 1] == 0 ? 256 : bytes[len - 1];
    *ret_cmd = cmd;
    return SW_OK;
}

static uint16_t check_class(uint8_t cla)
{
    if ((cla & 0xC0) == 0x40 || ((cla & 0x7C) == 0 && (cla & 0x03) != 0))
        return SW_CHANNEL;
    if ((cla & 0xFC) == 0x08)
        return SW_NO_SECURE_MESSAGING;
    return cla == 0x00 || cla == 0x80 ? SW_OK : SW_CLA;
}

/* Hands out what 61xx announced; only cards that say 61xx know it. */
static uint16_t get_response(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    struct answer *pending = &card->pending;
    if (!card->file.quirks.get_response)
        return SW_INS;
    if (pending->len == 0)
        return SW_CONDITIONS;
    if (cmd->lc > 0 || !cmd->has_le)
        return SW_WRONG_LENGTH;
    size_t n = cmd->le < pending->len ? cmd->le : pending->len;
    memcpy(ret_answer->bytes, pending->bytes, n);
    ret_answer->len = n;
    pending->len -= n;
    memmove(pending->bytes, pending->bytes + n, pending->len);
    return pending->len == 0 ? SW_OK : (uint16_t)(SW_MORE | pending->len);
}

/* The last-command query of the iPhone profile, known but refused. */
static uint16_t last_command(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    (void)card; /* no card answers it */
    (void)cmd;
    (void)ret_answer;
    return SW_WRONG_LENGTH;
}

/* VERIFY and CHANGE REFERENCE DATA with data, even if there is no such PIN. */
static bool carries_pin(const struct command *cmd)
{
    return (cmd->ins == 0x20 || cmd->ins == 0x24) && cmd->lc > 0;
}

static const struct {
    uint8_t cla, ins;
    uint16_t (*run)(struct vcard *card, const struct command *cmd,
        struct answer *ret_answer);
} commands[] = {
    {0x00, 0xA4, files_select},
    {0x00, 0xB0, files_read_binary},
    {0x00, 0xB2, files_read_record},
    {0x00, 0x20, pins_verify},
    {0x00, 0x24, pins_change},
    {0x00, 0xC0, get_response},
    {0x80, 0x2A, sign_command},
    {0x80, 0xFC, last_command},
};
#define N_COMMANDS (sizeof commands / sizeof *commands)

static uint16_t run(struct vcard *card, const struct command *cmd,
    uint16_t parse_sw, struct answer *ret_answer)
{
    uint16_t sw = check_class(cmd->cla);
    if (sw != SW_OK)
        return sw;
    if (card->first_command && card->file.quirks.first_sw != 0)
        return (uint16_t)card->file.quirks.first_sw;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (commands[i].cla == cmd->cla && commands[i].ins == cmd->ins) {
            if (commands[i].run != get_response)
                card->pending.len = 0;
            return parse_sw != SW_OK ? parse_sw
                                     : commands[i].run(card, cmd, ret_answer);
        }
    }
    return SW_INS;
}

size_t vcard_transmit(struct vcard *card, const uint8_t *command, size_t len,
    uint8_t response[258])
{
    struct command cmd = {0};
    struct answer answer = {.len = 0};
    if (!card->powered)
        return 0;
    card->ledger.apdus++;
    uint16_t parse_sw = parse(command, len, &cmd);
    card->ledger.pins += carries_pin(&cmd) ? 1 : 0;
    uint16_t sw = len < 4 ? parse_sw : run(card, &cmd, parse_sw, &answer);
    card->first_command = false;
    if (card->file.quirks.get_response && cmd.lc > 0 && answer.len > 0) {
        card->pending = answer;
        sw = (uint16_t)(SW_MORE | (answer.len & 0xFF));
        answer.len = 0;
    }
    memcpy(response, answer.bytes, answer.len);
    response[answer.len] = (uint8_t)(sw >> 8);
    response[answer.len + 1] = (uint8_t)sw;
    ledger_note(card, &cmd, answer.len, sw);
    return answer.len + 2;
}

bool vcard_is_verified(const struct vcard *card)
{
    return card->verified[AUTH] || card->verified[SIGN] || card->verified[TEXT];
}

void vcard_ledger(const struct vcard *card, struct vcard_ledger *ret_ledger)
{
    struct card_state state;
    *ret_ledger = card->ledger;
    int lock = cardstate_enter(&card->file, &state);
    if (lock >= 0)
        (void)cardstate_leave(&card->file, lock, NULL);
    for (size_t i = 0; i < PINS; i++) {
        ret_ledger->tries[i] = lock >= 0 ? state.pins[i].left : 0;
        ret_ledger->verified[i] = card->verified[i];
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/vcard/core.h"

const struct reference pin_references[PINS] = {
    [AUTH] = {APP_JPKI, 0x0018},
    [SIGN] = {APP_JPKI, 0x001B},
    [TEXT] = {APP_TEXT, 0x0011},
};
const struct reference key_references[ROLES] = {
    [AUTH] = {APP_JPKI, 0x0017},
    [SIGN] = {APP_JPKI, 0x001A},
};

/* Of the text application: the law restricts its reading. */
#define EF_INDIVIDUAL_NUMBER 0x0001

static const struct {
    enum card_app app;
    size_t len;
    uint8_t aid[10];
} apps[] = {
    {APP_ISD, 7, {0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00}},
    {APP_JPKI, 10,
        {0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}},
    {APP_COMMON, 10,
        {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00}},
    {APP_JUKI, 10,
        {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01}},
    {APP_VISUAL, 10,
        {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02}},
    {APP_TEXT, 10,
        {0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}},
};
#define N_APPS (sizeof apps / sizeof *apps)

static bool app_present(const struct vcard *card, enum card_app app)
{
    if (app == APP_JPKI)
        return card->file.jpki;
    if (app == APP_ISD)
        return card->file.quirks.isd && card->file.quirks.foreign;
    if (app == APP_TEXT && !card->file.pins[TEXT].present)
        return false;
    return card->file.quirks.foreign != 0;
}

/* The data file ID of the application; NULL: none. */
static const struct card_ef *data_file(const struct vcard *card, uint16_t id)
{
    if (card->app == APP_JPKI)
        return cardfile_ef(&card->file, id);
    return card->app == APP_TEXT ? cardfile_text_ef(&card->file, id) : NULL;
}

/* No program of ours may come near this file: it is counted and told. */
static void note_number(struct vcard *card)
{
    if (card->app != APP_TEXT || card->ef != EF_INDIVIDUAL_NUMBER)
        return;
    card->ledger.numbers++;
    ledger_event(card, "individual-number");
}

bool files_exists(const struct vcard *card, uint16_t id)
{
    if (card->app == APP_COMMON)
        return id == 0x0001 && card->file.common.len > 0;
    for (size_t i = 0; i < PINS; i++)
        if (card->app == pin_references[i].app && id == pin_references[i].id &&
            card->file.pins[i].present)
            return true;
    for (size_t i = 0; i < ROLES; i++)
        if (card->app == key_references[i].app && id == key_references[i].id &&
            card->file.keys[i].len > 0)
            return true;
    return data_file(card, id) != NULL;
}

static uint16_t select_app(struct vcard *card, const struct command *cmd,
    size_t app, struct answer *ret_answer)
{
    card->app = apps[app].app;
    card->app_chosen = true;
    card->ef = 0;
    /* The PINs of every application but the selected one are forgotten. */
    for (size_t i = 0; i < PINS && !card->file.quirks.select_keeps; i++)
        if (card->app != pin_references[i].app)
            card->verified[i] = false;
    if (cmd->p2 == 0x00 && cmd->has_le) {
        size_t len = apps[app].len;
        uint8_t *fci = ret_answer->bytes;
        fci[0] = 0x6F;
        fci[1] = (uint8_t)(len + 2);
        fci[2] = 0x84;
        fci[3] = (uint8_t)len;
        memcpy(fci + 4, apps[app].aid, len);
        ret_answer->len = len + 4;
    }
    return SW_OK;
}

/* A shortened AID selects too: the first application it fits. */
static uint16_t select_by_name(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    card->ledger.selects++;
    if (cmd->lc == 0)
        return SW_WRONG_LENGTH;
    for (size_t i = 0; i < N_APPS; i++)
        if (app_present(card, apps[i].app) && cmd->lc <= apps[i].len &&
            memcmp(cmd->data, apps[i].aid, cmd->lc) == 0)
            return select_app(card, cmd, i, ret_answer);
    return SW_NO_FILE;
}

static uint16_t select_ef(struct vcard *card, const struct command *cmd)
{
    if (cmd->lc != 2)
        return SW_WRONG_LENGTH;
    uint16_t id = (uint16_t)(cmd->data[0] << 8 | cmd->data[1]);
    if (!files_exists(card, id))
        return SW_NO_FILE;
    card->ef = id;
    note_number(card);
    return SW_OK;
}

/* There is no master file to speak of (docs/card.md 1.5). */
static uint16_t select_mf(const struct vcard *card, const struct command *cmd)
{
    if (cmd->lc > 0)
        return SW_NO_FILE;
    return card->app_chosen ? SW_OK : SW_P1_P2;
}

uint16_t files_select(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    if (cmd->p2 != 0x0C && cmd->p2 != 0x00)
        return SW_P1_P2;
    switch (cmd->p1) {
    case 0x00:
        return select_mf(card, cmd);
    case 0x02:
        return select_ef(card, cmd);
    case 0x04:
        return select_by_name(card, cmd, ret_answer);
    default:
        return SW_P1_P2;
    }
}

static uint16_t read_access(const struct vcard *card, const struct card_ef *ef)
{
    switch (ef->access) {
    case ACCESS_FREE:
        return SW_OK;
    case ACCESS_AUTH:
        return card->verified[AUTH] ? SW_OK : SW_DENIED;
    case ACCESS_SIGN:
        return card->verified[SIGN] ? SW_OK : SW_DENIED;
    case ACCESS_TEXT:
        return card->verified[TEXT] ? SW_OK : SW_DENIED;
    default:
        return SW_DENIED;
    }
}

static uint16_t read_bytes(const struct vcard *card, const struct card_ef *ef,
    size_t offset, size_t le, struct answer *ret_answer)
{
    const struct card_quirks *quirks = &card->file.quirks;
    if (offset >= ef->len)
        return SW_OFFSET;
    size_t left = ef->len - offset;
    if (quirks->exact_le && le > left)
        return (uint16_t)(SW_EXACT_LE | left);
    ret_answer->len = le < left ? le : left;
    memcpy(ret_answer->bytes, ef->bytes + offset, ret_answer->len);
    return le > left ? (uint16_t)quirks->end_of_file_sw : SW_OK;
}

/* The short id of READ BINARY, which also selects the file. */
static uint16_t select_by_short_id(struct vcard *card, uint8_t p1)
{
    uint16_t id = p1 & 0x1F;
    if (card->file.quirks.short_ids_sw != 0)
        return (uint16_t)card->file.quirks.short_ids_sw;
    if ((p1 & 0x60) != 0 || id == 0 || id == 0x1F)
        return SW_P1_P2;
    if (!files_exists(card, id))
        return SW_NO_FILE;
    card->ef = id;
    return SW_OK;
}

uint16_t files_read_binary(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    card->ledger.reads++;
    if (cmd->lc > 0 || !cmd->has_le)
        return SW_WRONG_LENGTH;
    size_t offset = (size_t)(cmd->p1 << 8 | cmd->p2);
    if ((cmd->p1 & 0x80) != 0) {
        uint16_t sw = select_by_short_id(card, cmd->p1);
        if (sw != SW_OK)
            return sw;
        offset = cmd->p2;
    }
    if (card->ef == 0)
        return SW_NO_CURRENT_EF;
    note_number(card);
    const struct card_ef *ef = data_file(card, card->ef);
    if (!ef)
        return SW_NOT_A_DATA_FILE;
    uint16_t sw = read_access(card, ef);
    return sw == SW_OK ? read_bytes(card, ef, offset, cmd->le, ret_answer) : sw;
}

/* Record 1 of EF 0001 of the common application: the card's serial. */
uint16_t files_read_record(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    if (cmd->lc > 0 || !cmd->has_le)
        return SW_WRONG_LENGTH;
    if ((cmd->p2 & 0x07) != 0x04)
        return SW_P1_P2;
    uint16_t id = cmd->p2 >> 3;
    if (id != 0) {
        if (!files_exists(card, id))
            return SW_NO_FILE;
        card->ef = id;
    }
    if (card->ef == 0)
        return SW_NO_CURRENT_EF;
    if (card->app != APP_COMMON)
        return SW_NOT_A_DATA_FILE;
    const struct card_ef *record = &card->file.common;
    if (cmd->p1 != 1 || record->len > sizeof ret_answer->bytes)
        return SW_NO_RECORD;
    ret_answer->len = cmd->le < record->len ? cmd->le : record->len;
    memcpy(ret_answer->bytes, record->bytes, ret_answer->len);
    return SW_OK;
}

uint16_t files_reference(const struct vcard *card, uint8_t p2,
    const struct reference *references, size_t n, size_t *ret_index)
{
    uint16_t id = card->ef;
    if (p2 != 0x80) {
        if (card->file.quirks.short_ids_sw != 0)
            return (uint16_t)card->file.quirks.short_ids_sw;
        if ((p2 & 0xE0) != 0x80)
            return SW_P1_P2;
        id = p2 & 0x1F;
    } else if (id == 0) {
        return SW_NO_CURRENT_EF;
    }
    for (size_t i = 0; i < n; i++) {
        if (card->app == references[i].app && id == references[i].id &&
            files_exists(card, id)) {
            *ret_index = i;
            return SW_OK;
        }
    }
    return SW_NO_REFERENCE;
}

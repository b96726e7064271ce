/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/core.h"
#include "tests/vcard/rsakey.h"

/* What P1 says about the input (docs/card.md section 2). */
static const struct {
    size_t min, max;
    int hash, digest_info, pss;
} schemes[] = {
    {1, 245, 0, 0, 0},
    {1, 255, 1, 0, 0},
    {32, 32, 0, 1, 0},
    {1, 255, 1, 1, 0},
    {32, 32, 0, 0, 1},
    {1, 255, 1, 0, 1},
};
#define N_SCHEMES (sizeof schemes / sizeof *schemes)

static uint16_t check_p1(const struct vcard *card, uint8_t p1)
{
    if (p1 >= N_SCHEMES || (schemes[p1].pss && !card->file.quirks.pss))
        return SW_P1_P2;
    return SW_OK;
}

static uint16_t check_access(struct vcard *card, size_t role)
{
    if (!card->verified[role]) {
        card->ledger.denied++;
        return SW_DENIED;
    }
    return SW_OK;
}

static uint16_t compute(struct vcard *card, size_t role,
    const struct command *cmd, struct answer *ret_answer)
{
    if (cmd->lc == 0)
        return SW_WRONG_LENGTH;
    if (cmd->lc < schemes[cmd->p1].min || cmd->lc > schemes[cmd->p1].max)
        return SW_CONDITIONS;
    const struct card_ef *pem = &card->file.keys[role];
    struct card_key *key = rsakey_get(pem->bytes, pem->len);
    const struct rsakey_scheme scheme = {
        .hash = schemes[cmd->p1].hash,
        .digest_info = schemes[cmd->p1].digest_info,
        .pss = schemes[cmd->p1].pss,
        .salt = card->file.quirks.pss_salt,
    };
    if (!key ||
        rsakey_sign(key, &scheme, cmd->data, cmd->lc, ret_answer->bytes) != 0)
        return SW_FAULT;
    ret_answer->len = RSAKEY_SIZE;
    card->ledger.signatures[role]++;
    return SW_OK;
}

uint16_t sign_command(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    size_t role = 0;
    uint16_t p1_sw = check_p1(card, cmd->p1);
    if (p1_sw != SW_OK && !card->file.quirks.access_first)
        return p1_sw;
    uint16_t sw = files_reference(card, cmd->p2, key_references, ROLES, &role);
    if (sw == SW_OK)
        sw = check_access(card, role);
    if (sw == SW_OK)
        sw = p1_sw;
    return sw == SW_OK ? compute(card, role, cmd, ret_answer) : sw;
}

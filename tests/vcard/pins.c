/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/vcard/cardstate.h"
#include "tests/vcard/core.h"

/* Nothing on the wire distinguishes a verified PIN: see docs/card.md 1.7. */
static uint16_t query(struct vcard *card, size_t role)
{
    struct card_state state;
    int lock = cardstate_enter(&card->file, &state);
    if (lock < 0)
        return SW_FAULT;
    card->ledger.queries[role]++;
    (void)cardstate_leave(&card->file, lock, NULL);
    if (state.pins[role].left == 0 && card->file.quirks.locked_query_sw != 0)
        return (uint16_t)card->file.quirks.locked_query_sw;
    return (uint16_t)(SW_TRIES | (state.pins[role].left & 0x0F));
}

/* Compares bytes, counts, and says what to answer. */
static uint16_t compare(struct vcard *card, size_t role,
    const struct command *cmd, struct card_state *state)
{
    const struct card_quirks *quirks = &card->file.quirks;
    unsigned *left = &state->pins[role].left;
    bool right = state->pins[role].len == cmd->lc &&
                 memcmp(state->pins[role].pin, cmd->data, cmd->lc) == 0;
    if (*left == 0)
        return (uint16_t)quirks->locked_sw;
    if (right) {
        *left = card->file.pins[role].tries;
        return SW_OK;
    }
    (*left)--;
    card->ledger.wrong[role]++;
    return quirks->wrong_sw != 0 ? (uint16_t)quirks->wrong_sw
                                 : (uint16_t)(SW_TRIES | *left);
}

static uint16_t verify(
    struct vcard *card, size_t role, const struct command *cmd)
{
    struct card_state state;
    int lock = cardstate_enter(&card->file, &state);
    if (lock < 0)
        return SW_FAULT;
    card->ledger.verifies[role]++;
    memcpy(card->ledger.last_pin, cmd->data, cmd->lc);
    card->ledger.last_pin_len = cmd->lc;
    card->verified[role] = false;
    const unsigned left = state.pins[role].left;
    uint16_t sw = compare(card, role, cmd, &state);
    const bool changed = state.pins[role].left != left;
    if (cardstate_leave(&card->file, lock, changed ? &state : NULL) != 0)
        return SW_FAULT;
    card->verified[role] = sw == SW_OK;
    return sw;
}

uint16_t pins_verify(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    (void)ret_answer; /* VERIFY has no body */
    size_t role = 0;
    if (cmd->p1 != 0x00)
        return SW_P1_P2;
    uint16_t sw = files_reference(card, cmd->p2, pin_references, PINS, &role);
    if (sw != SW_OK)
        return sw;
    if (cmd->has_le || cmd->lc > sizeof card->ledger.last_pin)
        return SW_WRONG_LENGTH;
    if (cmd->lc == 0 && card->file.quirks.query_selects)
        card->ef = pin_references[role].id;
    return cmd->lc == 0 ? query(card, role) : verify(card, role, cmd);
}

static uint16_t store(
    struct vcard *card, size_t role, const struct command *cmd)
{
    struct card_state state;
    int lock = cardstate_enter(&card->file, &state);
    if (lock < 0)
        return SW_FAULT;
    if (state.pins[role].left == 0) {
        (void)cardstate_leave(&card->file, lock, NULL);
        return (uint16_t)card->file.quirks.locked_sw;
    }
    memset(state.pins[role].pin, 0, sizeof state.pins[role].pin);
    memcpy(state.pins[role].pin, cmd->data, cmd->lc);
    state.pins[role].len = cmd->lc;
    return cardstate_leave(&card->file, lock, &state) == 0 ? SW_OK : SW_FAULT;
}

/* Only the new value is sent; the old one was verified before. */
uint16_t pins_change(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer)
{
    (void)ret_answer; /* CHANGE REFERENCE DATA has no body */
    size_t role = 0;
    if (cmd->p1 != 0x01)
        return SW_P1_P2;
    uint16_t sw = files_reference(card, cmd->p2, pin_references, PINS, &role);
    if (sw != SW_OK)
        return sw;
    card->ledger.changes[role]++;
    if (!card->verified[role])
        return SW_DENIED;
    if (cmd->has_le || cmd->lc == 0 || cmd->lc > 16)
        return SW_WRONG_LENGTH;
    return store(card, role, cmd);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/sync.h"

#include <string.h>

#include "pkcs11/session.h"

static TOKEN_LOCKED void close_sessions(struct reader *reader)
{
    while (reader->sessions)
        session_close(reader->sessions);
}

void sync_end(struct reader *reader)
{
    token_lock(reader->token);
    close_sessions(reader);
    token_unlock(reader->token);
}

static TOKEN_LOCKED void forget_card(struct reader *reader)
{
    size_t i;

    if (reader->opened.first)
        reader->gone[reader->gone_next++ % GONE_CARDS] = reader->opened;
    memset(&reader->opened, 0, sizeof reader->opened);
    close_sessions(reader);
    for (i = 0; i < JPKI_ROLES; i++)
        slot_forget_card(&reader->slots[i]);
    reader->epoch = reader->token->epoch;
}

static TOKEN_LOCKED void sync_slot(struct slot *slot)
{
    const struct token_key *key = slot_key(slot);

    if (slot->logins != key->logins)
        object_drop_private(slot);
    slot->logins = key->logins;
    object_refresh(slot);
    session_drop_private(slot);
    if (slot->pin_changes != key->pin_changes)
        session_drop_pins(slot);
    slot->pin_changes = key->pin_changes;
}

void sync_reader(struct reader *reader)
{
    const struct token *token = reader->token;
    size_t i;

    if (reader->changes == token->changes)
        return;
    if (!token_is_epoch(token, reader->epoch))
        forget_card(reader);
    if (token->recognised == TOKEN_JPKI)
        memcpy(reader->opened.serial, token->serial, sizeof token->serial);
    for (i = 0; i < JPKI_ROLES; i++)
        sync_slot(&reader->slots[i]);
    reader->changes = token->changes;
}

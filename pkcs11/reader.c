/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader.h"

#include <string.h>

#include "pkcs11/session.h"

void reader_init(struct reader *reader, unsigned index, struct token *token)
{
    size_t i;

    memset(reader, 0, sizeof *reader);
    reader->index = index;
    reader->token = token;
    for (i = 0; i < JPKI_ROLES; i++)
        slot_init(&reader->slots[i], reader, (enum jpki_role_id)i);
}

void reader_done(struct reader *reader)
{
    token_lock(reader->token);
    while (reader->sessions)
        session_close(reader->sessions);
    token_unlock(reader->token);
    memset(reader, 0, sizeof *reader);
}

static REQUIRES(token_held) void forget_card(struct reader *reader)
{
    size_t i;

    if (reader->opened.first)
        reader->gone[reader->gone_next++ % GONE_CARDS] = reader->opened;
    memset(&reader->opened, 0, sizeof reader->opened);
    while (reader->sessions)
        session_close(reader->sessions);
    for (i = 0; i < JPKI_ROLES; i++)
        slot_forget_card(&reader->slots[i]);
    reader->epoch = reader->token->epoch;
}

void reader_sync(struct reader *reader)
{
    const struct token *token = reader->token;
    size_t i;

    if (!token_is_epoch(token, reader->epoch))
        forget_card(reader);
    if (token->recognised == TOKEN_JPKI)
        memcpy(reader->opened.serial, token->serial, sizeof token->serial);
    for (i = 0; i < JPKI_ROLES; i++)
        slot_sync(&reader->slots[i]);
}

bool reader_take_event(struct reader *reader, CK_SLOT_ID *ret_slot)
{
    const struct token *token = reader->token;
    size_t i;

    for (i = 0; i < JPKI_ROLES; i++) {
        struct slot *slot = &reader->slots[i];
        if (slot->events != token->events &&
            context_shows(token->context, (enum jpki_role_id)i)) {
            slot->events = token->events;
            *ret_slot = slot_id(slot);
            return true;
        }
    }
    return false;
}

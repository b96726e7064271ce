/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/reader.h"

#include <string.h>

void reader_init(struct reader *reader, unsigned index, struct token *token)
{
    size_t i;

    reader->index = index;
    reader->token = token;
    for (i = 0; i < JPKI_ROLES; i++)
        slot_init(&reader->slots[i], reader, token,
            slot_id_at(index, (enum jpki_role_id)i));
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
            *ret_slot = slot->id;
            return true;
        }
    }
    return false;
}

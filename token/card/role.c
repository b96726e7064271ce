/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/role.h"

#include <string.h>

#define DIGITS "0123456789"

/* docs/card.md 1.2, 1.9 and 5. */
static const struct jpki_role roles[JPKI_PINS] = {
    [JPKI_AUTH] =
        {
            .id = JPKI_AUTH,
            .application = APPLICATION_JPKI,
            .name = "auth",
            .token_label = "JPKI Auth (4-digit PIN)",
            .object_label = "User Authentication",
            .ca_label = "User Authentication CA",
            .ef_cert = 0x000a,
            .ef_ca = 0x000b,
            .ef_key = 0x0017,
            .ef_pin = 0x0018,
            .pin_alphabet = DIGITS,
            .pin_min = 4,
            .pin_max = 4,
            .tries_max = 3,
            .present_at = 1,
        },
    [JPKI_SIGN] =
        {
            .id = JPKI_SIGN,
            .application = APPLICATION_JPKI,
            .name = "sign",
            .token_label = "JPKI Sign (6-16 chars)",
            .object_label = "Digital Signature",
            .ca_label = "Digital Signature CA",
            .ef_cert = 0x0001,
            .ef_ca = 0x0002,
            .ef_key = 0x001a,
            .ef_pin = 0x001b,
            .ef_private = 0x0001,
            .pin_alphabet = DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            .pin_min = 6,
            .pin_max = 16,
            .tries_max = 5,
            .cert_private = true,
            .asks_each_time = true,
            .present_at = 0,
        },
    [JPKI_TEXT] =
        {
            .id = JPKI_TEXT,
            .application = APPLICATION_TEXT,
            .name = "text",
            .ef_pin = 0x0011,
            .ef_private = 0x0002, /* never 0001, the individual number */
            .pin_alphabet = DIGITS,
            .pin_min = 4,
            .pin_max = 4,
            .tries_max = 3,
        },
};

/* docs/card.md 1.1. */
static const struct card_aid aids[] = {
    [APPLICATION_JPKI] = {10,
        {0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01}},
    [APPLICATION_COMMON] = {10,
        {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00}},
    [APPLICATION_JUKI] = {10,
        {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01}},
    [APPLICATION_VISUAL] = {10,
        {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02}},
    [APPLICATION_TEXT] = {10,
        {0xd3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}},
    [APPLICATION_ISSUER] = {7, {0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00}},
};

/* docs/card.md 1.3. The first row stands for every label not in the table.
 */
static const struct jpki_kind kinds[] = {
    {"card", "JPKIAPICCTOKEN2", "My Number Card", false},
    {"juki", "JPKIAPICCTOKEN", "Juki Card", false},
    {"phone", "JPKIAPGPSETOKEN", "JPKI on phone", true},
    {"phone", "JPKIAPIOSTOKEN", "JPKI on phone", true},
};

const struct jpki_role *jpki_role(enum jpki_role_id id)
{
    return &roles[id];
}

const struct card_aid *card_aid(enum card_application application)
{
    return &aids[application];
}

const struct jpki_kind *jpki_kind(const uint8_t *label, size_t len)
{
    size_t i;

    while (len > 0 && (label[len - 1] == ' ' || label[len - 1] == '\0'))
        len--;
    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].label) == len &&
            memcmp(kinds[i].label, label, len) == 0)
            return &kinds[i];
    return &kinds[0];
}

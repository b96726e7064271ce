/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/vcard/cardfile.h"
#include "tests/vcard/persona.h"

struct vcard *script_card(const char *name)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    assert_int_equal(vcard_persona_copy(name, folder), 0);
    struct vcard *card = vcard_load(folder);
    assert_non_null(card);
    vcard_power_on(card);
    return card;
}

unsigned script_send(struct vcard *card, const char *command,
    uint8_t ret_body[256], size_t *ret_len)
{
    uint8_t bytes[300], response[258];
    size_t len = cardfile_hex(command, bytes, sizeof bytes);
    size_t n = vcard_transmit(card, bytes, len, response);
    assert_in_range(n, 2, 258);
    if (ret_body)
        memcpy(ret_body, response, n - 2);
    if (ret_len)
        *ret_len = n - 2;
    return (unsigned)response[n - 2] << 8 | response[n - 1];
}

static void run_step(struct vcard *card, size_t number, const struct step *step)
{
    size_t len = 0;
    if (strcmp(step->command, POWER_OFF_ON) == 0) {
        vcard_power_off(card);
        vcard_power_on(card);
        return;
    }
    if (strcmp(step->command, WARM_RESET) == 0) {
        vcard_warm_reset(card);
        return;
    }
    unsigned sw = script_send(card, step->command, NULL, &len);
    if (sw != step->sw || (step->body >= 0 && (size_t)step->body != len)) {
        fail_msg("step %zu: %s: %04X with %zu bytes, not %04X with %d", number,
            step->command, sw, len, step->sw, step->body);
    }
}

void script_run(struct vcard *card, const struct step *steps)
{
    for (size_t i = 0; steps[i].command; i++)
        run_step(card, i, &steps[i]);
}

void script_persona(const char *name, const struct step *steps)
{
    struct vcard *card = script_card(name);
    script_run(card, steps);
    vcard_free(card);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/text_pin.h"

#include <stdio.h>

#include "conf/words.h"
#include "conf/words_pin.h"
#include "conf/words_status.h"
#include "token/abilities.h"
#include "tool/output.h"

enum tok_err text_pin_ask(struct token *token, struct text_pin *ret_pin)
{
    enum tok_err err = abilities_ask_counter(token, JPKI_TEXT);

    *ret_pin = (struct text_pin){
        .is_there = err == TOK_OK, .counter = token->pins[JPKI_TEXT].counter};
    return err == TOK_NOT_FOUND ? TOK_OK : err;
}

bool text_pin_needs_action(const struct text_pin *pin)
{
    return pin->is_there && pin->counter.known && pin->counter.left <= 1;
}

void text_pin_show(const struct text_pin *pin, bool may_be_for_faces)
{
    unsigned max = retry_counter_max(&pin->counter, jpki_role(JPKI_TEXT));
    const char *label = words(W_PIN);

    if (!pin->is_there)
        return;
    print(TONE_PLAIN, "  %s\n", words(W_TEXT_APPLICATION));
    if (!pin->counter.known)
        print_field(label, TONE_NOTE, "%s", words(W_TRIES_UNKNOWN));
    else if (pin->counter.locked && may_be_for_faces)
        print_field(label, TONE_NOTE, "%s", words(W_TRIES_FACE));
    else if (pin->counter.locked)
        print_field(label, TONE_BAD, "%s", words(W_TEXT_LOCKED));
    else
        print_field(label, pin->counter.left < max ? TONE_NOTE : TONE_GOOD,
            words(W_TRIES), pin->counter.left, max);
}

void text_pin_print_json(const struct text_pin *pin)
{
    if (!pin->is_there) {
        printf(",\"text\":null");
        return;
    }
    printf(",\"text\":{\"tries_left\":");
    if (pin->counter.known)
        printf("%u", pin->counter.left);
    else
        printf("null");
    printf(",\"tries_max\":%u,\"locked\":%s}",
        retry_counter_max(&pin->counter, jpki_role(JPKI_TEXT)),
        pin->counter.known && pin->counter.locked ? "true" : "false");
}

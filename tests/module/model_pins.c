/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/model_pins.h"

#include <string.h>

/* What is remembered of PINs. */

#define RECENT_MS 2000

static void keep(char text[MODEL_TEXT], const char *pin)
{
    memset(text, 0, MODEL_TEXT);
    memcpy(text, pin, strnlen(pin, MODEL_TEXT - 1));
}

void model_forget_wrong(struct model_slot *slot)
{
    memset(slot->wrong, 0, sizeof slot->wrong);
    memset(slot->accepted, 0, MODEL_TEXT);
}

struct model_wrong *model_find_wrong(struct model_slot *slot, const char *pin)
{
    size_t i;

    for (i = 0; i < MODEL_WRONG; i++)
        if (strcmp(slot->wrong[i].pin, pin) == 0)
            return &slot->wrong[i];
    return NULL;
}

void model_release(struct model_slot *slot, const char *pin)
{
    struct model_wrong *wrong = model_find_wrong(slot, pin);

    if (wrong)
        memset(wrong, 0, sizeof *wrong);
}

static struct model_recent *find_recent(struct model *model, const char *pin)
{
    size_t i;

    for (i = 0; i < MODEL_RECENT; i++)
        if (strcmp(model->recent[i].pin, pin) == 0 &&
            model->recent[i].person == model->person)
            return &model->recent[i];
    return &model->recent[model->recent_next++ % MODEL_RECENT];
}

static void note_recent(struct model *model, const char *pin)
{
    struct model_recent *recent = find_recent(model, pin);

    memset(recent, 0, sizeof *recent);
    keep(recent->pin, pin);
    recent->person = model->person;
    recent->at = model->now;
}

void model_note_accepted(struct model *model, int role, const char *pin)
{
    model_release(&model->slots[role], pin);
    keep(model->slots[role].accepted, pin);
    note_recent(model, pin);
}

/* The one accepted last was changed, so that others may be right by now. */
void model_note_refused(struct model_slot *slot, const char *pin)
{
    struct model_wrong *wrong;

    if (strcmp(slot->accepted, pin) == 0)
        model_forget_wrong(slot);
    model_release(slot, pin);
    wrong = &slot->wrong[slot->wrong_next++ % MODEL_WRONG];
    memset(wrong, 0, sizeof *wrong);
    keep(wrong->pin, pin);
}

/* Rule 3, between two cards. */
bool model_is_of_another_card(struct model *model, int role, const char *shaped)
{
    bool found = false;
    size_t i;

    for (i = 0; i < MODEL_RECENT; i++) {
        struct model_recent *recent = &model->recent[i];
        if (strcmp(recent->pin, shaped) != 0 ||
            recent->person == model->person ||
            model->now - recent->at > RECENT_MS || recent->refused[role])
            continue;
        recent->refused[role] = true;
        found = true;
    }
    return found;
}

void model_dead_session(struct model *model, const char *pin)
{
    note_recent(model, pin);
}

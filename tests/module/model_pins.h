/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_MODEL_PINS_H
#define TESTS_MODULE_MODEL_PINS_H

#include "tests/module/modelstate.h"

/* The model's part that remembers PINs: rule 3 of docs/design.md section 4. */

void model_forget_wrong(struct model_slot *slot);
/* NULL where PIN is not known to be wrong. */
struct model_wrong *model_find_wrong(struct model_slot *slot, const char *pin);
void model_release(struct model_slot *slot, const char *pin);
void model_note_accepted(struct model *model, int role, const char *pin);
void model_note_refused(struct model_slot *slot, const char *pin);
/* PIN was given to a session of the card that was taken out. */
void model_dead_session(struct model *model, const char *pin);
/* Between two cards; true once for each event. */
bool model_is_of_another_card(
    struct model *model, int role, const char *shaped);

#endif

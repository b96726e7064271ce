/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/control.h"

/*
 * To be preloaded into a program on the stand-in: by $JPKI_CARD_FAULT, "removed
 * N", the card of the first reader is taken out before the command that N
 * others precede, by "removed-after N" after it. See vcontrol_fault.
 */
static const struct {
    const char *name;
    enum vfault how;
} faults[] = {
    {"removed", VFAULT_REMOVE},
    {"removed-after", VFAULT_REMOVE_AFTER},
};

__attribute__((constructor)) static void plan(void)
{
    const char *text = getenv("JPKI_CARD_FAULT");
    char name[16];
    unsigned at;
    size_t i;

    if (!text || sscanf(text, "%15s %u", name, &at) != 2)
        return;
    for (i = 0; i < sizeof faults / sizeof *faults; i++)
        if (strcmp(name, faults[i].name) == 0)
            vcontrol_fault(0, at, faults[i].how, 0);
}

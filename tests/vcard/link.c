/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/link.h"

#include <time.h>

void link_wait(unsigned long long us)
{
    struct timespec span = {
        (time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    while (us > 0 && clock_nanosleep(CLOCK_MONOTONIC, 0, &span, &span) != 0) {
    }
}

/* A linear congruential generator, of which the high bits are used. */
bool link_loses(struct vcontrol_loss *loss)
{
    if (loss->per_mille == 0)
        return false;
    loss->seed = loss->seed * 6364136223846793005U + 1442695040888963407U;
    return (loss->seed >> 33) % 1000 < loss->per_mille;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/fairness.h"

#include "token/card/clock.h"

/*
 * pcscd gives the card to the first to ask, and waiting programs ask every 200
 * ms: a program that goes on at once keeps them out. So a turn ends after a
 * while, sooner where others were seen, with a break that lets all of them ask.
 */
#define TURN_MS 1000
#define SHARED_TURN_MS 200
#define SHARED_FOR_MS 3000
#define BREAK_MS 210
#define WAITED_MS 80 /* for a transaction: somebody else had one */

int64_t fairness_break_due(const struct fairness *fairness)
{
    int64_t now = clock_ms(), idle = now - fairness->paused;
    int64_t length = now < fairness->shared_until ? SHARED_TURN_MS : TURN_MS;

    return idle < BREAK_MS && now - fairness->began >= length ? BREAK_MS - idle
                                                              : 0;
}

void fairness_take_break(struct fairness *fairness)
{
    int64_t due = fairness_break_due(fairness);

    if (due > 0)
        clock_pause(due);
    if (due > 0 || clock_ms() - fairness->paused >= BREAK_MS)
        fairness->began = clock_ms();
}

void fairness_begin(struct fairness *fairness, int64_t asked)
{
    int64_t now = clock_ms();

    if (now - asked < WAITED_MS)
        return;
    fairness->began = now;
    fairness->shared_until = now + SHARED_FOR_MS;
}

void fairness_end(struct fairness *fairness)
{
    fairness->paused = clock_ms();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/turn.h"

#include "token/clock.h"

/*
 * pcscd gives the card to whoever asks first, and those who wait ask every 200
 * ms: a program that goes on at once keeps them out. So a turn ends after a
 * while, sooner where others were seen, with a break that lets all of them ask.
 */
#define TURN_MS 1000
#define SHARED_TURN_MS 200
#define SHARED_FOR_MS 3000
#define BREAK_MS 210
#define WAITED_MS 80 /* for a transaction: somebody else had one */

int64_t turn_break_due(const struct turn *turn)
{
    int64_t now = clock_ms(), idle = now - turn->paused;
    int64_t length = now < turn->shared_until ? SHARED_TURN_MS : TURN_MS;

    return idle < BREAK_MS && now - turn->began >= length ? BREAK_MS - idle : 0;
}

void turn_take_break(struct turn *turn)
{
    int64_t due = turn_break_due(turn);

    if (due > 0)
        clock_pause(due);
    if (due > 0 || clock_ms() - turn->paused >= BREAK_MS)
        turn->began = clock_ms();
}

void turn_take(struct turn *turn, int64_t asked)
{
    int64_t now = clock_ms();

    if (now - asked < WAITED_MS)
        return;
    turn->began = now;
    turn->shared_until = now + SHARED_FOR_MS;
}

void turn_end(struct turn *turn)
{
    turn->paused = clock_ms();
}

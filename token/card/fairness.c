/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/fairness.h"

#include "conf/clock.h"

/*
 * pcscd gives the card to the first to ask. Who waits in SCardBeginTransaction
 * asks every 200 ms, who waits in SCardConnect every 100 ms: a program that
 * goes on at once keeps them out. The latter are not seen before they are
 * connected, so a program that seems alone pauses for them too, for 2 % of its
 * time.
 */
/* Where others are connected and were not seen to wait. */
#define BURST_MS 1500
#define SHARED_BURST_MS 200
#define SHARED_FOR_MS 3000
#define BREAK_MS 210
#define LISTEN_MS 105
#define FIRST_LISTEN_MS 2000
#define LISTEN_EVERY_MS 5500
#define LOOK_EVERY_MS 1000
#define WAITED_MS 80 /* for the card: somebody else had a transaction */

/* True after a pause of its own in which all who waited had the card. */
static bool has_paused(const struct fairness *fairness, int64_t now)
{
    return now - fairness->ended >= BREAK_MS;
}

enum fairness_due fairness_due(const struct fairness *fairness)
{
    int64_t now = clock_ms(), burst = now - fairness->began;
    bool shared = now < fairness->shared_until;

    if (has_paused(fairness, now))
        return FAIRNESS_NOTHING;
    if (burst >= (shared ? SHARED_BURST_MS : BURST_MS) &&
        (shared || fairness->others))
        return FAIRNESS_BREAK;
    if (!fairness->others && now >= fairness->listen_at)
        return FAIRNESS_LISTEN;
    return now - fairness->looked >= LOOK_EVERY_MS ? FAIRNESS_LOOK
                                                   : FAIRNESS_NOTHING;
}

void fairness_take_break(struct fairness *fairness)
{
    int64_t missing = BREAK_MS - (clock_ms() - fairness->ended);

    if (missing > 0)
        clock_pause(missing);
    fairness->began = clock_ms();
}

void fairness_listen(void)
{
    clock_pause(LISTEN_MS);
}

void fairness_note_others(struct fairness *fairness, bool others)
{
    fairness->looked = clock_ms();
    if (fairness->looked >= fairness->listen_at || others)
        fairness->listen_at = fairness->looked + LISTEN_EVERY_MS;
    fairness->others = others;
}

void fairness_note_wait(struct fairness *fairness, int64_t asked)
{
    int64_t now = clock_ms();

    if (now - asked < WAITED_MS)
        return;
    fairness->began = now;
    fairness->shared_until = now + SHARED_FOR_MS;
}

void fairness_begin(struct fairness *fairness)
{
    int64_t now = clock_ms();

    if (!has_paused(fairness, now))
        return;
    fairness->began = fairness->looked = now;
    fairness->listen_at = now + FIRST_LISTEN_MS;
}

void fairness_end(struct fairness *fairness)
{
    fairness->ended = clock_ms();
}

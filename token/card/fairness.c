/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/fairness.h"

#include "conf/clock.h"

/*
 * pcscd gives the card to the first to ask. Who waits in SCardBeginTransaction
 * asks every 200 ms, who waits in SCardConnect every 100 ms: a program that
 * goes on at once keeps them out. PC/SC does not show the latter before they
 * are connected, so a program that seems alone pauses where a new client of
 * pcscd shows, and now and then, for 2 % of its time, for one that has been its
 * client for long, or cannot be seen.
 */
/* Where others are connected and were not seen to wait. */
#define BURST_MS 1500
/* After so long without a transaction the first one is shorter. */
#define IDLE_MS 1000
#define FIRST_BURST_MS 900
#define SHARED_BURST_MS 200
#define SHARED_FOR_MS 3000
#define BREAK_MS 210
/*
 * Where others wait: no multiple of their 200 ms, so that no two programs hand
 * the card to each other again and again while a third one misses it.
 */
#define SHARED_BREAK_MS 350
#define LISTEN_MS 105
#define LISTEN_EVERY_MS 7000
#define LOOK_EVERY_MS 1000
#define WAITED_MS 80 /* for the card: somebody else had a transaction */

/* What is missing of a break in which all who wait get the card. */
static int64_t missing_ms(const struct fairness *fairness, int64_t now)
{
    int64_t full = now < fairness->shared_until ? SHARED_BREAK_MS : BREAK_MS;

    return full - (now - fairness->ended);
}

bool fairness_is_over(const struct fairness *fairness)
{
    int64_t now = clock_ms(), burst = now - fairness->began;
    bool shared = now < fairness->shared_until;

    return missing_ms(fairness, now) > 0 && fairness->others &&
           burst >= (shared ? SHARED_BURST_MS : BURST_MS);
}

enum fairness_due fairness_due(const struct fairness *fairness)
{
    int64_t now = clock_ms();
    bool shared = now < fairness->shared_until;

    if (missing_ms(fairness, now) <= 0)
        return FAIRNESS_NOTHING;
    if (!fairness->others && now >= fairness->listen_at)
        return FAIRNESS_LISTEN;
    /* What was waited for may have been a reset, or a slow machine. */
    if (now - fairness->looked >= LOOK_EVERY_MS ||
        (shared && !fairness->others))
        return FAIRNESS_LOOK;
    return fairness_is_over(fairness) ? FAIRNESS_BREAK : FAIRNESS_NOTHING;
}

void fairness_take_break(struct fairness *fairness)
{
    int64_t missing = missing_ms(fairness, clock_ms());

    if (missing > 0)
        clock_pause(missing);
    fairness->began = clock_ms();
}

void fairness_listen(struct fairness *fairness)
{
    clock_pause(LISTEN_MS);
    fairness->listen_at = clock_ms() + LISTEN_EVERY_MS;
}

void fairness_note_clients(struct fairness *fairness, uint64_t clients)
{
    if (clients != fairness->clients)
        fairness->listen_at = 0;
    fairness->clients = clients;
}

void fairness_note_others(struct fairness *fairness, bool others)
{
    fairness->looked = clock_ms();
    if (others)
        fairness->listen_at = fairness->looked + LISTEN_EVERY_MS;
    fairness->others = others;
    if (!others)
        fairness->shared_until = 0;
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

    if (missing_ms(fairness, now) > 0)
        return;
    fairness->began = fairness->looked = now;
    if (now - fairness->ended >= IDLE_MS && now >= fairness->shared_until)
        fairness->began = fairness->looked -= BURST_MS - FIRST_BURST_MS;
    fairness->listen_at = now + LISTEN_EVERY_MS;
}

void fairness_end(struct fairness *fairness)
{
    fairness->ended = clock_ms();
}

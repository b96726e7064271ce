/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/clock.h"

#define JAPAN_AHEAD (9 * 3600) /* of UTC, in seconds */

int64_t clock_us(void)
{
    struct timespec time = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

bool clock_in_japan(int64_t seconds, struct tm *ret_time)
{
    time_t shifted;

    if (seconds > INT64_MAX - JAPAN_AHEAD)
        return false;
    shifted = (time_t)(seconds + JAPAN_AHEAD);
    return gmtime_r(&shifted, ret_time) != NULL;
}

void clock_pause(int64_t ms)
{
    struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

    (void)nanosleep(&time, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/host.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/module/support.h"

#define SYSTEM_CONF "/etc/jpki-pkcs11/jpki-pkcs11.conf"
#define JAPAN (9 * 3600)

static int64_t clock_at;
static const char *system_conf;

void host_set_clock(int64_t now)
{
    clock_at = now;
}

void host_set_clock_in_japan(const char *time)
{
    struct tm tm = {0};

    assert_non_null(strptime(time, "%Y-%m-%d %H:%M:%S", &tm));
    clock_at = timegm(&tm) - JAPAN;
}

void host_set_system_conf(const char *path)
{
    system_conf = path;
}

time_t time(time_t *ret_time)
{
    struct timespec now;
    time_t seconds = (time_t)clock_at;

    if (clock_at == 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        seconds = now.tv_sec;
    }
    if (ret_time)
        *ret_time = seconds;
    return seconds;
}

static int is_system_conf(const char *path)
{
    size_t len = strlen(path);

    return len >= strlen(SYSTEM_CONF) &&
           strcmp(path + len - strlen(SYSTEM_CONF), SYSTEM_CONF) == 0;
}

int open(const char *path, int flags, ...)
{
    unsigned mode = 0;
    va_list args;

    if (flags & O_CREAT) {
        va_start(args, flags);
        mode = va_arg(args, unsigned);
        va_end(args);
    }
    if (is_system_conf(path))
        path = system_conf ? system_conf : "/nonexistent";
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

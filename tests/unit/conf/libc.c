/* SPDX-License-Identifier: Apache-2.0 */
#include "libc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

bool libc_at_secure;
struct libc_syslog libc_syslog;

void libc_reset(void)
{
    libc_at_secure = false;
    memset(&libc_syslog, 0, sizeof(libc_syslog));
}

unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
    if (type == AT_SECURE && libc_at_secure)
        return 1;
    return __real_getauxval(type);
}

void __wrap_syslog(int priority, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void __wrap___syslog_chk(int priority, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void take_syslog(int priority, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void take_syslog(int priority, const char *format, va_list args)
{
    libc_syslog.priority = priority;
    libc_syslog.count++;
    vsnprintf(libc_syslog.text, sizeof(libc_syslog.text), format, args);
    errno = EBADF;
}

void __wrap_syslog(int priority, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    take_syslog(priority, format, args);
    va_end(args);
}

/* What syslog is under _FORTIFY_SOURCE. */
void __wrap___syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list args;

    (void)flag;
    va_start(args, format);
    take_syslog(priority, format, args);
    va_end(args);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/conf/libc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

bool libc_at_secure;
uid_t libc_user = LIBC_REAL;
gid_t libc_group = LIBC_REAL;
struct libc_syslog libc_syslog;
int libc_allocations = -1;

void libc_reset(void)
{
    libc_at_secure = false;
    libc_user = LIBC_REAL;
    libc_group = LIBC_REAL;
    libc_allocations = -1;
    memset(&libc_syslog, 0, sizeof libc_syslog);
}

unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
    if (type == AT_SECURE && libc_at_secure)
        return 1;
    return __real_getauxval(type);
}

uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);
gid_t __real_getegid(void);
gid_t __wrap_getegid(void);

uid_t __wrap_geteuid(void)
{
    return libc_user == LIBC_REAL ? __real_geteuid() : libc_user;
}

gid_t __wrap_getegid(void)
{
    return libc_group == LIBC_REAL ? __real_getegid() : libc_group;
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
    vsnprintf(libc_syslog.text, sizeof libc_syslog.text, format, args);
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

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **ret_text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
int __wrap___vasprintf_chk(char **ret_text, int flag, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));
int __wrap_asprintf(char **ret_text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int __wrap___asprintf_chk(char **ret_text, int flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool must_fail(void)
{
    if (libc_allocations < 0)
        return false;
    libc_allocations--;
    return libc_allocations < 0;
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return must_fail() ? NULL : __real_reallocarray(memory, count, size);
}

char *__wrap_strdup(const char *text)
{
    return must_fail() ? NULL : __real_strdup(text);
}

int __wrap_vasprintf(char **ret_text, const char *format, va_list args)
{
    char text[2048];
    int length = vsnprintf(text, sizeof text, format, args);
    char *copy = __wrap_strdup(text);

    if (!copy)
        return -1;
    *ret_text = copy;
    return length;
}

/* What vasprintf and asprintf are under _FORTIFY_SOURCE. */
int __wrap___vasprintf_chk(
    char **ret_text, int flag, const char *format, va_list args)
{
    (void)flag;
    return __wrap_vasprintf(ret_text, format, args);
}

int __wrap_asprintf(char **ret_text, const char *format, ...)
{
    va_list args;
    int length = 0;

    va_start(args, format);
    length = __wrap_vasprintf(ret_text, format, args);
    va_end(args);
    return length;
}

int __wrap___asprintf_chk(char **ret_text, int flag, const char *format, ...)
{
    va_list args;
    int length = 0;

    (void)flag;
    va_start(args, format);
    length = __wrap_vasprintf(ret_text, format, args);
    va_end(args);
    return length;
}

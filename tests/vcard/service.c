/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/service.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct service service = {.running = true};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/*
 * A child has only the thread that forked: contexts and handles are its
 * parent's, and a card that was busy is loaded again. The old one stays
 * half-way through a command.
 */
static void start_over_in_child(void)
{
    while (service.handles)
        service_drop_handle(service.handles);
    while (service.contexts) {
        struct context *gone = service.contexts;
        service.contexts = gone->next;
        free(gone);
    }
    for (size_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &service.readers[i];
        reader->busy = false;
        reader->stalled = false;
        if (reader->card)
            vcard_power_off(reader->card);
    }
}

static void make_condition(void)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&changed, &attr);
    pthread_condattr_destroy(&attr);
}

/* True while READER's card may be half-way through a command. */
static bool at_work(const struct reader *reader)
{
    return reader->busy && !reader->stalled;
}

/* Forking waits until no card is at work, so that the child's are whole. */
static void before_fork(void)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < READERS_MAX; i++) {
        while (at_work(&service.readers[i])) {
            pthread_cond_wait(&changed, &lock);
            i = 0;
        }
    }
}

static void after_fork(void)
{
    pthread_mutex_unlock(&lock);
}

static void in_child(void)
{
    make_condition();
    start_over_in_child();
    pthread_mutex_unlock(&lock);
}

static void prepare(void)
{
    make_condition();
    pthread_atfork(before_fork, after_fork, in_child);
}

static struct reader *free_reader(void)
{
    for (size_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &service.readers[i];
        if (!reader->plugged) {
            snprintf(
                reader->name, sizeof reader->name, "Virtual Reader %zu", i);
            return reader;
        }
    }
    return NULL;
}

/* $JPKI_VCARD_SIGNING: how many milliseconds a signature takes. */
static unsigned signing_us(void)
{
    const char *ms = secure_getenv("JPKI_VCARD_SIGNING");
    return ms ? (unsigned)strtoul(ms, NULL, 10) * 1000 : 0;
}

/* $JPKI_VCARD: FOLDER or NAME=FOLDER, joined by ";". */
static void load_reader(char *text)
{
    struct reader *reader = free_reader();
    char *folder = strchr(text, '=');
    if (!reader)
        return;
    if (folder) {
        *folder++ = '\0';
        snprintf(reader->name, sizeof reader->name, "%s", text);
    } else {
        folder = text;
    }
    reader->plugged = true;
    reader->link.per_signature = signing_us();
    reader->card = *folder == '\0' ? NULL : vcard_load(folder);
}

static void load(void)
{
    const char *list = secure_getenv("JPKI_VCARD");
    char *copy = !list ? NULL : strdup(list);
    char *rest = copy;
    service.loaded = true;
    while (rest)
        load_reader(strsep(&rest, ";"));
    free(copy);
}

void service_enter(void)
{
    pthread_once(&once, prepare);
    pthread_mutex_lock(&lock);
    if (!service.loaded)
        load();
}

void service_leave(void)
{
    pthread_mutex_unlock(&lock);
}

void service_wait(void)
{
    const unsigned long seen = service.changes;
    while (service.changes == seen)
        pthread_cond_wait(&changed, &lock);
}

bool service_wait_until(const struct timespec *deadline)
{
    const unsigned long seen = service.changes;
    while (service.changes == seen)
        if (pthread_cond_timedwait(&changed, &lock, deadline) == ETIMEDOUT)
            return false;
    return true;
}

struct timespec service_deadline_in(unsigned long milliseconds)
{
    struct timespec when = {0};
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += (time_t)(milliseconds / 1000);
    when.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
    if (when.tv_nsec >= 1000000000L) {
        when.tv_nsec -= 1000000000L;
        when.tv_sec++;
    }
    return when;
}

void service_changed(void)
{
    service.changes++;
    pthread_cond_broadcast(&changed);
}

unsigned long service_new_id(void)
{
    service.last_id++;
    return 0x10000000UL + service.last_id * 7919 % 0x60000000UL;
}

struct context *service_find_context(SCARDCONTEXT id)
{
    struct context *context = service.contexts;
    while (context && context->id != id)
        context = context->next;
    return context;
}

struct handle *service_find_handle(SCARDHANDLE id)
{
    struct handle *handle = service.handles;
    while (handle && handle->id != id)
        handle = handle->next;
    return handle;
}

struct reader *service_find_reader(const char *name)
{
    for (size_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &service.readers[i];
        if (reader->plugged && strcmp(reader->name, name) == 0)
            return reader;
    }
    return NULL;
}

struct context *service_context(SCARDCONTEXT id, LONG *ret_code)
{
    struct context *context = service_find_context(id);
    while (context && context->in_use) {
        service_wait_for_context();
        context = service_find_context(id);
    }
    if (!context) {
        *ret_code = SCARD_E_INVALID_HANDLE;
        return NULL;
    }
    if (context->dead || !service.running) {
        *ret_code = SCARD_E_NO_SERVICE;
        return NULL;
    }
    context->in_use = true;
    return context;
}

void service_context_done(struct context *context)
{
    context->in_use = false;
    pthread_cond_broadcast(&changed);
}

void service_wait_for_context(void)
{
    pthread_cond_wait(&changed, &lock);
}

/* True when MAKE must wait for the end of a command to the card. */
static bool must_wait(const struct handle *handle, bool only_once)
{
    const struct reader *reader = handle->reader;
    bool is_locked_out = reader->owner && reader->owner != handle;
    return reader->busy && !(only_once && is_locked_out);
}

/* One try of service_call. */
static LONG try_call(SCARDHANDLE id, bool only_once,
    LONG (*make)(struct handle *handle, void *arg), void *arg, bool *ret_again)
{
    LONG rc = SCARD_E_INVALID_HANDLE;
    struct handle *handle = service_find_handle(id);
    struct context *context =
        !handle ? NULL : service_context(handle->context, &rc);
    if (!context)
        return rc;
    /* The context may have been waited for. */
    handle = service_find_handle(id);
    if (!handle)
        rc = SCARD_E_INVALID_HANDLE;
    else if (!handle->reader)
        rc = SCARD_E_INVALID_VALUE;
    else if (must_wait(handle, only_once))
        *ret_again = true;
    else
        rc = make(handle, arg);
    service_context_done(context);
    return rc;
}

LONG service_call(SCARDHANDLE id, bool only_once,
    LONG (*make)(struct handle *handle, void *arg), void *arg)
{
    service_enter();
    for (;;) {
        bool busy = false;
        LONG rc = try_call(id, only_once, make, arg, &busy);
        if (!busy && (rc != SCARD_E_SHARING_VIOLATION || only_once)) {
            service_leave();
            return rc;
        }
        service_wait();
    }
}

/* At the end of the process: this library is not unloaded before. */
__attribute__((destructor)) static void unload(void)
{
    while (service.handles)
        service_drop_handle(service.handles);
    while (service.contexts) {
        struct context *gone = service.contexts;
        service.contexts = gone->next;
        free(gone);
    }
    for (size_t i = 0; i < READERS_MAX; i++) {
        vcard_free(service.readers[i].card);
        vcard_free(service.readers[i].spare);
        service.readers[i].card = service.readers[i].spare = NULL;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "conf/lock.h"
#include "pkcs11/rv.h"

#define FINALIZE_WAIT_MS 2000
#define WAKE_EVERY_MS 10
#define RETURN_MS 1

static struct {
    struct lock lock;
    pthread_cond_t idle; /* no call is in flight */
    bool has_idle;       /* for the rest of the process's life */
    bool finalizing;     /* C_Finalize waits for that */
    pthread_cond_t finalized;
    _Atomic pid_t pid; /* of the process that initialised; 0: none */
    unsigned calls;

    struct context *context;
    struct events *events;
    struct reader_list *readers;
} module = {
    .lock = LOCK_INITIALIZER,
    .finalized = PTHREAD_COND_INITIALIZER,
};

static struct lock_owner owner; /* of the module, and what it holds */

struct context *module_context(void)
{
    return module.context;
}

struct events *module_events(void)
{
    return module.events;
}

struct reader_list *module_readers(void)
{
    return module.readers;
}

/*
 * Where the parts were used PC/SC is asked, which has no time limit: not under
 * the lock then. Nobody else sees the parts: no call is in flight, and none
 * enters while module.pid is 0.
 */
static EXCLUDES(token_held) void free_parts(void)
{
    reader_list_free(module.readers);
    module.readers = NULL;
    events_free(module.events);
    module.events = NULL;
    context_free(module.context);
    module.context = NULL;
}

static REQUIRES(module.lock) CK_RV make_parts(void)
{
    CK_RV rv;

    module.has_idle = module.has_idle || lock_cond_init(&module.idle);
    if (!module.has_idle)
        return CKR_HOST_MEMORY;
    rv = rv_from_tok(context_new(&module.context));
    if (rv == CKR_OK)
        rv = events_new(&module.events);
    if (rv == CKR_OK)
        rv = reader_list_new(module.context, &module.readers);
    return rv;
}

/*
 * In a forked child: the parent's threads, locks and connections are not ours.
 * What they own is left alone for good, because it may have been copied in the
 * middle of a change, and closing it would speak to pcscd in the parent's name.
 */
static void reset_after_fork(void)
{
    static const pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

    memset(&module, 0, sizeof module);
    lock_reset(&module.lock);
    memcpy(&module.finalized, &cond, sizeof cond);
}

CK_RV module_initialize(void)
{
    CK_RV rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;

    lock_reset_after_fork(&owner, reset_after_fork);
    /* The program would find the module initialised by another part of it. */
    if (!context_prepare())
        return CKR_FUNCTION_FAILED;
    lock_acquire(&module.lock);
    /* Wait for a concurrent C_Finalize. */
    while (module.finalizing)
        lock_wait(&module.lock, &module.finalized);
    if (module.pid == 0) {
        rv = make_parts();
        if (rv == CKR_OK)
            module.pid = getpid();
        else
            free_parts();
    }
    lock_release(&module.lock);
    return rv;
}

/*
 * Waits until no call is in flight, for a while, and wakes those that wait for
 * events. Lock held; let go meanwhile.
 */
static REQUIRES(module.lock) bool wait_until_idle(void)
{
    bool any = module.calls > 0;
    long waited;

    for (waited = 0; module.calls > 0 && waited < FINALIZE_WAIT_MS;
         waited += WAKE_EVERY_MS) {
        /* It asks PC/SC, and the calls need the lock to leave. */
        lock_release(&module.lock);
        events_close(module.events);
        lock_acquire(&module.lock);
        if (module.calls > 0)
            lock_wait_ms(&module.lock, &module.idle, WAKE_EVERY_MS);
    }
    if (module.calls > 0)
        events_open(module.events);
    else if (any)
        /* Let callers return from module_leave before dlclose. */
        lock_wait_ms(&module.lock, &module.idle, RETURN_MS);
    return module.calls == 0;
}

CK_RV module_finalize(void)
{
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

    if (module.pid != getpid())
        return rv;
    lock_acquire(&module.lock);
    if (module.pid != 0) {
        module.pid = 0; /* no new calls */
        module.finalizing = true;
        if (wait_until_idle()) {
            /* C_Initialize waits for module.finalizing. */
            lock_release(&module.lock);
            free_parts();
            lock_acquire(&module.lock);
            rv = CKR_OK;
        } else {
            module.pid = getpid();
            rv = CKR_FUNCTION_FAILED;
        }
        module.finalizing = false;
        pthread_cond_broadcast(&module.finalized);
    }
    lock_release(&module.lock);
    return rv;
}

CK_RV module_enter(void)
{
    CK_RV rv = CKR_OK;

    /* Before the lock: in a forked child it may be held for ever. */
    if (module.pid != getpid())
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    lock_acquire(&module.lock);
    if (module.pid == 0)
        rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    else
        module.calls++;
    lock_release(&module.lock);
    return rv;
}

void module_leave(void)
{
    lock_acquire(&module.lock);
    if (--module.calls == 0)
        pthread_cond_broadcast(&module.idle);
    lock_release(&module.lock);
}

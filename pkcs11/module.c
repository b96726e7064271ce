/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/module.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "conf/lock.h"
#include "pkcs11/rv.h"

#define HANDLE_READER_BITS 5
#define FINALIZE_WAIT_MS 2000
#define WAKE_EVERY_MS 10
#define RETURN_MS 1

static struct {
    struct lock lock;
    pthread_cond_t idle; /* no call is in flight */
    bool finalizing;     /* C_Finalize waits for that */
    pthread_cond_t finalized;
    _Atomic pid_t pid; /* of the process that initialised; 0: none */
    unsigned calls;

    struct context *context;
    struct events *events;
    struct readers *list;
    atomic_size_t shown; /* of the list, by C_GetSlotList */
    struct reader readers[READERS_MAX];
} module = {
    .lock = LOCK_INITIALIZER,
    .idle = PTHREAD_COND_INITIALIZER,
    .finalized = PTHREAD_COND_INITIALIZER,
};

/*
 * What outlives C_Finalize: a reader keeps its slot ids and no handle is ever
 * given out twice in a process.
 */
static struct {
    struct lock_owner owner; /* of the module's state */
    atomic_ulong handles;
    atomic_uint_fast64_t ids;
    size_t reader_count;
    char reader_names[READERS_MAX][READER_NAME_MAX];
} process;

struct context *module_context(void)
{
    return module.context;
}

struct events *module_events(void)
{
    return module.events;
}

CK_ULONG module_new_handle(unsigned reader)
{
    CK_ULONG counter = atomic_fetch_add(&process.handles, 1) + 1;

    if (counter > (ULONG_MAX >> HANDLE_READER_BITS))
        return CK_INVALID_HANDLE;
    return (counter << HANDLE_READER_BITS) | reader;
}

struct reader *module_reader_of(CK_ULONG handle)
{
    return module_reader(handle & ((1u << HANDLE_READER_BITS) - 1));
}

uint64_t module_new_id(void)
{
    return atomic_fetch_add(&process.ids, 1) + 1;
}

struct reader *module_reader(size_t i)
{
    return i < readers_count(module.list) ? &module.readers[i] : NULL;
}

/* Notes the names of readers that were added, for the next C_Initialize. */
static void keep_names(void)
{
    lock_acquire(&module.lock);
    for (; process.reader_count < readers_count(module.list);
         process.reader_count++)
        strcpy(process.reader_names[process.reader_count],
            readers_token(module.list, process.reader_count)->name);
    lock_release(&module.lock);
}

void module_refresh(
    struct reader_state ret_states[READERS_MAX], size_t *ret_count)
{
    readers_refresh(module.list, ret_states, ret_count);
    keep_names();
}

void module_explain(const struct reader_state *states, size_t count)
{
    readers_explain(module.list, states, count);
}

void module_show_readers(void)
{
    atomic_store(&module.shown, readers_count(module.list));
}

size_t module_shown_readers(void)
{
    return atomic_load(&module.shown);
}

static void free_parts(void)
{
    size_t i, count = module.list ? readers_count(module.list) : 0;

    for (i = 0; i < count; i++)
        reader_done(&module.readers[i]);
    module.shown = 0;
    events_free(module.events);
    module.events = NULL;
    readers_free(module.list);
    module.list = NULL;
    context_free(module.context);
    module.context = NULL;
}

static CK_RV make_parts(void)
{
    enum tok_err err = context_new(&module.context);
    unsigned i;
    CK_RV rv;

    if (err == TOK_OK)
        err = readers_new(module.context, &module.list);
    if (err != TOK_OK)
        return rv_from_tok(err);
    rv = events_new(&module.events);
    if (rv != CKR_OK)
        return rv;
    for (i = 0; i < READERS_MAX; i++)
        reader_init(&module.readers[i], i, readers_token(module.list, i));
    for (i = 0; i < process.reader_count && err == TOK_OK; i++)
        err = readers_add(module.list, process.reader_names[i]);
    return rv_from_tok(err);
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
    memcpy(&module.idle, &cond, sizeof cond);
    memcpy(&module.finalized, &cond, sizeof cond);
}

CK_RV module_initialize(void)
{
    CK_RV rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;

    lock_reset_after_fork(&process.owner, reset_after_fork);
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
        events_close(module.events);
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
            free_parts();
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

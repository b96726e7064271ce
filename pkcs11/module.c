/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/module.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "conf/log.h"
#include "crypto/crl.h"
#include "crypto/ocsp.h"
#include "crypto/trust.h"
#include "pkcs11/rv.h"
#include "pkcs11/wait.h"
#include "token/pin_history.h"

#define HANDLE_READER_BITS 5
#define FINALIZE_WAIT_MS 2000
#define WAKE_EVERY_MS 10
#define RETURN_MS 1

static struct {
    pthread_mutex_t lock;
    pthread_cond_t quiet;  /* no call is in flight */
    bool closing;          /* C_Finalize waits for that */
    pthread_cond_t closed; /* it is over, whatever came of it */
    _Atomic pid_t pid;     /* of the process that initialised; 0: nobody did */
    unsigned calls;

    struct conf conf;
    struct crypto *crypto;
    struct pin_page *pins;
    struct trust_store *trust;
    struct crl_store *crl;
    struct ocsp *ocsp;
    struct events *events;
    bool listed; /* the readers were asked for */
    pthread_mutex_t monitor_lock;
    struct monitor *monitor;
    atomic_size_t reader_count;
    atomic_size_t shown; /* of them, by C_GetSlotList */
    struct reader readers[READERS_MAX];
} module = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .quiet = PTHREAD_COND_INITIALIZER,
    .closed = PTHREAD_COND_INITIALIZER,
    .monitor_lock = PTHREAD_MUTEX_INITIALIZER,
};

/*
 * What outlives C_Finalize: a reader keeps its slot ids and no handle is ever
 * given out twice in a process.
 */
static struct {
    /*
     * The process whose the rest of the state is, negative while it takes that
     * over; 0: nobody's yet.
     */
    _Atomic pid_t owner;
    atomic_ulong handles;
    atomic_uint_fast64_t ids;
    size_t reader_count;
    char reader_names[READERS_MAX][READER_NAME_MAX];
} process;

const struct conf *module_conf(void)
{
    return &module.conf;
}

struct crypto *module_crypto(void)
{
    return module.crypto;
}

struct pin_page *module_pins(void)
{
    return module.pins;
}

struct events *module_events(void)
{
    return module.events;
}

struct trust_store *module_trust(void)
{
    return module.trust;
}

struct crl_store *module_crl(void)
{
    return module.crl;
}

struct ocsp *module_ocsp(void)
{
    return module.ocsp;
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
    return i < atomic_load(&module.reader_count) ? &module.readers[i] : NULL;
}

enum tok_err module_look_at(const char *name, struct reader_look *ret_look)
{
    enum tok_err err;

    pthread_mutex_lock(&module.monitor_lock);
    err = monitor_look_at(module.monitor, name, ret_look);
    pthread_mutex_unlock(&module.monitor_lock);
    return err;
}

/*
 * Adds the next reader of the process's list to the module's; that it is NEW is
 * an event. Lock held.
 */
static CK_RV add_reader(bool new)
{
    size_t i = atomic_load(&module.reader_count);
    CK_RV rv = reader_init(
        &module.readers[i], (unsigned)i, process.reader_names[i], new);

    if (rv == CKR_OK)
        atomic_store(&module.reader_count, i + 1);
    return rv;
}

/* Adds a reader of NAME unless it is known or not wanted. Lock held. */
static void know_reader(const char *name)
{
    size_t i;

    for (i = 0; i < process.reader_count; i++)
        if (strcmp(process.reader_names[i], name) == 0)
            return;
    if (!conf_wants_reader(&module.conf, name))
        return;
    if (process.reader_count == READERS_MAX) {
        log_warn("%s: more than %d readers, left out", name, READERS_MAX);
        return;
    }
    strcpy(process.reader_names[process.reader_count], name);
    if (add_reader(module.listed) == CKR_OK)
        process.reader_count++;
}

void module_look_at_all(
    struct reader_look ret_looks[READERS_MAX], size_t *ret_count)
{
    struct reader *reader;
    size_t i;

    *ret_count = 0;
    pthread_mutex_lock(&module.monitor_lock);
    (void)monitor_look(module.monitor, ret_looks, READERS_MAX, ret_count);
    pthread_mutex_unlock(&module.monitor_lock);

    pthread_mutex_lock(&module.lock);
    for (i = 0; i < *ret_count; i++)
        know_reader(ret_looks[i].name);
    module.listed = true;
    pthread_mutex_unlock(&module.lock);

    for (i = 0; (reader = module_reader(i)); i++) {
        pthread_mutex_lock(&reader->lock);
        reader_look(reader);
        pthread_mutex_unlock(&reader->lock);
    }
}

void module_list_readers(void)
{
    struct reader_look looks[READERS_MAX];
    size_t count;

    module_look_at_all(looks, &count);
}

void module_show_readers(void)
{
    module_list_readers();
    atomic_store(&module.shown, atomic_load(&module.reader_count));
}

size_t module_shown_readers(void)
{
    return atomic_load(&module.shown);
}

/*
 * The base name of the running executable; "" when it cannot be told. The
 * kernel marks the path of one that was replaced on disk.
 */
static const char *program_name(char path[PATH_MAX])
{
    static const char mark[] = " (deleted)";
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
    const char *slash;
    char *end;

    path[len > 0 ? len : 0] = '\0';
    end = strrchr(path, ' ');
    if (end && strcmp(end, mark) == 0)
        *end = '\0';
    slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static CK_RV load_conf(struct conf *ret_conf)
{
    struct conf_paths paths = {0};
    char path[PATH_MAX];
    char *error = NULL;
    int err = conf_find(&paths);

    if (err == 0)
        err = conf_load(&paths, program_name(path), ret_conf, &error);
    conf_paths_done(&paths);
    if (err == 0)
        return CKR_OK;
    if (error)
        log_report("%s (see jpki-pkcs11.conf(5))", error);
    free(error);
    return err == ENOMEM ? CKR_HOST_MEMORY : CKR_FUNCTION_FAILED;
}

static void free_parts(void)
{
    size_t i, count = atomic_exchange(&module.reader_count, 0);

    for (i = 0; i < count; i++)
        reader_done(&module.readers[i]);
    module.listed = false;
    module.shown = 0;
    events_free(module.events);
    module.events = NULL;
    monitor_free(module.monitor);
    module.monitor = NULL;
    pin_page_free(module.pins);
    module.pins = NULL;
    pin_history_cut();
    ocsp_free(module.ocsp);
    module.ocsp = NULL;
    crl_store_free(module.crl);
    module.crl = NULL;
    trust_store_free(module.trust);
    module.trust = NULL;
    crypto_free(module.crypto);
    module.crypto = NULL;
    log_close();
    conf_done(&module.conf);
    memset(&module.conf, 0, sizeof module.conf);
}

/* For a value of the configuration; crypto/ reports why it cannot be used. */
static CK_RV rv_from_value(enum crypt_err err)
{
    return err == CRYPT_OK || err == CRYPT_NOMEM ? rv_from_crypt(err)
                                                 : CKR_FUNCTION_FAILED;
}

/*
 * A CA that is named and cannot be had is a mistake in the configuration; a
 * list that is not there yet is none.
 */
static CK_RV make_policy(const struct conf *conf)
{
    CK_RV rv = rv_from_crypt(trust_store_new(module.crypto, &module.trust));
    size_t i;

    for (i = 0; i < conf->sign_ca.count && rv == CKR_OK; i++)
        rv = rv_from_value(
            trust_store_add_file(module.trust, conf->sign_ca.items[i]));
    if (conf->revocation == CONF_REVOCATION_OFF)
        return rv;
    if (rv == CKR_OK && conf->crl)
        rv =
            rv_from_crypt(crl_store_new(module.crypto, conf->crl, &module.crl));
    if (rv == CKR_OK && conf->ocsp != CONF_OCSP_OFF)
        rv = rv_from_value(ocsp_new(
            module.crypto, conf->ocsp_url, conf->ocsp_timeout, &module.ocsp));
    return rv;
}

static CK_RV make_parts(void)
{
    CK_RV rv;

    /* First: in a forked child it puts the lock of the history in order. */
    pin_history_prepare();
    rv = load_conf(&module.conf);
    if (rv != CKR_OK)
        return rv;
    (void)log_open(module.conf.log_level, module.conf.log_file);
    rv = rv_from_crypt(crypto_new(&module.crypto));
    if (rv == CKR_OK)
        rv = make_policy(&module.conf);
    if (rv == CKR_OK)
        rv = rv_from_tok(pin_page_new(&module.pins));
    if (rv == CKR_OK)
        rv = rv_from_tok(monitor_new(&module.monitor));
    if (rv == CKR_OK)
        rv = events_new(&module.events);
    while (rv == CKR_OK && module.reader_count < process.reader_count)
        rv = add_reader(false);
    return rv;
}

/*
 * In a forked child: the parent's threads, locks and connections are not ours.
 * What they own is left alone for good, because it may have been copied in the
 * middle of a change, and closing it would speak to pcscd in the parent's name.
 */
static void leave_to_parent(void)
{
    static const pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static const pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

    memset(&module, 0, sizeof module);
    memcpy(&module.lock, &mutex, sizeof mutex);
    memcpy(&module.quiet, &cond, sizeof cond);
    memcpy(&module.closed, &cond, sizeof cond);
    memcpy(&module.monitor_lock, &mutex, sizeof mutex);
}

/*
 * The first of a process's threads to come here makes the state its own; the
 * others wait for it. What the parent was doing when it forked does not matter:
 * it may have been in C_Finalize, or in C_Initialize.
 */
static void take_over(void)
{
    pid_t self = getpid(), owner = process.owner;

    while (owner != self) {
        if (owner == -self) {
            sched_yield();
            owner = process.owner;
        } else if (atomic_compare_exchange_weak(
                       &process.owner, &owner, -self)) {
            if (owner != 0)
                leave_to_parent();
            process.owner = owner = self;
        }
    }
}

/*
 * A PKCS#11 provider named by the host's openssl.cnf may load this module while
 * libcrypto reads that file for us: it is told no, or the program would find
 * the module initialised by somebody it does not know of.
 */
static bool prepare_crypto(void)
{
    static _Thread_local bool preparing;

    if (preparing)
        return false;
    preparing = true;
    crypto_prepare();
    preparing = false;
    return true;
}

CK_RV module_initialize(void)
{
    CK_RV rv = CKR_CRYPTOKI_ALREADY_INITIALIZED;

    take_over();
    if (!prepare_crypto())
        return CKR_FUNCTION_FAILED;
    pthread_mutex_lock(&module.lock);
    /* Nobody is told that it is initialised who could not use it then. */
    while (module.closing)
        pthread_cond_wait(&module.closed, &module.lock);
    if (module.pid == 0) {
        rv = make_parts();
        if (rv == CKR_OK)
            module.pid = getpid();
        else
            free_parts();
    }
    pthread_mutex_unlock(&module.lock);
    return rv;
}

/*
 * Waits until no call is in flight, for a while, and wakes those that wait for
 * events. Lock held; let go meanwhile.
 */
static bool wait_for_quiet(void)
{
    bool any = module.calls > 0;
    long waited;

    for (waited = 0; module.calls > 0 && waited < FINALIZE_WAIT_MS;
         waited += WAKE_EVERY_MS) {
        events_close(module.events);
        wait_ms(&module.quiet, &module.lock, WAKE_EVERY_MS);
    }
    if (module.calls > 0)
        events_open(module.events);
    else if (any)
        /* Until they have run what is left of us after module_leave. */
        wait_ms(&module.quiet, &module.lock, RETURN_MS);
    return module.calls == 0;
}

CK_RV module_finalize(void)
{
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

    if (module.pid != getpid())
        return rv;
    pthread_mutex_lock(&module.lock);
    if (module.pid != 0) {
        module.pid = 0; /* no new calls */
        module.closing = true;
        if (wait_for_quiet()) {
            free_parts();
            rv = CKR_OK;
        } else {
            module.pid = getpid();
            rv = CKR_FUNCTION_FAILED;
        }
        module.closing = false;
        pthread_cond_broadcast(&module.closed);
    }
    pthread_mutex_unlock(&module.lock);
    return rv;
}

CK_RV module_enter(void)
{
    CK_RV rv = CKR_OK;

    /* Before the lock: in a forked child it may be held for ever. */
    if (module.pid != getpid())
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    pthread_mutex_lock(&module.lock);
    if (module.pid == 0)
        rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    else
        module.calls++;
    pthread_mutex_unlock(&module.lock);
    return rv;
}

void module_leave(void)
{
    pthread_mutex_lock(&module.lock);
    if (--module.calls == 0)
        pthread_cond_broadcast(&module.quiet);
    pthread_mutex_unlock(&module.lock);
}

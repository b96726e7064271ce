/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pin_history.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "conf/clock.h"
#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "token/card/pin.h"

/* More than a full counter has tries; the oldest gives its place up. */
#define WRONG_MAX 8
#define RECENT_MAX 8
#define RECENT_MS 2000
#define PAGE_MAX 65536

/* A digest as far as it was kept. */
struct kept {
    bool set;
    bool cut; /* only PIN_HISTORY_BITS are left */
    struct pin_digest digest;
};

struct wrong {
    struct kept kept;
    struct pin_record record;
};

/* What is known of the card in a slot. */
struct history {
    struct pin_scope scope;
    struct wrong wrong[WRONG_MAX];
    size_t next; /* of wrong, to be overwritten */
    struct kept accepted;
    struct kept unsent; /* of the program's bytes, refused last */
};

/* A PIN that belongs to one card, and shall not go to another just now. */
struct recent {
    struct kept kept;
    char serial[PIN_HISTORY_SERIAL];
    int64_t at;
    bool refused[PIN_HISTORY_SLOTS]; /* the slots that refused it already */
};

struct store {
    pid_t process; /* whose it is; 0 in a child that the kernel zeroed it for */
    uint8_t salt[PIN_SALT_SIZE];
    struct history slots[PIN_HISTORY_SLOTS];
    struct recent recent[RECENT_MAX];
    size_t next; /* of recent */
};

/*
 * The store lies in whole pages of this, so that protecting them protects
 * nothing else of the module.
 */
static unsigned char
    area[PAGE_MAX + (sizeof(struct store) / PAGE_MAX + 1) * PAGE_MAX];
static struct lock lock = LOCK_INITIALIZER;
static struct store *store;

/* Bytes of whole pages that hold the store. */
static size_t store_size(size_t page)
{
    return (sizeof *store + page - 1) / page * page;
}

void pin_history_prepare(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = ((uintptr_t)area + page - 1) / page * page;

    if (page > PAGE_MAX)
        start = (uintptr_t)area;
    if (store && store->process == getpid())
        return;
    /* After a fork another thread of the parent may have held it. */
    lock_reset(&lock);
    store = (struct store *)start;
    explicit_bzero(store, sizeof *store);
    if (page <= PAGE_MAX)
        pin_protect(store, store_size(page));
    if (getrandom(store->salt, PIN_SALT_SIZE, 0) != PIN_SALT_SIZE)
        log_warn(words(W_LOG_NO_SALT), strerror(errno));
    store->process = getpid();
}

const uint8_t *pin_history_salt(void)
{
    return store->salt;
}

/* Leaves PIN_HISTORY_BITS. */
static void cut(struct kept *kept)
{
    uint8_t *bytes = kept->digest.bytes;
    size_t whole = PIN_HISTORY_BITS / 8;

    kept->cut = true;
    bytes[whole] &= (uint8_t)(0xff00 >> PIN_HISTORY_BITS % 8);
    memset(bytes + whole + 1, 0, PIN_DIGEST_SIZE - whole - 1);
}

static void keep(struct kept *kept, const struct pin_digest *digest)
{
    *kept = (struct kept){true, false, *digest};
}

/* As far as it was kept; in constant time. */
static bool matches(const struct kept *kept, const struct pin_digest *digest)
{
    struct kept other;
    uint8_t differ = 0;
    size_t i;

    keep(&other, digest);
    if (kept->cut)
        cut(&other);
    for (i = 0; i < PIN_DIGEST_SIZE; i++)
        differ |= other.digest.bytes[i] ^ kept->digest.bytes[i];
    explicit_bzero(&other, sizeof other);
    return kept->set && differ == 0;
}

static bool is_same_card(
    const struct pin_scope *scope, const struct pin_scope *other)
{
    return scope->insertion == other->insertion &&
           memcmp(scope->serial, other->serial, sizeof scope->serial) == 0;
}

static bool is_same_scope(
    const struct pin_scope *scope, const struct pin_scope *other)
{
    return scope->slot == other->slot && is_same_card(scope, other);
}

/* The history of SCOPE's card, empty if another one was there before. */
static struct history *history_of(const struct pin_scope *scope)
{
    struct history *history = &store->slots[scope->slot % PIN_HISTORY_SLOTS];

    if (!is_same_scope(&history->scope, scope)) {
        explicit_bzero(history, sizeof *history);
        history->scope = *scope;
    }
    return history;
}

/* Takes the lock, for the history of SCOPE's card. */
static ACQUIRE(lock) struct history *lock_history(const struct pin_scope *scope)
{
    lock_acquire(&lock);
    return history_of(scope);
}

void pin_history_cut(void)
{
    size_t i, j;

    if (!store)
        return;
    lock_acquire(&lock);
    for (i = 0; i < PIN_HISTORY_SLOTS; i++) {
        struct history *history = &store->slots[i];
        for (j = 0; j < WRONG_MAX; j++)
            cut(&history->wrong[j].kept);
        explicit_bzero(&history->unsent, sizeof history->unsent);
    }
    explicit_bzero(store->recent, sizeof store->recent);
    lock_release(&lock);
}

bool pin_history_matters(void)
{
    bool found = false;
    size_t i, j;

    if (!store)
        return false;
    lock_acquire(&lock);
    for (i = 0; i < PIN_HISTORY_SLOTS; i++)
        for (j = 0; j < WRONG_MAX; j++)
            found |= store->slots[i].wrong[j].kept.set;
    lock_release(&lock);
    return found;
}

void pin_history_forget(unsigned slot)
{
    struct history *history = &store->slots[slot % PIN_HISTORY_SLOTS];

    lock_acquire(&lock);
    explicit_bzero(history, sizeof *history);
    lock_release(&lock);
}

static struct wrong *find(
    struct history *history, const struct pin_digest *digest)
{
    size_t i;

    for (i = 0; i < WRONG_MAX; i++)
        if (matches(&history->wrong[i].kept, digest))
            return &history->wrong[i];
    return NULL;
}

struct pin_record pin_history_find(
    const struct pin_scope *scope, const struct pin_digest *digest)
{
    const struct wrong *wrong = find(lock_history(scope), digest);
    struct pin_record record = {PIN_UNKNOWN, 0, 0};

    if (wrong)
        record = wrong->record;
    lock_release(&lock);
    return record;
}

/* Two PINs may agree in what is left of their digests. */
static void release(struct history *history, const struct pin_digest *digest)
{
    struct wrong *wrong;

    while ((wrong = find(history, digest)) != NULL)
        explicit_bzero(wrong, sizeof *wrong);
}

void pin_history_release(
    const struct pin_scope *scope, const struct pin_digest *digest)
{
    release(lock_history(scope), digest);
    lock_release(&lock);
}

/* The same PIN of the same card, else the oldest. */
static struct recent *find_recent(
    const char serial[PIN_HISTORY_SERIAL], const struct pin_digest *digest)
{
    size_t i;

    for (i = 0; i < RECENT_MAX; i++)
        if (matches(&store->recent[i].kept, digest) &&
            memcmp(store->recent[i].serial, serial, PIN_HISTORY_SERIAL) == 0)
            return &store->recent[i];
    return &store->recent[store->next++ % RECENT_MAX];
}

/* The PIN with DIGEST belongs to the card with SERIAL. */
static void note_recent(
    const char serial[PIN_HISTORY_SERIAL], const struct pin_digest *digest)
{
    struct recent *recent = find_recent(serial, digest);

    memset(recent, 0, sizeof *recent);
    keep(&recent->kept, digest);
    cut(&recent->kept);
    memcpy(recent->serial, serial, sizeof recent->serial);
    recent->at = clock_ms();
}

void pin_history_note_accepted(
    const struct pin_scope *scope, const struct pin_digest *digest)
{
    struct history *history = lock_history(scope);

    release(history, digest);
    keep(&history->accepted, digest);
    cut(&history->accepted);
    note_recent(scope->serial, digest);
    lock_release(&lock);
}

static void forget_wrong(struct history *history)
{
    explicit_bzero(history->wrong, sizeof history->wrong);
    explicit_bzero(&history->accepted, sizeof history->accepted);
}

void pin_history_note_wrong(const struct pin_scope *scope,
    const struct pin_digest *digest, enum pin_known known, unsigned left)
{
    struct history *history = lock_history(scope);
    struct wrong *wrong;

    if (known == PIN_KNOWN_WRONG && matches(&history->accepted, digest))
        forget_wrong(history);
    release(history, digest);
    wrong = &history->wrong[history->next++ % WRONG_MAX];
    keep(&wrong->kept, digest);
    /* One whose answer was lost may be the right one. */
    if (known == PIN_KNOWN_LOST)
        cut(&wrong->kept);
    wrong->record = (struct pin_record){known, left, 0};
    lock_release(&lock);
}

void pin_history_note_change(const struct pin_scope *scope)
{
    forget_wrong(lock_history(scope));
    lock_release(&lock);
}

bool pin_history_note_unsent(const struct pin_scope *scope,
    const struct pin_digest *sent, const struct pin_digest *raw)
{
    struct history *history = lock_history(scope);
    struct wrong *wrong = sent ? find(history, sent) : NULL;
    bool first = !matches(&history->unsent, raw);

    if (wrong && wrong->record.unsent == 0)
        wrong->record.unsent = clock_ms();
    keep(&history->unsent, raw);
    lock_release(&lock);
    return first;
}

void pin_history_note_sent(const struct pin_scope *scope)
{
    struct history *history = lock_history(scope);

    explicit_bzero(&history->unsent, sizeof history->unsent);
    lock_release(&lock);
}

bool pin_history_is_wrong_elsewhere(
    const struct pin_scope *scope, const struct pin_digest *digest)
{
    bool found = false;
    unsigned i;

    lock_acquire(&lock);
    for (i = 0; i < PIN_HISTORY_SLOTS && !found; i++)
        found = i != scope->slot &&
                !is_same_card(&store->slots[i].scope, scope) &&
                find(&store->slots[i], digest);
    lock_release(&lock);
    return found;
}

void pin_history_note_dead_session(
    const char serial[PIN_HISTORY_SERIAL], const struct pin_digest *digest)
{
    lock_acquire(&lock);
    note_recent(serial, digest);
    lock_release(&lock);
}

bool pin_history_is_of_another_card(
    const struct pin_scope *scope, const struct pin_digest *digest)
{
    unsigned slot = scope->slot % PIN_HISTORY_SLOTS;
    int64_t now = clock_ms();
    bool found = false;
    size_t i;

    lock_acquire(&lock);
    for (i = 0; i < RECENT_MAX; i++) {
        struct recent *recent = &store->recent[i];
        if (now - recent->at > RECENT_MS || recent->refused[slot] ||
            !matches(&recent->kept, digest) ||
            memcmp(recent->serial, scope->serial, sizeof recent->serial) == 0)
            continue;
        recent->refused[slot] = true;
        found = true;
    }
    lock_release(&lock);
    return found;
}

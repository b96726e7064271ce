/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_THREADS_H
#define TESTS_MODULE_THREADS_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/module/support.h"
#include "tests/vcard/persona.h"

/*
 * Threads that call the module at random. A thread may not fail a test by an
 * assertion, which would jump out of it into the test: it complains, the first
 * complaint ends the mix, and the test tells it.
 *
 * The counters are relaxed on purpose: ThreadSanitizer would take anything
 * stronger for an order among the module's calls.
 */

#define THREADS_READERS 4
#define THREADS_SLOTS (2 * THREADS_READERS)
#define THREADS_COUNT 16
#define CERT_MAX 2560

/* What other workers do: it allows answers that would be wrong otherwise. */
enum happening {
    LOG_OUTS = 1,  /* others log out from the slots that it uses */
    CLOSINGS = 2,  /* others close its sessions */
    CARDS = 4,     /* cards and readers come and go */
    RESTARTS = 8,  /* C_Finalize, and C_Initialize again */
    SHARING = 16,  /* others use its sessions */
    MISTAKES = 32, /* some PINs are wrong */
};

/* A slot, as a worker uses it. */
struct worker_slot {
    CK_SLOT_ID id;
    CK_SESSION_HANDLE session; /* 0: none */
    bool rw;
    int card;             /* which persona lies there, -1 as long as unknown */
    CK_OBJECT_HANDLE key; /* 0: not found yet */
    uint8_t cert[CERT_MAX];
    size_t cert_len; /* 0: not read yet */
};

struct worker {
    pthread_t thread;
    const struct part *part;
    uint64_t random;
    unsigned long calls;
    struct worker_slot slots[THREADS_SLOTS];
};

/* Something that a worker does, with one of its slots. */
typedef void action(struct worker *worker, struct worker_slot *slot);

#define ACTIONS_MAX 10

/* What a worker does: each action as often as its weight says. */
struct part {
    const char *name;
    struct {
        unsigned weight;
        action *run;
    } actions[ACTIONS_MAX];
};

struct mix {
    const char *name;
    int readers;
    const char *conf;
    unsigned happenings; /* of enum happening */
    struct {
        const struct part *part;
        int workers;
    } crew[7]; /* the last has no part */
};

/* One card of the two that there are. */
struct person {
    const char *name;
    const char *pins[2];
    const char *other_pins[2]; /* what C_SetPIN makes of them, and back */
    char serial[17];
};

#define PERSONS 2

/* What all workers see. */
struct threads {
    const struct mix *mix;
    atomic_bool stop;
    atomic_ulong signatures, logins, mistakes, calls;
    atomic_ulong card_changes, restarts, pin_changes, events;
    struct person persons[PERSONS];
    int readers[THREADS_READERS]; /* for vcontrol; the card mover's while it
                                     runs */
    char folders[THREADS_READERS][PERSONS][VCARD_PERSONA_FOLDER_SIZE];
    /* Held for writing while a PIN changes, for reading while one is typed. */
    pthread_rwlock_t pin_locks[THREADS_SLOTS];
    bool changed[THREADS_SLOTS]; /* the other PIN is the right one now */
    /* Sessions that all use, where the mix has SHARING. */
    _Atomic CK_SESSION_HANDLE shared[THREADS_SLOTS];
    pthread_mutex_t complaint_lock;
    char complaint[256];
};

extern struct threads threads;

extern const struct part part_looker, part_signer, part_searcher,
    part_pin_changer, part_closer, part_mistaken, part_watcher, part_waiter,
    part_card_mover, part_restarter, part_digester;

/* A number below N. */
unsigned worker_below(struct worker *worker, unsigned n);
bool worker_chance(struct worker *worker, unsigned percent);

__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/*
 * Takes the answer of FUNCTION: complains unless it may be given in this mix.
 * Returns it.
 */
CK_RV worker_take_answer(
    struct worker *worker, const char *function, CK_RV answer);

/* Calls FUNCTION of the module in the name of WORKER. */
#define ASK(worker, function, ...) \
    worker_take_answer(worker, #function, functions()->function(__VA_ARGS__))

/* Forgets the session of SLOT and what was seen through it. */
void worker_slot_reset(struct worker_slot *slot);

static inline void count(atomic_ulong *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static inline unsigned long counted(atomic_ulong *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/client.h"

/* Threads of one program that sign at the same time. */

#define THREADS_MAX 32

struct thread {
    pthread_t id;
    struct client client;
    unsigned count; /* of signatures to make */
    double longest; /* seconds */
    CK_RV rv;
};

static pthread_barrier_t start_line;

static void *run(void *arg)
{
    struct thread *thread = arg;
    unsigned i;

    (void)pthread_barrier_wait(&start_line);
    for (i = 0; i < thread->count && thread->rv == CKR_OK; i++) {
        double start = client_now(), took;
        thread->rv = client_sign(&thread->client);
        took = client_now() - start;
        if (took > thread->longest)
            thread->longest = took;
    }
    return NULL;
}

/*
 * Prints the time of all, the longest of one signature, and its ratio to the
 * fair share, which is the time in which each thread gets one.
 */
static int run_all(struct thread *threads, unsigned n, unsigned count)
{
    double start, elapsed, longest = 0;
    unsigned i;

    pthread_barrier_init(&start_line, NULL, n + 1);
    for (i = 0; i < n; i++) {
        threads[i].count = count;
        if (pthread_create(&threads[i].id, NULL, run, &threads[i]) != 0)
            abort();
    }
    start = client_now();
    (void)pthread_barrier_wait(&start_line);
    for (i = 0; i < n; i++) {
        pthread_join(threads[i].id, NULL);
        if (threads[i].longest > longest)
            longest = threads[i].longest;
    }
    elapsed = client_now() - start;
    for (i = 0; i < n; i++)
        client_want(threads[i].rv, "a signature in a thread");
    printf("seconds=%.3f longest=%.3f unfair=%.3f rate=%.3f\n", elapsed,
        longest, longest * count / elapsed, n * count / elapsed);
    return 0;
}

/* threads SLOT THREADS COUNT: on one card, COUNT signatures each. */
int measure_threads(int argc, char **argv)
{
    static struct thread threads[THREADS_MAX];
    size_t slot;
    unsigned n, i;

    if (argc != 3 || (n = (unsigned)strtoul(argv[1], NULL, 10)) > THREADS_MAX)
        return 2;
    slot = strtoul(argv[0], NULL, 10);
    for (i = 0; i < n; i++)
        client_want(i == 0 ? client_log_in(slot, &threads[i].client)
                           : client_join(slot, &threads[i].client),
            "the log-in");
    return run_all(threads, n, (unsigned)strtoul(argv[2], NULL, 10));
}

/* readers READERS COUNT: one thread for each, on its authentication key. */
int measure_readers(int argc, char **argv)
{
    static struct thread threads[THREADS_MAX];
    unsigned n, i;

    if (argc != 2 || (n = (unsigned)strtoul(argv[0], NULL, 10)) > THREADS_MAX)
        return 2;
    for (i = 0; i < n; i++)
        client_want(client_log_in(2 * i, &threads[i].client), "the log-in");
    return run_all(threads, n, (unsigned)strtoul(argv[1], NULL, 10));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/client.h"

/*
 * bench-client MODULE MEASURE ARGS...: one measure of one module, as a line of
 * NAME=NUMBER. What the virtual card in this process takes and loses stands in
 * $BENCH_LINK ("APDU BYTE SIGNATURE", microseconds) and $BENCH_LOSS ("N before
 * SEED" or "N after SEED"). Exit 1, with a line, where a call failed.
 */

static double started; /* before the module was loaded */

static void print_time(void)
{
    printf("seconds=%.4f ", client_now() - started);
    card_print();
}

static int measure_load(int argc, char **argv)
{
    (void)argv;
    print_time();
    return argc == 0 ? 0 : 2;
}

/* What pkcs11-tool -L asks. */
static void ask_all(void)
{
    CK_SLOT_INFO slot;
    CK_TOKEN_INFO token;
    CK_ULONG i;

    for (i = 0; i < client_slot_count; i++) {
        client_want(p11->C_GetSlotInfo(client_slots[i], &slot), "slot");
        client_want(p11->C_GetTokenInfo(client_slots[i], &token), "token");
    }
}

static int measure_list(int argc, char **argv)
{
    (void)argv;
    ask_all();
    print_time();
    return argc == 0 ? 0 : 2;
}

static void sign_many(const struct client *client, unsigned long count)
{
    while (count-- > 0)
        client_want(client_sign(client), "a signature");
}

/* sign SLOT COUNT: from the start of the program to the last signature. */
static int measure_sign(int argc, char **argv)
{
    struct client client;

    if (argc != 2)
        return 2;
    client_want(
        client_log_in(strtoul(argv[0], NULL, 10), &client), "the log-in");
    sign_many(&client, strtoul(argv[1], NULL, 10));
    print_time();
    return 0;
}

/* own SLOT COUNT: signatures whose instructions callgrind counts, when all
 * that is done once is done. */
static int measure_own(int argc, char **argv)
{
    struct client client;
    int i;

    if (argc != 2)
        return 2;
    client_want(
        client_log_in(strtoul(argv[0], NULL, 10), &client), "the log-in");
    for (i = 0; i < 4; i++)
        client_want(client_warm_up(&client), "a signature");
    sign_many(&client, strtoul(argv[1], NULL, 10));
    return 0;
}

static void print_peak(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    unsigned kib = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %u", &kib) == 1)
            break;
    if (file)
        fclose(file);
    printf("kib=%u\n", kib);
}

/* memory: the peak of a program that lists, logs in and signs. */
static int measure_memory(int argc, char **argv)
{
    struct client client;

    (void)argv;
    ask_all();
    client_want(client_log_in(0, &client), "the log-in");
    sign_many(&client, 1);
    print_peak();
    return argc == 0 ? 0 : 2;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double wall_clock(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_until(double when)
{
    struct timespec span = {0};
    double rest = when - wall_clock();

    if (rest <= 0)
        return;
    span.tv_sec = (time_t)rest;
    span.tv_nsec = (long)((rest - (double)span.tv_sec) * 1e9);
    nanosleep(&span, NULL);
}

/*
 * share SLOT FROM UNTIL: signs between two moments, in seconds of the epoch.
 * "pauses" is the part of the time that signatures took beyond their median,
 * and what lay between them.
 */
static int measure_share(int argc, char **argv)
{
    static double took[100000];
    size_t n = 0, room = sizeof took / sizeof *took;
    struct client client;
    double start, until, elapsed;

    if (argc != 3)
        return 2;
    until = strtod(argv[2], NULL);
    client_want(
        client_log_in(strtoul(argv[0], NULL, 10), &client), "the log-in");
    sleep_until(strtod(argv[1], NULL));
    start = client_now();
    while (wall_clock() < until && n < room) {
        double begin = client_now();
        client_want(client_sign(&client), "a signature");
        took[n++] = client_now() - begin;
    }
    elapsed = client_now() - start;
    if (n == 0)
        return 1;
    qsort(took, n, sizeof *took, compare);
    printf("signatures=%zu median=%.4f longest=%.4f pauses=%.4f\n", n,
        took[n / 2], took[n - 1], 1 - (double)n * took[n / 2] / elapsed);
    return 0;
}

static void shuffle(CK_SESSION_HANDLE *sessions, unsigned long count)
{
    unsigned long i, j;

    srandom(1);
    for (i = count; i > 1; i--) {
        CK_SESSION_HANDLE swap = sessions[i - 1];
        j = (unsigned long)random() % i;
        sessions[i - 1] = sessions[j];
        sessions[j] = swap;
    }
}

/* sessions COUNT: opened, asked for 10000 times at random, closed at random. */
static int measure_sessions(int argc, char **argv)
{
    static const int questions = 10000;
    unsigned long i, count = argc == 1 ? strtoul(argv[0], NULL, 10) : 0;
    CK_SESSION_HANDLE *sessions = calloc(count + 1, sizeof *sessions);
    double start = client_now(), open, asked;
    CK_SESSION_INFO info;
    int k;

    if (!sessions || count == 0)
        return 2;
    for (i = 0; i < count; i++)
        client_want(p11->C_OpenSession(client_slots[0], CKF_SERIAL_SESSION,
                        NULL, NULL, &sessions[i]),
            "C_OpenSession");
    open = client_now();
    shuffle(sessions, count);
    for (k = 0; k < questions; k++)
        client_want(p11->C_GetSessionInfo(
                        sessions[(unsigned long)random() % count], &info),
            "C_GetSessionInfo");
    asked = client_now();
    for (i = 0; i < count; i++)
        client_want(p11->C_CloseSession(sessions[i]), "C_CloseSession");
    printf("seconds=%.4f asked=%.3f\n", client_now() - asked + open - start,
        (asked - open) * 1e6 / questions);
    free(sessions);
    return 0;
}

static const struct {
    const char *name;
    int (*measure)(int argc, char **argv);
} measures[] = {
    {"load", measure_load},
    {"list", measure_list},
    {"sign", measure_sign},
    {"own", measure_own},
    {"memory", measure_memory},
    {"share", measure_share},
    {"sessions", measure_sessions},
    {"threads", measure_threads},
    {"readers", measure_readers},
    {"lossy", measure_lossy},
};

int main(int argc, char **argv)
{
    size_t i;

    if (getenv("BENCH_LINK") || getenv("BENCH_LOSS"))
        card_set_up();
    for (i = 0; i < sizeof measures / sizeof *measures && argc > 2; i++) {
        if (strcmp(argv[2], measures[i].name) == 0) {
            started = client_now();
            client_start(argv[1]);
            return measures[i].measure(argc - 3, argv + 3);
        }
    }
    fprintf(stderr, "usage: bench-client MODULE MEASURE ARGS...\n");
    return 2;
}

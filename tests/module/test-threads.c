/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "tests/module/threads.h"

/*
 * Sixteen threads that call at random, in several mixes. Whatever they do to
 * one another: every answer is one that may be given there, every signature
 * verifies under the certificate of its session, no PIN but a wrong one costs a
 * try, each goes to the card it is for, and no card is left verified.
 *
 * JPKI_THREADS_SIGNATURES is what each mix has to make, and ten times the
 * log-ins that it has to see. Meant for ThreadSanitizer as well.
 */

#define SIGNATURES 100
#define SECONDS_MAX 100

static unsigned long signatures_wanted = SIGNATURES;
static char ledger_path[] = P_tmpdir "/jpki-ledger-XXXXXX";

/* clang-format off */
static const struct mix mixes[] = {
    {"readers of state", 4, NULL, LOG_OUTS,
        {{&part_looker, 11}, {&part_signer, 4}, {&part_digester, 1}}},
    {"log-ins and signatures", 2, NULL, LOG_OUTS,
        {{&part_signer, 16}}},
    {"shared sessions", 2, NULL, LOG_OUTS | SHARING,
        {{&part_signer, 14}, {&part_looker, 2}}},
    {"searches and attributes", 3, "[slots]\nca_certificates = both\n",
        LOG_OUTS,
        {{&part_searcher, 9}, {&part_signer, 6}, {&part_digester, 1}}},
    {"changes of PINs", 2, NULL, LOG_OUTS,
        {{&part_pin_changer, 4}, {&part_signer, 12}}},
    {"wrong PINs", 2, "[pin]\nsignature_pin = once\n", LOG_OUTS | MISTAKES,
        {{&part_mistaken, 1}, {&part_signer, 13}, {&part_looker, 2}}},
    {"sessions that come and go", 3, NULL, LOG_OUTS | CLOSINGS,
        {{&part_closer, 6}, {&part_signer, 10}}},
    {"cards that come and go", 3, NULL, LOG_OUTS | CARDS,
        {{&part_card_mover, 1}, {&part_signer, 11}, {&part_looker, 3},
            {&part_searcher, 1}}},
    {"events", 4, NULL, LOG_OUTS | CARDS,
        {{&part_card_mover, 1}, {&part_waiter, 4}, {&part_watcher, 1},
            {&part_signer, 9}, {&part_looker, 1}}},
    {"C_Finalize and C_Initialize", 3, NULL, LOG_OUTS | RESTARTS,
        {{&part_restarter, 1}, {&part_waiter, 2}, {&part_signer, 11},
            {&part_looker, 2}}},
    {"all at once", 3, NULL, LOG_OUTS | CLOSINGS | CARDS | RESTARTS,
        {{&part_restarter, 1}, {&part_card_mover, 1}, {&part_waiter, 1},
            {&part_closer, 1}, {&part_signer, 10}, {&part_searcher, 2}}},
};
/* clang-format on */

#define MIXES (sizeof mixes / sizeof *mixes)

static struct worker workers[THREADS_COUNT];

/* The PINs differ in all that they are. */
static const struct person persons[PERSONS] = {
    {"adult", {AUTH_PIN, SIGN_PIN}, {"2222", "CHANGED1"}, ""},
    {"adult2", {"4321", "XYZ789"}, {"8765", "CHANGED2"}, ""},
};

static void *work(void *arg)
{
    struct worker *worker = arg;
    unsigned total = 0, at;
    size_t i;

    for (i = 0; i < ACTIONS_MAX; i++)
        total += worker->part->actions[i].weight;
    while (!atomic_load_explicit(&threads.stop, memory_order_relaxed)) {
        unsigned slot =
            worker_below(worker, 2 * (unsigned)threads.mix->readers);
        at = worker_below(worker, total);
        for (i = 0; at >= worker->part->actions[i].weight; i++)
            at -= worker->part->actions[i].weight;
        worker->part->actions[i].run(worker, &worker->slots[slot]);
    }
    return NULL;
}

static void start_worker(size_t i, const struct part *part)
{
    struct worker *worker = &workers[i];
    CK_SLOT_ID slot;

    memset(worker, 0, sizeof *worker);
    worker->part = part;
    (void)!getrandom(&worker->random, sizeof worker->random, 0);
    for (slot = 0; slot < THREADS_SLOTS; slot++) {
        worker->slots[slot].id = slot;
        worker_slot_reset(&worker->slots[slot]);
    }
    assert_int_equal(pthread_create(&worker->thread, NULL, work, worker), 0);
}

static void start_crew(void)
{
    size_t row, started = 0;
    int n;

    for (row = 0; threads.mix->crew[row].part; row++)
        for (n = 0; n < threads.mix->crew[row].workers; n++)
            start_worker(started++, threads.mix->crew[row].part);
    assert_int_equal(started, THREADS_COUNT);
}

/* Joins the workers of PART, or all others. */
static void join_crew(const struct part *part, bool others)
{
    size_t i;

    for (i = 0; i < THREADS_COUNT; i++) {
        if ((workers[i].part == part) == others)
            continue;
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        atomic_fetch_add(&threads.calls, workers[i].calls);
    }
}

/* All readers with a card each, the readers in an order that stays. */
static void set_out(const struct mix *mix)
{
    CK_ULONG count = 0;
    char name[16];
    int i, k;

    for (i = 0; i < THREADS_READERS; i++) {
        (void)snprintf(name, sizeof name, "Reader %d", i);
        threads.readers[i] = vcontrol_reader_add(name);
        assert_int_equal(threads.readers[i], i);
        for (k = 0; k < PERSONS; k++)
            assert_int_equal(
                vcard_persona_copy(persons[k].name, threads.folders[i][k]), 0);
        if (i < mix->readers)
            assert_int_equal(
                vcontrol_insert(i, threads.folders[i][i % PERSONS]), 0);
    }
    configure(mix->conf);
    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
    assert_int_equal(count, THREADS_SLOTS);
}

static void learn_serials(void)
{
    CK_TOKEN_INFO info;
    int k;

    memcpy(threads.persons, persons, sizeof persons);
    for (k = 0; k < PERSONS; k++) {
        EXPECT(CKR_OK, C_GetTokenInfo, (CK_SLOT_ID)(2 * k), &info);
        memcpy(threads.persons[k].serial, info.serialNumber,
            sizeof info.serialNumber);
    }
    assert_string_not_equal(
        threads.persons[0].serial, threads.persons[1].serial);
}

static void reset_threads(const struct mix *mix)
{
    size_t i;

    memset(&threads, 0, sizeof threads);
    pthread_mutex_init(&threads.complaint_lock, NULL);
    for (i = 0; i < THREADS_SLOTS; i++)
        pthread_rwlock_init(&threads.pin_locks[i], NULL);
    threads.mix = mix;
    assert_int_equal(truncate(ledger_path, 0), 0);
}

/* Lets them work until enough is done; false when it never is. */
static bool wait_for_work(void)
{
    time_t end = time(NULL) + SECONDS_MAX;

    while (!atomic_load(&threads.stop) && time(NULL) < end) {
        usleep(5000);
        if (counted(&threads.signatures) >= signatures_wanted &&
            counted(&threads.logins) >= signatures_wanted / 10)
            return true;
    }
    return false;
}

/* What the cards were asked, from the file that all of them wrote. */
struct sums {
    unsigned long verifies, wrong, signatures, verified_left;
};

static void add_up(struct sums *ret_sums)
{
    FILE *file = fopen(ledger_path, "r");
    char line[256], ins[32], verified[8];
    unsigned sw;
    size_t lc;

    memset(ret_sums, 0, sizeof *ret_sums);
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*s %*s %31s %*s %*s %zu %*s %*s %x %7s", ins, &lc,
                &sw, verified) != 4)
            continue;
        if (strcmp(ins, "20") == 0 && lc > 0) {
            ret_sums->verifies++;
            ret_sums->wrong += sw != 0x9000;
        }
        ret_sums->signatures += strcmp(ins, "2A") == 0 && sw == 0x9000;
    }
    assert_int_equal(fclose(file), 0);
}

/* After all is over: what was spent, and in what state the cards are. */
static void check_cards(void)
{
    struct sums sums;
    int i, role;

    add_up(&sums);
    assert_int_equal(sums.wrong, counted(&threads.mistakes));
    assert_true(sums.signatures >= counted(&threads.signatures));
    for (i = 0; i < threads.mix->readers; i++) {
        struct vcard_ledger now = ledger(threads.readers[i]);
        for (role = AUTH; role <= SIGN; role++) {
            assert_false(now.verified[role]);
            if (!(threads.mix->happenings & MISTAKES))
                assert_int_equal(now.tries[role], role == AUTH ? 3 : 5);
        }
    }
    print_message("  the cards: %lu VERIFYs, %lu wrong, %lu signatures\n",
        sums.verifies, sums.wrong, sums.signatures);
}

static void tell(const struct timespec *since)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    print_message("%s: %lu signatures, %lu log-ins, %lu calls in %ld ms\n",
        threads.mix->name, counted(&threads.signatures),
        counted(&threads.logins), counted(&threads.calls),
        (long)(now.tv_sec - since->tv_sec) * 1000 +
            (now.tv_nsec - since->tv_nsec) / 1000000);
    print_message("  %lu cards, %lu restarts, %lu new PINs, %lu mistakes, "
                  "%lu events\n",
        counted(&threads.card_changes), counted(&threads.restarts),
        counted(&threads.pin_changes), counted(&threads.mistakes),
        counted(&threads.events));
}

static void run_mix(const struct mix *mix)
{
    struct timespec since;
    bool done;

    clock_gettime(CLOCK_MONOTONIC, &since);
    reset_threads(mix);
    set_out(mix);
    learn_serials();
    start_crew();
    done = wait_for_work();
    atomic_store(&threads.stop, true);
    join_crew(&part_waiter, true);
    EXPECT(CKR_OK, C_Finalize, NULL);
    join_crew(&part_waiter, false);
    tell(&since);
    if (threads.complaint[0])
        fail_msg("%s: %s", mix->name, threads.complaint);
    assert_true(done);
    check_cards();
}

static void test_mix(void **state)
{
    const struct mix *const *mix = *state;

    run_mix(*mix);
}

static int set_up(void **state)
{
    int fd = mkstemp(ledger_path);
    const char *wanted = getenv("JPKI_THREADS_SIGNATURES");

    if (fd < 0)
        return -1;
    close(fd);
    if (wanted)
        signatures_wanted = strtoul(wanted, NULL, 0);
    setenv("JPKI_VCARD_LEDGER", ledger_path, 1);
    return load_module(state);
}

static int tear_down(void **state)
{
    (void)unlink(ledger_path);
    return unload_module(state);
}

int main(void)
{
    const struct mix *states[MIXES];
    struct CMUnitTest tests[MIXES];
    size_t i;

    for (i = 0; i < MIXES; i++) {
        states[i] = &mixes[i];
        tests[i] = (struct CMUnitTest){
            mixes[i].name, test_mix, NULL, end_test, &states[i]};
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/daemon/client.h"
#include "tests/daemon/pcsc-control.h"

/*
 * service: one process, initialised before there is a pcscd, through all that
 * may become of it: started late, stopped for a while, ended in order, killed
 * at $JPKI_SERVICE_KILLS random moments of signing. Never calls C_Finalize
 * until the end. Prints the times that it measured.
 */

/* Bounds that a busy machine keeps. */
#define CALL_MAX_MS 5000
#define BACK_MAX_MS 20000
#define STOP_MS 3000

static CK_FUNCTION_LIST *module;

/* A thread that signs until a signature fails, or until it is told to end. */
struct worker {
    struct client client;
    pthread_t thread;
    atomic_bool ending;
    atomic_uint signatures;
    double began; /* the call that failed, or the last one */
    double ended;
    CK_RV rv;
};

static void *sign_on(void *arg)
{
    struct worker *worker = arg;

    while (worker->rv == CKR_OK && !worker->ending) {
        worker->began = client_now();
        worker->rv = client_sign(module, &worker->client);
        worker->ended = client_now();
        worker->signatures += worker->rv == CKR_OK;
    }
    return NULL;
}

static void start_worker(struct worker *worker)
{
    double start = client_now();
    CK_RV rv = CKR_GENERAL_ERROR;

    *worker = (struct worker){.rv = CKR_OK};
    while (rv != CKR_OK) {
        rv = CKR_TOKEN_NOT_PRESENT;
        if (client_sees_readers(module))
            rv = client_log_in(module, CLIENT_AUTH, &worker->client);
        if (rv != CKR_OK && client_now() - start > BACK_MAX_MS)
            client_fail("no log-in: %08lX", rv);
        if (rv != CKR_OK)
            control_pause(20);
    }
    pthread_create(&worker->thread, NULL, sign_on, worker);
}

static void end_worker(struct worker *worker, CK_RV *ret_rv)
{
    pthread_join(worker->thread, NULL);
    client_leave(module, &worker->client);
    *ret_rv = worker->rv;
}

/* Sends SIGNAL while the worker signs: the signature fails in time. */
static double end_service(struct worker *worker, int signal)
{
    double start = client_now();
    CK_RV rv;

    control_signal_service(signal);
    end_worker(worker, &rv);
    if (rv == CKR_OK || worker->ended - start > CALL_MAX_MS)
        client_fail("signal %d: %08lX after %.0f ms", signal, rv,
            worker->ended - start);
    return worker->ended - start;
}

static double launch(struct worker *worker)
{
    double start = client_now();

    control_launch_service();
    start_worker(worker);
    return client_now() - start;
}

static void absent_at_first(struct worker *worker)
{
    double start = client_now();
    double initialised;

    client_want(module->C_Initialize(NULL), "C_Initialize without pcscd");
    if (client_sees_readers(module))
        client_fail("a reader without pcscd");
    initialised = client_now() - start;
    printf("without pcscd: C_Initialize and a list in %.0f ms; "
           "signing %.0f ms after its start\n",
        initialised, launch(worker));
    if (initialised > CALL_MAX_MS)
        client_fail("C_Initialize waits for pcscd");
}

static void stopped_for_a_while(struct worker *worker)
{
    unsigned before, after;

    control_signal_service(SIGSTOP);
    control_pause(100); /* what was under way ends */
    before = worker->signatures;
    control_pause(STOP_MS);
    after = worker->signatures;
    control_signal_service(SIGCONT);
    control_pause(1000);
    printf("stopped for %d ms: %u signatures meanwhile, %u in the second "
           "after\n",
        STOP_MS, after - before, worker->signatures - after);
    if (worker->rv != CKR_OK || after != before || worker->signatures == after)
        client_fail("it does not go on: %08lX", worker->rv);
}

int main(void)
{
    unsigned kills = client_number("JPKI_SERVICE_KILLS", 6), i;
    double gone = 0, back = 0, time;
    struct worker worker;
    CK_RV rv;

    srand((unsigned)client_now());
    control_find();
    control_stop_service();
    module = client_load();
    absent_at_first(&worker);
    stopped_for_a_while(&worker);
    printf("SIGTERM: the call ends after %.0f ms\n",
        end_service(&worker, SIGTERM));
    control_pause(200);
    for (i = 0; i < kills; i++) {
        time = launch(&worker);
        back = time > back ? time : back;
        control_pause(rand() % 150);
        time = end_service(&worker, SIGKILL);
        gone = time > gone ? time : gone;
    }
    printf("%u times SIGKILL: the call ends after %.0f ms, there is a log-in "
           "%.0f ms after its start, at most\n",
        kills, gone, back);
    (void)launch(&worker);
    worker.ending = true;
    end_worker(&worker, &rv);
    client_want(rv, "a signature at the end");
    client_want(module->C_Finalize(NULL), "C_Finalize");
    return 0;
}

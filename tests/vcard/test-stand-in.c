/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <winscard.h>

#include "tests/vcard/control.h"
#include "tests/vcard/persona.h"

/*
 * The hand on the readers, and what a comparison with pcscd cannot show:
 * unplugging, faults, forks, threads. The codes of the rest are compared in
 * tests/daemon.
 */
static const uint8_t select_jpki[] = {0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92,
    0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
static const uint8_t read_info[] = {0x00, 0xB0, 0x86, 0x00, 0x20};

struct bench {
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int reader;
    SCARDCONTEXT context;
    SCARDHANDLE handle;
};

static int set_up(void **state)
{
    static struct bench bench;
    DWORD protocol = 0;
    assert_int_equal(vcard_persona_copy("adult", bench.folder), 0);
    bench.reader = vcontrol_reader_add("R");
    assert_int_equal(bench.reader, 0);
    assert_int_equal(vcontrol_insert(bench.reader, bench.folder), 0);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &bench.context),
        SCARD_S_SUCCESS);
    assert_int_equal(SCardConnect(bench.context, "R", SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, &bench.handle, &protocol),
        SCARD_S_SUCCESS);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    SCardReleaseContext(bench->context);
    vcontrol_service(true);
    vcontrol_reset();
    return 0;
}

/* Sends a command; the status word, or the PC/SC code with bit 31 set. */
static uint32_t send_bytes(SCARDHANDLE handle, const uint8_t *command,
    size_t len, uint8_t ret_response[258], DWORD *ret_len)
{
    *ret_len = 258;
    LONG rc = SCardTransmit(
        handle, SCARD_PCI_T1, command, len, NULL, ret_response, ret_len);
    if (rc != SCARD_S_SUCCESS) {
        return (uint32_t)rc;
    }
    return (uint32_t)ret_response[*ret_len - 2] << 8 |
           ret_response[*ret_len - 1];
}

static uint32_t send_select(SCARDHANDLE handle)
{
    uint8_t response[258];
    DWORD len = 0;
    return send_bytes(handle, select_jpki, sizeof(select_jpki), response, &len);
}

static void reconnect(SCARDHANDLE handle)
{
    DWORD protocol = 0;
    assert_int_equal(SCardReconnect(handle, SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD, &protocol),
        SCARD_S_SUCCESS);
}

static void test_faults_fall_due_once(void **state)
{
    struct bench *b = *state;
    static const struct {
        enum vfault how;
        uint32_t value, result;
        unsigned seen; /* by the card */
    } rows[] = {
        {VFAULT_SW, 0x6F00, 0x6F00, 0},
        {VFAULT_SW_AFTER, 0x6581, 0x6581, 1},
        {VFAULT_PCSC, (uint32_t)SCARD_E_NOT_TRANSACTED,
            (uint32_t)SCARD_E_NOT_TRANSACTED, 0},
        {VFAULT_PCSC_AFTER, (uint32_t)SCARD_F_COMM_ERROR,
            (uint32_t)SCARD_F_COMM_ERROR, 1},
        {VFAULT_NONE, 0, 0x9000, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vcard_ledger before, after;
        vcontrol_fault(b->reader, 1, rows[i].how, rows[i].value);
        assert_int_equal(send_select(b->handle), 0x9000);
        vcontrol_ledger(b->reader, &before);
        assert_int_equal(send_select(b->handle), rows[i].result);
        vcontrol_ledger(b->reader, &after);
        assert_int_equal(after.apdus - before.apdus, rows[i].seen);
        assert_int_equal(send_select(b->handle), 0x9000);
    }
}

static void test_faults_of_the_body(void **state)
{
    struct bench *b = *state;
    uint8_t plain[258], changed[258];
    DWORD len = 0;
    assert_int_equal(send_select(b->handle), 0x9000);
    assert_int_equal(send_bytes(b->handle, read_info, 5, plain, &len), 0x9000);
    assert_int_equal(len, 34);
    vcontrol_fault(b->reader, 0, VFAULT_FLIP, 11);
    assert_int_equal(
        send_bytes(b->handle, read_info, 5, changed, &len), 0x9000);
    assert_int_equal(changed[1], plain[1] ^ 0x08);
    changed[1] = plain[1];
    assert_memory_equal(plain, changed, 34);
    vcontrol_fault(b->reader, 0, VFAULT_CUT, 3);
    assert_int_equal(
        send_bytes(b->handle, read_info, 5, changed, &len), 0x9000);
    assert_int_equal(len, 5);
    assert_memory_equal(plain, changed, 3);
}

static void test_a_removal_and_a_reset_as_faults(void **state)
{
    struct bench *b = *state;
    struct vcard_ledger ledger;
    vcontrol_fault(b->reader, 0, VFAULT_RESET, 0);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_W_RESET_CARD);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_W_RESET_CARD);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.warm_resets, 1);
    assert_int_equal(ledger.apdus, 0);
    reconnect(b->handle);
    assert_int_equal(send_select(b->handle), 0x9000);
    vcontrol_fault(b->reader, 0, VFAULT_REMOVE, 0);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 0);
}

static void test_a_swap_is_seen_and_then_forgotten(void **state)
{
    struct bench *b = *state;
    char other[VCARD_PERSONA_FOLDER_SIZE];
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(send_select(b->handle), 0x9000);
    assert_int_equal(vcontrol_swap(b->reader, other), 0);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    reconnect(b->handle);
    assert_int_equal(send_select(b->handle), 0x9000);
    assert_int_equal(vcontrol_swap(b->reader, "/nonexistent"), -1);
    assert_int_equal(send_select(b->handle), 0x9000);
}

static void test_an_unplugged_reader(void **state)
{
    struct bench *b = *state;
    DWORD len = 0;
    vcontrol_reader_remove(b->reader);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_E_INVALID_VALUE);
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_E_INVALID_VALUE);
    assert_int_equal(SCardStatus(b->handle, NULL, NULL, NULL, NULL, NULL, NULL),
        SCARD_E_READER_UNAVAILABLE);
    assert_int_equal(SCardListReaders(b->context, NULL, NULL, &len),
        SCARD_E_NO_READERS_AVAILABLE);
    /* Plugged in again it is another reader to the old handle. */
    assert_int_equal(vcontrol_reader_add("R"), 0);
    assert_int_equal(vcontrol_insert(0, b->folder), 0);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_E_INVALID_VALUE);
}

static void test_sixteen_readers(void **state)
{
    (void)state;
    for (int i = 1; i < 16; i++) {
        assert_int_equal(vcontrol_reader_add("another"), i);
    }
    assert_int_equal(vcontrol_reader_add("one too many"), -1);
}

static void test_idle_cards_lose_power(void **state)
{
    struct bench *b = *state;
    struct vcard_ledger ledger;
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.power_ons, 1);
    assert_int_equal(
        SCardDisconnect(b->handle, SCARD_LEAVE_CARD), SCARD_S_SUCCESS);
    assert_int_equal(SCardConnect(b->context, "R", SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, &b->handle, &(DWORD){0}),
        SCARD_S_SUCCESS);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.power_ons, 2);
}

static void pause_ms(long ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

static void *plug_later(void *arg)
{
    (void)arg; /* nothing to be told */
    pause_ms(50);
    vcontrol_reader_add("newcomer");
    return NULL;
}

static void test_a_new_reader_is_announced(void **state)
{
    struct bench *b = *state;
    pthread_t thread;
    SCARD_READERSTATE pnp = {.szReader = "\\\\?PnP?\\Notification"};
    assert_int_equal(
        SCardGetStatusChange(b->context, 10, &pnp, 1), SCARD_E_TIMEOUT);
    pthread_create(&thread, NULL, plug_later, NULL);
    assert_int_equal(
        SCardGetStatusChange(b->context, INFINITE, &pnp, 1), SCARD_S_SUCCESS);
    pthread_join(thread, NULL);
    assert_true(pnp.dwEventState & SCARD_STATE_CHANGED);
}

static void *transmit_beside(void *arg)
{
    uint8_t response[258];
    const struct bench *b = arg;
    size_t n = vcontrol_transmit(
        b->reader, select_jpki, sizeof(select_jpki), response);
    return n == 2 && response[0] == 0x90 ? arg : NULL;
}

static void test_another_program_waits_for_the_transaction(void **state)
{
    struct bench *b = *state;
    struct vcard_ledger ledger;
    pthread_t thread;
    void *ok = NULL;
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_S_SUCCESS);
    pthread_create(&thread, NULL, transmit_beside, b);
    pause_ms(50);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 0);
    assert_int_equal(
        SCardEndTransaction(b->handle, SCARD_LEAVE_CARD), SCARD_S_SUCCESS);
    pthread_join(thread, &ok);
    assert_non_null(ok);
}

#define ROUNDS 200

static void *take_turns(void *arg)
{
    const struct bench *b = arg;
    SCARDCONTEXT context = 0;
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    long good = 0;
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    SCardConnect(context, "R", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &handle,
        &protocol);
    for (int i = 0; i < ROUNDS; i++) {
        if (SCardBeginTransaction(handle) == SCARD_S_SUCCESS &&
            send_select(handle) == 0x9000 &&
            SCardEndTransaction(handle, SCARD_LEAVE_CARD) == SCARD_S_SUCCESS) {
            good++;
        }
    }
    SCardReleaseContext(context);
    (void)b; /* the reader is found by its name */
    return (void *)good;
}

static void test_threads_take_turns(void **state)
{
    struct bench *b = *state;
    struct vcard_ledger ledger;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, take_turns, b);
    }
    for (size_t i = 0; i < 4; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_int_equal((long)good, ROUNDS);
    }
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 4 * ROUNDS);
}

/* What a child finds: the parent's handles dead, the card there. */
static int look_around_in_child(const struct bench *b)
{
    SCARDCONTEXT context = 0;
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    if (send_select(b->handle) != (uint32_t)SCARD_E_INVALID_HANDLE) {
        return 1;
    }
    if (SCardIsValidContext(b->context) != SCARD_E_INVALID_HANDLE) {
        return 2;
    }
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS ||
        SCardConnect(context, "R", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1,
            &handle, &protocol) != SCARD_S_SUCCESS ||
        send_select(handle) != 0x9000) {
        return 3;
    }
    return 0;
}

static void test_a_forked_child(void **state)
{
    struct bench *b = *state;
    int status = -1;
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_S_SUCCESS);
    pid_t child = fork();
    if (child == 0) {
        _exit(look_around_in_child(b));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(send_select(b->handle), 0x9000);
    assert_int_equal(
        SCardEndTransaction(b->handle, SCARD_LEAVE_CARD), SCARD_S_SUCCESS);
}

static void test_a_stopped_service(void **state)
{
    struct bench *b = *state;
    SCARDCONTEXT context = 0;
    struct vcard_ledger ledger;
    vcontrol_service(false);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_E_NO_SERVICE);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_E_NO_SERVICE);
    vcontrol_service(true);
    assert_int_equal(send_select(b->handle), (uint32_t)SCARD_E_NO_SERVICE);
    assert_int_equal(SCardIsValidContext(b->context), SCARD_S_SUCCESS);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_S_SUCCESS);
    vcontrol_ledger(b->reader, &ledger);
    assert_false(ledger.verified[0]);
    SCardReleaseContext(context);
}

#define ON_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BENCH(test_faults_fall_due_once),
        ON_BENCH(test_faults_of_the_body),
        ON_BENCH(test_a_removal_and_a_reset_as_faults),
        ON_BENCH(test_a_swap_is_seen_and_then_forgotten),
        ON_BENCH(test_an_unplugged_reader),
        ON_BENCH(test_sixteen_readers),
        ON_BENCH(test_idle_cards_lose_power),
        ON_BENCH(test_a_new_reader_is_announced),
        ON_BENCH(test_another_program_waits_for_the_transaction),
        ON_BENCH(test_threads_take_turns),
        ON_BENCH(test_a_forked_child),
        ON_BENCH(test_a_stopped_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

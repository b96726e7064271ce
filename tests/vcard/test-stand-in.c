/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/vcard/pcsc_fixture.h"

/*
 * Control of the readers, and what a comparison with pcscd cannot show:
 * unplugging, forks, threads. The codes of the rest are compared in
 * tests/daemon.
 */
static void test_swap_is_seen_and_then_forgotten(void **state)
{
    struct pcsc_fixture *b = *state;
    char other[VCARD_PERSONA_FOLDER_SIZE];
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(vcontrol_swap(b->reader, other), 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    fixture_reconnect(b->handle);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(vcontrol_swap(b->reader, "/nonexistent"), -1);
    assert_int_equal(fixture_select(b->handle), 0x9000);
}

static void test_unplugged_reader(void **state)
{
    struct pcsc_fixture *b = *state;
    DWORD len = 0;
    vcontrol_reader_remove(b->reader);
    assert_int_equal(
        fixture_select(b->handle), (uint32_t)SCARD_E_INVALID_VALUE);
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_E_INVALID_VALUE);
    assert_int_equal(SCardStatus(b->handle, NULL, NULL, NULL, NULL, NULL, NULL),
        SCARD_E_READER_UNAVAILABLE);
    assert_int_equal(SCardListReaders(b->context, NULL, NULL, &len),
        SCARD_E_NO_READERS_AVAILABLE);
    /* Plugged in again it is another reader to the old handle. */
    assert_int_equal(vcontrol_reader_add("R"), 0);
    assert_int_equal(vcontrol_insert(0, b->folder), 0);
    assert_int_equal(
        fixture_select(b->handle), (uint32_t)SCARD_E_INVALID_VALUE);
}

static void test_sixteen_readers(void **state)
{
    (void)state;
    for (int i = 1; i < 16; i++)
        assert_int_equal(vcontrol_reader_add("another"), i);
    assert_int_equal(vcontrol_reader_add("one too many"), -1);
}

static void test_idle_cards_lose_power(void **state)
{
    struct pcsc_fixture *b = *state;
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

static void *plug_later(void *arg)
{
    (void)arg; /* nothing to be told */
    fixture_pause(50);
    vcontrol_reader_add("newcomer");
    return NULL;
}

static void test_new_reader_is_announced(void **state)
{
    struct pcsc_fixture *b = *state;
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
    const struct pcsc_fixture *b = arg;
    size_t n = vcontrol_transmit(
        b->reader, select_jpki_apdu, sizeof select_jpki_apdu, response);
    return n == 2 && response[0] == 0x90 ? arg : NULL;
}

static void test_another_program_waits_for_the_transaction(void **state)
{
    struct pcsc_fixture *b = *state;
    struct vcard_ledger ledger;
    pthread_t thread;
    void *ok = NULL;
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_S_SUCCESS);
    pthread_create(&thread, NULL, transmit_beside, b);
    fixture_pause(50);
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
    const struct pcsc_fixture *b = arg;
    SCARDCONTEXT context = 0;
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    long good = 0;
    SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    SCardConnect(context, "R", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &handle,
        &protocol);
    for (int i = 0; i < ROUNDS; i++)
        if (SCardBeginTransaction(handle) == SCARD_S_SUCCESS &&
            fixture_select(handle) == 0x9000 &&
            SCardEndTransaction(handle, SCARD_LEAVE_CARD) == SCARD_S_SUCCESS)
            good++;
    SCardReleaseContext(context);
    (void)b; /* the reader is found by its name */
    return (void *)good;
}

static void test_threads_take_turns(void **state)
{
    struct pcsc_fixture *b = *state;
    struct vcard_ledger ledger;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, take_turns, b);
    for (size_t i = 0; i < 4; i++) {
        void *good = NULL;
        pthread_join(threads[i], &good);
        assert_int_equal((long)good, ROUNDS);
    }
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 4 * ROUNDS);
}

struct signer {
    const struct pcsc_fixture *fixture;
    pthread_barrier_t signed_now, card_gone;
};

/* Signs and stays until the card is gone. */
static void *sign_and_stay(void *arg)
{
    static const uint8_t commands[][16] = {
        {0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18},
        {0x00, 0x20, 0x00, 0x80, 0x04, '1', '2', '3', '4'},
        {0x80, 0x2A, 0x00, 0x97, 0x04, 'd', 'a', 't', 'a', 0x00},
    };
    static const size_t lens[] = {7, 9, 10};
    struct signer *signer = arg;
    uint8_t response[258];
    DWORD len = 0;
    uint32_t sw = fixture_select(signer->fixture->handle);
    for (size_t i = 0; i < 3 && sw == 0x9000; i++) {
        sw = fixture_send(
            signer->fixture->handle, commands[i], lens[i], response, &len);
    }
    pthread_barrier_wait(&signer->signed_now);
    pthread_barrier_wait(&signer->card_gone);
    return sw == 0x9000 && len == 258 ? arg : NULL;
}

static void test_thread_outlives_the_card_it_used(void **state)
{
    struct pcsc_fixture *b = *state;
    struct signer signer = {.fixture = b};
    pthread_t thread;
    void *ok = NULL;
    pthread_barrier_init(&signer.signed_now, NULL, 2);
    pthread_barrier_init(&signer.card_gone, NULL, 2);
    pthread_create(&thread, NULL, sign_and_stay, &signer);
    pthread_barrier_wait(&signer.signed_now);
    vcontrol_remove(b->reader);
    pthread_barrier_wait(&signer.card_gone);
    pthread_join(thread, &ok);
    assert_non_null(ok);
    pthread_barrier_destroy(&signer.signed_now);
    pthread_barrier_destroy(&signer.card_gone);
}

/* What a child finds: the parent's handles dead, the card there. */
static int look_around_in_child(const struct pcsc_fixture *b)
{
    SCARDCONTEXT context = 0;
    SCARDHANDLE handle = 0;
    DWORD protocol = 0;
    if (fixture_select(b->handle) != (uint32_t)SCARD_E_INVALID_HANDLE)
        return 1;
    if (SCardIsValidContext(b->context) != SCARD_E_INVALID_HANDLE)
        return 2;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
            SCARD_S_SUCCESS ||
        SCardConnect(context, "R", SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1,
            &handle, &protocol) != SCARD_S_SUCCESS ||
        fixture_select(handle) != 0x9000)
        return 3;
    return 0;
}

static void test_forked_child(void **state)
{
    struct pcsc_fixture *b = *state;
    int status = -1;
    assert_int_equal(SCardBeginTransaction(b->handle), SCARD_S_SUCCESS);
    pid_t child = fork();
    if (child == 0)
        _exit(look_around_in_child(b));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(
        SCardEndTransaction(b->handle, SCARD_LEAVE_CARD), SCARD_S_SUCCESS);
}

static void test_stopped_service(void **state)
{
    struct pcsc_fixture *b = *state;
    SCARDCONTEXT context = 0;
    struct vcard_ledger ledger;
    vcontrol_service(false);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_E_NO_SERVICE);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_E_NO_SERVICE);
    vcontrol_service(true);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_E_NO_SERVICE);
    assert_int_equal(SCardIsValidContext(b->context), SCARD_S_SUCCESS);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_S_SUCCESS);
    vcontrol_ledger(b->reader, &ledger);
    assert_false(ledger.verified[0]);
    SCardReleaseContext(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_swap_is_seen_and_then_forgotten),
        TEST(test_unplugged_reader),
        TEST(test_sixteen_readers),
        TEST(test_idle_cards_lose_power),
        TEST(test_new_reader_is_announced),
        TEST(test_another_program_waits_for_the_transaction),
        TEST(test_threads_take_turns),
        TEST(test_thread_outlives_the_card_it_used),
        TEST(test_forked_child),
        TEST(test_stopped_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "tests/vcard/pcsc_fixture.h"

/* The ways in which a command to a card in the stand-in goes wrong. */

static const uint8_t read_info[] = {0x00, 0xB0, 0x86, 0x00, 0x20};
#define INFO_SIZE 32

static void test_faults_fall_due_once(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct {
        enum vfault how;
        uint32_t value, result;
        unsigned seen; /* by the card */
    } rows[] = {
        {VFAULT_SW, 0x6F00, 0x6F00, 0},
        {VFAULT_SW_AFTER, 0x6581, 0x6581, 1},
        {VFAULT_PCSC, (uint32_t)SCARD_E_NOT_TRANSACTED,
            (uint32_t)SCARD_E_NOT_TRANSACTED, 0},
        {VFAULT_PCSC, (uint32_t)SCARD_E_SHARING_VIOLATION,
            (uint32_t)SCARD_E_SHARING_VIOLATION, 0},
        {VFAULT_PCSC_AFTER, (uint32_t)SCARD_F_COMM_ERROR,
            (uint32_t)SCARD_F_COMM_ERROR, 1},
        {VFAULT_NONE, 0, 0x9000, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vcard_ledger before, after;
        vcontrol_fault(b->reader, 1, rows[i].how, rows[i].value);
        assert_int_equal(fixture_select(b->handle), 0x9000);
        vcontrol_ledger(b->reader, &before);
        assert_int_equal(fixture_select(b->handle), rows[i].result);
        vcontrol_ledger(b->reader, &after);
        assert_int_equal(after.apdus - before.apdus, rows[i].seen);
        assert_int_equal(fixture_select(b->handle), 0x9000);
    }
}

static const struct vfault_plan sw_for_good = {1, VFAULT_SW, 0x6F00, true};

static void test_faults_for_good(void **state)
{
    struct pcsc_fixture *b = *state;
    vcontrol_faults(b->reader, &sw_for_good, 1);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture_select(b->handle), 0x6F00);
    vcontrol_fault(b->reader, 0, VFAULT_NONE, 0);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    vcontrol_faults(b->reader, &sw_for_good, 1);
    vcontrol_remove(b->reader);
    assert_int_equal(vcontrol_insert(b->reader, b->folder), 0);
    fixture_reconnect(b->handle);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(fixture_select(b->handle), 0x9000);
}

static void test_several_faults(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct vfault_plan plans[] = {
        {2, VFAULT_SW, 0x6A82, false},
        {0, VFAULT_SW, 0x6700, false},
        {2, VFAULT_SW, 0x6D00, true},
    };
    static const uint32_t results[] = {0x6700, 0x9000, 0x6A82, 0x6D00, 0x6D00};
    vcontrol_faults(b->reader, plans, 3);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        assert_int_equal(fixture_select(b->handle), results[i]);
}

/* Each row: what a READ BINARY of 32 bytes gives, after a SELECT. */
static void test_faults_of_the_body(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct {
        enum vfault how;
        uint32_t value, result;
        size_t same, len; /* bytes as they were, and all before the SW */
        uint8_t rest;     /* what the others are */
    } rows[] = {
        {VFAULT_NONE, 0, 0x9000, INFO_SIZE, INFO_SIZE, 0},
        {VFAULT_CUT, 0, 0x9000, 0, 0, 0},
        {VFAULT_CUT, 3, 0x9000, 3, 3, 0},
        {VFAULT_CUT, 99, 0x9000, INFO_SIZE, INFO_SIZE, 0},
        {VFAULT_LESS, 1, 0x9000, INFO_SIZE - 1, INFO_SIZE - 1, 0},
        {VFAULT_LESS, 99, 0x9000, 0, 0, 0},
        {VFAULT_MORE, 1, 0x9000, INFO_SIZE, INFO_SIZE + 1, 0xA5},
        {VFAULT_LENGTH, 2, 0x9000, 2, 2, 0},
        {VFAULT_LENGTH, 256, 0x9000, INFO_SIZE, 256, 0xA5},
        {VFAULT_FILL, 0x00, 0x9000, 0, INFO_SIZE, 0x00},
        {VFAULT_FILL, 0xFF, 0x9000, 0, INFO_SIZE, 0xFF},
        {VFAULT_SW_BODY, 0x6283, 0x6283, INFO_SIZE, INFO_SIZE, 0},
        {VFAULT_SW_AFTER, 0x6283, 0x6283, 0, 0, 0},
        {VFAULT_AGAIN, 0, 0x9000, 0, 0, 0},
    };
    uint8_t plain[258], got[258];
    DWORD len = 0;
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(
        fixture_send(b->handle, read_info, 5, plain, &len), 0x9000);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(fixture_select(b->handle), 0x9000);
        vcontrol_fault(b->reader, 0, rows[i].how, rows[i].value);
        assert_int_equal(
            fixture_send(b->handle, read_info, 5, got, &len), rows[i].result);
        assert_int_equal(len, rows[i].len + 2);
        assert_memory_equal(got, plain, rows[i].same);
        for (size_t j = rows[i].same; j < rows[i].len; j++)
            assert_int_equal(got[j], rows[i].rest);
    }
}

static void test_flipped_bit(void **state)
{
    struct pcsc_fixture *b = *state;
    uint8_t plain[258], changed[258];
    DWORD len = 0;
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(
        fixture_send(b->handle, read_info, 5, plain, &len), 0x9000);
    vcontrol_fault(b->reader, 0, VFAULT_FLIP, 11);
    assert_int_equal(
        fixture_send(b->handle, read_info, 5, changed, &len), 0x9000);
    assert_int_equal(changed[1], plain[1] ^ 0x08);
    changed[1] = plain[1];
    assert_memory_equal(plain, changed, 34);
}

static void test_answer_too_long(void **state)
{
    struct pcsc_fixture *b = *state;
    uint8_t room[259];
    DWORD len = sizeof room;
    assert_int_equal(fixture_select(b->handle), 0x9000);
    vcontrol_fault(b->reader, 0, VFAULT_LENGTH, 257);
    assert_int_equal(
        SCardTransmit(b->handle, SCARD_PCI_T1, read_info, 5, NULL, room, &len),
        SCARD_S_SUCCESS);
    assert_int_equal(len, 259);
    for (uint32_t body = 257; body < 259; body++) {
        vcontrol_fault(b->reader, 0, VFAULT_LENGTH, body);
        assert_int_equal(fixture_send(b->handle, read_info, 5, room, &len),
            (uint32_t)SCARD_E_INSUFFICIENT_BUFFER);
        assert_int_equal(len, body + 2);
    }
}

static void test_removal_and_a_reset_as_faults(void **state)
{
    struct pcsc_fixture *b = *state;
    struct vcard_ledger ledger;
    vcontrol_fault(b->reader, 0, VFAULT_RESET, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_RESET_CARD);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_RESET_CARD);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.warm_resets, 1);
    assert_int_equal(ledger.apdus, 0);
    fixture_reconnect(b->handle);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    vcontrol_fault(b->reader, 0, VFAULT_REMOVE, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 0);
}

static void test_removal_and_a_reset_after(void **state)
{
    struct pcsc_fixture *b = *state;
    struct vcard_ledger ledger;
    vcontrol_fault(b->reader, 0, VFAULT_RESET_AFTER, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_RESET_CARD);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.warm_resets, 1);
    assert_int_equal(ledger.apdus, 1);
    fixture_reconnect(b->handle);
    vcontrol_fault(b->reader, 0, VFAULT_REMOVE_AFTER, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    assert_int_equal(SCardStatus(b->handle, NULL, NULL, NULL, NULL, NULL, NULL),
        SCARD_W_REMOVED_CARD);
}

/* How many commands the card in the reader and the spare one were sent. */
static void expect_apdus(int reader, unsigned in, unsigned spare)
{
    struct vcard_ledger ledger;
    vcontrol_ledger(reader, &ledger);
    assert_int_equal(ledger.apdus, in);
    vcontrol_spare_ledger(reader, &ledger);
    assert_int_equal(ledger.apdus, spare);
}

static void test_swaps_with_the_spare_card(void **state)
{
    struct pcsc_fixture *b = *state;
    char other[VCARD_PERSONA_FOLDER_SIZE];
    const struct vfault_plan to_and_fro = {0, VFAULT_SWAP, 0, true};
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(vcontrol_spare(b->reader, "/nonexistent"), -1);
    assert_int_equal(vcontrol_spare(b->reader, other), 0);
    vcontrol_fault(b->reader, 1, VFAULT_SWAP, 0);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    expect_apdus(b->reader, 0, 1);
    fixture_reconnect(b->handle);
    vcontrol_fault(b->reader, 0, VFAULT_SWAP_AFTER, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    expect_apdus(b->reader, 1, 1);
    vcontrol_faults(b->reader, &to_and_fro, 1);
    for (int i = 0; i < 2; i++) {
        fixture_reconnect(b->handle);
        assert_int_equal(
            fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    }
    vcontrol_fault(b->reader, 0, VFAULT_NONE, 0);
    fixture_reconnect(b->handle);
    assert_int_equal(fixture_select(b->handle), 0x9000);
    expect_apdus(b->reader, 2, 1);
    assert_int_equal(vcontrol_spare(b->reader, NULL), 0);
    vcontrol_fault(b->reader, 0, VFAULT_SWAP, 0);
    assert_int_equal(fixture_select(b->handle), (uint32_t)SCARD_W_REMOVED_CARD);
    expect_apdus(b->reader, 0, 2);
}

/* The count of insertions, in the upper half as pcscd has it. */
static DWORD reader_state(const struct pcsc_fixture *b)
{
    SCARD_READERSTATE reader = {.szReader = "R"};
    assert_int_equal(
        SCardGetStatusChange(b->context, 0, &reader, 1), SCARD_S_SUCCESS);
    return reader.dwEventState;
}

static void test_replug_restarts_the_count(void **state)
{
    struct pcsc_fixture *b = *state;
    char other[VCARD_PERSONA_FOLDER_SIZE];
    DWORD before = reader_state(b);
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(vcontrol_spare(b->reader, other), 0);
    vcontrol_fault(b->reader, 0, VFAULT_REPLUG, 0);
    assert_int_equal(
        fixture_select(b->handle), (uint32_t)SCARD_E_READER_UNAVAILABLE);
    assert_int_equal(
        fixture_select(b->handle), (uint32_t)SCARD_E_INVALID_VALUE);
    assert_int_equal(reader_state(b) >> 16, before >> 16);
    assert_true(reader_state(b) & SCARD_STATE_PRESENT);
    expect_apdus(b->reader, 0, 0);
}

struct caller {
    const struct pcsc_fixture *fixture;
    _Atomic uint32_t result; /* 0: none yet */
};

static void *select_beside(void *arg)
{
    struct caller *caller = arg;
    caller->result = fixture_select(caller->fixture->handle);
    return NULL;
}

/* While a command hangs: what does not want this card works. */
static void look_around(void)
{
    char other[VCARD_PERSONA_FOLDER_SIZE];
    uint8_t response[258];
    SCARDCONTEXT context = 0;
    SCARD_READERSTATE reader = {.szReader = "R"};
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_S_SUCCESS);
    assert_int_equal(
        SCardGetStatusChange(context, 0, &reader, 1), SCARD_S_SUCCESS);
    SCardReleaseContext(context);
    int second = vcontrol_reader_add("second");
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(vcontrol_insert(second, other), 0);
    assert_int_equal(vcontrol_transmit(second, select_jpki_apdu,
                         sizeof select_jpki_apdu, response),
        2);
}

static void test_stall(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct {
        uint32_t value, result;
    } rows[] = {
        {0, 0x9000},
        {(uint32_t)SCARD_E_NOT_TRANSACTED, (uint32_t)SCARD_E_NOT_TRANSACTED},
    };
    assert_false(vcontrol_stalled(b->reader, 0));
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        struct caller caller = {b, 0};
        vcontrol_fault(b->reader, 0, VFAULT_STALL, rows[i].value);
        pthread_create(&thread, NULL, select_beside, &caller);
        assert_true(vcontrol_stalled(b->reader, 60000));
        look_around();
        vcontrol_release(b->reader);
        pthread_join(thread, NULL);
        assert_int_equal(caller.result, rows[i].result);
    }
    expect_apdus(b->reader, 1, 0);
}

static void pull_card(struct pcsc_fixture *b)
{
    vcontrol_remove(b->reader);
}

static void stop_service(struct pcsc_fixture *b)
{
    (void)b; /* there is one service */
    vcontrol_service(false);
}

static void test_what_ends_a_stall(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct {
        void (*end)(struct pcsc_fixture *b);
        uint32_t result;
    } rows[] = {
        {pull_card, (uint32_t)SCARD_E_NOT_TRANSACTED},
        {stop_service, (uint32_t)SCARD_E_NO_SERVICE},
    };
    const struct vfault_plan plan = {
        0, VFAULT_STALL, (uint32_t)SCARD_E_NOT_TRANSACTED, true};
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        struct caller caller = {b, 0};
        vcontrol_faults(b->reader, &plan, 1);
        pthread_create(&thread, NULL, select_beside, &caller);
        assert_true(vcontrol_stalled(b->reader, 60000));
        rows[i].end(b);
        pthread_join(thread, NULL);
        assert_int_equal(caller.result, rows[i].result);
        assert_int_equal(vcontrol_insert(b->reader, b->folder), 0);
        if (i == 0)
            fixture_reconnect(b->handle);
    }
}

static long long now_us(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* SELECT takes 15 bytes and 2: as long as READ BINARY of 10 bytes. */
static void test_link_takes_time(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct {
        struct vcontrol_link link;
        long long us;
    } rows[] = {
        {{20000, 0, 0}, 20000},
        {{0, 2000, 0}, 34000},
        {{1000, 1000, 9000000}, 18000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vcontrol_link(b->reader, &rows[i].link);
        long long start = now_us();
        assert_int_equal(fixture_select(b->handle), 0x9000);
        long long took = now_us() - start;
        assert_true(took >= rows[i].us);
        assert_true(took < 9000000);
    }
}

/* Two slow cards are slow side by side. */
static void test_links_do_not_wait_for_one_another(void **state)
{
    struct pcsc_fixture *b = *state;
    static const struct vcontrol_link slow = {1000000, 0, 0};
    char other[VCARD_PERSONA_FOLDER_SIZE];
    uint8_t response[258];
    pthread_t thread;
    struct caller caller = {b, 0};
    int second = vcontrol_reader_add("second");
    assert_int_equal(vcard_persona_copy("adult2", other), 0);
    assert_int_equal(vcontrol_insert(second, other), 0);
    vcontrol_link(b->reader, &slow);
    pthread_create(&thread, NULL, select_beside, &caller);
    for (int i = 0; i < 10; i++) {
        vcontrol_transmit(
            second, select_jpki_apdu, sizeof select_jpki_apdu, response);
    }
    assert_int_equal(caller.result, 0);
    pthread_join(thread, NULL);
    assert_int_equal(caller.result, 0x9000);
}

/* Sends 200 SELECTs; a 1 in RET_LOST for each that was lost. */
static unsigned select_lossily(struct pcsc_fixture *b,
    const struct vcontrol_loss *loss, uint8_t ret_lost[200])
{
    unsigned lost = 0;
    vcontrol_loss(b->reader, loss);
    for (size_t i = 0; i < 200; i++) {
        uint32_t code = fixture_select(b->handle);
        ret_lost[i] = code == (uint32_t)SCARD_E_NOT_TRANSACTED;
        assert_true(ret_lost[i] || code == 0x9000);
        lost += ret_lost[i];
    }
    return lost;
}

/* The card sees what is lost after, and the same seed loses the same. */
static void test_exchanges_are_lost_at_random(void **state)
{
    struct pcsc_fixture *b = *state;
    struct vcontrol_loss loss = {100, false, 7};
    uint8_t before[200], after[200];
    struct vcard_ledger ledger;
    unsigned lost = select_lossily(b, &loss, before);
    assert_in_range(lost, 1, 199);
    assert_int_equal(vcontrol_lost(b->reader), lost);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 200 - lost);

    loss.after = true;
    assert_int_equal(select_lossily(b, &loss, after), lost);
    assert_memory_equal(before, after, sizeof before);
    vcontrol_ledger(b->reader, &ledger);
    assert_int_equal(ledger.apdus, 400 - lost);
    loss.seed = 8;
    select_lossily(b, &loss, after);
    assert_memory_not_equal(before, after, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_faults_fall_due_once),
        TEST(test_faults_for_good),
        TEST(test_several_faults),
        TEST(test_faults_of_the_body),
        TEST(test_flipped_bit),
        TEST(test_answer_too_long),
        TEST(test_removal_and_a_reset_as_faults),
        TEST(test_removal_and_a_reset_after),
        TEST(test_swaps_with_the_spare_card),
        TEST(test_replug_restarts_the_count),
        TEST(test_stall),
        TEST(test_what_ends_a_stall),
        TEST(test_link_takes_time),
        TEST(test_links_do_not_wait_for_one_another),
        TEST(test_exchanges_are_lost_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

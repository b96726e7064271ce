/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/bench.h"

#include <time.h>

const uint8_t bench_select_jpki[15] = {0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92,
    0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

int bench_set_up(void **state)
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

int bench_tear_down(void **state)
{
    struct bench *bench = *state;
    SCardReleaseContext(bench->context);
    vcontrol_service(true);
    vcontrol_reset();
    return 0;
}

uint32_t bench_send(SCARDHANDLE handle, const uint8_t *command, size_t len,
    uint8_t ret_response[258], DWORD *ret_len)
{
    *ret_len = 258;
    LONG rc = SCardTransmit(
        handle, SCARD_PCI_T1, command, len, NULL, ret_response, ret_len);
    if (rc != SCARD_S_SUCCESS)
        return (uint32_t)rc;
    return (uint32_t)ret_response[*ret_len - 2] << 8 |
           ret_response[*ret_len - 1];
}

uint32_t bench_select(SCARDHANDLE handle)
{
    uint8_t response[258];
    DWORD len = 0;
    return bench_send(
        handle, bench_select_jpki, sizeof bench_select_jpki, response, &len);
}

void bench_reconnect(SCARDHANDLE handle)
{
    DWORD protocol = 0;
    assert_int_equal(SCardReconnect(handle, SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD, &protocol),
        SCARD_S_SUCCESS);
}

void bench_pause(long ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

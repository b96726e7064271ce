/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/pcsc_fixture.h"

#include <time.h>

const uint8_t select_jpki_apdu[15] = {0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92,
    0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

int fixture_set_up(void **state)
{
    static struct pcsc_fixture fixture;
    DWORD protocol = 0;
    assert_int_equal(vcard_persona_copy("adult", fixture.folder), 0);
    fixture.reader = vcontrol_reader_add("R");
    assert_int_equal(fixture.reader, 0);
    assert_int_equal(vcontrol_insert(fixture.reader, fixture.folder), 0);
    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &fixture.context),
        SCARD_S_SUCCESS);
    assert_int_equal(SCardConnect(fixture.context, "R", SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, &fixture.handle, &protocol),
        SCARD_S_SUCCESS);
    *state = &fixture;
    return 0;
}

int fixture_tear_down(void **state)
{
    struct pcsc_fixture *fixture = *state;
    SCardReleaseContext(fixture->context);
    vcontrol_service(true);
    vcontrol_reset();
    return 0;
}

uint32_t fixture_send(SCARDHANDLE handle, const uint8_t *command, size_t len,
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

uint32_t fixture_select(SCARDHANDLE handle)
{
    uint8_t response[258];
    DWORD len = 0;
    return fixture_send(
        handle, select_jpki_apdu, sizeof select_jpki_apdu, response, &len);
}

void fixture_reconnect(SCARDHANDLE handle)
{
    DWORD protocol = 0;
    assert_int_equal(SCardReconnect(handle, SCARD_SHARE_SHARED,
                         SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD, &protocol),
        SCARD_S_SUCCESS);
}

void fixture_pause(long ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&span, NULL);
}

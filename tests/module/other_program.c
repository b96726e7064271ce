/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/other_program.h"

#include <string.h>

#define OK 0x9000u

unsigned other_send(int reader, const uint8_t *command, size_t len)
{
    uint8_t response[258];
    size_t got = vcontrol_transmit(reader, command, len, response);

    assert_true(got >= 2);
    return (unsigned)response[got - 2] << 8 | response[got - 1];
}

void other_select_jpki(int reader)
{
    static const uint8_t select[] = {0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92,
        0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

    assert_int_equal(other_send(reader, select, sizeof select), OK);
}

void other_log_out(int reader)
{
    static const uint8_t select[] = {
        0x00, 0xa4, 0x04, 0x0c, 0x07, 0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00};

    assert_int_equal(other_send(reader, select, sizeof select), OK);
}

static unsigned send_pin(int reader, uint8_t ins, uint8_t p1, const char *pin)
{
    uint8_t command[5 + 32] = {0x00, ins, p1, 0x80};

    command[4] = (uint8_t)strlen(pin);
    memcpy(command + 5, pin, command[4]);
    return other_send(reader, command, 5u + command[4]);
}

bool other_verify(int reader, int role, const char *pin)
{
    const uint8_t select_pin[] = {
        0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, role == AUTH ? 0x18 : 0x1b};

    other_select_jpki(reader);
    assert_int_equal(other_send(reader, select_pin, sizeof select_pin), OK);
    return send_pin(reader, 0x20, 0x00, pin) == OK;
}

void other_change(
    int reader, int role, const char *old_pin, const char *new_pin)
{
    assert_true(other_verify(reader, role, old_pin));
    assert_int_equal(send_pin(reader, 0x24, 0x01, new_pin), OK);
    other_log_out(reader);
}

void other_mistypes(int reader, int role)
{
    assert_false(other_verify(reader, role, "999999"));
}

SCARDCONTEXT other_hold(DWORD share)
{
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    DWORD protocol = 0;

    assert_int_equal(
        SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context),
        SCARD_S_SUCCESS);
    assert_int_equal(SCardConnect(context, "Virtual Reader", share,
                         SCARD_PROTOCOL_T1, &handle, &protocol),
        SCARD_S_SUCCESS);
    if (share == SCARD_SHARE_SHARED)
        assert_int_equal(SCardBeginTransaction(handle), SCARD_S_SUCCESS);
    return context;
}

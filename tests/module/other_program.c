/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/other_program.h"

void mistype(int reader, int role)
{
    static const uint8_t select_jpki[] = {0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3,
        0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
    static const uint8_t select_pin[][7] = {
        {0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x18},
        {0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x1B},
    };
    static const uint8_t verify[] = {
        0x00, 0x20, 0x00, 0x80, 0x06, '9', '9', '9', '9', '9', '9'};
    uint8_t response[258];

    vcontrol_transmit(reader, select_jpki, sizeof select_jpki, response);
    vcontrol_transmit(
        reader, select_pin[role], sizeof select_pin[role], response);
    assert_int_equal(
        vcontrol_transmit(reader, verify, sizeof verify, response), 2);
    assert_int_equal(response[0], 0x63);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_PCSC_FIXTURE_H
#define TESTS_VCARD_PCSC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <winscard.h>

#include "tests/vcard/control.h"
#include "tests/vcard/persona.h"

/* A card in a reader "R" of the stand-in, and a connection to it. */
struct pcsc_fixture {
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int reader;
    SCARDCONTEXT context;
    SCARDHANDLE handle;
};

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

/* SELECT of the JPKI application. */
extern const uint8_t select_jpki_apdu[15];

/* Sends a command; the status word, or the PC/SC code with bit 31 set. */
uint32_t fixture_send(SCARDHANDLE handle, const uint8_t *command, size_t len,
    uint8_t ret_response[258], DWORD *ret_len);
uint32_t fixture_select(SCARDHANDLE handle);

void fixture_reconnect(SCARDHANDLE handle);
void fixture_pause(long ms);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_BENCH_H
#define TESTS_VCARD_BENCH_H

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
struct bench {
    char folder[VCARD_PERSONA_FOLDER_SIZE];
    int reader;
    SCARDCONTEXT context;
    SCARDHANDLE handle;
};

int bench_set_up(void **state);
int bench_tear_down(void **state);

#define ON_BENCH(test) \
    cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

/* SELECT of the JPKI application. */
extern const uint8_t bench_select_jpki[15];

/* Sends a command; the status word, or the PC/SC code with bit 31 set. */
uint32_t bench_send(SCARDHANDLE handle, const uint8_t *command, size_t len,
    uint8_t ret_response[258], DWORD *ret_len);
uint32_t bench_select(SCARDHANDLE handle);

void bench_reconnect(SCARDHANDLE handle);
void bench_pause(long ms);

#endif

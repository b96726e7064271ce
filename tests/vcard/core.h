/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CORE_H
#define TESTS_VCARD_CORE_H

#include "tests/vcard/cardfile.h"
#include "tests/vcard/cardledger.h"

#define SW_OK 0x9000
#define SW_WRONG_LENGTH 0x6700
#define SW_CHANNEL 0x6881
#define SW_NO_SECURE_MESSAGING 0x69FC
#define SW_NOT_A_DATA_FILE 0x6981
#define SW_DENIED 0x6982
#define SW_CONDITIONS 0x6985
#define SW_NO_CURRENT_EF 0x6986
#define SW_NO_FILE 0x6A82
#define SW_NO_RECORD 0x6A83
#define SW_P1_P2 0x6A86
#define SW_NO_REFERENCE 0x6A88
#define SW_OFFSET 0x6B00
#define SW_EXACT_LE 0x6C00
#define SW_INS 0x6D00
#define SW_CLA 0x6E00
#define SW_FAULT 0x6F00
#define SW_MORE 0x6100
#define SW_TRIES 0x63C0

enum card_app { APP_ISD, APP_JPKI, APP_COMMON, APP_JUKI, APP_VISUAL, APP_TEXT };

/* A command APDU, taken apart. */
struct command {
    uint8_t cla, ins, p1, p2;
    const uint8_t *data;
    size_t lc; /* 0: none */
    bool has_le;
    size_t le; /* 1 to 256, 256 for an Le of 00 */
};

/* The body of a response. */
struct answer {
    uint8_t bytes[256];
    size_t len;
};

struct vcard {
    struct card_file file;
    bool powered;
    bool first_command; /* none since power-up yet */
    bool app_chosen;    /* an application was selected since the last reset */
    enum card_app app;
    uint16_t ef; /* current EF of the application, 0: none */
    bool verified[PINS];
    struct answer pending; /* for GET RESPONSE */
    struct vcard_ledger ledger;
};

/*
 * The commands. Each gives a status word and puts its body into RET_ANSWER,
 * which is empty on entry.
 */
uint16_t files_select(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);
uint16_t files_read_binary(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);
uint16_t files_read_record(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);
uint16_t pins_verify(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);
uint16_t pins_change(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);
uint16_t sign_command(
    struct vcard *card, const struct command *cmd, struct answer *ret_answer);

/* An object that commands name by its file: a key or a PIN. */
struct reference {
    enum card_app app;
    uint16_t id;
};

/*
 * Which of N REFERENCES P2 means: 80 the current EF, 80 + short id otherwise.
 * SW_OK, or why not.
 */
uint16_t files_reference(const struct vcard *card, uint8_t p2,
    const struct reference *references, size_t n, size_t *ret_index);

/* True when the application has an object ID of any kind. */
bool files_exists(const struct vcard *card, uint16_t id);

extern const struct reference pin_references[PINS];
extern const struct reference key_references[ROLES];

/* The text ledger; see README.md. */
void ledger_note(const struct vcard *card, const struct command *cmd,
    size_t body_len, uint16_t sw);
void ledger_event(const struct vcard *card, const char *event);

#endif

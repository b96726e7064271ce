/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VCARD_CARDFILE_H
#define TESTS_VCARD_CARDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A persona as it lies in its folder: what a card was given when it was issued.
 * Nothing here changes afterwards; what does is in cardstate.h. The folder is
 * described in README.md.
 */
enum { AUTH, SIGN, ROLES };
/* The PIN of the text application, behind those of the two key pairs. */
enum { TEXT = ROLES, PINS };

enum card_access {
    ACCESS_FREE,
    ACCESS_AUTH,
    ACCESS_SIGN,
    ACCESS_TEXT,
    ACCESS_NEVER
};

struct card_ef {
    uint16_t id;
    enum card_access access;
    uint8_t *bytes;
    size_t len;
};

#define CARD_EFS_MAX 16
#define CARD_TEXT_EFS_MAX 2
#define CARDFILE_PATH_MAX 1024

struct card_pin {
    bool present;
    uint8_t bytes[16];
    size_t len;     /* 0: never set */
    unsigned tries; /* when full */
    unsigned left;  /* at issue */
};

/*
 * Where this card departs from docs/card.md. All zero, or as card_load sets
 * it, is the card of the fact sheet.
 */
struct card_quirks {
    unsigned short_ids_sw;    /* short file ids are refused with this */
    unsigned locked_sw;       /* VERIFY of a blocked PIN: 6984 */
    unsigned locked_query_sw; /* the query of one, instead of 63C0 */
    unsigned wrong_sw;        /* wrong PIN: this instead of 63Cx */
    unsigned first_sw;        /* the first command after power-up */
    unsigned end_of_file_sw;  /* fewer bytes than asked for: 9000 */
    unsigned pss_salt;        /* 32 */
    unsigned pss;             /* P1 = 04 and 05 are known: yes */
    unsigned access_first;    /* a signing command's access before its P1 */
    unsigned isd;             /* the issuer security domain answers: yes */
    unsigned foreign;         /* the other applications answer: yes */
    unsigned reset_drops;     /* a warm reset clears the PINs */
    unsigned select_keeps;    /* another application's SELECT does not */
    unsigned query_selects;   /* VERIFY's query by short id selects its file */
    unsigned exact_le;        /* READ BINARY past the end: 6Cxx */
    unsigned get_response;    /* case 4 answers 61xx */
};

struct card_file {
    char *folder;
    uint8_t atr[33];
    size_t atr_len;
    bool jpki; /* has the JPKI application */
    bool mute; /* answers no reset: the wrong way round, or broken */
    struct card_ef efs[CARD_EFS_MAX];
    size_t n_efs;
    struct card_ef common; /* the record of the common application */
    struct card_ef text_efs[CARD_TEXT_EFS_MAX]; /* of the text application */
    size_t n_text_efs;
    struct card_pin pins[PINS]; /* no TEXT: no text application */
    struct card_ef keys[ROLES]; /* PEM; len 0: no such key */
    struct card_quirks quirks;
};

/* 0, or -1 with a line on stderr; RET_FILE is to be freed in both cases. */
int cardfile_load(const char *folder, struct card_file *ret_file);
void cardfile_done(struct card_file *file);

/*
 * The elementary file ID of the JPKI application, or of the text application;
 * NULL when there is none.
 */
const struct card_ef *cardfile_ef(const struct card_file *file, uint16_t id);
const struct card_ef *cardfile_text_ef(
    const struct card_file *file, uint16_t id);

/* Hexadecimal, blanks allowed, into RET_BYTES: the length, 0 when malformed. */
size_t cardfile_hex(const char *text, uint8_t *ret_bytes, size_t room);

#endif

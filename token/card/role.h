/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_CARD_ROLE_H
#define TOKEN_CARD_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The two key pairs of the JPKI application, each with its PIN, and behind them
 * what has a PIN only (docs/card.md 1.2, 1.9, 5).
 */
enum jpki_role_id {
    JPKI_AUTH, /* user authentication, 利用者証明用 */
    JPKI_SIGN, /* digital signature, 署名用 */
    JPKI_ROLES,
    JPKI_TEXT = JPKI_ROLES, /* the text application, 券面事項入力補助 */
    JPKI_PINS,
};

/* The applications of a My Number Card (docs/card.md 1.1). */
enum card_application {
    APPLICATION_JPKI,   /* 公的個人認証 */
    APPLICATION_COMMON, /* 共通カード: the card's own number */
    APPLICATION_JUKI,   /* 住基 */
    APPLICATION_VISUAL, /* 券面事項確認 */
    APPLICATION_TEXT,   /* 券面事項入力補助 */
    APPLICATIONS,
    APPLICATION_ISSUER = APPLICATIONS, /* the issuer's security domain */
    APPLICATION_UNKNOWN,
};

/* The application identifier by which APPLICATION is selected. */
struct card_aid {
    size_t len;
    uint8_t bytes[10];
};

/* Of any but APPLICATION_UNKNOWN. */
const struct card_aid *card_aid(enum card_application application);

/* The row of JPKI_TEXT has no labels, certificates and key: NULL and 0. */
struct jpki_role {
    enum jpki_role_id id;
    enum card_application application;
    const char *name; /* "auth", "sign", "text": in slot descriptions, logs */
    const char *token_label; /* ASCII, at most 27 bytes: " E52D" follows */
    const char *object_label;
    const char *ca_label;
    uint16_t ef_cert; /* certificate */
    uint16_t ef_ca;   /* CA certificate */
    uint16_t ef_key;  /* private key */
    uint16_t ef_pin;
    uint16_t ef_private;      /* a file that only this PIN opens; 0: none */
    const char *pin_alphabet; /* after folding */
    uint8_t pin_min;          /* characters */
    uint8_t pin_max;
    uint8_t tries_max;   /* a full counter */
    bool cert_private;   /* the certificate can be read after the PIN only */
    bool asks_each_time; /* one PIN entry stands for one signature */
    size_t present_at;   /* this role's byte of EF 0008 */
};

/* The row of ID. */
const struct jpki_role *jpki_role(enum jpki_role_id id);

/* What carries the application, told by EF 0006 (docs/card.md 1.3). */
struct jpki_kind {
    const char *word;    /* "card", "phone", "juki" */
    const char *label;   /* first field of EF 0006, without padding */
    const char *model;   /* as shown to programs, at most 16 bytes */
    bool cert_needs_pin; /* the authentication certificate's reading */
};

/*
 * The row for a LABEL of LEN bytes, its padding of spaces or NULs included. A
 * label that nobody has met counts as a card's.
 */
const struct jpki_kind *jpki_kind(const uint8_t *label, size_t len);

#endif

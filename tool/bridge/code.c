/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/code.h"

#include <string.h>

#include "crypto/digest.h"
#include "token/abilities.h"
#include "tool/bridge/base64.h"

/* SHA-256 is over this, the card's number in ASCII, and the uuid. */
static const uint8_t constant[] = {0x2e, 0x71, 0xf6, 0x62, 0x0b, 0xc6, 0x54,
    0xce, 0xd4, 0x94, 0xe5, 0xec, 0x34, 0xfe, 0x03, 0xc8};

bool code_add_uuid(json_t *answer, const uint8_t uuid[STATE_UUID_SIZE])
{
    char text[2 * STATE_UUID_SIZE + 1];

    hex_encode(uuid, STATE_UUID_SIZE, text);
    return json_object_set_new(answer, "uuid", json_string(text)) == 0;
}

enum tok_err code_make(struct token *token, const uint8_t uuid[STATE_UUID_SIZE],
    char ret_code[CODE_SIZE])
{
    char number[CARD_NUMBER_DIGITS + 1];
    uint8_t bytes[sizeof constant + CARD_NUMBER_DIGITS + STATE_UUID_SIZE];
    uint8_t hash[DIGEST_MAX];
    size_t len;
    enum tok_err err;

    ret_code[0] = '\0';
    if (!token->context->conf.combination_code)
        return TOK_OK;
    err = abilities_ask_card_number(token, number);
    /*
     * Where the card answered, whatever it was: a site that needs the code says
     * so, and what else it wants can be had.
     */
    if (err == TOK_NOT_FOUND || err == TOK_REPLY || err == TOK_DENIED)
        return TOK_OK;
    if (err != TOK_OK)
        return err;
    memcpy(bytes, constant, sizeof constant);
    memcpy(bytes + sizeof constant, number, CARD_NUMBER_DIGITS);
    memcpy(bytes + sizeof constant + CARD_NUMBER_DIGITS, uuid, STATE_UUID_SIZE);
    if (digest_once(token->context->crypto, DIGEST_SHA256, bytes, sizeof bytes,
            hash, &len) != CRYPT_OK ||
        2 * len + 1 != CODE_SIZE)
        return TOK_CRYPTO;
    hex_encode(hash, len, ret_code);
    return TOK_OK;
}

bool code_add(json_t *answer, const char *code)
{
    return code[0] == '\0' || json_object_set_new(answer, "combination_code",
                                  json_string(code)) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/token/use-text.h"

#include <stdio.h>
#include <string.h>

#include "token/login.h"

static enum tok_err read_text(struct token *token, const char *pin)
    REQUIRES(token_held)
{
    struct text_data data;
    enum tok_err err =
        login_read_text(token, (const uint8_t *)pin, strlen(pin), NULL, &data);

    if (err == TOK_OK)
        printf("%s: %s, %s, %s, %s\n", token->name, data.name, data.address,
            data.birth_date, data.sex);
    text_wipe(&data);
    return err;
}

enum tok_err use_text(struct token *token, const char *pin)
{
    char wrong[] = "0000";

    if (strcmp(pin, wrong) == 0)
        wrong[0] = '1';
    if (read_text(token, wrong) != TOK_PIN_WRONG ||
        read_text(token, wrong) != TOK_PIN_UNSENT ||
        read_text(token, wrong) != TOK_PIN_REPEATED)
        return TOK_REPLY;
    return read_text(token, pin);
}

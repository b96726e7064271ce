/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/answer.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/text.h"
#include "conf/words_bridge.h"
#include "conf/words_pin.h"
#include "token/errors.h"
#include "token/verdict.h"
#include "tool/bridge/state.h"

#define MESSAGE_MAX 1024

static void wipe_and_free(void *memory)
{
    if (memory)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

void answer_init(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

json_t *answer_new(const struct mode *mode)
{
    return json_pack("{s:s, s:s}", "mode", mode->name, "result", "0");
}

json_t *answer_error(const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* JSON takes whole characters only. */
    if (len >= MESSAGE_MAX)
        message[text_cut(message, MESSAGE_MAX - 4)] = '\0';
    return json_pack("{s:s, s:s}", "result", "1", "message", message);
}

json_t *answer_words(const struct words *words)
{
    return answer_error("%s", words_of(words));
}

json_t *answer_no_state(void)
{
    char folder[PATH_MAX];

    (void)state_folder(folder);
    text_sanitize(folder); /* JSON takes UTF-8 only */
    return answer_error(words(W_BRIDGE_NO_STATE), folder);
}

static TOKEN_LOCKED json_t *answer_policy(
    struct token *token, enum jpki_role_id role)
{
    const struct words *why;

    verdict_renew(token, role);
    why = verdict_refusal(token, role);
    return answer_words(why ? why : tok_err_words(TOK_POLICY));
}

json_t *answer_tok_err(
    struct token *token, enum jpki_role_id role, enum tok_err err)
{
    const struct retry_counter *counter = &token->pins[role].counter;

    switch (err) {
    case TOK_CANCELLED:
        return NULL;
    case TOK_PIN_WRONG:
        return counter->known
                   ? answer_error(words(W_PIN_WRONG), counter->left)
                   : answer_error("%s", words(W_PIN_WRONG_UNCOUNTED));
    case TOK_PIN_LOCKED:
        return answer_error("%s", role == JPKI_TEXT ? words(W_PIN_LOCKED_TEXT)
                                                    : words(W_PIN_LOCKED_JPKI));
    case TOK_LAST_TRY:
        return answer_error("%s", words(W_BRIDGE_LAST_TRY));
    case TOK_NOT_FOUND:
        return answer_error("%s", words(W_NO_TEXT_APPLICATION));
    case TOK_POLICY:
        return answer_policy(token, role);
    default:
        return answer_words(tok_err_words(err));
    }
}

bool answer_send(const struct port *port, json_t *answer)
{
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    bool is_sent =
        text && !port_has_ended(port) && port_write(port, text, strlen(text));

    if (text)
        wipe_and_free(text);
    json_decref(answer);
    return is_sent;
}

void answer_wait(const struct port *port, unsigned seconds)
{
    (void)answer_send(port, json_pack("{s:i}", "wait", (int)seconds));
}

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
    char message[ANSWER_MESSAGE_MAX];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* JSON takes whole characters only. */
    if (len >= ANSWER_MESSAGE_MAX)
        message[text_cut(message, ANSWER_MESSAGE_MAX - 4)] = '\0';
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
    if (folder[0] == '\0')
        return answer_error("%s", words(W_BRIDGE_NO_HOME));
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

void answer_describe(
    enum jpki_role_id role, enum tok_err err, char ret_text[ANSWER_MESSAGE_MAX])
{
    const char *text = words_of(tok_err_words(err));

    if (err == TOK_LAST_TRY) {
        snprintf(ret_text, ANSWER_MESSAGE_MAX, words(W_BRIDGE_LAST_TRY),
            jpki_role(role)->name);
        return;
    }
    /* Of the others the words speak of the JPKI application. */
    if (role == JPKI_TEXT && err == TOK_NOT_FOUND)
        text = words(W_NO_TEXT_APPLICATION);
    else if (role == JPKI_TEXT && err == TOK_PIN_LOCKED)
        text = words(W_PIN_LOCKED_TEXT);
    snprintf(ret_text, ANSWER_MESSAGE_MAX, "%s", text);
}

json_t *answer_tok_err(
    struct token *token, enum jpki_role_id role, enum tok_err err)
{
    const struct retry_counter *counter = &token->pins[role].counter;
    char text[ANSWER_MESSAGE_MAX];

    switch (err) {
    case TOK_CANCELLED:
        return NULL;
    case TOK_PIN_WRONG:
        return counter->known
                   ? answer_error(words(W_PIN_WRONG), counter->left)
                   : answer_error("%s", words(W_PIN_WRONG_UNCOUNTED));
    case TOK_POLICY:
        return answer_policy(token, role);
    default:
        answer_describe(role, err, text);
        return answer_error("%s", text);
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

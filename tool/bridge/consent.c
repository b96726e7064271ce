/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/consent.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/words_bridge.h"
#include "tool/bridge/state.h"
#include "tool/pin_form.h"
#include "tool/pinentry.h"

/* To find the card's letter with the PINs, and type one. */
#define SECONDS 120
#define ASK_TIMES 3 /* where what is typed cannot be the PIN */
/* For a dialog to come and go. */
#define DIALOG_SECONDS 10
#define TEXT_SIZE 2048

static void describe_purpose(
    const struct request *request, char *ret_text, size_t size)
{
    switch (request->mode->id) {
    case MODE_SIGN:
        snprintf(
            ret_text, size, words(W_ASK_SIGN), request->origin, request->count);
        break;
    case MODE_TEXT:
        snprintf(ret_text, size, words(W_ASK_TEXT), request->origin);
        break;
    default:
        snprintf(ret_text, size, words(W_ASK_LOG_IN), request->origin);
        break;
    }
}

void consent_describe(const struct request *request,
    const struct retry_counter *counter, char *ret_text, size_t size)
{
    size_t used;

    describe_purpose(request, ret_text, size);
    used = strlen(ret_text);
    snprintf(
        ret_text + used, size - used, "%s", words_of(&request->mode->which));
    used = strlen(ret_text);
    if (counter->known)
        snprintf(
            ret_text + used, size - used, words(W_ASK_TRIES), counter->left);
    else
        snprintf(
            ret_text + used, size - used, "%s", words(W_ASK_TRIES_UNKNOWN));
    used = strlen(ret_text);
    snprintf(ret_text + used, size - used, "%s", words(W_ASK_WARNING));
}

/* What is told where there is no PIN; NULL where nobody waits. */
static json_t *explain(enum pinentry_result result)
{
    switch (result) {
    case PINENTRY_CANCELLED:
        return answer_error("%s", words(W_BRIDGE_CANCELLED));
    case PINENTRY_TIMED_OUT:
        return answer_error(words(W_BRIDGE_TIMED_OUT), SECONDS);
    case PINENTRY_GIVEN: /* and it was none, each time */
        return answer_error("%s", words(W_BRIDGE_FORM));
    case PINENTRY_UNWANTED:
        return NULL;
    default:
        return answer_error("%s", words(W_BRIDGE_IMPOSSIBLE));
    }
}

bool consent_ask(const struct port *port, const struct request *request,
    const struct token *token, struct typed_pin *ret_pin, json_t **ret_answer)
{
    const struct mode *mode = request->mode;
    char text[TEXT_SIZE];
    struct pinentry_question question = {.title = words(W_ASK_TITLE),
        .description = text,
        .prompt = words_of(&mode->prompt),
        .ok = "OK", /* in both languages */
        .cancel = words(W_ASK_CANCEL)};
    enum pinentry_result result = PINENTRY_GIVEN;
    bool is_pin = false;
    int lock = state_lock(), i;

    if (lock < 0) {
        *ret_answer = errno == EWOULDBLOCK
                          ? answer_error("%s", words(W_BRIDGE_OTHER_DIALOG))
                          : answer_no_state();
        return false;
    }
    consent_describe(
        request, &token->pins[mode->role].counter, text, sizeof text);
    for (i = 0; i < ASK_TIMES && result == PINENTRY_GIVEN && !is_pin; i++) {
        answer_wait(port, SECONDS + DIALOG_SECONDS);
        result = pinentry_ask(
            &question, port->watched, PORT_WATCHED, SECONDS, ret_pin);
        is_pin =
            result == PINENTRY_GIVEN && pin_fits(token, mode->role, ret_pin);
        question.error = words_of(&mode->form_error);
    }
    (void)close(lock);
    if (!is_pin)
        *ret_answer = explain(result);
    return is_pin;
}

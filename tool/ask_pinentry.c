/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "tool/ask_pin.h"
#include "tool/interrupt.h"
#include "tool/pinentry.h"
#include "tool/state_folder.h"

/* To find the card's letter with the PINs, and type one. */
#define SECONDS 120

enum ask_result ask_pinentry(
    const struct question *question, struct typed_pin *ret_answer)
{
    static const enum ask_result results[] = {
        [PINENTRY_GIVEN] = ASK_GIVEN,
        [PINENTRY_CANCELLED] = ASK_CANCELLED,
        [PINENTRY_TIMED_OUT] = ASK_TIMED_OUT,
        [PINENTRY_IMPOSSIBLE] = ASK_IMPOSSIBLE,
        [PINENTRY_UNWANTED] = ASK_CANCELLED,
    };
    const struct pinentry_question dialog = {.title = "jpki",
        .description = question->about,
        .prompt = question->prompt};
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction pipe_action;
    struct pollfd called_off = {.fd = interrupt_watch(), .events = POLLIN};
    enum pinentry_result result;
    int lock = state_lock();

    if (lock < 0)
        return errno == EWOULDBLOCK ? ASK_BUSY : ASK_NO_LOCK;
    (void)sigaction(SIGPIPE, &ignored, &pipe_action);
    result = pinentry_ask(
        &dialog, &called_off, called_off.fd >= 0 ? 1 : 0, SECONDS, ret_answer);
    (void)sigaction(SIGPIPE, &pipe_action, NULL);
    (void)close(lock);
    return results[result];
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/words_bridge.h"
#include "token/errors.h"
#include "tool/bridge/answer.h"
#include "tool/bridge/check.h"
#include "tool/bridge/guard.h"
#include "tool/bridge/process.h"
#include "tool/bridge/request.h"
#include "tool/bridge/session.h"
#include "tool/descriptors.h"

/*
 * jpki-bridge: what the browser extension in tool/bridge/extension/ starts to
 * use the card for a page; see jpki-bridge(1).
 */

static json_t *check_guarded(
    const struct port *port, struct cards *cards, const struct mode *mode)
{
    struct guard guard;
    json_t *answer;

    guard_begin(&guard, port);
    answer = check_answer(cards, mode);
    guard_end(&guard);
    return answer;
}

/* True: another message may follow. */
static bool serve(const struct port *port, struct cards *cards,
    const char *message, size_t len)
{
    struct request request;
    const struct words *wrong;

    if (!cards->context)
        return answer_send(port, answer_words(tok_err_words(cards->err)));
    wrong = request_parse(message, len, &cards->context->conf, &request);
    if (wrong)
        return answer_send(port, answer_words(wrong));
    switch (request.mode->id) {
    case MODE_CLOSE:
        return false;
    case MODE_CHECK:
        return answer_send(port, check_guarded(port, cards, request.mode));
    default:
        return answer_send(port, session_run(port, cards, &request));
    }
}

/* Until the browser closes the port. */
static void serve_all(const struct port *port, char *message)
{
    enum port_result result;
    bool goes_on;

    do {
        struct guard guard;
        struct cards cards;
        size_t len = 0;

        result = port_read(port, message, &len);
        goes_on = result != PORT_END && !port_has_ended(port);
        if (result == PORT_TOO_LARGE && goes_on)
            goes_on = answer_send(port, answer_error(words(W_BRIDGE_TOO_LARGE),
                                            (unsigned)PORT_MESSAGE_MAX));
        if (result == PORT_MESSAGE && goes_on) {
            guard_begin(&guard, port);
            cards_open(&cards);
            guard_end(&guard);
            goes_on = serve(port, &cards, message, len);
            cards_close(&cards);
        }
    } while (goes_on);
}

static int run_host(void)
{
    char *message = malloc(PORT_MESSAGE_MAX);
    struct port port;

    process_harden();
    answer_init();
    if (!message || !port_open(&port)) {
        free(message);
        return EXIT_FAILURE;
    }
    serve_all(&port, message);
    explicit_bzero(message, PORT_MESSAGE_MAX);
    free(message);
    return EXIT_SUCCESS;
}

/* A person's options; -1: there are none, a browser started us. */
static int run_command(int argc, char **argv)
{
    bool is_browser =
        argc < 2 ? !isatty(STDIN_FILENO) : strncmp(argv[1], "--", 2) != 0;

    if (is_browser)
        return -1;
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("jpki-bridge %s\n", JPKI_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        printf("%s", words(W_BRIDGE_USAGE));
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "%s", words(W_BRIDGE_USAGE));
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    int status;

    descriptors_fill();
    words_choose_language();
    status = run_command(argc, argv);
    return status < 0 ? run_host() : status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/ask_pin.h"

#include <string.h>

#include "conf/words.h"
#include "conf/words_pin.h"
#include "tool/output.h"
#include "tool/state_folder.h"

/* Why nobody was asked, or nobody answered. */
static void explain(enum ask_result result)
{
    char folder[PATH_MAX];

    switch (result) {
    case ASK_TIMED_OUT:
        complain("%s", words(W_PIN_TIMED_OUT));
        break;
    case ASK_IMPOSSIBLE:
        complain("%s", words(W_PIN_NOBODY_TO_ASK));
        break;
    case ASK_BUSY:
        complain("%s", words(W_PIN_OTHER_DIALOG));
        break;
    case ASK_NO_LOCK:
        (void)state_folder(folder);
        complain(words(W_PIN_NO_LOCK),
            folder[0] ? folder : "$HOME/.local/state/jpki-pkcs11");
        break;
    default:
        break;
    }
}

enum ask_result ask_pin(
    const struct question *question, struct typed_pin *ret_answer)
{
    enum ask_result result = ask_terminal(question, ret_answer);

    if (result == ASK_IMPOSSIBLE)
        result = ask_pinentry(question, ret_answer);
    explain(result);
    if (result != ASK_GIVEN)
        explicit_bzero(ret_answer, sizeof *ret_answer);
    return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/ask_pin.h"

#include <string.h>

#include "conf/words.h"
#include "conf/words_pin.h"
#include "tool/output.h"

enum ask_result ask_pin(
    const struct question *question, struct typed_pin *ret_answer)
{
    enum ask_result result = ask_terminal(question, ret_answer);

    if (result == ASK_IMPOSSIBLE)
        result = ask_pinentry(question, ret_answer);
    if (result == ASK_TIMED_OUT)
        complain("%s", words(W_PIN_TIMED_OUT));
    if (result == ASK_IMPOSSIBLE)
        complain("%s", words(W_PIN_NOBODY_TO_ASK));
    if (result != ASK_GIVEN)
        explicit_bzero(ret_answer, sizeof *ret_answer);
    return result;
}

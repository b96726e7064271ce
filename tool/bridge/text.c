/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/text.h"

#include <stdlib.h>
#include <string.h>

#include "conf/words_bridge.h"
#include "token/login.h"
#include "tool/bridge/base64.h"

static bool add_text(json_t *answer, const char *key, const char *text)
{
    char hex[2 * TEXT_ADDRESS_MAX + 1];
    bool is_added;

    hex_encode((const uint8_t *)text, strlen(text), hex);
    is_added = json_object_set_new(answer, key, json_string(hex)) == 0;
    explicit_bzero(hex, sizeof hex);
    return is_added;
}

/* All that a site asks for: one that is told of an empty name believes it. */
static bool is_complete(const struct text_data *data)
{
    return data->name[0] && data->sex[0] && data->address[0] &&
           data->birth_date[0];
}

static enum tok_err fill(
    struct work *work, const struct text_data *data, json_t *answer)
{
    if (!code_add_uuid(answer, work->uuid) ||
        !add_text(answer, "name", data->name) ||
        !add_text(answer, "sex", data->sex) ||
        !add_text(answer, "address", data->address) ||
        !add_text(answer, "birthday", data->birth_date) ||
        !code_add(answer, work->code))
        return TOK_NOMEM;
    return TOK_OK;
}

json_t *text_work(struct work *work)
{
    json_t *answer = answer_new(work->request->mode);
    struct text_data data;
    bool is_lacking = false;
    enum tok_err err = TOK_NOMEM;

    memset(&data, 0, sizeof data);
    /* No PIN is sent for what could not be answered. */
    if (answer)
        err = login_read_text(work->token, work->pin->bytes, work->pin->len,
            &work->caller, &data);
    if (err == TOK_OK)
        is_lacking = !is_complete(&data);
    if (err == TOK_OK && !is_lacking)
        err = fill(work, &data, answer);
    text_wipe(&data);
    if (err == TOK_OK && !is_lacking)
        return answer;
    json_decref(answer);
    return is_lacking ? answer_error("%s", words(W_BRIDGE_TEXT_INCOMPLETE))
                      : answer_tok_err(work->token, JPKI_TEXT, err);
}

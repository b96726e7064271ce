/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/check.h"

#include <stdio.h>
#include <unistd.h>

#include "conf/words_bridge.h"
#include "tool/bridge/code.h"

/* "success", "failure" or, where what goes before has failed, "skipped". */
static bool add_item(
    json_t *items, const char *name, const char *status, const char *detail)
{
    return json_array_append_new(
               items, json_pack("{s:s, s:s, s:s}", "name", name, "status",
                          status, "detail", detail)) == 0;
}

static const struct {
    enum jpki_role_id role;
    const char *name;
} counters[] = {
    {JPKI_AUTH, "jpki_auth_pin_counter"},
    {JPKI_SIGN, "jpki_sign_pin_counter"},
    {JPKI_TEXT, "text_pin_counter"},
};

#define COUNTERS (sizeof counters / sizeof *counters)

/* True: the PIN can be used. */
static TOKEN_LOCKED bool describe_counter(struct token *token,
    enum jpki_role_id role, char ret_detail[ANSWER_MESSAGE_MAX])
{
    const struct retry_counter *counter = &token->pins[role].counter;
    enum tok_err err = session_check_pin(token, role);

    if (err != TOK_OK)
        answer_describe(role, err, ret_detail);
    else if (counter->known)
        snprintf(ret_detail, ANSWER_MESSAGE_MAX, words(W_BRIDGE_TRIES),
            counter->left);
    else
        snprintf(ret_detail, ANSWER_MESSAGE_MAX, "%s",
            words(W_BRIDGE_TRIES_UNKNOWN));
    return err == TOK_OK;
}

static bool check_token(struct token *token, json_t *items) EXCLUDES(token_held)
{
    char detail[ANSWER_MESSAGE_MAX];
    bool fits = add_item(items, "connect", "success", "") &&
                add_item(items, "select_jpki", "success", "");
    size_t i;

    for (i = 0; i < COUNTERS && fits; i++) {
        bool good;

        token_lock(token);
        good = describe_counter(token, counters[i].role, detail);
        token_unlock(token);
        fits = add_item(
            items, counters[i].name, good ? "success" : "failure", detail);
    }
    return fits;
}

static bool skip_all(json_t *items, const struct words *trouble)
{
    bool fits = add_item(items, "connect", "failure", words_of(trouble)) &&
                add_item(items, "select_jpki", "skipped", "");
    size_t i;

    for (i = 0; i < COUNTERS && fits; i++)
        fits = add_item(items, counters[i].name, "skipped", "");
    return fits;
}

json_t *check_answer(struct cards *cards, const struct mode *mode)
{
    const struct words *trouble;
    struct token *token = session_find_card(cards, &trouble);
    json_t *answer = answer_new(mode), *items = json_array();
    uint8_t uuid[STATE_UUID_SIZE];
    bool fits =
        answer && items &&
        json_object_set_new(answer, "version", json_string(JPKI_VERSION)) ==
            0 &&
        json_object_set_new(answer, "app", json_string("jpki-bridge")) == 0;

    if (fits && state_uuid(uuid))
        fits = code_add_uuid(answer, uuid);
    fits = fits && json_object_set_new(
                       answer, "pid", json_integer((json_int_t)getpid())) == 0;
    fits = fits &&
           (token ? check_token(token, items) : skip_all(items, trouble)) &&
           json_object_set(answer, "check", items) == 0;
    json_decref(items);
    if (fits)
        return answer;
    json_decref(answer);
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/bridge/sign.h"

#include <stdlib.h>

#include "token/login.h"
#include "token/sign.h"
#include "tool/bridge/base64.h"

/* One signature on its way to the card. */
struct signing {
    struct work *work;
    struct pin *own; /* its PIN; NULL: that of the log-in */
};

/* The PIN of this signature, where it has to have one. */
static bool is_wanted(void *arg, struct pin **ret_pin, bool *ret_asks)
{
    struct signing *signing = arg;

    *ret_pin = signing->own;
    *ret_asks = signing->own != NULL;
    signing->own = NULL;
    return true;
}

/* BYTES in base64, as a JSON string. */
static json_t *encode(const uint8_t *bytes, size_t len, bool with_padding)
{
    char *text = malloc(BASE64_SIZE(len));
    json_t *string;

    if (!text)
        return NULL;
    base64_encode(bytes, len, with_padding, text);
    string = json_string(text);
    free(text);
    return string;
}

static TOKEN_LOCKED enum tok_err sign_one(
    struct work *work, const uint8_t *input, json_t **ret_string)
{
    enum jpki_role_id role = work->request->mode->role;
    struct signing signing = {work, NULL};
    struct signature signature = {.alg = &sigalgs[SIGALG_RSA_PKCS1],
        .input = input,
        .input_len = REQUEST_DIGEST_INFO,
        .is_wanted = is_wanted,
        .arg = &signing,
        .at_card = work->caller.at_card};
    enum tok_err err = TOK_OK;

    if (token_wants_own_pin(work->token, role))
        err = login_for_signature(work->token, role, work->pin->bytes,
            work->pin->len, &work->caller, &signing.own);
    if (err == TOK_OK)
        err = sign_by_card(work->token, role, &signature);
    if (err != TOK_OK)
        return err;
    *ret_string = encode(signature.made, sizeof signature.made, true);
    return *ret_string ? TOK_OK : TOK_NOMEM;
}

/* All of them, or none: as the string that "01" gives, or in an array. */
static TOKEN_LOCKED enum tok_err sign_all(struct work *work, json_t *answer)
{
    const struct request *request = work->request;
    json_t *array = json_array(), *string = NULL;
    enum tok_err err = array ? TOK_OK : TOK_NOMEM;
    size_t i;

    for (i = 0; i < request->count && err == TOK_OK; i++) {
        err = sign_one(work, request->digest_infos[i], &string);
        if (err == TOK_OK && json_array_append_new(array, string) != 0)
            err = TOK_NOMEM;
    }
    if (err == TOK_OK &&
        json_object_set(answer, "signature",
            request->mode->id == MODE_SIGN ? array
                                           : json_array_get(array, 0)) != 0)
        err = TOK_NOMEM;
    json_decref(array);
    return err;
}

static TOKEN_LOCKED enum tok_err add_certificate(
    struct work *work, json_t *answer)
{
    const struct token_cert *cert =
        &work->token->keys[work->request->mode->role].cert;
    const uint8_t *der;
    size_t len;

    if (!cert->cert)
        return TOK_NOT_ISSUED;
    der = cert_field(cert->cert, CERT_DER, &len);
    return json_object_set_new(
               answer, "certificate", encode(der, len, false)) == 0
               ? TOK_OK
               : TOK_NOMEM;
}

static TOKEN_LOCKED enum tok_err fill(struct work *work, json_t *answer)
{
    enum tok_err err = login_user(work->token, work->request->mode->role,
        work->pin->bytes, work->pin->len, &work->caller);

    if (err == TOK_OK && !code_add_uuid(answer, work->uuid))
        err = TOK_NOMEM;
    if (err == TOK_OK)
        err = sign_all(work, answer);
    if (err == TOK_OK)
        err = add_certificate(work, answer);
    if (err == TOK_OK && !code_add(answer, work->code))
        err = TOK_NOMEM;
    return err;
}

json_t *sign_work(struct work *work)
{
    json_t *answer = answer_new(work->request->mode);
    enum tok_err err = answer ? fill(work, answer) : TOK_NOMEM;

    if (err == TOK_OK)
        return answer;
    json_decref(answer);
    return answer_tok_err(work->token, work->request->mode->role, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card_alg.h"

static const struct card_alg card_algs[] = {
    {SIGALG_RSA_PKCS1, CARD_PKCS1},
    {SIGALG_RSA_PSS, CARD_PSS},
};

#define CARD_ALGS (sizeof card_algs / sizeof *card_algs)

_Static_assert(SIGALG_INPUT_MAX <= CARD_SIGN_INPUT_MAX,
    "the card takes all that is gathered for it");

const struct card_alg *card_alg_find(
    const struct token *token, enum jpki_role_id role, const struct sigalg *alg)
{
    const struct cert *cert = token->keys[role].cert.cert;
    size_t i;

    for (i = 0; cert && i < CARD_ALGS; i++)
        if ((!alg || card_algs[i].id == alg->id) &&
            sigalg_fits(&sigalgs[card_algs[i].id], cert))
            return &card_algs[i];
    return NULL;
}

bool token_can_sign(const struct token *token, enum jpki_role_id role)
{
    return card_alg_find(token, role, NULL) != NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/op.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11/rv.h"

static atomic_uint_fast64_t last_id;

CK_RV op_new(struct crypto *crypto, enum op_kind kind, const struct mech *mech,
    CK_OBJECT_HANDLE key, const struct cert *cert, struct op **ret_op)
{
    struct op *op = calloc(1, sizeof *op);
    CK_RV rv = CKR_OK;

    if (!op)
        return CKR_HOST_MEMORY;
    op->kind = kind;
    op->mech = mech;
    op->id = atomic_fetch_add(&last_id, 1) + 1;
    op->key = key;
    op->cert = cert;
    if (mech->hashes)
        rv = rv_from_crypt(digest_new(crypto, mech->digest, &op->digest));
    if (rv != CKR_OK) {
        op_free(op);
        return rv;
    }
    *ret_op = op;
    return CKR_OK;
}

void op_free(struct op *op)
{
    if (!op)
        return;
    pin_free(op->pin);
    digest_free(op->digest);
    explicit_bzero(op, sizeof *op);
    free(op);
}

size_t op_size(const struct op *op)
{
    if (op->kind == OP_DIGEST)
        return digest_size(op->mech->digest);
    return sigalg_signature_size(op->mech->alg, op->cert);
}

CK_RV op_update(struct op *op, const CK_BYTE *data, CK_ULONG len)
{
    if (op->digest)
        return rv_from_crypt(digest_update(op->digest, data, len));
    if (len > sizeof op->bytes - op->len)
        return CKR_DATA_LEN_RANGE;
    if (len > 0)
        memcpy(op->bytes + op->len, data, len);
    op->len += len;
    return CKR_OK;
}

static CK_RV raw_input(
    const struct op *op, uint8_t ret_input[OP_INPUT_MAX], size_t *ret_len)
{
    const struct sigalg *alg = op->mech->alg;

    if (op->len < alg->input_min || op->len > alg->input_max)
        return CKR_DATA_LEN_RANGE;
    memcpy(ret_input, op->bytes, op->len);
    *ret_len = op->len;
    return CKR_OK;
}

CK_RV op_input(struct op *op, uint8_t ret_input[OP_INPUT_MAX], size_t *ret_len)
{
    uint8_t hash[DIGEST_MAX];
    size_t hash_len = 0;
    enum crypt_err err;

    if (!op->digest)
        return raw_input(op, ret_input, ret_len);
    if (op->kind == OP_DIGEST)
        return rv_from_crypt(digest_final(op->digest, ret_input, ret_len));
    err = digest_final(op->digest, hash, &hash_len);
    if (err == CRYPT_OK)
        err = sigalg_input(op->mech->alg, op->mech->digest, hash, hash_len,
            ret_input, ret_len);
    explicit_bzero(hash, sizeof hash);
    return rv_from_crypt(err);
}

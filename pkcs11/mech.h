/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_MECH_H
#define PKCS11_MECH_H

#include <stdbool.h>
#include <stddef.h>
#include "crypto/digest.h"
#include "pkcs11/cryptoki.h"
#include "token/token.h"

/* A mechanism; the table in mech.c is the only place that knows one. */
struct mech {
    CK_MECHANISM_TYPE type;
    CK_FLAGS flags;
    CK_ULONG key_bits; /* least and greatest; 0 for a digest */
    bool hashes;       /* the input is digested by ALG */
    enum digest_alg alg;
    enum card_padding padding;   /* of a signature */
    size_t input_min, input_max; /* bytes, where the input is not digested */
};

/* True for a mechanism that only cards with RSASSA-PSS have. */
bool mech_is_pss(CK_MECHANISM_TYPE type);

/* C_GetMechanismList, by the two-call rule; with WITH_PSS as the card has it.
 */
CK_RV mech_list(bool with_pss, CK_MECHANISM_TYPE *list, CK_ULONG *count);

/* C_GetMechanismInfo: CKR_MECHANISM_INVALID. */
CK_RV mech_info(
    bool with_pss, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *ret_info);

/*
 * The row for MECHANISM, if it can do NEEDS (CKF_SIGN, CKF_VERIFY, CKF_DIGEST):
 * CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID.
 */
CK_RV mech_find(bool with_pss, const CK_MECHANISM *mechanism, CK_FLAGS needs,
    const struct mech **ret_mech);

#define MECH_OF_KEYS_MAX 8

/* The mechanisms of the card's keys; returns how many. */
size_t mech_of_keys(
    bool with_pss, CK_MECHANISM_TYPE ret_types[MECH_OF_KEYS_MAX]);

#endif

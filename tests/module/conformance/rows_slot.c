/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* Slot and token management (PKCS #11 5.5). */

#define SLOTS 2
#define MECHANISMS 13
#define MECHANISMS_NO_PSS 11

static bool gave_both_slots(struct fixture *f)
{
    CK_SLOT_ID ids[SLOTS];

    memcpy(ids, f->out, sizeof ids);
    return ids[0] == AUTH && ids[1] == SIGN;
}

static bool has_card(struct fixture *f)
{
    CK_SLOT_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.flags ==
           (CKF_HW_SLOT | CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT);
}

static bool has_no_card(struct fixture *f)
{
    CK_SLOT_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.flags == (CKF_HW_SLOT | CKF_REMOVABLE_DEVICE);
}

/* Mechanisms that no such card signs by (docs/design.md section 3). */
static bool lists_no_raw_rsa(struct fixture *f)
{
    CK_MECHANISM_TYPE types[MECHANISMS];
    size_t i;

    memcpy(types, f->out, sizeof types);
    for (i = 0; i < MECHANISMS; i++)
        if (types[i] == CKM_RSA_X_509)
            return false;
    return true;
}

static bool signs_and_verifies(struct fixture *f)
{
    CK_MECHANISM_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.flags == (CKF_HW | CKF_SIGN | CKF_VERIFY) &&
           info.ulMinKeySize == 2048 && info.ulMaxKeySize == 2048;
}

static bool digests(struct fixture *f)
{
    CK_MECHANISM_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.flags == CKF_DIGEST;
}

#define LIST(name, condition, what, state, ...) \
    ROW(name, condition, what, state, CKR_OK, __VA_ARGS__)

#define MECH_INFO(type, then_)                              \
    ROW(C_GetMechanismInfo, SUCCEEDS, #type, READY, CKR_OK, \
        WITH(NUM(1, type)), COSTS(ASKS), .then = (then_))
#define NO_MECH_INFO(type, state)                                              \
    ROW(C_GetMechanismInfo, BAD_ARGUMENT, #type, state, CKR_MECHANISM_INVALID, \
        WITH(NUM(1, type)), COSTS(ASKS))
/* A reader that has no card to ask, or none that is JPKI. */
#define NO_TOKEN(name)                                               \
    ROW(name, WRONG_STATE, "no card", EMPTY, CKR_TOKEN_NOT_PRESENT), \
        ROW(name, WRONG_STATE, "a foreign card", FOREIGN,            \
            CKR_TOKEN_NOT_RECOGNIZED, COSTS(ASKS)),                  \
        ROW(name, WRONG_STATE, "a card taken out", USER,             \
            CKR_TOKEN_NOT_PRESENT, FIRST(take_card_out))

static bool names_auth(struct fixture *f)
{
    return f->number == AUTH;
}

static const struct row rows[] = {
    ROW(C_GetSlotList, NULL_ILLEGAL, "no count", READY, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL))),
    ROW(C_GetSlotList, NULL_ILLEGAL, "neither list nor count", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL), SET(2, NIL))),
    LIST(C_GetSlotList, NULL_LEGAL, "no list, and some count", READY,
        WITH(SET(1, NIL)), ROOM(1), GIVES(SLOTS)),
    LIST(C_GetSlotList, SIZE_QUERY, "all slots", READY, WITH(SET(1, NIL)),
        ROOM(0), GIVES(SLOTS)),
    LIST(C_GetSlotList, SIZE_QUERY, "slots with a token", READY,
        WITH(NUM(0, CK_TRUE), SET(1, NIL)), ROOM(0), GIVES(SLOTS)),
    LIST(C_GetSlotList, SIZE_QUERY, "all slots, no card", EMPTY,
        WITH(SET(1, NIL)), ROOM(0), GIVES(SLOTS)),
    LIST(C_GetSlotList, SIZE_QUERY, "slots with a token, no card", EMPTY,
        WITH(NUM(0, CK_TRUE), SET(1, NIL)), ROOM(7), GIVES(0)),
    LIST(C_GetSlotList, SIZE_QUERY, "slots shown", HIDDEN, WITH(SET(1, NIL)),
        ROOM(7), GIVES(1)),
    ROW(C_GetSlotList, TOO_SMALL, "one short", READY, CKR_BUFFER_TOO_SMALL,
        ROOM(1), GIVES(SLOTS)),
    ROW(C_GetSlotList, TOO_SMALL, "none", READY, CKR_BUFFER_TOO_SMALL, ROOM(0),
        GIVES(SLOTS)),
    LIST(C_GetSlotList, EXACT, "both", READY, ROOM(SLOTS), GIVES(SLOTS),
        .then = gave_both_slots),
    LIST(C_GetSlotList, EXACT, "none, no card", EMPTY, WITH(NUM(0, CK_TRUE)),
        ROOM(0), GIVES(0)),
    LIST(C_GetSlotList, OVERSIZE, "one more", READY, ROOM(SLOTS + 1),
        GIVES(SLOTS), .then = gave_both_slots),
    LIST(C_GetSlotList, OVERSIZE, "many more", USER, ROOM(100), GIVES(SLOTS),
        .then = gave_both_slots),
    LIST(C_GetSlotList, SUCCEEDS, "with a token", READY, WITH(NUM(0, CK_TRUE)),
        GIVES(SLOTS), .then = gave_both_slots),
    LIST(C_GetSlotList, SUCCEEDS, "with a token not recognised", FOREIGN,
        WITH(NUM(0, CK_TRUE)), GIVES(SLOTS)),

    ROW(C_GetSlotInfo, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    ROW(C_GetSlotInfo, NULL_ILLEGAL, "nor a card", EMPTY, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    ROW(C_GetSlotInfo, BAD_SLOT, "nowhere to write either", READY,
        CKR_SLOT_ID_INVALID, WITH(NUM(0, 2), SET(1, NIL))),
    LIST(C_GetSlotInfo, SUCCEEDS, "auth", READY, .then = has_card),
    LIST(C_GetSlotInfo, SUCCEEDS, "sign", READY, WITH(NUM(0, SIGN)),
        .then = has_card),
    LIST(C_GetSlotInfo, SUCCEEDS, "no card", EMPTY, .then = has_no_card),
    LIST(C_GetSlotInfo, SUCCEEDS, "a foreign card", FOREIGN, .then = has_card),

    ROW(C_GetTokenInfo, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    ROW(C_GetTokenInfo, NULL_ILLEGAL, "nor a card", EMPTY, CKR_ARGUMENTS_BAD,
        WITH(SET(1, NIL))),
    ROW(C_GetTokenInfo, BAD_SLOT, "nowhere to write either", READY,
        CKR_SLOT_ID_INVALID, WITH(NUM(0, 2), SET(1, NIL))),
    NO_TOKEN(C_GetTokenInfo),
    LIST(C_GetTokenInfo, SUCCEEDS, "auth", READY, COSTS(ASKS)),
    LIST(C_GetTokenInfo, SUCCEEDS, "sign", READY, WITH(NUM(0, SIGN)),
        COSTS(ASKS)),
    LIST(C_GetTokenInfo, SUCCEEDS, "no certificate issued", NOT_ISSUED,
        COSTS(ASKS)),

    ROW(C_WaitForSlotEvent, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL))),
    ROW(C_WaitForSlotEvent, NULL_ILLEGAL, "nor to write to while waiting",
        READY, CKR_ARGUMENTS_BAD, WITH(NUM(0, 0), SET(1, NIL))),
    ROW(C_WaitForSlotEvent, NULL_LEGAL, "nothing reserved, nothing happened",
        READY, CKR_NO_EVENT),
    ROW(C_WaitForSlotEvent, BAD_ARGUMENT, "something reserved", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(2, SOMETHING))),
    ROW(C_WaitForSlotEvent, SUCCEEDS, "a card came out", READY, CKR_OK,
        FIRST(take_card_out), .then = names_auth),
    ROW(C_WaitForSlotEvent, SUCCEEDS, "a card came out, blocking", READY,
        CKR_OK, WITH(NUM(0, 0)), FIRST(take_card_out), .then = names_auth),
    ROW(C_WaitForSlotEvent, SUCCEEDS, "a card was put in", EMPTY, CKR_OK,
        FIRST(put_card_back), .then = names_auth),

    ROW(C_GetMechanismList, NULL_ILLEGAL, "no count", READY, CKR_ARGUMENTS_BAD,
        WITH(SET(2, NIL)), COSTS(ASKS)),
    ROW(C_GetMechanismList, NULL_ILLEGAL, "neither list nor count", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(1, NIL), SET(2, NIL)), COSTS(ASKS)),
    ROW(C_GetMechanismList, NULL_ILLEGAL, "nor a card", EMPTY,
        CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    LIST(C_GetMechanismList, NULL_LEGAL, "no list, and some count", READY,
        WITH(SET(1, NIL)), ROOM(3), GIVES(MECHANISMS), COSTS(ASKS)),
    ROW(C_GetMechanismList, BAD_SLOT, "nor a count", READY, CKR_SLOT_ID_INVALID,
        WITH(NUM(0, 2), SET(2, NIL))),
    LIST(C_GetMechanismList, SIZE_QUERY, "auth", READY, WITH(SET(1, NIL)),
        ROOM(0), GIVES(MECHANISMS), COSTS(ASKS)),
    LIST(C_GetMechanismList, SIZE_QUERY, "sign", READY,
        WITH(NUM(0, SIGN), SET(1, NIL)), ROOM(0), GIVES(MECHANISMS),
        COSTS(ASKS)),
    LIST(C_GetMechanismList, SIZE_QUERY, "a card without RSA-PSS", NO_PSS,
        WITH(SET(1, NIL)), ROOM(0), GIVES(MECHANISMS_NO_PSS), COSTS(ASKS)),
    ROW(C_GetMechanismList, TOO_SMALL, "one short", READY, CKR_BUFFER_TOO_SMALL,
        ROOM(MECHANISMS - 1), GIVES(MECHANISMS), COSTS(ASKS)),
    ROW(C_GetMechanismList, TOO_SMALL, "none", READY, CKR_BUFFER_TOO_SMALL,
        ROOM(0), GIVES(MECHANISMS), COSTS(ASKS)),
    LIST(C_GetMechanismList, EXACT, "all", READY, ROOM(MECHANISMS),
        GIVES(MECHANISMS), COSTS(ASKS), .then = lists_no_raw_rsa),
    LIST(C_GetMechanismList, EXACT, "a card without RSA-PSS", NO_PSS,
        ROOM(MECHANISMS_NO_PSS), GIVES(MECHANISMS_NO_PSS), COSTS(ASKS)),
    LIST(C_GetMechanismList, OVERSIZE, "one more", READY, ROOM(MECHANISMS + 1),
        GIVES(MECHANISMS), COSTS(ASKS)),
    LIST(C_GetMechanismList, OVERSIZE, "many more", READY, ROOM(100),
        GIVES(MECHANISMS), COSTS(ASKS)),
    NO_TOKEN(C_GetMechanismList),
    LIST(C_GetMechanismList, SUCCEEDS, "in a session", USER, GIVES(MECHANISMS),
        COSTS(ASKS)),

    ROW(C_GetMechanismInfo, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(2, NIL)), COSTS(ASKS)),
    ROW(C_GetMechanismInfo, NULL_ILLEGAL, "nor a card", EMPTY,
        CKR_ARGUMENTS_BAD, WITH(SET(2, NIL))),
    ROW(C_GetMechanismInfo, BAD_SLOT, "nowhere to write either", READY,
        CKR_SLOT_ID_INVALID, WITH(NUM(0, 2), SET(2, NIL))),
    NO_TOKEN(C_GetMechanismInfo),
    NO_MECH_INFO(CKM_RSA_X_509, READY),
    NO_MECH_INFO(CKM_RSA_PKCS_KEY_PAIR_GEN, READY),
    NO_MECH_INFO(CKM_RSA_PKCS_OAEP, READY),
    NO_MECH_INFO(CKM_SHA1_RSA_PKCS_PSS, READY),
    NO_MECH_INFO(CKM_SHA384_RSA_PKCS_PSS, READY),
    NO_MECH_INFO(CKM_MD5, READY),
    NO_MECH_INFO(CKM_ECDSA, READY),
    NO_MECH_INFO(CKM_VENDOR_DEFINED, READY),
    NO_MECH_INFO(~0UL, READY),
    NO_MECH_INFO(CKM_RSA_PKCS_PSS, NO_PSS),
    NO_MECH_INFO(CKM_SHA256_RSA_PKCS_PSS, NO_PSS),
    MECH_INFO(CKM_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_SHA1_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_SHA224_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_SHA256_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_SHA384_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_SHA512_RSA_PKCS, signs_and_verifies),
    MECH_INFO(CKM_RSA_PKCS_PSS, signs_and_verifies),
    MECH_INFO(CKM_SHA256_RSA_PKCS_PSS, signs_and_verifies),
    MECH_INFO(CKM_SHA_1, digests),
    MECH_INFO(CKM_SHA224, digests),
    MECH_INFO(CKM_SHA256, digests),
    MECH_INFO(CKM_SHA384, digests),
    MECH_INFO(CKM_SHA512, digests),
};

const struct rows rows_slot = ROWS(rows);

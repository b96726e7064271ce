/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object_kind.h"

#include "token/certificates.h"

static bool has_cert(const struct slot *slot)
{
    return slot_key(slot)->cert.cert != NULL;
}

static TOKEN_LOCKED bool has_key(const struct slot *slot)
{
    return token_has_key(slot->token, slot->role->id);
}

static bool has_ca(const struct slot *slot)
{
    return slot_key(slot)->ca.cert != NULL &&
           certificates_shows_ca(slot->token, slot->role->id);
}

/*
 * NSS lists certificates without a log-in where it finds this. On the sign slot
 * it is not true, and there to keep browsers from asking for the signing PIN
 * before a person has anything to sign (docs/design.md section 3).
 */
static TOKEN_LOCKED bool has_profile(const struct slot *slot)
{
    if (slot->role->cert_private)
        return slot->token->context->conf.sign_profile;
    return !token_cert_is_private(slot->token, slot->role->id);
}

/* Of the module, so of every token (PKCS #11 Profiles 3.0). */
static bool has_baseline_profile(const struct slot *slot)
{
    (void)slot;
    return true;
}

static bool has_status(const struct slot *slot)
{
    return slot->status[0] != '\0';
}

/* When an object of each kind exists, and whether it is private. */
static const struct {
    CK_OBJECT_CLASS class;
    bool (*exists)(const struct slot *slot);
    bool always_private; /* even where the certificate is free to read */
    bool always_public;  /* even where it is not */
} kinds[OBJECT_KINDS] = {
    [OBJECT_CERTIFICATE] = {CKO_CERTIFICATE, has_cert, false, false},
    [OBJECT_PUBLIC_KEY] = {CKO_PUBLIC_KEY, has_key, false, false},
    [OBJECT_PRIVATE_KEY] = {CKO_PRIVATE_KEY, has_key, true, false},
    [OBJECT_CA_CERTIFICATE] = {CKO_CERTIFICATE, has_ca, false, false},
    [OBJECT_PROFILE] = {CKO_PROFILE, has_profile, false, true},
    [OBJECT_BASELINE_PROFILE] = {CKO_PROFILE, has_baseline_profile, false,
        true},
    [OBJECT_STATUS] = {CKO_DATA, has_status, false, true},
};

CK_OBJECT_CLASS object_class(enum object_kind kind)
{
    return kinds[kind].class;
}

bool object_is_key(enum object_kind kind)
{
    return kind == OBJECT_PUBLIC_KEY || kind == OBJECT_PRIVATE_KEY;
}

bool object_kind_exists(const struct slot *slot, enum object_kind kind)
{
    return kinds[kind].exists(slot);
}

bool object_is_private(const struct slot *slot, enum object_kind kind)
{
    if (kinds[kind].always_public)
        return false;
    return kinds[kind].always_private ||
           token_cert_is_private(slot->token, slot->role->id);
}

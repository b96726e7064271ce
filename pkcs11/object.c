/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/object.h"

#include <string.h>

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

static const struct object_info kinds[OBJECT_KINDS] = {
    [OBJECT_CERTIFICATE] = {CKO_CERTIFICATE, "certificate", has_cert, false,
        false},
    [OBJECT_PUBLIC_KEY] = {CKO_PUBLIC_KEY, "public-key", has_key, false, false},
    [OBJECT_PRIVATE_KEY] = {CKO_PRIVATE_KEY, "private-key", has_key, true,
        false},
    [OBJECT_CA_CERTIFICATE] = {CKO_CERTIFICATE, "ca-certificate", has_ca, false,
        false},
    [OBJECT_PROFILE] = {CKO_PROFILE, "public-certificates-profile", has_profile,
        false, true},
    [OBJECT_BASELINE_PROFILE] = {CKO_PROFILE, "baseline-profile",
        has_baseline_profile, false, true},
    [OBJECT_STATUS] = {CKO_DATA, "status", has_status, false, true},
};

const struct object_info *object_info(enum object_kind kind)
{
    return &kinds[kind];
}

bool object_is_private(const struct slot *slot, enum object_kind kind)
{
    if (kinds[kind].is_of_token)
        return false;
    return kinds[kind].always_private ||
           token_cert_is_private(slot->token, slot->role->id);
}

static TOKEN_LOCKED bool is_visible(
    const struct slot *slot, enum object_kind kind)
{
    if (slot->token->recognised != TOKEN_JPKI || !kinds[kind].exists(slot))
        return false;
    return slot_key(slot)->logged_in || !object_is_private(slot, kind);
}

const struct cert *object_cert(const struct slot *slot, enum object_kind kind)
{
    const struct token_key *key = slot_key(slot);

    return kind == OBJECT_CA_CERTIFICATE ? key->ca.cert : key->cert.cert;
}

_Static_assert(TOKEN_SERIAL_DIGITS == OBJECT_ID_SIZE,
    "a serial number is the id of a token's own objects");

const void *object_id(const struct slot *slot, enum object_kind kind)
{
    size_t len;

    if (kinds[kind].is_of_token)
        return slot->token->serial;
    return cert_field(object_cert(slot, kind), CERT_SHA256, &len);
}

/* The handle that the object had, or a new one; it is the first known then. */
static TOKEN_LOCKED CK_OBJECT_HANDLE find_handle(
    struct slot *slot, enum object_kind kind)
{
    struct known_object *known = slot->known[kind], first = {0};
    size_t i = 0;

    memcpy(first.id, object_id(slot, kind), sizeof first.id);
    while (i < CARDS_KNOWN - 1 &&
           memcmp(known[i].id, first.id, sizeof first.id) != 0)
        i++;
    if (memcmp(known[i].id, first.id, sizeof first.id) == 0)
        first.handle = known[i].handle;
    if (first.handle == CK_INVALID_HANDLE)
        first.handle = handle_new(slot->reader->index);
    memmove(known + 1, known, i * sizeof *known);
    known[0] = first;
    return first.handle;
}

void object_refresh(struct slot *slot)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++) {
        CK_OBJECT_HANDLE *handle = &slot->objects[kind];
        if (!is_visible(slot, (enum object_kind)kind))
            *handle = CK_INVALID_HANDLE;
        else if (*handle == CK_INVALID_HANDLE)
            *handle = find_handle(slot, (enum object_kind)kind);
    }
}

void object_hide_private(struct slot *slot)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++)
        if (object_is_private(slot, (enum object_kind)kind))
            slot->objects[kind] = CK_INVALID_HANDLE;
}

void object_forget_private(struct slot *slot)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++)
        if (slot->objects[kind] != CK_INVALID_HANDLE &&
            object_is_private(slot, (enum object_kind)kind))
            slot->known[kind][0].handle = CK_INVALID_HANDLE;
}

bool object_find(const struct slot *slot, CK_OBJECT_HANDLE handle,
    enum object_kind *ret_kind)
{
    int kind;

    for (kind = 0; kind < OBJECT_KINDS; kind++) {
        if (handle != CK_INVALID_HANDLE && slot->objects[kind] == handle) {
            *ret_kind = (enum object_kind)kind;
            return true;
        }
    }
    return false;
}

bool object_is_key(enum object_kind kind)
{
    return kind == OBJECT_PUBLIC_KEY || kind == OBJECT_PRIVATE_KEY;
}

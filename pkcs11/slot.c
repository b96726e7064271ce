/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/slot.h"

#include <string.h>

#include "conf/log.h"
#include "pkcs11/mech.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "pkcs11/reader.h"
#include "pkcs11/reader_name.h"
#include "pkcs11/session.h"

CK_SLOT_ID slot_id_at(size_t reader, enum jpki_role_id role)
{
    return reader * JPKI_ROLES + role;
}

CK_SLOT_ID slot_id(const struct slot *slot)
{
    return slot_id_at(slot->reader->index, slot->role->id);
}

bool slot_is_shown(enum jpki_role_id role)
{
    static const enum conf_show alone[JPKI_ROLES] = {
        [JPKI_AUTH] = CONF_SHOW_AUTH,
        [JPKI_SIGN] = CONF_SHOW_SIGN,
    };
    enum conf_show show = module_conf()->show;

    return show == CONF_SHOW_BOTH || show == alone[role];
}

void slot_init(struct slot *slot, struct reader *reader, enum jpki_role_id role)
{
    memset(slot, 0, sizeof *slot);
    slot->reader = reader;
    slot->role = jpki_role(role);
}

/*
 * Reader and role are left alone: they never change, and are read while the
 * card is busy and the lock is let go.
 */
void slot_forget_card(struct slot *slot)
{
    slot_log_out(slot);
    cert_free(slot->cert);
    cert_free(slot->ca);
    slot->cert = slot->ca = NULL;
    slot->no_cert = slot->no_ca = false;
    slot->unreadable = slot->ca_unreadable = false;
    memset(&slot->verdict, 0, sizeof slot->verdict);
    pin_wipe(slot->status, sizeof slot->status);
    memset(slot->objects, 0, sizeof slot->objects);
    memset(&slot->tries, 0, sizeof slot->tries);
}

struct pin_place slot_pin_place(const struct slot *slot)
{
    const struct reader *reader = slot->reader;
    struct pin_place place = {.slot = (unsigned)slot_id(slot),
        .insertion = (uint16_t)reader->insertion};

    memcpy(place.serial, reader->serial, sizeof place.serial);
    return place;
}

bool slot_is_issued(const struct slot *slot)
{
    return slot->reader->facts.issued[slot->role->id] && !slot->no_cert;
}

bool slot_cert_is_private(const struct slot *slot)
{
    const struct jpki_kind *kind = slot->reader->facts.kind;

    return slot->role->cert_private || (kind && kind->cert_needs_pin);
}

bool slot_has_key(const struct slot *slot)
{
    return slot->cert && sigalg_of(slot->cert);
}

bool slot_can_sign(const struct slot *slot)
{
    return slot->cert && mech_card_signs(slot->cert);
}

void slot_note_tries(struct slot *slot, const struct tries *tries)
{
    if (!tries->known)
        return;
    slot->tries = *tries;
    clock_gettime(CLOCK_MONOTONIC, &slot->tries_at);
}

bool slot_shows_ca(const struct slot *slot)
{
    enum conf_ca_certificates shown = module_conf()->ca_certificates;

    /* With one more certificate in the first slot ssh would see one more key.
     */
    return shown == CONF_CA_BOTH ||
           (shown == CONF_CA_SIGN && slot->role->id == JPKI_SIGN);
}

/* True when what the card holds beside the PIN may be shown now. */
static bool shows_certs(const struct slot *slot)
{
    return slot->reader->recognised == CARD_JPKI && slot_is_issued(slot) &&
           (slot->logged_in || !slot_cert_is_private(slot));
}

bool slot_wants_cert(const struct slot *slot)
{
    return shows_certs(slot) && !slot->cert;
}

bool slot_wants_ca(const struct slot *slot)
{
    return shows_certs(slot) &&
           (slot_shows_ca(slot) || verdict_is_needed(slot)) && !slot->ca &&
           !slot->no_ca;
}

/* Parses what was read; it is not there, or not a certificate. */
static enum crypt_err take(const struct slot *slot, const char *what,
    struct jpki_cert *read, struct cert **ret_cert, bool *ret_none,
    bool *ret_unreadable)
{
    enum crypt_err err = CRYPT_MALFORMED;

    if (read->state == JPKI_CERT_ABSENT)
        *ret_none = true;
    if (read->state == JPKI_CERT_WHOLE && !*ret_cert)
        err = cert_parse(module_crypto(), read->bytes, read->len, ret_cert);
    else if (read->state != JPKI_CERT_BAD)
        return CRYPT_OK;
    if (err == CRYPT_OK) {
        jpki_cert_taken(read);
        log_info(
            "%s: %s %s", slot->reader->name, what, cert_serial_text(*ret_cert));
    } else if (!*ret_unreadable) {
        log_warn("%s: %s cannot be read", slot->reader->name, what);
    }
    *ret_unreadable = err != CRYPT_OK;
    return err == CRYPT_NOMEM ? err : CRYPT_OK;
}

enum crypt_err slot_take_cert(struct slot *slot, struct jpki_cert *cert)
{
    enum crypt_err err = take(slot, slot->role->object_label, cert, &slot->cert,
        &slot->no_cert, &slot->unreadable);

    object_refresh(slot);
    return err;
}

enum crypt_err slot_take_ca(struct slot *slot, struct jpki_cert *cert)
{
    enum crypt_err err = take(slot, slot->role->ca_label, cert, &slot->ca,
        &slot->no_ca, &slot->ca_unreadable);

    object_refresh(slot);
    return err;
}

void slot_log_in(struct slot *slot, struct pin *pin)
{
    slot->logged_in = true;
    slot->pin = pin;
    object_refresh(slot);
}

void slot_log_out(struct slot *slot)
{
    pin_free(slot->pin);
    slot->pin = NULL;
    slot->logged_in = false;
    object_refresh(slot);
    session_drop_private(slot);
}

void slot_info(const struct slot *slot, CK_SLOT_INFO *ret_info)
{
    const char *name = slot->reader->name;

    memset(ret_info, 0, sizeof *ret_info);
    reader_name_describe(name, slot->role, ret_info->slotDescription);
    reader_name_manufacturer(name, ret_info->manufacturerID);
    ret_info->flags = CKF_HW_SLOT | CKF_REMOVABLE_DEVICE;
    if (slot->reader->present)
        ret_info->flags |= CKF_TOKEN_PRESENT;
}

/* The flags that tell of the PIN (PKCS #11 3.2, CK_TOKEN_INFO). */
static CK_FLAGS pin_flags(const struct slot *slot)
{
    CK_FLAGS flags = 0;

    if (!slot_is_issued(slot))
        return 0;
    flags = CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    if (!slot->tries.known)
        return flags;
    if (slot->tries.locked)
        return flags | CKF_USER_PIN_LOCKED;
    if (slot->tries.left < slot->role->tries)
        flags |= CKF_USER_PIN_COUNT_LOW;
    if (slot->tries.left == 1)
        flags |= CKF_USER_PIN_FINAL_TRY;
    return flags;
}

void slot_token_info(const struct slot *slot, CK_TOKEN_INFO *ret_info)
{
    const struct reader *reader = slot->reader;
    CK_TOKEN_INFO info;

    memset(&info, 0, sizeof info);
    out_text(info.label, sizeof info.label, slot->role->token_label);
    out_text(info.manufacturerID, sizeof info.manufacturerID, "J-LIS");
    out_text(info.model, sizeof info.model, reader->facts.kind->model);
    memcpy(info.serialNumber, reader->serial, sizeof info.serialNumber);
    info.flags = CKF_TOKEN_INITIALIZED | pin_flags(slot);
    info.ulMaxSessionCount = CK_EFFECTIVELY_INFINITE;
    info.ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
    session_count(slot, &info.ulSessionCount, &info.ulRwSessionCount);
    info.ulMinPinLen = slot->role->pin_min;
    info.ulMaxPinLen = slot->role->pin_max;
    info.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION;
    info.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    memset(info.utcTime, ' ', sizeof info.utcTime);
    *ret_info = info;
}

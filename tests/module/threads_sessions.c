/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/threads.h"

/* What workers do with sessions: log in, search, sign, change PINs. */

static int role_of(const struct worker_slot *slot)
{
    return (int)(slot->id % 2);
}

/* True when SESSION is gone, or the module was finalised: so is all of SLOT. */
static bool is_lost(struct worker_slot *slot, CK_RV rv)
{
    if (rv != CKR_SESSION_HANDLE_INVALID && rv != CKR_CRYPTOKI_NOT_INITIALIZED)
        return false;
    worker_slot_reset(slot);
    return true;
}

/*
 * Which card lies in the reader. It may have been exchanged since the session
 * was opened; but then that has ended, and takes no PIN.
 */
static void recognise(struct worker *worker, struct worker_slot *slot)
{
    CK_TOKEN_INFO info;
    int i;

    if (ASK(worker, C_GetTokenInfo, slot->id, &info) != CKR_OK)
        return;
    for (i = 0; i < PERSONS; i++)
        if (memcmp(info.serialNumber, threads.persons[i].serial,
                sizeof info.serialNumber) == 0)
            slot->card = i;
    if (slot->card < 0)
        complain("slot %lu has a card that nobody put in", slot->id);
}

static void open_slot(struct worker *worker, struct worker_slot *slot)
{
    CK_FLAGS rw = worker_chance(worker, 30) ? CKF_RW_SESSION : 0;
    CK_SESSION_HANDLE none = 0;

    if (slot->session) {
        if (slot->card < 0)
            recognise(worker, slot);
        return;
    }
    if (ASK(worker, C_OpenSession, slot->id, CKF_SERIAL_SESSION | rw, NULL,
            NULL, &slot->session) != CKR_OK)
        return;
    slot->rw = rw;
    if (threads.mix->happenings & SHARING)
        atomic_compare_exchange_strong(
            &threads.shared[slot->id], &none, slot->session);
    recognise(worker, slot);
}

static void close_slot(struct worker *worker, struct worker_slot *slot)
{
    if (slot->session && !(threads.mix->happenings & SHARING)) {
        (void)ASK(worker, C_CloseSession, slot->session);
        worker_slot_reset(slot);
    }
}

/* The session to log in and sign with. */
static CK_SESSION_HANDLE session_of(const struct worker_slot *slot)
{
    if (threads.mix->happenings & SHARING)
        return atomic_load(&threads.shared[slot->id]);
    return slot->session;
}

/* More than the exchanges of a card in two seconds. */
#define TYPED_MAX 8

/*
 * Types the right PIN of the card in SLOT, for USER: again where it seems that
 * of another card.
 */
static CK_RV type_pin(
    struct worker *worker, struct worker_slot *slot, CK_USER_TYPE user)
{
    const struct person *person = &threads.persons[slot->card];
    CK_UTF8CHAR copy[17];
    const char *pin;
    CK_RV rv = CKR_PIN_INCORRECT;
    int i;

    pthread_rwlock_rdlock(&threads.pin_locks[slot->id]);
    pin = threads.changed[slot->id] ? person->other_pins[role_of(slot)]
                                    : person->pins[role_of(slot)];
    memcpy(copy, pin, strlen(pin) + 1);
    for (i = 0; i < TYPED_MAX && rv == CKR_PIN_INCORRECT; i++)
        rv = ASK(worker, C_Login, session_of(slot), user, copy, strlen(pin));
    pthread_rwlock_unlock(&threads.pin_locks[slot->id]);
    if (rv == CKR_PIN_INCORRECT)
        complain("slot %lu: a right PIN was refused", slot->id);
    return rv;
}

static void log_in(struct worker *worker, struct worker_slot *slot)
{
    CK_RV rv;

    open_slot(worker, slot);
    if (!slot->session || slot->card < 0)
        return;
    rv = type_pin(worker, slot, CKU_USER);
    if (rv == CKR_OK)
        count(&threads.logins);
    (void)is_lost(slot, rv);
}

static void log_out(struct worker *worker, struct worker_slot *slot)
{
    if (!slot->session)
        return;
    if (!is_lost(slot, ASK(worker, C_Logout, session_of(slot))))
        slot->key = 0;
}

/* The first object that matches TEMPL; 0 for none. */
static CK_OBJECT_HANDLE find(struct worker *worker, struct worker_slot *slot,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_OBJECT_HANDLE found[8] = {0};
    CK_ULONG got = 0;
    CK_RV rv = ASK(worker, C_FindObjectsInit, slot->session, templ, count);

    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjects, slot->session, found, 8, &got);
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjectsFinal, slot->session);
    return is_lost(slot, rv) || got == 0 ? 0 : found[0];
}

static CK_OBJECT_HANDLE find_class(
    struct worker *worker, struct worker_slot *slot, CK_OBJECT_CLASS class)
{
    CK_ULONG token_user = 1;
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_CERTIFICATE_CATEGORY, &token_user, sizeof token_user},
    };

    return find(worker, slot, templ, class == CKO_CERTIFICATE ? 2 : 1);
}

/* Reads the certificate of the card that the session was opened on. */
static void read_cert(struct worker *worker, struct worker_slot *slot)
{
    CK_ATTRIBUTE value = {CKA_VALUE, slot->cert, sizeof slot->cert};
    CK_OBJECT_HANDLE cert = find_class(worker, slot, CKO_CERTIFICATE);
    CK_RV rv;

    if (!cert)
        return;
    rv = ASK(worker, C_GetAttributeValue, slot->session, cert, &value, 1);
    if (rv == CKR_OK)
        slot->cert_len = value.ulValueLen;
    (void)is_lost(slot, rv);
}

/* True once all is there that a signature takes. */
static bool is_ready(struct worker *worker, struct worker_slot *slot)
{
    if (!slot->session || slot->card < 0 || !slot->key)
        log_in(worker, slot);
    if (slot->session && !slot->cert_len)
        read_cert(worker, slot);
    if (slot->session && !slot->key)
        slot->key = find_class(worker, slot, CKO_PRIVATE_KEY);
    return slot->card >= 0 && slot->key && slot->cert_len;
}

static const struct {
    CK_MECHANISM_TYPE type;
    const char *hash;
    bool pss;
} mechanisms[] = {
    {CKM_SHA256_RSA_PKCS, "SHA256", false},
    {CKM_SHA384_RSA_PKCS, "SHA384", false},
    {CKM_RSA_PKCS, NULL, false},
    {CKM_SHA256_RSA_PKCS_PSS, "SHA256", true},
};

static CK_RV start_signature(
    struct worker *worker, struct worker_slot *slot, size_t kind)
{
    CK_RSA_PKCS_PSS_PARAMS params = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {mechanisms[kind].type, NULL, 0};
    CK_RV rv;

    if (mechanisms[kind].pss) {
        mechanism.pParameter = &params;
        mechanism.ulParameterLen = sizeof params;
    }
    rv = ASK(worker, C_SignInit, session_of(slot), &mechanism, slot->key);
    if (rv == CKR_KEY_HANDLE_INVALID)
        slot->key = 0;
    return rv;
}

#define DATA_MAX 64

static CK_RV make_signature(struct worker *worker, struct worker_slot *slot,
    bool in_parts, CK_BYTE *data, CK_ULONG len, uint8_t ret_sig[SIGNATURE_SIZE])
{
    CK_SESSION_HANDLE session = session_of(slot);
    CK_ULONG sig_len = SIGNATURE_SIZE;
    CK_RV rv;

    if (!in_parts)
        return ASK(worker, C_Sign, session, data, len, ret_sig, &sig_len);
    rv = ASK(worker, C_SignUpdate, session, data, len / 2);
    if (rv == CKR_OK)
        rv = ASK(worker, C_SignUpdate, session, data + len / 2, len - len / 2);
    return rv == CKR_OK ? ASK(worker, C_SignFinal, session, ret_sig, &sig_len)
                        : rv;
}

/* Counts what verifies under the session's certificate, and nothing else. */
static void judge(const struct worker_slot *slot, size_t kind,
    const CK_BYTE *data, CK_ULONG len, const uint8_t *sig)
{
    bool good =
        mechanisms[kind].pss
            ? openssl_verifies_pss(
                  slot->cert, slot->cert_len, data, len, sig, SIGNATURE_SIZE)
            : openssl_verifies(slot->cert, slot->cert_len,
                  mechanisms[kind].hash, data, len, sig, SIGNATURE_SIZE);

    if (good)
        count(&threads.signatures);
    else
        complain("a signature of slot %lu does not verify", slot->id);
}

static void sign(struct worker *worker, struct worker_slot *slot)
{
    bool sharing = threads.mix->happenings & SHARING;
    size_t kind = sharing ? 0 : worker_below(worker, 4);
    CK_BYTE data[DATA_MAX];
    CK_ULONG len = 1 + worker_below(worker, DATA_MAX), i;
    uint8_t sig[SIGNATURE_SIZE];
    CK_RV rv;

    if (!is_ready(worker, slot))
        return;
    for (i = 0; i < len; i++)
        data[i] = (CK_BYTE)worker_below(worker, 256);
    rv = start_signature(worker, slot, kind);
    if (rv == CKR_OK && role_of(slot) == SIGN && worker_chance(worker, 40))
        rv = type_pin(worker, slot, CKU_CONTEXT_SPECIFIC);
    if (rv == CKR_OK || rv == CKR_OPERATION_ACTIVE)
        rv = make_signature(worker, slot, !sharing && worker_chance(worker, 30),
            data, len, sig);
    if (is_lost(slot, rv))
        return;
    if (rv == CKR_OK)
        judge(slot, kind, data, len, sig);
    else
        slot->key = 0;
    if (rv != CKR_OK && !sharing)
        (void)is_lost(slot, ASK(worker, C_SignInit, slot->session, NULL, 0));
}

/* All objects and some attributes of them, as a program shows them. */
static void search_all(struct worker *worker, struct worker_slot *slot)
{
    CK_BYTE id[64], label[64], value[CERT_MAX];
    CK_ATTRIBUTE templ[] = {{CKA_ID, id, sizeof id},
        {CKA_LABEL, label, sizeof label}, {CKA_VALUE, value, sizeof value}};
    CK_OBJECT_HANDLE found[16];
    CK_ULONG got = 0, i;
    CK_RV rv;

    open_slot(worker, slot);
    if (!slot->session)
        return;
    rv = ASK(worker, C_FindObjectsInit, slot->session, NULL, 0);
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjects, slot->session, found, 16, &got);
    for (i = 0; i < got; i++) {
        templ[0].ulValueLen = sizeof id;
        templ[1].ulValueLen = sizeof label;
        templ[2].ulValueLen = sizeof value;
        (void)ASK(
            worker, C_GetAttributeValue, slot->session, found[i], templ, 3);
    }
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjectsFinal, slot->session);
    (void)is_lost(slot, rv);
}

/* A session's card is one card: its certificate stays what it was. */
static void read_cert_again(struct worker *worker, struct worker_slot *slot)
{
    uint8_t before[CERT_MAX];
    size_t len = slot->cert_len;

    open_slot(worker, slot);
    if (!slot->session)
        return;
    memcpy(before, slot->cert, sizeof before);
    slot->cert_len = 0;
    read_cert(worker, slot);
    if (len && slot->cert_len &&
        (len != slot->cert_len || memcmp(before, slot->cert, len) != 0))
        complain("slot %lu has another certificate", slot->id);
}

/* From one PIN to the other and back, each time by the right old one. */
static void change_pin(struct worker *worker, struct worker_slot *slot)
{
    const int role = role_of(slot);
    const struct person *person;
    CK_UTF8CHAR from[17], to[17];
    const char *pins[2];
    CK_RV rv;

    open_slot(worker, slot);
    if (!slot->session || !slot->rw || slot->card < 0)
        return;
    person = &threads.persons[slot->card];
    pthread_rwlock_wrlock(&threads.pin_locks[slot->id]);
    pins[0] = person->pins[role];
    pins[1] = person->other_pins[role];
    strcpy((char *)from, pins[threads.changed[slot->id]]);
    strcpy((char *)to, pins[!threads.changed[slot->id]]);
    rv = ASK(worker, C_SetPIN, slot->session, from, strlen((const char *)from),
        to, strlen((const char *)to));
    if (rv == CKR_OK) {
        threads.changed[slot->id] = !threads.changed[slot->id];
        count(&threads.pin_changes);
    }
    pthread_rwlock_unlock(&threads.pin_locks[slot->id]);
    (void)is_lost(slot, rv);
}

/*
 * A PIN that is wrong, and never the same, on the first slot; then the right
 * one, so that no two in a row are wrong.
 */
static void mistake(struct worker *worker, struct worker_slot *slot)
{
    CK_UTF8CHAR wrong[5];
    CK_RV rv;

    slot = &worker->slots[0];
    open_slot(worker, slot);
    if (!slot->session || counted(&threads.mistakes) > 900)
        return;
    (void)snprintf(
        (char *)wrong, sizeof wrong, "9%03lu", counted(&threads.mistakes));
    rv = ASK(worker, C_Login, slot->session, CKU_USER, wrong, 4);
    if (rv == CKR_OK)
        complain("a wrong PIN was taken");
    if (rv != CKR_PIN_INCORRECT)
        return;
    count(&threads.mistakes);
    log_in(worker, slot);
}

/*
 * Where a signature takes a hundred times as long as usual beside other calls,
 * no session would live to make one: sessions are closed once for each then.
 */
static void close_all(struct worker *worker, struct worker_slot *slot)
{
    static atomic_ulong closed_at;
    unsigned long made = counted(&threads.signatures);

    if (is_emulated() && atomic_exchange_explicit(
                             &closed_at, made, memory_order_relaxed) == made)
        return;
    (void)ASK(worker, C_CloseAllSessions, slot->id);
}

static void digest(struct worker *worker, struct worker_slot *slot)
{
    CK_MECHANISM mechanism = {CKM_SHA256, NULL, 0};
    CK_BYTE data[] = "abc", hash[32];
    CK_ULONG len = sizeof hash;
    CK_RV rv;

    open_slot(worker, slot);
    if (!slot->session)
        return;
    rv = ASK(worker, C_DigestInit, slot->session, &mechanism);
    if (rv == CKR_OK)
        rv = ASK(worker, C_DigestUpdate, slot->session, data, 3);
    if (rv == CKR_OK)
        rv = ASK(worker, C_DigestFinal, slot->session, hash, &len);
    if (rv == CKR_OK && (hash[0] != 0xba || hash[31] != 0xad))
        complain("a wrong digest");
    (void)is_lost(slot, rv);
}

const struct part part_signer = {
    "a signer", {{70, sign}, {10, log_out}, {4, close_slot}, {6, log_in}}};
const struct part part_searcher = {
    "a searcher", {{60, search_all}, {10, close_slot}, {20, read_cert_again}}};
const struct part part_pin_changer = {
    "a changer of PINs", {{10, change_pin}, {10, sign}, {1, close_slot}}};
const struct part part_closer = {
    "a closer", {{40, open_slot}, {40, close_slot}, {2, close_all}}};
const struct part part_mistaken = {
    "a mistaken one", {{10, mistake}, {10, log_out}, {10, sign}}};
const struct part part_digester = {
    "a digester", {{40, digest}, {1, close_slot}}};

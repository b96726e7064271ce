/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "tests/module/crowd.h"

/* What workers do with sessions: log in, search, sign, change PINs. */

static int role_of(const struct seat *seat)
{
    return (int)(seat->slot % 2);
}

/* True when SESSION is gone, or the module was finalised: so is all of SEAT. */
static bool is_lost(struct seat *seat, CK_RV rv)
{
    if (rv != CKR_SESSION_HANDLE_INVALID && rv != CKR_CRYPTOKI_NOT_INITIALIZED)
        return false;
    seat_leave(seat);
    return true;
}

/*
 * Which card lies in the reader. It may have been exchanged since the session
 * was opened; but then that has ended, and takes no PIN.
 */
static void recognise(struct worker *worker, struct seat *seat)
{
    CK_TOKEN_INFO info;
    int i;

    if (ASK(worker, C_GetTokenInfo, seat->slot, &info) != CKR_OK)
        return;
    for (i = 0; i < PERSONS; i++)
        if (memcmp(info.serialNumber, crowd.persons[i].serial,
                sizeof info.serialNumber) == 0)
            seat->card = i;
    if (seat->card < 0)
        complain("slot %lu has a card that nobody put in", seat->slot);
}

static void open_seat(struct worker *worker, struct seat *seat)
{
    CK_FLAGS rw = worker_chance(worker, 30) ? CKF_RW_SESSION : 0;
    CK_SESSION_HANDLE none = 0;

    if (seat->session) {
        if (seat->card < 0)
            recognise(worker, seat);
        return;
    }
    if (ASK(worker, C_OpenSession, seat->slot, CKF_SERIAL_SESSION | rw, NULL,
            NULL, &seat->session) != CKR_OK)
        return;
    seat->rw = rw;
    if (crowd.mix->happenings & SHARING)
        atomic_compare_exchange_strong(
            &crowd.shared[seat->slot], &none, seat->session);
    recognise(worker, seat);
}

static void close_seat(struct worker *worker, struct seat *seat)
{
    if (seat->session && !(crowd.mix->happenings & SHARING)) {
        (void)ASK(worker, C_CloseSession, seat->session);
        seat_leave(seat);
    }
}

/* The session to log in and sign with. */
static CK_SESSION_HANDLE session_of(const struct seat *seat)
{
    if (crowd.mix->happenings & SHARING)
        return atomic_load(&crowd.shared[seat->slot]);
    return seat->session;
}

/* More exchanges of a card in two seconds than a person makes. */
#define TYPED_MAX 8

/*
 * Types the right PIN of the card in SEAT, for USER: again where it seems that
 * of another card.
 */
static CK_RV type_pin(
    struct worker *worker, struct seat *seat, CK_USER_TYPE user)
{
    const struct person *person = &crowd.persons[seat->card];
    CK_UTF8CHAR copy[17];
    const char *pin;
    CK_RV rv = CKR_PIN_INCORRECT;
    int i;

    pthread_rwlock_rdlock(&crowd.pin_locks[seat->slot]);
    pin = crowd.changed[seat->slot] ? person->other_pins[role_of(seat)]
                                    : person->pins[role_of(seat)];
    memcpy(copy, pin, strlen(pin) + 1);
    for (i = 0; i < TYPED_MAX && rv == CKR_PIN_INCORRECT; i++)
        rv = ASK(worker, C_Login, session_of(seat), user, copy, strlen(pin));
    pthread_rwlock_unlock(&crowd.pin_locks[seat->slot]);
    if (rv == CKR_PIN_INCORRECT)
        complain("slot %lu: a right PIN was refused", seat->slot);
    return rv;
}

static void log_in(struct worker *worker, struct seat *seat)
{
    CK_RV rv;

    open_seat(worker, seat);
    if (!seat->session || seat->card < 0)
        return;
    rv = type_pin(worker, seat, CKU_USER);
    if (rv == CKR_OK)
        count(&crowd.logins);
    (void)is_lost(seat, rv);
}

static void log_out(struct worker *worker, struct seat *seat)
{
    if (!seat->session)
        return;
    if (!is_lost(seat, ASK(worker, C_Logout, session_of(seat))))
        seat->key = 0;
}

/* The first object that matches TEMPL; 0 for none. */
static CK_OBJECT_HANDLE find(struct worker *worker, struct seat *seat,
    CK_ATTRIBUTE *templ, CK_ULONG count)
{
    CK_OBJECT_HANDLE found[8] = {0};
    CK_ULONG got = 0;
    CK_RV rv = ASK(worker, C_FindObjectsInit, seat->session, templ, count);

    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjects, seat->session, found, 8, &got);
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjectsFinal, seat->session);
    return is_lost(seat, rv) || got == 0 ? 0 : found[0];
}

static CK_OBJECT_HANDLE find_class(
    struct worker *worker, struct seat *seat, CK_OBJECT_CLASS class)
{
    CK_ULONG token_user = 1;
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_CERTIFICATE_CATEGORY, &token_user, sizeof token_user},
    };

    return find(worker, seat, templ, class == CKO_CERTIFICATE ? 2 : 1);
}

/* Reads the certificate of the card that the session was opened on. */
static void read_cert(struct worker *worker, struct seat *seat)
{
    CK_ATTRIBUTE value = {CKA_VALUE, seat->cert, sizeof seat->cert};
    CK_OBJECT_HANDLE cert = find_class(worker, seat, CKO_CERTIFICATE);
    CK_RV rv;

    if (!cert)
        return;
    rv = ASK(worker, C_GetAttributeValue, seat->session, cert, &value, 1);
    if (rv == CKR_OK)
        seat->cert_len = value.ulValueLen;
    (void)is_lost(seat, rv);
}

/* True once all is there that a signature takes. */
static bool is_ready(struct worker *worker, struct seat *seat)
{
    if (!seat->session || seat->card < 0 || !seat->key)
        log_in(worker, seat);
    if (seat->session && !seat->cert_len)
        read_cert(worker, seat);
    if (seat->session && !seat->key)
        seat->key = find_class(worker, seat, CKO_PRIVATE_KEY);
    return seat->card >= 0 && seat->key && seat->cert_len;
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
    struct worker *worker, struct seat *seat, size_t kind)
{
    CK_RSA_PKCS_PSS_PARAMS params = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {mechanisms[kind].type, NULL, 0};
    CK_RV rv;

    if (mechanisms[kind].pss) {
        mechanism.pParameter = &params;
        mechanism.ulParameterLen = sizeof params;
    }
    rv = ASK(worker, C_SignInit, session_of(seat), &mechanism, seat->key);
    if (rv == CKR_KEY_HANDLE_INVALID)
        seat->key = 0;
    return rv;
}

#define DATA_MAX 64

static CK_RV make_signature(struct worker *worker, struct seat *seat,
    bool in_parts, CK_BYTE *data, CK_ULONG len, uint8_t ret_sig[SIGNATURE_SIZE])
{
    CK_SESSION_HANDLE session = session_of(seat);
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
static void judge(const struct seat *seat, size_t kind, const CK_BYTE *data,
    CK_ULONG len, const uint8_t *sig)
{
    bool good =
        mechanisms[kind].pss
            ? openssl_verifies_pss(
                  seat->cert, seat->cert_len, data, len, sig, SIGNATURE_SIZE)
            : openssl_verifies(seat->cert, seat->cert_len,
                  mechanisms[kind].hash, data, len, sig, SIGNATURE_SIZE);

    if (good)
        count(&crowd.signatures);
    else
        complain("a signature of slot %lu does not verify", seat->slot);
}

static void sign(struct worker *worker, struct seat *seat)
{
    bool sharing = crowd.mix->happenings & SHARING;
    size_t kind = sharing ? 0 : worker_below(worker, 4);
    CK_BYTE data[DATA_MAX];
    CK_ULONG len = 1 + worker_below(worker, DATA_MAX), i;
    uint8_t sig[SIGNATURE_SIZE];
    CK_RV rv;

    if (!is_ready(worker, seat))
        return;
    for (i = 0; i < len; i++)
        data[i] = (CK_BYTE)worker_below(worker, 256);
    rv = start_signature(worker, seat, kind);
    if (rv == CKR_OK && role_of(seat) == SIGN && worker_chance(worker, 40))
        rv = type_pin(worker, seat, CKU_CONTEXT_SPECIFIC);
    if (rv == CKR_OK || rv == CKR_OPERATION_ACTIVE)
        rv = make_signature(worker, seat, !sharing && worker_chance(worker, 30),
            data, len, sig);
    if (is_lost(seat, rv))
        return;
    if (rv == CKR_OK)
        judge(seat, kind, data, len, sig);
    else
        seat->key = 0;
    if (rv != CKR_OK && !sharing)
        (void)is_lost(seat, ASK(worker, C_SignInit, seat->session, NULL, 0));
}

/* All objects and some attributes of them, as a program shows them. */
static void search_all(struct worker *worker, struct seat *seat)
{
    CK_BYTE id[64], label[64], value[CERT_MAX];
    CK_ATTRIBUTE templ[] = {{CKA_ID, id, sizeof id},
        {CKA_LABEL, label, sizeof label}, {CKA_VALUE, value, sizeof value}};
    CK_OBJECT_HANDLE found[16];
    CK_ULONG got = 0, i;
    CK_RV rv;

    open_seat(worker, seat);
    if (!seat->session)
        return;
    rv = ASK(worker, C_FindObjectsInit, seat->session, NULL, 0);
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjects, seat->session, found, 16, &got);
    for (i = 0; i < got; i++) {
        templ[0].ulValueLen = sizeof id;
        templ[1].ulValueLen = sizeof label;
        templ[2].ulValueLen = sizeof value;
        (void)ASK(
            worker, C_GetAttributeValue, seat->session, found[i], templ, 3);
    }
    if (rv == CKR_OK)
        rv = ASK(worker, C_FindObjectsFinal, seat->session);
    (void)is_lost(seat, rv);
}

/* A session's card is one card: its certificate stays what it was. */
static void read_cert_again(struct worker *worker, struct seat *seat)
{
    uint8_t before[CERT_MAX];
    size_t len = seat->cert_len;

    open_seat(worker, seat);
    if (!seat->session)
        return;
    memcpy(before, seat->cert, sizeof before);
    seat->cert_len = 0;
    read_cert(worker, seat);
    if (len && seat->cert_len &&
        (len != seat->cert_len || memcmp(before, seat->cert, len) != 0))
        complain("slot %lu has another certificate", seat->slot);
}

/* From one PIN to the other and back, each time by the right old one. */
static void change_pin(struct worker *worker, struct seat *seat)
{
    const int role = role_of(seat);
    const struct person *person;
    CK_UTF8CHAR from[17], to[17];
    const char *pins[2];
    CK_RV rv;

    open_seat(worker, seat);
    if (!seat->session || !seat->rw || seat->card < 0)
        return;
    person = &crowd.persons[seat->card];
    pthread_rwlock_wrlock(&crowd.pin_locks[seat->slot]);
    pins[0] = person->pins[role];
    pins[1] = person->other_pins[role];
    strcpy((char *)from, pins[crowd.changed[seat->slot]]);
    strcpy((char *)to, pins[!crowd.changed[seat->slot]]);
    rv = ASK(worker, C_SetPIN, seat->session, from, strlen((const char *)from),
        to, strlen((const char *)to));
    if (rv == CKR_OK) {
        crowd.changed[seat->slot] = !crowd.changed[seat->slot];
        count(&crowd.pin_changes);
    }
    pthread_rwlock_unlock(&crowd.pin_locks[seat->slot]);
    (void)is_lost(seat, rv);
}

/*
 * A PIN that is wrong, and never the same, on the first slot; then the right
 * one, so that no two in a row are wrong.
 */
static void mistake(struct worker *worker, struct seat *seat)
{
    CK_UTF8CHAR wrong[5];
    CK_RV rv;

    seat = &worker->seats[0];
    open_seat(worker, seat);
    if (!seat->session || counted(&crowd.mistakes) > 900)
        return;
    (void)snprintf(
        (char *)wrong, sizeof wrong, "9%03lu", counted(&crowd.mistakes));
    rv = ASK(worker, C_Login, seat->session, CKU_USER, wrong, 4);
    if (rv == CKR_OK)
        complain("a wrong PIN was taken");
    if (rv != CKR_PIN_INCORRECT)
        return;
    count(&crowd.mistakes);
    log_in(worker, seat);
}

static void close_all(struct worker *worker, struct seat *seat)
{
    (void)ASK(worker, C_CloseAllSessions, seat->slot);
}

static void digest(struct worker *worker, struct seat *seat)
{
    CK_MECHANISM mechanism = {CKM_SHA256, NULL, 0};
    CK_BYTE data[] = "abc", hash[32];
    CK_ULONG len = sizeof hash;
    CK_RV rv;

    open_seat(worker, seat);
    if (!seat->session)
        return;
    rv = ASK(worker, C_DigestInit, seat->session, &mechanism);
    if (rv == CKR_OK)
        rv = ASK(worker, C_DigestUpdate, seat->session, data, 3);
    if (rv == CKR_OK)
        rv = ASK(worker, C_DigestFinal, seat->session, hash, &len);
    if (rv == CKR_OK && (hash[0] != 0xba || hash[31] != 0xad))
        complain("a wrong digest");
    (void)is_lost(seat, rv);
}

const struct part crowd_signer = {
    "a signer", {{70, sign}, {10, log_out}, {4, close_seat}, {6, log_in}}};
const struct part crowd_searcher = {
    "a searcher", {{60, search_all}, {10, close_seat}, {20, read_cert_again}}};
const struct part crowd_pin_changer = {
    "a changer of PINs", {{10, change_pin}, {10, sign}, {1, close_seat}}};
const struct part crowd_closer = {
    "a closer", {{40, open_seat}, {40, close_seat}, {2, close_all}}};
const struct part crowd_mistaken = {
    "a mistaken one", {{10, mistake}, {10, log_out}, {10, sign}}};
const struct part crowd_digester = {
    "a digester", {{40, digest}, {1, close_seat}}};

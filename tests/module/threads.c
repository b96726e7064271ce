/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/threads.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct threads threads = {.complaint_lock = PTHREAD_MUTEX_INITIALIZER};

/* SplitMix64. */
unsigned worker_below(struct worker *worker, unsigned n)
{
    uint64_t z = worker->random += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % n);
}

bool worker_chance(struct worker *worker, unsigned percent)
{
    return worker_below(worker, 100) < percent;
}

void complain(const char *format, ...)
{
    va_list args;

    pthread_mutex_lock(&threads.complaint_lock);
    if (!threads.complaint[0]) {
        va_start(args, format);
        (void)vsnprintf(
            threads.complaint, sizeof threads.complaint, format, args);
        va_end(args);
    }
    pthread_mutex_unlock(&threads.complaint_lock);
    atomic_store(&threads.stop, true);
}

void worker_slot_reset(struct worker_slot *slot)
{
    *slot = (struct worker_slot){.id = slot->id, .card = -1};
}

#define CODES_MAX 6

/*
 * What a function may answer beside CKR_OK where one of these happenings is
 * part of the mix; 0: always. A row holds for all functions whose names begin
 * with its own.
 */
static const struct {
    const char *function;
    unsigned happenings;
    CK_RV codes[CODES_MAX];
} allowed[] = {
    {"C_", RESTARTS, {CKR_CRYPTOKI_NOT_INITIALIZED}},

    {"C_GetTokenInfo", CARDS, {CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED}},
    {"C_GetMechanism", CARDS, {CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED}},
    {"C_OpenSession", CARDS, {CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED}},
    {"C_WaitForSlotEvent", 0, {CKR_NO_EVENT}},

    {"C_CloseSession", CLOSINGS | CARDS | RESTARTS,
        {CKR_SESSION_HANDLE_INVALID}},
    {"C_GetSessionInfo", CLOSINGS | CARDS | RESTARTS,
        {CKR_SESSION_HANDLE_INVALID}},
    {"C_Log", CLOSINGS | CARDS | RESTARTS, {CKR_SESSION_HANDLE_INVALID}},
    {"C_SetPIN", CLOSINGS | CARDS | RESTARTS, {CKR_SESSION_HANDLE_INVALID}},
    {"C_Sign", CLOSINGS | CARDS | RESTARTS, {CKR_SESSION_HANDLE_INVALID}},
    {"C_Verify", CLOSINGS | CARDS | RESTARTS, {CKR_SESSION_HANDLE_INVALID}},
    {"C_Digest", CLOSINGS | CARDS | RESTARTS, {CKR_SESSION_HANDLE_INVALID}},
    {"C_FindObjects", CLOSINGS | CARDS | RESTARTS,
        {CKR_SESSION_HANDLE_INVALID}},
    {"C_GetAttributeValue", CLOSINGS | CARDS | RESTARTS,
        {CKR_SESSION_HANDLE_INVALID}},

    {"C_Login", 0, {CKR_USER_ALREADY_LOGGED_IN}},
    {"C_Login", CARDS, {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT}},
    {"C_Login", LOG_OUTS | CLOSINGS | SHARING, {CKR_OPERATION_NOT_INITIALIZED}},
    /*
     * Refused unsent once, as the PIN of a card that was exchanged, or of
     * another one whose PIN agrees with it in PIN_HISTORY_BITS: type_pin gives
     * it again, check_cards finds none that a card refused.
     */
    {"C_Login", 0, {CKR_PIN_INCORRECT}},
    {"C_SetPIN", 0, {CKR_PIN_INCORRECT}},
    {"C_Logout", 0, {CKR_USER_NOT_LOGGED_IN}},
    {"C_SetPIN", CARDS, {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT}},

    {"C_FindObjectsInit", CARDS, {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT}},
    /* Not every object has every attribute. */
    {"C_GetAttributeValue", 0,
        {CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE}},
    {"C_GetAttributeValue", LOG_OUTS | CLOSINGS | CARDS,
        {CKR_OBJECT_HANDLE_INVALID}},

    {"C_SignInit", LOG_OUTS | CLOSINGS | CARDS, {CKR_KEY_HANDLE_INVALID}},
    {"C_SignInit", CARDS, {CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT}},
    {"C_SignInit", SHARING, {CKR_OPERATION_ACTIVE}},
    {"C_Sign", LOG_OUTS | CLOSINGS | SHARING,
        {CKR_OPERATION_NOT_INITIALIZED, CKR_USER_NOT_LOGGED_IN}},
    {"C_Sign", CARDS, {CKR_DEVICE_REMOVED}},
    {"C_VerifyInit", LOG_OUTS | CLOSINGS | CARDS, {CKR_KEY_HANDLE_INVALID}},
    {"C_Verify", LOG_OUTS | CLOSINGS, {CKR_OPERATION_NOT_INITIALIZED}},
};

static bool may_answer(const char *function, CK_RV answer)
{
    const unsigned happenings = threads.mix->happenings;
    size_t i, k;

    for (i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        const char *prefix = allowed[i].function;
        if (strncmp(function, prefix, strlen(prefix)) != 0 ||
            (allowed[i].happenings && !(allowed[i].happenings & happenings)))
            continue;
        for (k = 0; k < CODES_MAX && allowed[i].codes[k]; k++)
            if (allowed[i].codes[k] == answer)
                return true;
    }
    return answer == CKR_OK;
}

CK_RV worker_take_answer(
    struct worker *worker, const char *function, CK_RV answer)
{
    worker->calls++;
    if (!may_answer(function, answer))
        complain("%s, as %s: %#lx", function, worker->part->name, answer);
    /* Nothing works for a while: let the others go on. */
    if (answer == CKR_CRYPTOKI_NOT_INITIALIZED ||
        answer == CKR_TOKEN_NOT_PRESENT)
        usleep(500);
    return answer;
}

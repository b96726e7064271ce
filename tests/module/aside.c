/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/aside.h"

#include <string.h>
#include <unistd.h>

#include <winscard.h>

#define TEXT_MAX 64

/* TEXT where the module takes a pointer to what it does not change. */
static CK_BYTE *copy_text(const char *text, CK_BYTE copy[TEXT_MAX])
{
    memcpy(copy, text, strlen(text) + 1);
    return copy;
}

CK_RV aside_login(struct aside *aside)
{
    CK_BYTE copy[TEXT_MAX];

    return functions()->C_Login(aside->session, CKU_USER,
        copy_text(aside->text, copy), strlen(aside->text));
}

CK_RV aside_sign(struct aside *aside)
{
    CK_BYTE copy[TEXT_MAX];
    CK_ULONG len = sizeof aside->sig;

    return functions()->C_Sign(aside->session, copy_text(aside->text, copy),
        strlen(aside->text), aside->sig, &len);
}

CK_RV aside_open(struct aside *aside)
{
    return functions()->C_OpenSession(
        aside->slot, CKF_SERIAL_SESSION, NULL, NULL, &aside->session);
}

CK_RV aside_close_all(struct aside *aside)
{
    return functions()->C_CloseAllSessions(aside->slot);
}

CK_RV aside_token_info(struct aside *aside)
{
    CK_TOKEN_INFO info;

    return functions()->C_GetTokenInfo(aside->slot, &info);
}

CK_RV aside_mechanisms(struct aside *aside)
{
    return functions()->C_GetMechanismList(aside->slot, NULL, &aside->count);
}

CK_RV aside_search(struct aside *aside)
{
    return functions()->C_FindObjectsInit(aside->session, NULL, 0);
}

CK_RV aside_finalize(struct aside *aside)
{
    (void)aside;
    return functions()->C_Finalize(NULL);
}

CK_RV aside_initialize(struct aside *aside)
{
    (void)aside;
    return functions()->C_Initialize(NULL);
}

CK_RV aside_wait_for_event(struct aside *aside)
{
    return functions()->C_WaitForSlotEvent(0, &aside->slot, NULL);
}

static void *run(void *arg)
{
    const struct timespec none = {0, 0};
    struct aside *aside = arg;
    struct timespec cpu;

    aside->began = now();
    aside->rv = aside->call(aside);
    aside->ended = now();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    aside->cpu_us = us_between(&none, &cpu);
    atomic_store(&aside->is_done, true);
    return NULL;
}

void aside_start(struct aside *aside)
{
    atomic_store(&aside->is_done, false);
    assert_int_equal(pthread_create(&aside->thread, NULL, run, aside), 0);
}

CK_RV aside_join(struct aside *aside)
{
    assert_int_equal(pthread_join(aside->thread, NULL), 0);
    return aside->rv;
}

long aside_ms(const struct aside *aside)
{
    return ms_between(&aside->began, &aside->ended);
}

long us_between(const struct timespec *from, const struct timespec *to)
{
    return (long)(to->tv_sec - from->tv_sec) * 1000000 +
           (to->tv_nsec - from->tv_nsec) / 1000;
}

long ms_between(const struct timespec *from, const struct timespec *to)
{
    return us_between(from, to) / 1000;
}

struct timespec now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

void sleep_ms(unsigned ms)
{
    usleep(ms * 1000);
}

bool is_signature(
    CK_SESSION_HANDLE session, const char *text, const uint8_t *sig)
{
    uint8_t der[4096];
    CK_OBJECT_HANDLE cert = find_object(session, CKO_CERTIFICATE);
    size_t len = attribute(session, cert, CKA_VALUE, der, sizeof der);

    return openssl_verifies(
        der, len, "SHA256", text, strlen(text), sig, SIGNATURE_SIZE);
}

void hang(int reader)
{
    vcontrol_fault(reader, 0, VFAULT_STALL, 0);
}

void hang_and_lose(int reader)
{
    vcontrol_fault(reader, 0, VFAULT_STALL, (uint32_t)SCARD_W_REMOVED_CARD);
}

void wait_until_hung(int reader)
{
    assert_true(vcontrol_stalled(reader, 20000));
}

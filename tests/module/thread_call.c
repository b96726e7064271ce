/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/thread_call.h"

#include <string.h>
#include <unistd.h>

#include <winscard.h>

#include "tests/module/thread_state.h"

#define TEXT_MAX 64

/* TEXT where the module takes a pointer to what it does not change. */
static CK_BYTE *copy_text(const char *text, CK_BYTE copy[TEXT_MAX])
{
    memcpy(copy, text, strlen(text) + 1);
    return copy;
}

CK_RV call_login(struct thread_call *call)
{
    CK_BYTE copy[TEXT_MAX];

    return functions()->C_Login(call->session, CKU_USER,
        copy_text(call->text, copy), strlen(call->text));
}

CK_RV call_sign(struct thread_call *call)
{
    CK_BYTE copy[TEXT_MAX];
    CK_ULONG len = sizeof call->sig;

    return functions()->C_Sign(call->session, copy_text(call->text, copy),
        strlen(call->text), call->sig, &len);
}

CK_RV call_open(struct thread_call *call)
{
    return functions()->C_OpenSession(
        call->slot, CKF_SERIAL_SESSION, NULL, NULL, &call->session);
}

CK_RV call_close_all(struct thread_call *call)
{
    return functions()->C_CloseAllSessions(call->slot);
}

CK_RV call_token_info(struct thread_call *call)
{
    CK_TOKEN_INFO info;

    return functions()->C_GetTokenInfo(call->slot, &info);
}

CK_RV call_mechanisms(struct thread_call *call)
{
    return functions()->C_GetMechanismList(call->slot, NULL, &call->count);
}

CK_RV call_search(struct thread_call *call)
{
    return functions()->C_FindObjectsInit(call->session, NULL, 0);
}

CK_RV call_finalize(struct thread_call *call)
{
    return functions()->C_Finalize(NULL);
}

CK_RV call_initialize(struct thread_call *call)
{
    return functions()->C_Initialize(NULL);
}

CK_RV call_wait_for_event(struct thread_call *call)
{
    return functions()->C_WaitForSlotEvent(0, &call->slot, NULL);
}

static void *run(void *arg)
{
    const struct timespec none = {0, 0};
    struct thread_call *call = arg;
    struct timespec cpu;

    atomic_store(&call->thread_id, thread_own_id());
    call->began = now();
    call->rv = call->run(call);
    call->ended = now();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    call->cpu_us = us_between(&none, &cpu);
    atomic_store(&call->is_done, true);
    return NULL;
}

void thread_call_start(struct thread_call *call)
{
    atomic_store(&call->thread_id, 0);
    atomic_store(&call->is_done, false);
    assert_int_equal(pthread_create(&call->thread, NULL, run, call), 0);
}

void thread_call_settle(struct thread_call *call)
{
    assert_true(thread_settles(&call->thread_id, &call->is_done));
}

CK_RV thread_call_join(struct thread_call *call)
{
    assert_int_equal(pthread_join(call->thread, NULL), 0);
    return call->rv;
}

long thread_call_ms(const struct thread_call *call)
{
    return ms_between(&call->began, &call->ended);
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

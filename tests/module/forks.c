/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/forks.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

CK_SESSION_HANDLE session;
CK_OBJECT_HANDLE key;
atomic_uint signatures;

void log_in_here(void)
{
    session = open_session(AUTH);
    EXPECT_LOGIN(CKR_OK, session, AUTH_PIN);
    key = find_object(session, CKO_PRIVATE_KEY);
    signatures = 0;
}

CK_RV make_signature(
    CK_FUNCTION_LIST *list, CK_SESSION_HANDLE in, CK_OBJECT_HANDLE with)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "data", sig[SIGNATURE_SIZE];
    CK_ULONG len = sizeof sig;
    CK_RV rv = list->C_SignInit(in, &mechanism, with);

    if (rv == CKR_OK)
        rv = list->C_Sign(in, data, sizeof data, sig, &len);
    if (rv == CKR_OK)
        signatures++;
    return rv;
}

pid_t give_birth(bool (*live)(void), unsigned seconds)
{
    pid_t child;

    (void)fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(seconds);
        _exit(live() ? 0 : 1);
    }
    return child;
}

void expect_good_end(pid_t child, const char *what)
{
    int status = 0;

    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg(
            "a child that %s ended with status %x", what, (unsigned)status);
}

bool quits(void)
{
    return true;
}

bool exits(void)
{
    exit(EXIT_SUCCESS);
}

bool signs(void)
{
    CK_FUNCTION_LIST *list = functions();
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE templ = {CKA_CLASS, &class, sizeof class};
    CK_UTF8CHAR pin[] = AUTH_PIN;
    CK_SESSION_HANDLE own = 0;
    CK_OBJECT_HANDLE own_key = 0;
    CK_ULONG count = 0;

    return list->C_Initialize(NULL) == CKR_OK &&
           list->C_GetSlotList(CK_TRUE, NULL, &count) == CKR_OK && count == 2 &&
           list->C_OpenSession(AUTH, CKF_SERIAL_SESSION, NULL, NULL, &own) ==
               CKR_OK &&
           list->C_Login(own, CKU_USER, pin, sizeof pin - 1) == CKR_OK &&
           list->C_FindObjectsInit(own, &templ, 1) == CKR_OK &&
           list->C_FindObjects(own, &own_key, 1, &count) == CKR_OK &&
           count == 1 && make_signature(list, own, own_key) == CKR_OK;
}

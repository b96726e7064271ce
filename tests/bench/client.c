/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/client.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

CK_FUNCTION_LIST *p11;
CK_SLOT_ID client_slots[SLOTS_MAX];
CK_ULONG client_slot_count = SLOTS_MAX;

static char pins[][8] = {"1234", "ABC123"};

double client_now(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void client_want(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return;
    printf("error=%08lX ", rv);
    card_print();
    fprintf(stderr, "%s: %08lX\n", what, rv);
    exit(1);
}

void client_start(const char *path)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    CK_RV (*get_list)(CK_FUNCTION_LIST **);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
    *(void **)&get_list = dlsym(library, "C_GetFunctionList");
    client_want(get_list(&p11), "C_GetFunctionList");
    client_want(p11->C_Initialize(&args), "C_Initialize");
    client_want(p11->C_GetSlotList(CK_TRUE, client_slots, &client_slot_count),
        "C_GetSlotList");
}

/* The first private key that the session sees. */
static CK_RV find_key(struct client *client)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template = {CKA_CLASS, &class, sizeof class};
    CK_ULONG count = 0;
    CK_RV rv = p11->C_FindObjectsInit(client->session, &template, 1);

    if (rv == CKR_OK)
        rv = p11->C_FindObjects(client->session, &client->key, 1, &count);
    if (rv == CKR_OK)
        rv = p11->C_FindObjectsFinal(client->session);
    return rv == CKR_OK && count == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

static CK_RV open_session(size_t slot, struct client *ret_client)
{
    memset(ret_client, 0, sizeof *ret_client);
    ret_client->role = slot % 2;
    return slot >= client_slot_count
               ? CKR_SLOT_ID_INVALID
               : p11->C_OpenSession(client_slots[slot], CKF_SERIAL_SESSION,
                     NULL, NULL, &ret_client->session);
}

static CK_RV log_in(const struct client *client, CK_USER_TYPE user)
{
    char *pin = pins[client->role];

    return p11->C_Login(
        client->session, user, (CK_UTF8CHAR_PTR)pin, strlen(pin));
}

/* CKA_ALWAYS_AUTHENTICATE; false where there is no such attribute. */
static bool key_asks(const struct client *client)
{
    CK_BBOOL asks = CK_FALSE;
    CK_ATTRIBUTE attribute = {CKA_ALWAYS_AUTHENTICATE, &asks, sizeof asks};

    return p11->C_GetAttributeValue(
               client->session, client->key, &attribute, 1) == CKR_OK &&
           asks;
}

static CK_RV enter(size_t slot, bool with_pin, struct client *ret_client)
{
    CK_RV rv = open_session(slot, ret_client);

    if (rv != CKR_OK)
        return rv;
    if (with_pin)
        rv = log_in(ret_client, CKU_USER);
    if (rv == CKR_OK)
        rv = find_key(ret_client);
    if (rv == CKR_OK)
        ret_client->asks = key_asks(ret_client);
    else
        (void)p11->C_CloseSession(ret_client->session);
    return rv;
}

CK_RV client_log_in(size_t slot, struct client *ret_client)
{
    return enter(slot, true, ret_client);
}

CK_RV client_join(size_t slot, struct client *ret_client)
{
    return enter(slot, false, ret_client);
}

static CK_RV sign(const struct client *client)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE text[] = "to be signed", signature[512];
    CK_ULONG len = sizeof signature;
    CK_RV rv = p11->C_SignInit(client->session, &mechanism, client->key);

    if (rv == CKR_OK && client->asks)
        rv = log_in(client, CKU_CONTEXT_SPECIFIC);
    if (rv == CKR_OK)
        rv = p11->C_Sign(
            client->session, text, sizeof text - 1, signature, &len);
    return rv;
}

/* Its instructions are counted by this name. */
__attribute__((noinline)) CK_RV client_sign(const struct client *client)
{
    return sign(client);
}

__attribute__((noinline)) CK_RV client_warm_up(const struct client *client)
{
    return sign(client);
}

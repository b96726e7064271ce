/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/call.h"
#include "pkcs11/stub_rows.h"

/*
 * Each still answers whether the module is initialised and, but for the legacy
 * ones, whether the slot or session is one of ours.
 */

/* The standard's parameters, of which none but the session is looked at. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* RV, unless the module is not initialised or SESSION is none. */
static CK_RV refuse(const char *name, CK_SESSION_HANDLE session, CK_RV rv)
{
    struct call call;
    CK_RV entered = call_enter_session(&call, name, session, NEED_NOTHING);

    return call_leave(&call, entered == CKR_OK ? rv : entered);
}

CK_RV C_SetOperationState(CK_SESSION_HANDLE session, unsigned char *state,
    CK_ULONG state_len, CK_OBJECT_HANDLE encryption_key,
    CK_OBJECT_HANDLE authentication_key)
{
    return refuse(
        __func__, session, state ? CKR_SAVED_STATE_INVALID : CKR_ARGUMENTS_BAD);
}

static CK_RV refuse_parallel(const char *name)
{
    struct call call;
    CK_RV rv = call_enter(&call, name);

    return call_leave(&call, rv == CKR_OK ? CKR_FUNCTION_NOT_PARALLEL : rv);
}

CK_RV C_InitToken(CK_SLOT_ID slot_id, unsigned char *pin, CK_ULONG pin_len,
    unsigned char *label)
{
    struct call call;
    CK_RV rv = call_enter_slot(&call, __func__, slot_id, NEED_NOTHING);

    return call_leave(&call, rv == CKR_OK ? CKR_FUNCTION_NOT_SUPPORTED : rv);
}

/* clang-format off */
#define DEFINE(name, refusal, ...) \
    CK_RV name(__VA_ARGS__) \
    { \
        return refusal; \
    }
#define REFUSE(name, ...) \
    DEFINE(name, refuse(__func__, session, CKR_FUNCTION_NOT_SUPPORTED), \
        __VA_ARGS__)
#define REFUSE_RANDOM(name, ...) \
    DEFINE(name, refuse(__func__, session, CKR_RANDOM_NO_RNG), \
        __VA_ARGS__)
#define REFUSE_PARALLEL(name, ...) \
    DEFINE(name, refuse_parallel(__func__), __VA_ARGS__)

NOT_SUPPORTED_2_40(REFUSE)
NOT_SUPPORTED_3_0(REFUSE)
RANDOM_FUNCTIONS(REFUSE_RANDOM)
LEGACY_FUNCTIONS(REFUSE_PARALLEL)
/* clang-format on */

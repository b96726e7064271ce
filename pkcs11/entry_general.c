/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "conf/log.h"
#include "pkcs11/call.h"
#include "pkcs11/cancel.h"
#include "pkcs11/entry.h"
#include "pkcs11/keep_loaded.h"
#include "pkcs11/module.h"
#include "pkcs11/out.h"
#include "token/pin_history.h"

/*
 * General-purpose functions (PKCS #11 5.4). Every thread locks by the system's
 * own means, and there is no thread of ours: so whatever a program says of
 * threads in C_Initialize is fine, but that only its own locks may be used.
 */

static CK_RV check_arguments(const CK_C_INITIALIZE_ARGS *args)
{
    int given;

    if (!args)
        return CKR_OK;
    if (args->pReserved)
        return CKR_ARGUMENTS_BAD;
    given = !!args->CreateMutex + !!args->DestroyMutex + !!args->LockMutex +
            !!args->UnlockMutex;
    if (given != 0 && given != 4)
        return CKR_ARGUMENTS_BAD;
    if (given == 4 && !(args->flags & CKF_OS_LOCKING_OK))
        return CKR_CANT_LOCK;
    return CKR_OK;
}

CK_RV C_Initialize(void *init_args)
{
    int cancel_state = cancel_defer();
    CK_RV rv = check_arguments(init_args);

    if (rv == CKR_OK)
        rv = module_initialize();
    cancel_restore(cancel_state);
    return rv;
}

static CK_RV finalize(void)
{
    int cancel_state = cancel_defer();
    CK_RV rv = module_finalize();

    /* The calls in flight run on, even if the host unloads the module now. */
    if (rv == CKR_FUNCTION_FAILED && !keep_loaded())
        log_warn("C_Finalize failed: the module must stay loaded");
    /* libp11 unloads the module between two URLs with the same wrong PIN. */
    if (rv == CKR_OK && pin_history_matters())
        (void)keep_loaded();
    cancel_restore(cancel_state);
    return rv;
}

CK_RV C_Finalize(void *reserved)
{
    struct call call;
    CK_RV rv;

    if (!reserved)
        return finalize();
    rv = call_enter(&call, __func__);
    return call_leave(&call, rv == CKR_OK ? CKR_ARGUMENTS_BAD : rv);
}

CK_RV entry_info(CK_INFO *info, CK_BYTE major, CK_BYTE minor)
{
    struct call call;
    CK_RV rv = call_enter(&call, "C_GetInfo");
    int version_major = 0, version_minor = 0;

    if (rv == CKR_OK && !info)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK) {
        (void)sscanf(JPKI_VERSION, "%d.%d", &version_major, &version_minor);
        memset(info, 0, sizeof *info);
        info->cryptokiVersion.major = major;
        info->cryptokiVersion.minor = minor;
        out_text(
            info->manufacturerID, sizeof info->manufacturerID, "jpki-pkcs11");
        out_text(info->libraryDescription, sizeof info->libraryDescription,
            "My Number Card (JPKI)");
        info->libraryVersion.major = (CK_BYTE)version_major;
        info->libraryVersion.minor = (CK_BYTE)version_minor;
    }
    return call_leave(&call, rv);
}

CK_RV C_GetInfo(CK_INFO *info)
{
    return entry_info(info, 2, 40);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "pkcs11/call.h"
#include "pkcs11/module.h"
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

/*
 * Keeps the module mapped until the process ends, whatever dlclose is called:
 * for when threads are left in it, or something is to be remembered. Loads
 * nothing. False: it could not be done.
 */
static bool keep_loaded(void)
{
    static const char inside; /* an address of the module's own */
    Dl_info info;
    void *self;

    if (dladdr(&inside, &info) == 0)
        return false;
    /* RTLD_NODELETE is for good; the reference counted with it is not needed.
     */
    self = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    return self && dlclose(self) == 0;
}

static CK_RV finalize(void)
{
    int cancel_state = cancel_defer();
    CK_RV rv = module_finalize();

    /* The calls in flight run on, even if the host unloads the module now. */
    if (rv == CKR_FUNCTION_FAILED && !keep_loaded())
        log_warn("%s", words(W_LOG_STAYS_LOADED));
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

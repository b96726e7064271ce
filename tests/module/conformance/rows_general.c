/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/module/conformance/steps.h"

/* General-purpose functions (PKCS #11 5.4). */

static CK_RV create(void **mutex)
{
    (void)mutex;
    return CKR_OK;
}

static CK_RV use(void *mutex)
{
    (void)mutex;
    return CKR_OK;
}

#define OS CKF_OS_LOCKING_OK
#define NO_THREADS CKF_LIBRARY_CANT_CREATE_OS_THREADS

static CK_RV initialize(struct fixture *f, CK_C_INITIALIZE_ARGS args)
{
    return f->list->C_Initialize(&args);
}

#define INITIALIZE(name, ...)                                      \
    static CK_RV name(struct fixture *f)                           \
    {                                                              \
        return initialize(f, (CK_C_INITIALIZE_ARGS){__VA_ARGS__}); \
    }

INITIALIZE(with_os, NULL, NULL, NULL, NULL, OS, NULL)
INITIALIZE(with_os_no_threads, NULL, NULL, NULL, NULL, OS | NO_THREADS, NULL)
INITIALIZE(with_no_threads, NULL, NULL, NULL, NULL, NO_THREADS, NULL)
INITIALIZE(with_all, create, use, use, use, OS, NULL)
INITIALIZE(with_all_no_threads, create, use, use, use, OS | NO_THREADS, NULL)
INITIALIZE(with_own_only, create, use, use, use, 0, NULL)
INITIALIZE(without_create, NULL, use, use, use, OS, NULL)
INITIALIZE(without_destroy, create, NULL, use, use, OS, NULL)
INITIALIZE(without_lock, create, use, NULL, use, OS, NULL)
INITIALIZE(without_unlock, create, use, use, NULL, OS, NULL)
INITIALIZE(with_create_only, create, NULL, NULL, NULL, 0, NULL)
INITIALIZE(with_locks_only, NULL, NULL, use, use, 0, NULL)
INITIALIZE(with_reserved, NULL, NULL, NULL, NULL, OS, f)
INITIALIZE(with_all_and_reserved, create, use, use, use, OS, f)

#define DOES(function) .call = (function)
#define INIT(condition, what, rv, function) \
    ROW(C_Initialize, condition, what, OFF, rv, DOES(function))

static bool says_version(struct fixture *f)
{
    CK_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.cryptokiVersion.major == f->list->version.major &&
           info.cryptokiVersion.minor == f->list->version.minor &&
           info.flags == 0;
}

static bool gave_2_40(struct fixture *f)
{
    CK_FUNCTION_LIST *list = f->pointer;

    return list->version.major == 2 && list->version.minor == 40;
}

static bool pads_with_spaces(struct fixture *f)
{
    CK_INFO info;

    memcpy(&info, f->out, sizeof info);
    return info.manufacturerID[sizeof info.manufacturerID - 1] == ' ' &&
           !memchr(info.manufacturerID, 0, sizeof info.manufacturerID) &&
           !memchr(info.libraryDescription, 0, sizeof info.libraryDescription);
}

static const struct row rows[] = {
    ROW(C_Initialize, NULL_LEGAL, "no arguments", OFF, CKR_OK,
        WITH(SET(0, NIL))),
    INIT(NULL_LEGAL, "no functions and OS locking", CKR_OK, with_os),
    INIT(
        NULL_ILLEGAL, "CreateMutex missing", CKR_ARGUMENTS_BAD, without_create),
    INIT(NULL_ILLEGAL, "DestroyMutex missing", CKR_ARGUMENTS_BAD,
        without_destroy),
    INIT(NULL_ILLEGAL, "LockMutex missing", CKR_ARGUMENTS_BAD, without_lock),
    INIT(
        NULL_ILLEGAL, "UnlockMutex missing", CKR_ARGUMENTS_BAD, without_unlock),
    INIT(
        NULL_ILLEGAL, "CreateMutex alone", CKR_ARGUMENTS_BAD, with_create_only),
    INIT(NULL_ILLEGAL, "lock and unlock alone", CKR_ARGUMENTS_BAD,
        with_locks_only),
    INIT(
        BAD_ARGUMENT, "reserved is not NULL", CKR_ARGUMENTS_BAD, with_reserved),
    INIT(BAD_ARGUMENT, "reserved is not NULL beside functions",
        CKR_ARGUMENTS_BAD, with_all_and_reserved),
    INIT(BAD_ARGUMENT, "the program's locks and no others", CKR_CANT_LOCK,
        with_own_only),
    INIT(SUCCEEDS, "no threads of its own", CKR_OK, with_no_threads),
    INIT(SUCCEEDS, "OS locking, no threads of its own", CKR_OK,
        with_os_no_threads),
    INIT(SUCCEEDS, "either way of locking", CKR_OK, with_all),
    INIT(SUCCEEDS, "either way of locking, no threads", CKR_OK,
        with_all_no_threads),
    ROW(C_Initialize, SUCCEEDS, "again after C_Finalize", FINALIZED, CKR_OK),
    ROW(C_Initialize, SUCCEEDS, "without a card", OFF, CKR_OK),
    ROW(C_Initialize, WRONG_STATE, "a second time", READY,
        CKR_CRYPTOKI_ALREADY_INITIALIZED, WITH(SET(0, NIL))),
    ROW(C_Initialize, WRONG_STATE, "while logged in", USER,
        CKR_CRYPTOKI_ALREADY_INITIALIZED),

    ROW(C_Finalize, NULL_LEGAL, "nothing reserved", READY, CKR_OK),
    ROW(C_Finalize, BAD_ARGUMENT, "reserved is not NULL", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(0, SOMETHING))),
    ROW(C_Finalize, UNINITIALISED, "and reserved is not NULL", OFF,
        CKR_CRYPTOKI_NOT_INITIALIZED, WITH(SET(0, SOMETHING))),
    ROW(C_Finalize, SUCCEEDS, "while logged in", USER, CKR_OK),
    ROW(C_Finalize, SUCCEEDS, "during a signature", USER, CKR_OK,
        FIRST(begin_sign)),
    ROW(C_Finalize, SUCCEEDS, "without a card", EMPTY, CKR_OK),

    ROW(C_GetInfo, NULL_ILLEGAL, "nowhere to write", READY, CKR_ARGUMENTS_BAD,
        WITH(SET(0, NIL))),
    ROW(C_GetInfo, SUCCEEDS, "the version of one list", READY, CKR_OK,
        .then = says_version),
    ROW(C_GetInfo, SUCCEEDS, "the version of the other list", READY, CKR_OK,
        .then = says_version),
    ROW(C_GetInfo, SUCCEEDS, "texts padded with spaces", EMPTY, CKR_OK,
        .then = pads_with_spaces),

    ROW(C_GetFunctionList, NULL_ILLEGAL, "nowhere to write", READY,
        CKR_ARGUMENTS_BAD, WITH(SET(0, NIL))),
    ROW(C_GetFunctionList, NULL_ILLEGAL, "before C_Initialize", OFF,
        CKR_ARGUMENTS_BAD, WITH(SET(0, NIL))),
    ROW(C_GetFunctionList, SUCCEEDS, "the list of 2.40", READY, CKR_OK,
        .then = gave_2_40),
    ROW(C_GetFunctionList, SUCCEEDS, "while logged in", USER, CKR_OK,
        .then = gave_2_40),
};

const struct rows rows_general = ROWS(rows);

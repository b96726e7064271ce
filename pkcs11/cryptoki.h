/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKCS11_CRYPTOKI_H
#define PKCS11_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

#include "pkcs11/stub_rows.h"

/*
 * The names of PKCS #11 3.0 that p11-kit's header lacks while it describes 2.40
 * (OASIS PKCS #11 Base Specification 3.0, sections 3 and 5). The prototypes
 * stand here under any header, so that the list below is complete by itself.
 */
#if CRYPTOKI_VERSION_MAJOR < 3

typedef struct ck_interface {
    CK_UTF8CHAR *pInterfaceName;
    void *pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;

#define CKF_INTERFACE_FORK_SAFE (0x1UL)
#define CKF_FIND_OBJECTS (0x40UL)

#define CKO_PROFILE (0x9UL)
#define CKA_PROFILE_ID (0x601UL)
#define CKP_PUBLIC_CERTIFICATES_TOKEN (0x4UL)

#endif

#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID (0x4UL)
#endif
#ifndef CKP_BASELINE_PROVIDER
#define CKP_BASELINE_PROVIDER (0x1UL)
#endif

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **interface, CK_FLAGS flags);
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user_type,
    CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *username,
    CK_ULONG username_len);
CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags);

/* clang-format off */
#define DECLARE(name, ...) CK_RV name(__VA_ARGS__);
NOT_SUPPORTED_3_0(DECLARE)
#undef DECLARE
/* clang-format on */

/*
 * CK_FUNCTION_LIST_3_0: the list of 2.40, and after it what 3.0 adds. Written
 * as one struct inside another, so that the older part is filled in once.
 */
struct cryptoki_list_3_0 {
    CK_FUNCTION_LIST base;
    __typeof__(&C_GetInterfaceList) C_GetInterfaceList;
    __typeof__(&C_GetInterface) C_GetInterface;
    __typeof__(&C_LoginUser) C_LoginUser;
    __typeof__(&C_SessionCancel) C_SessionCancel;
/* clang-format off */
#define MEMBER(name, ...) CK_RV (*name)(__VA_ARGS__);
    NOT_SUPPORTED_3_0(MEMBER)
#undef MEMBER
    /* clang-format on */
};

#endif

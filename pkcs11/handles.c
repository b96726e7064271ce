/* SPDX-License-Identifier: Apache-2.0 */
#include "pkcs11/handles.h"

#include <limits.h>
#include <stdatomic.h>

static atomic_ulong handles;
static atomic_uint_fast64_t ops;

CK_ULONG handle_new(unsigned index)
{
    CK_ULONG counter = atomic_fetch_add(&handles, 1) + 1;

    if (counter > (ULONG_MAX >> HANDLE_READER_BITS))
        return CK_INVALID_HANDLE;
    return (counter << HANDLE_READER_BITS) | index;
}

unsigned handle_reader(CK_ULONG handle)
{
    return handle & ((1u << HANDLE_READER_BITS) - 1);
}

uint64_t handle_new_op(void)
{
    return atomic_fetch_add(&ops, 1) + 1;
}

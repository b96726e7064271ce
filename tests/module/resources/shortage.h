/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MODULE_RESOURCES_SHORTAGE_H
#define TESTS_MODULE_RESOURCES_SHORTAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/module/resources/imports.h"

/*
 * Has the calls of the module fail that can, one after the other: those of
 * imports.h, and the allocations that libcrypto makes inside them. Both are
 * numbered from 0 in the order in which they come.
 */

#define SHORTAGE_MAX 65536
#define SHORTAGE_NAME_MAX 64

struct shortage_call {
    enum import_kind kind;
    const void *from; /* where the module makes it; NULL: libcrypto does */
};

/* Shared with the children that are forked for each case. */
struct shortage {
    size_t calls;                 /* that could have failed */
    size_t failed;                /* how many did */
    char name[SHORTAGE_NAME_MAX]; /* of the first that did */
    struct shortage_call made[SHORTAGE_MAX];
};

/* Before libcrypto makes its first allocation. False: too late. */
bool shortage_prepare(void);

/*
 * Gets between the module loaded as HANDLE and its libraries; fails the test
 * when it imports what imports.h does not know. False where that cannot be
 * done.
 */
bool shortage_attach(void *handle);

/*
 * From here on calls are counted into SHORTAGE. Call number AT fails, and if
 * FOR_GOOD every later one of the same function: for an allocation every later
 * allocation, be it the module's or libcrypto's.
 */
#define SHORTAGE_OF_NOTHING SIZE_MAX
void shortage_begin(struct shortage *shortage, size_t at, bool for_good);
/* All is well again. */
void shortage_end(void);

/* The module's own blocks and mappings that were not given back. */
long shortage_balance(void);

#endif

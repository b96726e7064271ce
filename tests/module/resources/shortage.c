/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/resources/shortage.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "tests/module/resources/interpose.h"
#include "tests/module/support.h"

static struct {
    struct shortage *out; /* NULL: nothing is counted */
    size_t at;
    bool for_good;
    const struct import *failing; /* NULL: none yet */
} now;

static bool elsewhere; /* with the card, or in this file */
static long balance;

/* What libcrypto asks for, as if it were a function that the module calls. */
static const struct import within = {"(allocation)", WITHIN, 0, 0, NO_EFFECT};

static bool is_memory(const struct import *import)
{
    return import->kind == MEMORY || import->kind == WITHIN;
}

static bool goes_on(const struct import *import)
{
    if (!now.for_good || !now.failing)
        return false;
    return import == now.failing ||
           (is_memory(import) && is_memory(now.failing));
}

/* Counts a call of IMPORT made at FROM; true when it is to fail. */
static bool fails(const struct import *import, const void *from)
{
    struct shortage *out = now.out;
    size_t number;

    if (!out || elsewhere)
        return false;
    number = out->calls++;
    if (number < SHORTAGE_MAX)
        out->made[number] = (struct shortage_call){import->kind, from};
    if (number == now.at) {
        now.failing = import;
        (void)snprintf(out->name, sizeof out->name, "%s", import->name);
    } else if (!goes_on(import)) {
        return false;
    }
    out->failed++;
    return true;
}

/* What goes wrong with a call that is not made, besides what it returns. */
static void spoil(const struct import *import, void *argument)
{
    if (import->effect == BREAKS_LOCK)
        memset(argument, 0xa5,
            strstr(import->name, "mutex") ? sizeof(pthread_mutex_t)
                                          : sizeof(pthread_cond_t));
    if (import->effect == UNMAPS)
        balance--;
    if (import->effect == CLOSES)
        close((int)(intptr_t)argument);
    if (import->kind == OPENSSL) {
        elsewhere = true;
        ERR_raise(ERR_LIB_CRYPTO, ERR_R_MALLOC_FAILURE);
        elsewhere = false;
    }
}

struct passage interpose_decide(
    size_t row, const void *from, void *argument, bool *ret_watch)
{
    const struct import *import = &imports[row];
    struct passage passage = {interpose_real(row), import->failure};
    int saved = errno;

    if (import->kind != SURE && fails(import, from)) {
        spoil(import, argument);
        passage.target = NULL;
        saved = import->error ? import->error : saved;
    } else if (import->effect == FREES_BLOCK) {
        balance -= argument != NULL;
    } else if (import->effect != NO_EFFECT) {
        *ret_watch = true;
        elsewhere |= import->effect == ASKS_CARD;
    }
    errno = saved;
    return passage;
}

void interpose_result(size_t row, void *argument, long result)
{
    switch (imports[row].effect) {
    case MAKES_BLOCK:
        balance += result != 0;
        break;
    case GROWS_BLOCK:
        balance += result != 0 && !argument;
        break;
    case MAKES_TEXT:
        balance += (int)result >= 0;
        break;
    case MAPS:
        balance += result != -1;
        break;
    case UNMAPS:
        balance -= result == 0;
        break;
    case ASKS_CARD:
        elsewhere = false;
        break;
    default:
        break;
    }
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails(&within, NULL) ? NULL : malloc(size);
}

static void *openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails(&within, NULL) ? NULL : realloc(old, size);
}

static void openssl_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

bool shortage_prepare(void)
{
    return CRYPTO_set_mem_functions(
               openssl_malloc, openssl_realloc, openssl_free) == 1;
}

static unsigned unknown;

/* The row to go through; those of no interest are left alone. */
static int find_row(const char *name)
{
    int row = import_find(name);

    if (row == -2) {
        unknown++;
        print_error("%s is imported: how does it fail?\n", name);
    }
    if (row < 0 ||
        (imports[row].kind == SURE && imports[row].effect == NO_EFFECT))
        return -1;
    return row;
}

bool shortage_attach(void *handle)
{
    assert_true(imports_count <= INTERPOSE_MAX);
    if (!interpose(handle, find_row))
        return false;
    assert_int_equal(unknown, 0);
    return true;
}

void shortage_begin(struct shortage *shortage, size_t at, bool for_good)
{
    shortage->calls = shortage->failed = 0;
    shortage->name[0] = '\0';
    now.at = at;
    now.for_good = for_good;
    now.failing = NULL;
    now.out = shortage;
}

void shortage_end(void)
{
    now.out = NULL;
}

long shortage_balance(void)
{
    return balance;
}

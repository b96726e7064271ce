/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/vcard/service.h"

/*
 * The calls of PC/SC on a context. Codes and their order are those of pcscd
 * 1.9.9 and its library; tests/daemon compares.
 */

LONG SCardEstablishContext(DWORD scope, LPCVOID reserved1, LPCVOID reserved2,
    LPSCARDCONTEXT ret_context)
{
    (void)reserved1; /* as the name says */
    (void)reserved2;
    LONG rc = SCARD_S_SUCCESS;
    if (!ret_context)
        return SCARD_E_INVALID_PARAMETER;
    *ret_context = 0;
    service_enter();
    struct context *context = NULL;
    if (!service.running) {
        rc = SCARD_E_NO_SERVICE;
    } else if (scope > SCARD_SCOPE_GLOBAL) {
        rc = SCARD_E_INVALID_VALUE;
    } else if ((context = calloc(1, sizeof *context)) == NULL) {
        rc = SCARD_E_NO_MEMORY;
    } else {
        context->id = (SCARDCONTEXT)service_new_id();
        context->next = service.contexts;
        service.contexts = context;
        *ret_context = context->id;
    }
    service_leave();
    return rc;
}

/* Closes what is still connected, as pcscd does for a client that is gone. */
static void close_handles(SCARDCONTEXT id)
{
    struct handle *handle = service.handles;
    while (handle) {
        struct reader *reader = handle->reader;
        if (handle->context != id) {
            handle = handle->next;
        } else if (reader && reader->busy) {
            service_wait();
            handle = service.handles;
        } else if (reader) {
            service_disconnect(handle,
                reader->owner == handle ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
            handle = service.handles;
        } else {
            service_drop_handle(handle);
            handle = service.handles;
        }
    }
}

LONG SCardReleaseContext(SCARDCONTEXT id)
{
    LONG rc = SCARD_S_SUCCESS;
    service_enter();
    struct context *context = service_find_context(id);
    while (context && context->in_use) {
        service_wait_for_context();
        context = service_find_context(id);
    }
    if (!context) {
        service_leave();
        return SCARD_E_INVALID_HANDLE;
    }
    if (context->dead)
        rc = SCARD_E_NO_SERVICE;
    context->in_use = true;
    close_handles(id);
    struct context **link = &service.contexts;
    while (*link != context)
        link = &(*link)->next;
    *link = context->next;
    free(context);
    service_changed();
    service_leave();
    return rc;
}

/* The library looks into its own list only and never asks the service. */
LONG SCardIsValidContext(SCARDCONTEXT id)
{
    service_enter();
    LONG rc = service_find_context(id) != NULL ? SCARD_S_SUCCESS
                                               : SCARD_E_INVALID_HANDLE;
    service_leave();
    return rc;
}

LONG SCardCancel(SCARDCONTEXT id)
{
    LONG rc = SCARD_S_SUCCESS;
    service_enter();
    struct context *context = service_find_context(id);
    if (!context) {
        rc = SCARD_E_INVALID_HANDLE;
    } else if (!service.running) {
        rc = SCARD_E_NO_SERVICE;
    } else if (context->waiting) {
        context->cancelled = true;
        service_changed();
    }
    service_leave();
    return rc;
}

/* A multi-string of every plugged reader; its length with the final NUL. */
static size_t reader_names(char *ret_names)
{
    size_t len = 0;
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (service.readers[i].plugged) {
            size_t n = strlen(service.readers[i].name) + 1;
            if (ret_names)
                memcpy(ret_names + len, service.readers[i].name, n);
            len += n;
        }
    }
    if (ret_names)
        ret_names[len] = '\0';
    return len + 1;
}

static size_t group_names(char *ret_names)
{
    static const char groups[] = "SCard$DefaultReaders\0";
    if (ret_names)
        memcpy(ret_names, groups, sizeof groups);
    return sizeof groups;
}

/* The rules for a text that the caller sizes, allocates, or has allocated. */
static LONG give_names(
    size_t (*names)(char *ret_names), LPSTR text, LPDWORD length)
{
    size_t needed = names(NULL);
    DWORD room = *length;
    char *target = text;
    if (room == SCARD_AUTOALLOCATE) {
        if (!text)
            return SCARD_E_INVALID_PARAMETER;
        target = malloc(needed);
        if (!target)
            return SCARD_E_NO_MEMORY;
        memcpy(text, &target, sizeof target);
    }
    *length = (DWORD)needed;
    if (text && room < needed)
        return SCARD_E_INSUFFICIENT_BUFFER;
    if (target)
        names(target);
    return SCARD_S_SUCCESS;
}

static LONG list_names(SCARDCONTEXT id, size_t (*names)(char *ret_names),
    LPSTR text, LPDWORD length)
{
    LONG rc = SCARD_S_SUCCESS;
    if (!length)
        return SCARD_E_INVALID_PARAMETER;
    service_enter();
    struct context *context = service_context(id, &rc);
    if (context) {
        if (names(NULL) == 1) {
            *length = 1;
            rc = SCARD_E_NO_READERS_AVAILABLE;
        } else {
            rc = give_names(names, text, length);
        }
        service_context_done(context);
    }
    service_leave();
    return rc;
}

LONG SCardListReaders(
    SCARDCONTEXT id, LPCSTR groups, LPSTR ret_readers, LPDWORD length)
{
    (void)groups; /* there is one group and all readers are in it */
    return list_names(id, reader_names, ret_readers, length);
}

LONG SCardListReaderGroups(SCARDCONTEXT id, LPSTR ret_groups, LPDWORD length)
{
    return list_names(id, group_names, ret_groups, length);
}

LONG SCardFreeMemory(SCARDCONTEXT id, LPCVOID memory)
{
    service_enter();
    bool known = service_find_context(id) != NULL;
    service_leave();
    if (!known)
        return SCARD_E_INVALID_HANDLE;
    void *mine = NULL;
    memcpy(&mine, &memory, sizeof mine);
    free(mine);
    return SCARD_S_SUCCESS;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/typed_pin.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "token/card/pin.h"

/* A page of its own, so that protecting it protects nothing else. */
static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

struct typed_pin *typed_pin_new(void)
{
    void *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return NULL;
    pin_protect(page, page_size());
    return page;
}

void typed_pin_free(struct typed_pin *pin)
{
    if (!pin)
        return;
    explicit_bzero(pin, sizeof *pin);
    (void)munmap(pin, page_size());
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "token/card/pin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"

#define HEADER_SIZE 4
#define TEXT_MAX 16

/* A PIN behind the room for its command. */
struct pin {
    struct pin_page *page; /* NULL: free */
    uint8_t len;
    uint8_t command[HEADER_SIZE + 1 + TEXT_MAX];
};

/* One of the pages that are mapped. */
struct sheet {
    struct sheet *next;
    struct pin *pins;
};

struct pin_page {
    struct lock lock; /* of the sheets and of which records are free */
    size_t size;      /* of a sheet, in bytes */
    size_t count;     /* records in it */
    struct sheet *sheets;
};

void pin_protect(void *bytes, size_t size)
{
    bool dumped, copied;

    if (mlock(bytes, size) != 0)
        log_warn(words(W_LOG_PIN_MEMORY_LOCK), strerror(errno));
    dumped = madvise(bytes, size, MADV_DONTDUMP) != 0;
    copied = madvise(bytes, size, MADV_WIPEONFORK) != 0;
    if (dumped || copied)
        log_warn(words(W_LOG_PIN_MEMORY_APART), strerror(errno));
}

/* Maps one page more; false where there is none. Lock held. */
static bool add_sheet(struct pin_page *page)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    void *bytes = MAP_FAILED;

    if (sheet)
        bytes = mmap(NULL, page->size, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) {
        free(sheet);
        return false;
    }
    pin_protect(bytes, page->size);
    sheet->pins = bytes;
    sheet->next = page->sheets;
    page->sheets = sheet;
    return true;
}

enum tok_err pin_page_new(struct pin_page **ret_page)
{
    struct pin_page *page = calloc(1, sizeof *page);

    if (!page || !lock_init(&page->lock)) {
        free(page);
        return TOK_NOMEM;
    }
    page->size = (size_t)sysconf(_SC_PAGESIZE);
    page->count = page->size / sizeof *page->sheets->pins;
    if (!add_sheet(page)) {
        pin_page_free(page);
        return TOK_NOMEM;
    }
    *ret_page = page;
    return TOK_OK;
}

void pin_page_free(struct pin_page *page)
{
    if (!page)
        return;
    while (page->sheets) {
        struct sheet *sheet = page->sheets;
        page->sheets = sheet->next;
        explicit_bzero(sheet->pins, page->size);
        munmap(sheet->pins, page->size);
        free(sheet);
    }
    lock_destroy(&page->lock);
    free(page);
}

/* A record that is free; NULL where all are taken. Lock held. */
static struct pin *find_free(struct pin_page *page)
{
    struct sheet *sheet;
    size_t i;

    for (sheet = page->sheets; sheet; sheet = sheet->next)
        for (i = 0; i < page->count; i++)
            if (!sheet->pins[i].page)
                return &sheet->pins[i];
    return NULL;
}

/* A record, all zero but for its owner; NULL for want of memory. */
static struct pin *take(struct pin_page *page)
{
    struct pin *pin;

    lock_acquire(&page->lock);
    pin = find_free(page);
    if (!pin && add_sheet(page))
        pin = find_free(page);
    if (pin)
        pin->page = page;
    lock_release(&page->lock);
    return pin;
}

/* The character as the card wants it. */
static uint8_t fold_case(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* True when C is a character of ROLE's PINs; NUL never is. */
static bool is_allowed(const struct jpki_role *role, uint8_t c)
{
    return c != '\0' && strchr(role->pin_alphabet, c) != NULL;
}

enum tok_err pin_new(struct pin_page *page, const struct jpki_role *role,
    const uint8_t *text, size_t len, bool fold, struct pin **ret_pin)
{
    struct pin *pin;
    size_t i;

    if (!text || len < role->pin_min || len > role->pin_max)
        return TOK_PIN_FORM;
    for (i = 0; i < len; i++)
        if (!is_allowed(role, fold ? fold_case(text[i]) : text[i]))
            return TOK_PIN_FORM;
    pin = take(page);
    if (!pin)
        return TOK_NOMEM;
    pin->len = (uint8_t)len;
    for (i = 0; i < len; i++)
        pin->command[HEADER_SIZE + 1 + i] = fold ? fold_case(text[i]) : text[i];
    *ret_pin = pin;
    return TOK_OK;
}

void pin_free(struct pin *pin)
{
    struct pin_page *page;

    if (!pin)
        return;
    page = pin->page;
    lock_acquire(&page->lock);
    explicit_bzero(pin, sizeof *pin);
    lock_release(&page->lock);
}

const uint8_t *pin_command(
    struct pin *pin, const uint8_t header[4], size_t *ret_len)
{
    memcpy(pin->command, header, HEADER_SIZE);
    pin->command[HEADER_SIZE] = pin->len;
    *ret_len = HEADER_SIZE + 1u + pin->len;
    return pin->command;
}

const uint8_t *pin_text(const struct pin *pin, size_t *ret_len)
{
    *ret_len = pin->len;
    return pin->command + HEADER_SIZE + 1;
}

bool pin_equals(const struct pin *pin, const struct pin *other)
{
    const uint8_t *text = pin->command + HEADER_SIZE + 1;
    const uint8_t *other_text = other->command + HEADER_SIZE + 1;
    uint8_t differ = pin->len ^ other->len;
    size_t i;

    /* What is behind a shorter PIN is zero. */
    for (i = 0; i < TEXT_MAX; i++)
        differ |= text[i] ^ other_text[i];
    return differ == 0;
}

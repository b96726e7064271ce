/* SPDX-License-Identifier: Apache-2.0 */
#include "token/pin.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "conf/log.h"

#define HEADER_SIZE 4
#define TEXT_MAX 16
#define RECORDS 80

/* One record of the page: a PIN behind the room for its command, or a digest.
 */
struct record {
    struct pin_page *page; /* NULL: free */
    union {
        struct {
            uint8_t len;
            uint8_t command[HEADER_SIZE + 1 + TEXT_MAX];
        } pin;
        struct {
            bool set;
            uint8_t digest[PIN_DIGEST_SIZE];
        } mark;
    };
};

struct pin {
    struct record record;
};

struct pin_mark {
    struct record record;
};

/* What is mapped. */
struct secrets {
    uint8_t salt[PIN_SALT_SIZE];
    struct record records[RECORDS];
};

struct pin_page {
    pthread_mutex_t lock; /* of which records are free */
    size_t size;          /* mapped */
    struct secrets *secrets;
};

_Static_assert(sizeof(struct secrets) <= 4096, "more than a page");

void pin_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}

/* Tells the kernel what these bytes are; none of it is needed to go on. */
static void protect(void *bytes, size_t size)
{
    bool dumped, copied;

    if (mlock(bytes, size) != 0)
        log_warn("memory for PINs cannot be locked: %s", strerror(errno));
    dumped = madvise(bytes, size, MADV_DONTDUMP) != 0;
    copied = madvise(bytes, size, MADV_WIPEONFORK) != 0;
    if (dumped || copied)
        log_warn("memory for PINs cannot be set apart: %s", strerror(errno));
}

enum tok_err pin_page_new(struct pin_page **ret_page)
{
    size_t unit = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = (sizeof(struct secrets) + unit - 1) / unit * unit;
    struct pin_page *page = calloc(1, sizeof *page);
    void *bytes = mmap(
        NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (!page || bytes == MAP_FAILED ||
        pthread_mutex_init(&page->lock, NULL) != 0) {
        free(page);
        if (bytes != MAP_FAILED)
            munmap(bytes, size);
        return TOK_NOMEM;
    }
    protect(bytes, size);
    page->size = size;
    page->secrets = bytes;
    if (getrandom(page->secrets->salt, PIN_SALT_SIZE, 0) != PIN_SALT_SIZE)
        log_warn("no random salt: %s", strerror(errno));
    *ret_page = page;
    return TOK_OK;
}

void pin_page_free(struct pin_page *page)
{
    if (!page)
        return;
    pin_wipe(page->secrets, page->size);
    munmap(page->secrets, page->size);
    pthread_mutex_destroy(&page->lock);
    free(page);
}

const uint8_t *pin_salt(const struct pin_page *page)
{
    return page->secrets->salt;
}

/* A free record, all zero but for its owner; NULL when the page is full. */
static struct record *take(struct pin_page *page)
{
    struct record *record = NULL;
    size_t i;

    pthread_mutex_lock(&page->lock);
    for (i = 0; i < RECORDS && !record; i++)
        if (!page->secrets->records[i].page)
            record = &page->secrets->records[i];
    if (record)
        record->page = page;
    pthread_mutex_unlock(&page->lock);
    return record;
}

static void give_back(struct record *record)
{
    struct pin_page *page = record->page;

    pthread_mutex_lock(&page->lock);
    pin_wipe(record, sizeof *record);
    pthread_mutex_unlock(&page->lock);
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
    struct record *record;
    size_t i;

    if (!text || len < role->pin_min || len > role->pin_max)
        return TOK_PIN_FORM;
    for (i = 0; i < len; i++)
        if (!is_allowed(role, fold ? fold_case(text[i]) : text[i]))
            return TOK_PIN_FORM;
    record = take(page);
    if (!record)
        return TOK_NOMEM;
    record->pin.len = (uint8_t)len;
    for (i = 0; i < len; i++)
        record->pin.command[HEADER_SIZE + 1 + i] =
            fold ? fold_case(text[i]) : text[i];
    *ret_pin = (struct pin *)record;
    return TOK_OK;
}

void pin_free(struct pin *pin)
{
    if (pin)
        give_back(&pin->record);
}

const uint8_t *pin_command(
    struct pin *pin, const uint8_t header[4], size_t *ret_len)
{
    uint8_t *command = pin->record.pin.command;

    memcpy(command, header, HEADER_SIZE);
    command[HEADER_SIZE] = pin->record.pin.len;
    *ret_len = HEADER_SIZE + 1u + pin->record.pin.len;
    return command;
}

const uint8_t *pin_text(const struct pin *pin, size_t *ret_len)
{
    *ret_len = pin->record.pin.len;
    return pin->record.pin.command + HEADER_SIZE + 1;
}

enum tok_err pin_mark_new(struct pin_page *page, struct pin_mark **ret_mark)
{
    struct record *record = take(page);

    if (!record)
        return TOK_NOMEM;
    *ret_mark = (struct pin_mark *)record;
    return TOK_OK;
}

void pin_mark_free(struct pin_mark *mark)
{
    if (mark)
        give_back(&mark->record);
}

void pin_mark_set(struct pin_mark *mark, const uint8_t digest[PIN_DIGEST_SIZE])
{
    memcpy(mark->record.mark.digest, digest, PIN_DIGEST_SIZE);
    mark->record.mark.set = true;
}

void pin_mark_clear(struct pin_mark *mark)
{
    pin_wipe(&mark->record.mark, sizeof mark->record.mark);
}

bool pin_mark_is(
    const struct pin_mark *mark, const uint8_t digest[PIN_DIGEST_SIZE])
{
    uint8_t differ = 0;
    size_t i;

    for (i = 0; i < PIN_DIGEST_SIZE; i++)
        differ |= mark->record.mark.digest[i] ^ digest[i];
    return mark->record.mark.set && differ == 0;
}

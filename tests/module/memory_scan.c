/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/memory_scan.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#define MASK 0xA5u
#define TEXT_SIZE (1u << 20) /* of /proc/self/smaps */
#define CHUNK_SIZE (1u << 20)
#define REGIONS_MAX 2048
#define PATTERN_MAX (3 * SECRET_MAX)
#define PATTERNS_MAX 128
/* A sanitizer's shadow memory, which holds no byte of the program's. */
#if UINTPTR_MAX > UINT32_MAX
#define REGION_SIZE_MAX ((uintptr_t)1 << 36)
#else
#define REGION_SIZE_MAX (UINTPTR_MAX / 2)
#endif

static const uint8_t verify_header[] = {0x00, 0x20, 0x00, 0x80};

/* Byte by byte, so that no register or stack slot gets more than one. */
static void mask_byte(volatile uint8_t *to, uint8_t byte)
{
    *to = byte ^ MASK;
}

static uint8_t unmask_byte(const volatile uint8_t *from)
{
    return *from ^ MASK;
}

static char random_of(const char *alphabet)
{
    unsigned value = 0;

    if (getrandom(&value, sizeof value, 0) != sizeof value)
        abort();
    return alphabet[value % strlen(alphabet)];
}

void secret_draw(struct secret *ret_secret, const char *first,
    const char *alphabet, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        mask_byte(&ret_secret->masked[i],
            (uint8_t)random_of(i == 0 ? first : alphabet));
    ret_secret->len = len;
}

void secret_lower(const struct secret *secret, struct secret *ret_secret)
{
    size_t i;

    for (i = 0; i < secret->len; i++)
        mask_byte(&ret_secret->masked[i],
            (uint8_t)tolower(unmask_byte(&secret->masked[i])));
    ret_secret->len = secret->len;
}

void secret_of(const void *bytes, size_t len, struct secret *ret_secret)
{
    const volatile uint8_t *from = bytes;
    size_t i;

    if (len > SECRET_MAX)
        abort();
    for (i = 0; i < len; i++)
        mask_byte(&ret_secret->masked[i], from[i]);
    ret_secret->len = len;
}

bool secret_is_in(const struct secret *secret, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    size_t i, k;

    for (i = 0; i + secret->len <= len; i++) {
        for (k = 0; k < secret->len; k++)
            if ((from[i + k] ^ MASK) != secret->masked[k])
                break;
        if (k == secret->len)
            return true;
    }
    return false;
}

void secret_reveal(const struct secret *secret, uint8_t ret_text[SECRET_MAX])
{
    volatile uint8_t *text = ret_text;
    size_t i;

    for (i = 0; i < secret->len; i++)
        text[i] = unmask_byte(&secret->masked[i]);
}

/* What is searched for, masked. */
struct pattern {
    size_t secret;
    const char *form;
    uint8_t masked[PATTERN_MAX];
    size_t len;
    struct pattern *next; /* with the same first byte */
};

static struct pattern patterns[PATTERNS_MAX];
static size_t patterns_count;
static struct pattern *by_first[256]; /* of the masked byte */

static void add_byte(struct pattern *pattern, uint8_t byte)
{
    mask_byte(&pattern->masked[pattern->len++], byte);
}

static void as_text(struct pattern *pattern, uint8_t byte)
{
    add_byte(pattern, byte);
}

static void as_utf16(struct pattern *pattern, uint8_t byte)
{
    if (pattern->len > 0)
        add_byte(pattern, 0);
    add_byte(pattern, byte);
}

static void as_hex(struct pattern *pattern, uint8_t byte)
{
    add_byte(pattern, (uint8_t) "0123456789ABCDEF"[byte >> 4]);
    add_byte(pattern, (uint8_t) "0123456789ABCDEF"[byte & 0xf]);
}

static void as_small_hex(struct pattern *pattern, uint8_t byte)
{
    add_byte(pattern, (uint8_t) "0123456789abcdef"[byte >> 4]);
    add_byte(pattern, (uint8_t) "0123456789abcdef"[byte & 0xf]);
}

static void as_spaced_hex(struct pattern *pattern, uint8_t byte)
{
    if (pattern->len > 0)
        add_byte(pattern, ' ');
    as_hex(pattern, byte);
}

static void as_small_spaced_hex(struct pattern *pattern, uint8_t byte)
{
    if (pattern->len > 0)
        add_byte(pattern, ' ');
    as_small_hex(pattern, byte);
}

static const struct {
    const char *name;
    void (*add)(struct pattern *pattern, uint8_t byte);
} forms[] = {
    {"text", as_text},
    {"UTF-16", as_utf16},
    {"hex", as_hex},
    {"small hex", as_small_hex},
    {"hex with blanks", as_spaced_hex},
    {"small hex with blanks", as_small_spaced_hex},
};
#define FORMS (sizeof forms / sizeof *forms)

/* True when the last pattern but COUNT says the same as another of these. */
static bool is_repeated(const struct pattern *pattern, size_t count)
{
    size_t i;

    for (i = 1; i <= count; i++)
        if (pattern[-(ptrdiff_t)i].len == pattern->len &&
            memcmp(pattern[-(ptrdiff_t)i].masked, pattern->masked,
                pattern->len) == 0)
            return true;
    return false;
}

static void add_patterns(const struct secret *secret, size_t index)
{
    size_t i, k, added = 0;

    for (i = 0; i < FORMS && secret->len > 0; i++) {
        struct pattern *pattern = &patterns[patterns_count];
        if (patterns_count == PATTERNS_MAX)
            abort();
        memset(pattern, 0, sizeof *pattern);
        pattern->secret = index;
        pattern->form = forms[i].name;
        for (k = 0; k < secret->len; k++)
            forms[i].add(pattern, unmask_byte(&secret->masked[k]));
        if (is_repeated(pattern, added))
            continue;
        pattern->next = by_first[pattern->masked[0]];
        by_first[pattern->masked[0]] = pattern;
        patterns_count++;
        added++;
    }
}

static void make_patterns(const struct secret *secrets, size_t count)
{
    size_t i;

    memset(by_first, 0, sizeof by_first);
    patterns_count = 0;
    for (i = 0; i < count; i++)
        add_patterns(&secrets[i], i);
}

/* The pages that are not searched: what is searched, and smaps. */
static struct own {
    char text[TEXT_SIZE];
    uint8_t chunk[CHUNK_SIZE];
} * own;

/* Shared, so that the kernel makes one mapping of it and nothing else. */
static void make_own(void)
{
    void *bytes;

    if (own)
        return;
    bytes = mmap(NULL, sizeof *own, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        abort();
    own = bytes;
}

static bool matches(const struct pattern *pattern, const uint8_t *at)
{
    size_t i;

    for (i = 0; i < pattern->len; i++)
        if ((at[i] ^ MASK) != pattern->masked[i])
            return false;
    return true;
}

/*
 * True for text AT, BEFORE bytes into those that are there and AFTER before
 * their end, that is digits among more of them, as in the kernel's sockets.
 */
static bool is_in_a_number(const struct pattern *pattern, const uint8_t *at,
    size_t before, size_t after)
{
    size_t i;

    if (pattern->form != forms[0].name)
        return false;
    for (i = 0; i < pattern->len; i++)
        if (!isdigit(at[i]))
            return false;
    return (before > 0 && isdigit(at[-1])) ||
           (after > pattern->len && isdigit(at[pattern->len]));
}

struct search {
    struct find *finds;
    size_t count;
    struct find region; /* what all finds in it have in common */
};

/* PATTERN was found AT, BEFORE bytes into the chunk. */
static void note(struct search *search, const struct pattern *pattern,
    const uint8_t *at, size_t before, uintptr_t address)
{
    struct find find = search->region;

    find.secret = pattern->secret;
    find.form = pattern->form;
    find.address = address;
    if (pattern->form == forms[0].name && before > sizeof verify_header &&
        memcmp(at - sizeof verify_header - 1, verify_header,
            sizeof verify_header) == 0)
        find.form = "VERIFY";
    if (search->count < FINDS_MAX)
        search->finds[search->count] = find;
    search->count++;
}

/* What begins in the first LEN of the chunk's GOT bytes, which are of START. */
static void search_chunk(
    struct search *search, size_t len, size_t got, uintptr_t start)
{
    const struct pattern *pattern;
    size_t i;

    for (i = 0; i < len; i++)
        for (pattern = by_first[own->chunk[i] ^ MASK]; pattern;
             pattern = pattern->next)
            if (pattern->len <= got - i && matches(pattern, own->chunk + i) &&
                !is_in_a_number(pattern, own->chunk + i, i, got - i))
                note(search, pattern, own->chunk + i, i, start + i);
}

/* Searches [START, END) of FD; what cannot be read is left out. */
static void search_range(
    struct search *search, int fd, uintptr_t start, uintptr_t end)
{
    while (start < end) {
        size_t want = end - start < CHUNK_SIZE ? end - start : CHUNK_SIZE;
        ssize_t got = pread(fd, own->chunk, want, (off_t)start);
        size_t done;
        if (got <= 0)
            break;
        /* What begins in the last bytes is found by the next round. */
        done = (size_t)got;
        if (start + done < end && done > PATTERN_MAX)
            done -= PATTERN_MAX;
        search_chunk(search, done, (size_t)got, start);
        start += done;
    }
}

/* Where memory can be locked at all: a page of ours says so. */
static bool locks_hold;

static void *lockable_page(void)
{
    static void *page;

    if (!page)
        page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        abort();
    (void)mlock(page, 1);
    return page;
}

static struct region {
    uintptr_t start, end;
    struct find as; /* its flags and name */
} regions[REGIONS_MAX];
static size_t regions_count;

/* "START-END rw-p OFFSET DEV INODE   NAME"; true for one to be searched. */
static bool parse_head(const char *line, struct region *ret_region)
{
    char *at = NULL;
    const char *name;

    memset(ret_region, 0, sizeof *ret_region);
    ret_region->start = (uintptr_t)strtoull(line, &at, 16);
    if (*at != '-')
        return false;
    ret_region->end = (uintptr_t)strtoull(at + 1, &at, 16);
    if (strncmp(at, " rw", 3) != 0)
        return false;
    name = strpbrk(at, "[/");
    (void)snprintf(ret_region->as.mapping, sizeof ret_region->as.mapping, "%s",
        name ? name : "anonymous");
    return ret_region->start != (uintptr_t)own &&
           ret_region->end - ret_region->start <= REGION_SIZE_MAX;
}

static void parse_flags(const char *line, struct region *region)
{
    bool locked = strstr(line, " lo") != NULL;

    if (region->start == (uintptr_t)lockable_page())
        locks_hold = locked;
    region->as.set_apart = strstr(line, " dd") && strstr(line, " wf");
    region->as.locked = locked;
}

/* One line of smaps. */
static void parse_line(char *line, bool *in_region)
{
    struct region *last = &regions[regions_count > 0 ? regions_count - 1 : 0];

    if (isxdigit((unsigned char)*line) && !isupper((unsigned char)*line)) {
        if (regions_count == REGIONS_MAX)
            abort();
        *in_region = parse_head(line, &regions[regions_count]);
        regions_count += *in_region;
    } else if (*in_region && strncmp(line, "VmFlags:", 8) == 0) {
        parse_flags(line, last);
    }
}

/* Into REGIONS, without stdio, whose buffers would be searched. */
static void read_regions(void)
{
    int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t got = 1;
    bool in_region = false;
    char *line, *rest = own->text;

    while (fd >= 0 && got > 0 && len < TEXT_SIZE - 1) {
        got = read(fd, own->text + len, TEXT_SIZE - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (fd < 0 || got != 0)
        abort();
    close(fd);
    own->text[len] = '\0';
    regions_count = 0;
    while ((line = strsep(&rest, "\n")) != NULL)
        parse_line(line, &in_region);
}

#define PAGES 512

/* What /proc/self/pagemap says of PAGES pages. */
static struct {
    int fd;
    uintptr_t start;
    uint64_t pages[PAGES];
    size_t count;
} there;

/*
 * True unless the page at AT has never been written to. Reading such a page
 * would bring it into being, and there are many.
 */
static bool is_there(uintptr_t at, size_t page_size)
{
    if (there.count == 0 || at < there.start ||
        at - there.start >= there.count * page_size) {
        ssize_t got = pread(there.fd, there.pages, sizeof there.pages,
            (off_t)(at / page_size * sizeof *there.pages));
        there.start = at;
        there.count = got > 0 ? (size_t)got / sizeof *there.pages : 0;
    }
    /* In memory, or in swap space. */
    return there.count == 0 ||
           there.pages[(at - there.start) / page_size] >> 62;
}

static void search_region(
    struct search *search, int mem, const struct region *region)
{
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    uintptr_t at, start = region->start;

    search->region = region->as;
    if (locks_hold && !region->as.locked)
        search->region.set_apart = false;
    for (at = start; at < region->end; at += page_size)
        if (!is_there(at, page_size)) {
            search_range(search, mem, start, at);
            start = at + page_size;
        }
    search_range(search, mem, start, region->end);
}

size_t scan_memory(const struct secret *secrets, size_t count,
    struct find ret_finds[FINDS_MAX])
{
    struct search search = {.finds = ret_finds};
    int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    size_t i;

    if (fd < 0)
        abort();
    there.fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    there.count = 0;
    make_own();
    (void)lockable_page();
    make_patterns(secrets, count);
    read_regions();
    for (i = 0; i < regions_count; i++)
        search_region(&search, fd, &regions[i]);
    explicit_bzero(own, sizeof *own);
    close(there.fd);
    close(fd);
    return search.count;
}

size_t scan_file(const char *path, const struct secret *secrets, size_t count,
    struct find ret_finds[FINDS_MAX])
{
    struct search search = {.finds = ret_finds};
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        abort();
    make_own();
    make_patterns(secrets, count);
    (void)snprintf(
        search.region.mapping, sizeof search.region.mapping, "%s", path);
    search_range(&search, fd, 0, (uintptr_t)lseek(fd, 0, SEEK_END));
    explicit_bzero(own, sizeof *own);
    close(fd);
    return search.count;
}

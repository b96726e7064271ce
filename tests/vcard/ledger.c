/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/vcard/core.h"

struct line {
    char text[256];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void put(
    struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(
        line->text + line->len, sizeof line->text - line->len, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof line->text - line->len)
        line->len += (size_t)n;
}

static void put_start(struct line *line)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    line->len = 0;
    put(line, "%lld.%06ld %ld ", (long long)now.tv_sec, now.tv_nsec / 1000,
        (long)getpid());
}

static void put_verified(struct line *line, const struct vcard *card)
{
    put(line, "%c%c%s", card->verified[AUTH] ? 'A' : '-',
        card->verified[SIGN] ? 'S' : '-', card->verified[TEXT] ? "T" : "");
}

/* One write, so that the lines of several processes do not mix. */
static void write_line(const char *path, struct line *line)
{
    put(line, "\n");
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) {
        ssize_t n = write(fd, line->text, line->len);
        (void)n; /* a ledger that cannot be written has nobody to tell */
        close(fd);
    }
}

void ledger_note(const struct vcard *card, const struct command *cmd,
    size_t body_len, uint16_t sw)
{
    const char *path = secure_getenv("JPKI_VCARD_LEDGER");
    if (!path)
        return;
    struct line line;
    put_start(&line);
    put(&line, "%02X %02X %02X %zu ", (unsigned)cmd->ins, (unsigned)cmd->p1,
        (unsigned)cmd->p2, cmd->lc);
    if (cmd->has_le)
        put(&line, "%zu ", cmd->le);
    else
        put(&line, "- ");
    put(&line, "%zu %04X ", body_len, (unsigned)sw);
    put_verified(&line, card);
    if (cmd->ins == 0x20 && cmd->lc > 0) {
        put(&line, " ");
        for (size_t i = 0; i < cmd->lc && i < 16; i++)
            put(&line, "%02X", (unsigned)cmd->data[i]);
    }
    write_line(path, &line);
}

void ledger_event(const struct vcard *card, const char *event)
{
    const char *path = secure_getenv("JPKI_VCARD_LEDGER");
    if (!path)
        return;
    struct line line;
    put_start(&line);
    put(&line, "%s ", event);
    put_verified(&line, card);
    write_line(path, &line);
}

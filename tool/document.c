/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/fileperm.h"
#include "conf/text.h"
#include "conf/words.h"
#include "conf/words_sign.h"
#include "tool/output.h"

#define CHUNK (64u * 1024) /* bytes that are read at a time */

static char *copy_shown(const char *text)
{
    char *copy = strdup(text);

    if (copy)
        text_sanitize(copy);
    return copy;
}

bool document_name(struct document *document, const char *path,
    const char *ending, const char *suffix)
{
    size_t len = strlen(path), cut = strlen(ending);

    memset(document, 0, sizeof *document);
    document->path = path;
    if (cut < len && strcasecmp(path + len - cut, ending) == 0)
        len -= cut;
    if (asprintf(&document->out, "%.*s%s", (int)len, path, suffix) < 0)
        document->out = NULL;
    document->shown = copy_shown(path);
    document->out_shown = document->out ? copy_shown(document->out) : NULL;
    return document->out && document->shown && document->out_shown;
}

void document_done(struct document *document)
{
    free(document->shown);
    free(document->out);
    free(document->out_shown);
}

void content_done(struct content *content)
{
    free(content->bytes);
    content->bytes = NULL;
}

/* Puts LEN more bytes behind those of CONTENT. */
static bool append(struct content *content, const uint8_t *bytes, size_t len)
{
    uint8_t *longer = realloc(content->bytes, content->len + len);

    if (!longer)
        return false;
    memcpy(longer + content->len, bytes, len);
    content->bytes = longer;
    content->len += len;
    return true;
}

/* 0, or an errno. */
static int read_all(
    int fd, struct digest *digest, bool wants_bytes, struct content *content)
{
    static uint8_t chunk[CHUNK];
    size_t hash_len;

    for (;;) {
        ssize_t n = fileperm_read(fd, chunk, sizeof chunk);

        if (n < 0)
            return errno;
        if (n == 0)
            break;
        if (digest_update(digest, chunk, (size_t)n) != CRYPT_OK ||
            (wants_bytes && !append(content, chunk, (size_t)n)))
            return ENOMEM;
    }
    return digest_final(digest, content->hash, &hash_len) == CRYPT_OK ? 0
                                                                      : ENOMEM;
}

static bool complain_of(const struct document *document, int error)
{
    complain(words(W_SIGN_CANNOT_READ), document->shown, strerror(error));
    return false;
}

/* The open file; -1, as was told. A FIFO is opened, and not waited for. */
static int open_file(struct document *document)
{
    int fd = open(document->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        (void)complain_of(document, errno);
    } else if (!S_ISREG(st.st_mode)) {
        complain(words(W_SIGN_NO_FILE), document->shown);
    } else {
        document->st = st;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

bool document_read(struct document *document, struct crypto *crypto,
    bool wants_bytes, struct content *ret_content)
{
    struct digest *digest = NULL;
    int fd = open_file(document), error = ENOMEM;

    memset(ret_content, 0, sizeof *ret_content);
    if (fd < 0)
        return false;
    if (digest_new(crypto, DOCUMENT_DIGEST, &digest) == CRYPT_OK)
        error = read_all(fd, digest, wants_bytes, ret_content);
    digest_free(digest);
    close(fd);
    if (error == 0)
        return true;
    content_done(ret_content);
    return complain_of(document, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/derfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto/der.h"

/* Not mapped: another program may cut the file short at any time. */
static enum crypt_err read_all(int fd, struct derfile *file)
{
    while (file->at < file->len) {
        ssize_t got = read(fd, file->data + file->at, file->len - file->at);

        if (got < 0 && errno != EINTR)
            return CRYPT_FAILED;
        if (got == 0)
            file->len = file->at;
        if (got > 0)
            file->at += (size_t)got;
    }
    file->at = 0;
    return CRYPT_OK;
}

static enum crypt_err open_pem(struct derfile *file)
{
    if (file->len == 0 || file->data[0] == DER_SEQUENCE)
        return CRYPT_OK;
    file->pem = BIO_new_mem_buf(file->data, (int)file->len);
    return file->pem ? CRYPT_OK : CRYPT_NOMEM;
}

bool derfile_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

static enum crypt_err err_from_errno(void)
{
    return derfile_is_shortage(errno) ? CRYPT_NOMEM : CRYPT_FAILED;
}

static enum crypt_err check_open(int fd, struct stat *ret_st)
{
    if (fstat(fd, ret_st) != 0)
        return CRYPT_FAILED;
    return S_ISREG(ret_st->st_mode) ? CRYPT_OK : CRYPT_UNSUPPORTED;
}

enum crypt_err derfile_open(
    int folder, const char *name, int *ret_fd, struct stat *ret_st)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    enum crypt_err err = CRYPT_FAILED;
    int fd = -1;

    if (fstatat(folder, name, ret_st, 0) != 0)
        return err_from_errno();
    if (!S_ISREG(ret_st->st_mode))
        return CRYPT_UNSUPPORTED;
    fd = openat(folder, name, flags);
    if (fd < 0)
        return err_from_errno();
    /* It may be another file by now. */
    err = check_open(fd, ret_st);
    if (err == CRYPT_OK)
        *ret_fd = fd;
    else
        close(fd);
    return err;
}

static enum crypt_err read_open(int fd, struct derfile *file)
{
    enum crypt_err err = CRYPT_OK;

    file->data = malloc(file->len + 1);
    if (!file->data)
        return CRYPT_NOMEM;
    err = read_all(fd, file);
    return err == CRYPT_OK ? open_pem(file) : err;
}

enum crypt_err derfile_read(
    int fd, const struct stat *st, struct derfile *ret_file)
{
    struct derfile file = {.data = NULL};
    enum crypt_err err = CRYPT_UNSUPPORTED;

    if (st->st_size <= DERFILE_MAX) {
        file.len = (size_t)st->st_size;
        err = read_open(fd, &file);
    }
    if (err == CRYPT_OK)
        *ret_file = file;
    else
        derfile_done(&file);
    return err;
}

void derfile_done(struct derfile *file)
{
    OPENSSL_free(file->decoded);
    BIO_free(file->pem);
    free(file->data);
    *file = (struct derfile){.data = NULL};
}

static enum derfile_step next_pem(struct derfile *file, const char *label,
    const uint8_t **ret_der, size_t *ret_len)
{
    char *name = NULL;
    char *header = NULL;
    long len = 0;
    bool found = false;

    while (!found) {
        OPENSSL_free(file->decoded);
        file->decoded = NULL;
        if (PEM_read_bio(file->pem, &name, &header, &file->decoded, &len) != 1)
            return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
                       ? DERFILE_END
                       : DERFILE_BROKEN;
        found = strcmp(name, label) == 0;
        OPENSSL_free(name);
        OPENSSL_free(header);
    }
    *ret_der = file->decoded;
    *ret_len = (size_t)len;
    return DERFILE_OBJECT;
}

enum derfile_step derfile_next(struct derfile *file, const char *label,
    const uint8_t **ret_der, size_t *ret_len)
{
    struct der rest = {file->data + file->at, file->len - file->at};
    struct der_item item;

    if (file->pem)
        return next_pem(file, label, ret_der, ret_len);
    if (rest.len == 0)
        return DERFILE_END;
    if (!der_next(&rest, &item) || item.tag != DER_SEQUENCE)
        return DERFILE_BROKEN;
    file->at += item.whole.len;
    *ret_der = item.whole.data;
    *ret_len = item.whole.len;
    return DERFILE_OBJECT;
}

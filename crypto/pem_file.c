/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pem_file.h"

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
static enum crypt_err read_all(int fd, struct pem_file *file)
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

static enum crypt_err open_pem(struct pem_file *file)
{
    if (file->len == 0 || file->data[0] == DER_SEQUENCE)
        return CRYPT_OK;
    file->pem = BIO_new_mem_buf(file->data, (int)file->len);
    return file->pem ? CRYPT_OK : CRYPT_NOMEM;
}

bool pem_file_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

static enum crypt_err err_from_errno(void)
{
    return pem_file_is_shortage(errno) ? CRYPT_NOMEM : CRYPT_FAILED;
}

static enum crypt_err check_open(int fd, struct stat *ret_st)
{
    if (fstat(fd, ret_st) != 0)
        return CRYPT_FAILED;
    return S_ISREG(ret_st->st_mode) ? CRYPT_OK : CRYPT_UNSUPPORTED;
}

enum crypt_err pem_file_open(
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

static enum crypt_err read_open(int fd, struct pem_file *file)
{
    enum crypt_err err = CRYPT_OK;

    file->data = malloc(file->len + 1);
    if (!file->data)
        return CRYPT_NOMEM;
    err = read_all(fd, file);
    return err == CRYPT_OK ? open_pem(file) : err;
}

enum crypt_err pem_file_read(
    int fd, const struct stat *st, struct pem_file *ret_file)
{
    struct pem_file file = {.data = NULL};
    enum crypt_err err = CRYPT_UNSUPPORTED;

    if (st->st_size <= PEM_FILE_MAX) {
        file.len = (size_t)st->st_size;
        err = read_open(fd, &file);
    }
    if (err == CRYPT_OK)
        *ret_file = file;
    else
        pem_file_done(&file);
    return err;
}

void pem_file_done(struct pem_file *file)
{
    OPENSSL_free(file->decoded);
    BIO_free(file->pem);
    free(file->data);
    *file = (struct pem_file){.data = NULL};
}

static enum pem_file_step next_pem(struct pem_file *file, const char *label,
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
                       ? PEM_FILE_END
                       : PEM_FILE_BROKEN;
        found = strcmp(name, label) == 0;
        OPENSSL_free(name);
        OPENSSL_free(header);
    }
    *ret_der = file->decoded;
    *ret_len = (size_t)len;
    return PEM_FILE_OBJECT;
}

enum pem_file_step pem_file_next(struct pem_file *file, const char *label,
    const uint8_t **ret_der, size_t *ret_len)
{
    struct der rest = {file->data + file->at, file->len - file->at};
    struct der_item item;

    if (file->pem)
        return next_pem(file, label, ret_der, ret_len);
    if (rest.len == 0)
        return PEM_FILE_END;
    if (!der_next(&rest, &item) || item.tag != DER_SEQUENCE)
        return PEM_FILE_BROKEN;
    file->at += item.whole.len;
    *ret_der = item.whole.data;
    *ret_len = item.whole.len;
    return PEM_FILE_OBJECT;
}

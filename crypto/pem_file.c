/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pem_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "conf/fileperm.h"

#define DER_SEQUENCE (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)

bool pem_file_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

static enum crypt_err err_from_errno(void)
{
    return pem_file_is_shortage(errno) ? CRYPT_NOMEM : CRYPT_FAILED;
}

static enum crypt_err read_open(
    int fd, const char *(*refuse)(const struct stat *st), struct pem_file *file)
{
    struct stat st;
    ssize_t length = 0;

    /* It may be another file by now. */
    if (fstat(fd, &st) != 0)
        return CRYPT_FAILED;
    if (!S_ISREG(st.st_mode))
        return CRYPT_UNSUPPORTED;
    file->refusal = refuse ? refuse(&st) : NULL;
    if (file->refusal)
        return CRYPT_FAILED;
    if (st.st_size > PEM_FILE_MAX)
        return CRYPT_UNSUPPORTED;
    file->data = malloc((size_t)st.st_size + 1);
    if (!file->data)
        return CRYPT_NOMEM;
    /* Not mapped: another program may cut the file short at any time. */
    length = fileperm_read(fd, file->data, (size_t)st.st_size);
    if (length < 0)
        return CRYPT_FAILED;
    file->len = (size_t)length;
    return CRYPT_OK;
}

enum crypt_err pem_file_read(int folder, const char *name,
    const char *(*refuse)(const struct stat *st), struct pem_file *ret_file)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    struct stat st;
    enum crypt_err err = CRYPT_FAILED;
    int fd = -1;

    *ret_file = (struct pem_file){.data = NULL};
    if (fstatat(folder, name, &st, 0) != 0)
        return err_from_errno();
    if (!S_ISREG(st.st_mode))
        return CRYPT_UNSUPPORTED;
    fd = openat(folder, name, flags);
    if (fd < 0)
        return err_from_errno();
    err = read_open(fd, refuse, ret_file);
    close(fd);
    if (err != CRYPT_OK || ret_file->len == 0 ||
        ret_file->data[0] == DER_SEQUENCE)
        return err;
    ret_file->pem = BIO_new_mem_buf(ret_file->data, (int)ret_file->len);
    return ret_file->pem ? CRYPT_OK : CRYPT_NOMEM;
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
    const uint8_t *start = file->data + file->at;
    const uint8_t *value = start;
    long len = 0;
    int tag = 0;
    int class = 0;

    if (file->pem)
        return next_pem(file, label, ret_der, ret_len);
    if (file->at == file->len)
        return PEM_FILE_END;
    if (start[0] != DER_SEQUENCE ||
        ASN1_get_object(&value, &len, &tag, &class,
            (long)(file->len - file->at)) != V_ASN1_CONSTRUCTED)
        return PEM_FILE_BROKEN;
    *ret_der = start;
    *ret_len = (size_t)(value - start) + (size_t)len;
    file->at += *ret_len;
    return PEM_FILE_OBJECT;
}

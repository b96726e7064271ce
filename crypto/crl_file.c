/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "conf/log.h"
#include "crypto/pem_file.h"

static void forget_rows(struct crl_row *rows, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        free(rows[i].bytes);
    free(rows);
}

void crl_file_forget(struct crl_file *file)
{
    forget_rows(file->rows, file->count);
    file->rows = NULL;
    file->count = 0;
}

void crl_file_done(struct crl_file *file)
{
    crl_file_forget(file);
    free(file->name);
    file->name = NULL;
}

static struct der row_point(const struct crl_row *row)
{
    return (struct der){row->bytes, row->point_len};
}

/* A list that does not say whose it is may be anybody's. */
static bool is_key_of(const struct cert *issuer, struct der id)
{
    size_t len = 0;
    const uint8_t *key_id = cert_field(issuer, CERT_KEY_ID, &len);

    return id.len == 0 || (id.len == len && memcmp(id.data, key_id, len) == 0);
}

/* RET_WHOLE: for all reasons. */
static enum crypt_err concerns(const struct crl_row *row,
    const struct crl_subject *subject, bool *ret_concerns, bool *ret_whole)
{
    struct der id = {row->bytes + row->point_len, row->id_len};

    *ret_concerns = false;
    *ret_whole = false;
    return is_key_of(subject->issuer, id)
               ? crl_covers(
                     row_point(row), subject->points, ret_concerns, ret_whole)
               : CRYPT_OK;
}

static struct der serial_of(const struct cert *cert)
{
    struct der serial;

    serial.data = cert_field(cert, CERT_SERIAL, &serial.len);
    return serial;
}

static enum crl_saying ask(const struct crl_list *list,
    const struct crl_subject *subject, struct crl_entry *ret_entry)
{
    if (!crl_is_signed_by(list, subject->issuer))
        return CRL_SAYS_FORGED;
    return crl_find_entry(list, serial_of(subject->cert), ret_entry)
               ? CRL_SAYS_ENTRY
               : CRL_SAYS_MALFORMED;
}

static enum crypt_err fill_row(const struct crl_list *list, struct crl_row *row)
{
    *row = (struct crl_row){
        .bytes = malloc(list->point.len + list->issuer_id.len + 1),
        .point_len = list->point.len,
        .id_len = list->issuer_id.len,
        .this_update = list->this_update,
        .next_update = list->next_update,
        .complete = list->complete,
    };
    if (!row->bytes)
        return CRYPT_NOMEM;
    if (row->point_len > 0)
        memcpy(row->bytes, list->point.data, row->point_len);
    if (row->id_len > 0)
        memcpy(row->bytes + row->point_len, list->issuer_id.data, row->id_len);
    return CRYPT_OK;
}

static enum crypt_err add_row(struct crl_file *file,
    const struct crl_list *list, const struct crl_subject *subject)
{
    struct crl_row *rows =
        realloc(file->rows, (file->count + 1) * sizeof *rows);
    struct crl_row *row = NULL;
    enum crypt_err err = CRYPT_NOMEM;
    bool mine = false;
    bool whole = false;

    if (!rows)
        return CRYPT_NOMEM;
    file->rows = rows;
    row = &rows[file->count];
    if (fill_row(list, row) != CRYPT_OK)
        return CRYPT_NOMEM;
    file->count++;
    err = concerns(row, subject, &mine, &whole);
    row->complete = row->complete && whole;
    if (mine)
        row->saying = ask(list, subject, &row->entry);
    return err;
}

static enum crypt_err add_list(
    struct crl_file *file, struct der der, const struct crl_subject *subject)
{
    struct crl_list list;

    return crl_parse(der, &list) ? add_row(file, &list, subject)
                                 : CRYPT_MALFORMED;
}

/*
 * Reads the lists of CONTENT up to the first that is none. OpenSSL's errors are
 * dropped after each, lest those of many push the host's out of their ring.
 */
static enum crypt_err add_rows(struct crl_file *file, struct pem_file *content,
    const struct crl_subject *subject)
{
    enum pem_file_step step = PEM_FILE_END;
    enum crypt_err err = CRYPT_OK;
    struct der der;

    do {
        ERR_set_mark();
        step = pem_file_next(content, "X509 CRL", &der.data, &der.len);
        if (step == PEM_FILE_OBJECT)
            err = add_list(file, der, subject);
        ERR_pop_to_mark();
    } while (step == PEM_FILE_OBJECT && err == CRYPT_OK);
    if (err == CRYPT_OK && (step == PEM_FILE_BROKEN || file->count == 0))
        err = CRYPT_MALFORMED;
    return err;
}

static const char *const troubles[] = {
    [CRYPT_NOMEM] = "out of memory or descriptors",
    [CRYPT_FAILED] = "cannot be read",
    [CRYPT_MALFORMED] = "holds something that is not a CRL",
    [CRYPT_UNSUPPORTED] = "is not a regular file, or larger than 32 MiB",
};

static enum crypt_err read_lists(
    struct crl_file *file, int folder, const struct crl_subject *subject)
{
    struct pem_file content = {.data = NULL};
    struct stat st;
    int fd = -1;
    enum crypt_err err = pem_file_open(folder, file->name, &fd, &st);

    if (err != CRYPT_OK)
        return err;
    /* Of the file that was opened, from before it is read. */
    file->stamp = stamp_take(&st);
    err = pem_file_read(fd, &st, &content);
    close(fd);
    if (err == CRYPT_OK)
        err = add_rows(file, &content, subject);
    pem_file_done(&content);
    return err;
}

/* OpenSSL says of a good list, too, that it is bad when its memory is short. */
static bool is_doubtful(const struct crl_file *file)
{
    size_t i = 0;

    while (i < file->count && file->rows[i].saying != CRL_SAYS_FORGED)
        i++;
    return i < file->count || file->trouble == CRYPT_NOMEM ||
           file->trouble == CRYPT_MALFORMED;
}

static void tell(const struct crl_file *file, int folder, const char *path)
{
    if (folder == AT_FDCWD)
        log_warn("crl: %s %s", path, troubles[file->trouble]);
    else
        log_warn("crl: %s/%s %s", path, file->name, troubles[file->trouble]);
}

void crl_file_read(struct crl_file *file, int folder, const char *path,
    const struct stat *st, const struct crl_subject *subject)
{
    struct crl_file old = *file;

    file->rows = NULL;
    file->count = 0;
    file->stamp = stamp_take(st);
    file->trouble = read_lists(file, folder, subject);
    if (is_doubtful(file))
        file->stamp.settled = false;
    if (file->trouble == CRYPT_NOMEM) {
        crl_file_forget(file);
        file->rows = old.rows;
        file->count = old.count;
    } else {
        forget_rows(old.rows, old.count);
    }
    if (file->trouble != CRYPT_OK && file->trouble != old.trouble)
        tell(file, folder, path);
}

void crl_file_turn(struct crl_file *file, const struct crl_subject *subject)
{
    bool mine = false;
    bool whole = false;
    size_t i;

    for (i = 0; i < file->count; i++) {
        file->rows[i].saying = CRL_SAYS_NOTHING;
        if (concerns(&file->rows[i], subject, &mine, &whole) != CRYPT_OK ||
            mine)
            file->stamp.settled = false;
    }
}

bool crl_file_matters(const struct crl_file *file)
{
    size_t i = 0;

    while (i < file->count && file->rows[i].saying == CRL_SAYS_NOTHING)
        i++;
    return !file->stamp.settled || file->count == 0 || i < file->count;
}

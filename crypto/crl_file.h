/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_CRL_FILE_H
#define CRYPTO_CRL_FILE_H

#include "crypto/crl_parse.h"
#include "crypto/stamp.h"

/*
 * For the files of this folder only: what is kept of a file of lists, and of
 * what these say of one certificate.
 */

/* Whom the lists are asked about. */
struct crl_subject {
    const struct cert *cert;
    const struct cert *issuer;
    CRL_DIST_POINTS *points; /* of CERT; NULL: none */
};

/* What a list says of the subject. */
enum crl_saying {
    CRL_SAYS_NOTHING, /* it is about others */
    CRL_SAYS_FORGED,  /* the issuer has not signed it */
    CRL_SAYS_MALFORMED,
    CRL_SAYS_ENTRY, /* it is authentic: see the entry and the dates */
};

/* What is kept of a list. */
struct crl_row {
    uint8_t *bytes; /* its issuingDistributionPoint and its issuer's key id */
    size_t point_len;
    size_t id_len;
    int64_t this_update;
    int64_t next_update;
    bool complete;
    enum crl_saying saying;
    struct crl_entry entry;
};

struct crl_file {
    char *name; /* relative to the folder */
    struct stamp stamp;
    struct crl_row *rows;
    size_t count;
    enum crypt_err trouble; /* the last, which the log has */
};

/*
 * Reads FILE, which ST describes, anew and asks its lists about SUBJECT.
 * FOLDER is open on PATH; or it is AT_FDCWD, and PATH is the file. What cannot
 * be read is logged. Where memory or descriptors are too short to read it, what
 * was known of it stays. The stamp holds only for what no want of memory can
 * have caused.
 */
void crl_file_read(struct crl_file *file, int folder, const char *path,
    const struct stat *st, const struct crl_subject *subject);

/*
 * Turns to another SUBJECT: where a list of FILE is about it, the file has to
 * be read again, and its stamp does not hold any more.
 */
void crl_file_turn(struct crl_file *file, const struct crl_subject *subject);

/*
 * True when a change of FILE would matter most: it has a list about the
 * subject, or none that can be read, or is to be read again anyway.
 */
bool crl_file_matters(const struct crl_file *file);

void crl_file_forget(struct crl_file *file); /* its lists */
void crl_file_done(struct crl_file *file);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "conf/log.h"
#include "crypto/cert_x509.h"
#include "crypto/crl_result.h"
#include "crypto/digest.h"
#include "crypto/pem_file.h"
#include "crypto/revocation_cache.h"

/* Longer than a tick of the kernel's, by which file systems go. */
#define TICK_NS 50000000

/* Identifies the state of all files of a store. */
struct files_id {
    uint8_t digest[DIGEST_MAX];
    /* No file has changed so recently that a second change could leave the same
       times. */
    bool clean;
};

struct crl_store {
    struct crypto *crypto;
    char *path;
    pthread_mutex_t mutex; /* guards all that follows */
    struct revocation_cache cache;
    struct files_id logged; /* the files whose faults the log has */
    bool missing;           /* neither folder nor file, and the log has it */
};

/* One lookup. */
struct lookup {
    struct crl_store *store;
    const struct crl_subject *subject;
    int64_t now;
    DIR *folder; /* NULL: the path is a file */
    bool verbose;
    struct crl_result result;
};

enum crypt_err crl_store_new(
    struct crypto *crypto, const char *path, struct crl_store **ret_store)
{
    struct crl_store *store = calloc(1, sizeof *store);

    if (!store)
        return CRYPT_NOMEM;
    store->crypto = crypto;
    store->path = strdup(path);
    if (!store->path || pthread_mutex_init(&store->mutex, NULL) != 0) {
        free(store->path);
        free(store);
        return CRYPT_NOMEM;
    }
    *ret_store = store;
    return CRYPT_OK;
}

void crl_store_free(struct crl_store *store)
{
    if (!store)
        return;
    pthread_mutex_destroy(&store->mutex);
    free(store->path);
    free(store);
}

/*
 * Calls VISIT for each file of the lookup, until one is not CRYPT_OK. FOLDER
 * and NAME are as openat takes them. CRYPT_NOMEM: the folder cannot be listed
 * to its end.
 */
static enum crypt_err for_each_file(struct lookup *lookup,
    enum crypt_err (*visit)(
        struct lookup *lookup, int folder, const char *name, void *data),
    void *data)
{
    enum crypt_err err = CRYPT_OK;
    const struct dirent *entry = NULL;

    if (!lookup->folder)
        return visit(lookup, AT_FDCWD, lookup->store->path, data);
    rewinddir(lookup->folder);
    while (err == CRYPT_OK) {
        errno = 0;
        entry = readdir(lookup->folder);
        if (!entry)
            return errno == 0 ? CRYPT_OK : CRYPT_NOMEM;
        if (entry->d_name[0] != '.')
            err = visit(lookup, dirfd(lookup->folder), entry->d_name, data);
    }
    return err;
}

/* A clock that was set back makes a file of the future, not a fresh one. */
static bool is_fresh(struct timespec changed)
{
    struct timespec now = {0, 0};
    int64_t age = 0;

    clock_gettime(CLOCK_REALTIME, &now);
    age = (int64_t)(now.tv_sec - changed.tv_sec) * 1000000000 +
          (now.tv_nsec - changed.tv_nsec);
    return age > -TICK_NS && age < TICK_NS;
}

struct identify {
    struct digest *digest;
    bool clean;
};

static enum crypt_err identify_file(
    struct lookup *lookup, int folder, const char *name, void *data)
{
    struct identify *id = data;
    struct stat st = {0};
    int64_t file_id[7];
    enum crypt_err err;

    (void)lookup;
    /* What is missing or cannot be read is all zero. */
    (void)fstatat(folder, name, &st, 0);
    file_id[0] = (int64_t)st.st_dev;
    file_id[1] = (int64_t)st.st_ino;
    file_id[2] = (int64_t)st.st_size;
    file_id[3] = (int64_t)st.st_mtim.tv_sec;
    file_id[4] = (int64_t)st.st_mtim.tv_nsec;
    file_id[5] = (int64_t)st.st_ctim.tv_sec;
    file_id[6] = (int64_t)st.st_ctim.tv_nsec;
    id->clean = id->clean && !is_fresh(st.st_ctim);
    err = digest_update(id->digest, (const uint8_t *)name, strlen(name) + 1);
    if (err != CRYPT_OK)
        return err;
    return digest_update(id->digest, (const uint8_t *)file_id, sizeof file_id);
}

static enum crypt_err identify_files(
    struct lookup *lookup, struct files_id *ret_id)
{
    struct identify id = {NULL, true};
    enum crypt_err err =
        digest_new(lookup->store->crypto, DIGEST_SHA256, &id.digest);
    size_t len = 0;

    if (err != CRYPT_OK)
        return err;
    err = for_each_file(lookup, identify_file, &id);
    if (err == CRYPT_OK)
        err = digest_final(id.digest, ret_id->digest, &len);
    ret_id->clean = id.clean;
    digest_free(id.digest);
    return err;
}

/*
 * Adds the lists of FILE up to the first that is none. OpenSSL's errors are
 * dropped after each, before they push the host's out of the ring.
 */
static enum crypt_err add_lists(struct lookup *lookup, struct pem_file *file)
{
    enum pem_file_step step = PEM_FILE_OBJECT;
    enum crypt_err err = CRYPT_OK;
    struct crl_list list;
    struct der der;
    bool empty = true;

    while (err == CRYPT_OK) {
        ERR_set_mark();
        step = pem_file_next(file, "X509 CRL", &der.data, &der.len);
        if (step == PEM_FILE_OBJECT)
            err = crl_parse(der, &list) ? crl_result_add(&lookup->result, &list,
                                              lookup->subject, lookup->now)
                                        : CRYPT_MALFORMED;
        ERR_pop_to_mark();
        if (step != PEM_FILE_OBJECT)
            return step == PEM_FILE_BROKEN || empty ? CRYPT_MALFORMED
                                                    : CRYPT_OK;
        empty = false;
    }
    return err;
}

static enum crypt_err read_lists(
    struct lookup *lookup, int folder, const char *name)
{
    struct pem_file file = {.data = NULL};
    struct stat st;
    int fd = -1;
    enum crypt_err err = pem_file_open(folder, name, &fd, &st);

    if (err != CRYPT_OK)
        return err;
    err = pem_file_read(fd, &st, &file);
    close(fd);
    if (err == CRYPT_OK)
        err = add_lists(lookup, &file);
    pem_file_done(&file);
    return err;
}

static void log_fault(
    const struct lookup *lookup, const char *name, enum crypt_err err)
{
    static const char *const faults[] = {
        [CRYPT_NOMEM] = "out of memory or descriptors",
        [CRYPT_FAILED] = "cannot be read",
        [CRYPT_MALFORMED] = "holds something that is not a CRL",
        [CRYPT_UNSUPPORTED] = "is not a regular file, or larger than 32 MiB",
    };

    if (lookup->folder)
        log_warn("crl: %s/%s %s", lookup->store->path, name, faults[err]);
    else
        log_warn("crl: %s %s", name, faults[err]);
}

static enum crypt_err read_file(
    struct lookup *lookup, int folder, const char *name, void *data)
{
    bool *short_of_memory = data;
    struct stat st;
    enum crypt_err err;

    if (fstatat(folder, name, &st, 0) == 0 && S_ISDIR(st.st_mode))
        return CRYPT_OK;
    err = read_lists(lookup, folder, name);
    if (err != CRYPT_OK && lookup->verbose)
        log_fault(lookup, name, err);
    if (err == CRYPT_NOMEM)
        *short_of_memory = true;
    if (err == CRYPT_MALFORMED)
        lookup->result.doubtful = true;
    return CRYPT_OK;
}

/* Out of memory or descriptors: the last answer where there is one. */
static struct revocation last_answer(const struct lookup *lookup)
{
    struct revocation answer;

    if (revocation_cache_find(&lookup->store->cache, lookup->subject->cert,
            lookup->subject->issuer, NULL, lookup->now, &answer))
        return answer;
    return revocation_unknown("out of memory or descriptors");
}

/* With the files identified by ID. */
static struct revocation read_files(
    struct lookup *lookup, const struct files_id *id)
{
    struct crl_store *store = lookup->store;
    struct revocation answer;
    bool short_of_memory = false;
    bool lasts;

    lookup->verbose =
        memcmp(id->digest, store->logged.digest, CERT_SHA256_SIZE) != 0;
    store->logged = *id;
    if (for_each_file(lookup, read_file, &short_of_memory) != CRYPT_OK)
        short_of_memory = true;
    answer = crl_result_conclude(&lookup->result);
    if (short_of_memory && answer.status != REVOCATION_REVOKED)
        return last_answer(lookup);
    lasts = id->clean && !lookup->result.doubtful;
    revocation_cache_put(&store->cache, lookup->subject->cert,
        lookup->subject->issuer, lasts ? id->digest : NULL, lookup->now,
        &answer);
    return answer;
}

static struct revocation no_files(const struct lookup *lookup, int error)
{
    struct crl_store *store = lookup->store;

    if (!store->missing)
        log_warn("crl: %s: %s", store->path, strerror(error));
    store->missing = true;
    store->logged = (struct files_id){.clean = false};
    if (pem_file_is_shortage(error))
        return last_answer(lookup);
    memset(&store->cache, 0, sizeof store->cache);
    return revocation_unknown("no CRL");
}

/* With the store's lock. */
static struct revocation find_answer(struct lookup *lookup)
{
    struct crl_store *store = lookup->store;
    struct files_id id;
    struct revocation answer;
    int error;

    lookup->folder = opendir(store->path);
    error = errno;
    if (!lookup->folder && error != ENOTDIR)
        return no_files(lookup, error);
    store->missing = false;
    if (identify_files(lookup, &id) != CRYPT_OK)
        answer = last_answer(lookup);
    else if (!revocation_cache_find(&store->cache, lookup->subject->cert,
                 lookup->subject->issuer, id.digest, lookup->now, &answer))
        answer = read_files(lookup, &id);
    if (lookup->folder)
        closedir(lookup->folder);
    return answer;
}

void crl_store_lookup(struct crl_store *store, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    struct crl_subject subject = {.cert = cert, .issuer = issuer};
    struct lookup lookup = {.store = store, .subject = &subject, .now = now};
    int found = -1;

    ERR_set_mark();
    subject.dps = X509_get_ext_d2i(
        cert_x509(cert), NID_crl_distribution_points, &found, NULL);
    if (!subject.dps && found != -1) {
        *ret_revocation =
            revocation_unknown("its distribution points cannot be read");
    } else {
        pthread_mutex_lock(&store->mutex);
        *ret_revocation = find_answer(&lookup);
        pthread_mutex_unlock(&store->mutex);
    }
    CRL_DIST_POINTS_free(subject.dps);
    ERR_pop_to_mark();
}

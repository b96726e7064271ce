/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "conf/lock.h"
#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
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
    struct lock lock; /* guards all that follows */
    struct revocation_cache cache;
    struct files_id logged; /* the files whose faults the log has */
    bool missing;           /* neither folder nor file, and the log has it */
};

/* One lookup. */
struct lookup {
    struct crl_store *store;
    struct crl_query query;
    DIR *folder;           /* NULL: the path is a file */
    struct digest *digest; /* of what identifies the files */
    struct files_id id;
    bool verbose;
    bool short_of_memory;
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
    if (!store->path || !lock_init(&store->lock)) {
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
    lock_destroy(&store->lock);
    free(store->path);
    free(store);
}

/*
 * Calls VISIT for each file of the lookup, until one is not CRYPT_OK. FOLDER
 * and NAME are as openat takes them. CRYPT_NOMEM: the folder cannot be listed
 * to its end.
 */
static enum crypt_err for_each_file(
    struct lookup *lookup, enum crypt_err (*visit)(struct lookup *lookup,
                               int folder, const char *name))
{
    enum crypt_err err = CRYPT_OK;
    const struct dirent *entry = NULL;

    if (!lookup->folder)
        return visit(lookup, AT_FDCWD, lookup->store->path);
    rewinddir(lookup->folder);
    while (err == CRYPT_OK) {
        errno = 0;
        entry = readdir(lookup->folder);
        if (!entry)
            return errno == 0 ? CRYPT_OK : CRYPT_NOMEM;
        if (entry->d_name[0] != '.')
            err = visit(lookup, dirfd(lookup->folder), entry->d_name);
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

static enum crypt_err add_stat(struct digest *digest, const struct stat *st)
{
    const int64_t id[] = {(int64_t)st->st_dev, (int64_t)st->st_ino,
        (int64_t)st->st_size, (int64_t)st->st_mtim.tv_sec,
        (int64_t)st->st_mtim.tv_nsec, (int64_t)st->st_ctim.tv_sec,
        (int64_t)st->st_ctim.tv_nsec};

    return digest_update(digest, (const uint8_t *)id, sizeof id);
}

static enum crypt_err identify_file(
    struct lookup *lookup, int folder, const char *name)
{
    struct stat st = {0};
    enum crypt_err err =
        digest_update(lookup->digest, (const uint8_t *)name, strlen(name) + 1);

    if (err != CRYPT_OK)
        return err;
    /* What is missing or cannot be read is all zero. */
    (void)fstatat(folder, name, &st, 0);
    if (is_fresh(st.st_ctim))
        lookup->id.clean = false;
    return add_stat(lookup->digest, &st);
}

static enum crypt_err identify_files(struct lookup *lookup)
{
    enum crypt_err err =
        digest_new(lookup->store->crypto, DIGEST_SHA256, &lookup->digest);
    size_t len = 0;

    if (err != CRYPT_OK)
        return err;
    lookup->id.clean = true;
    err = for_each_file(lookup, identify_file);
    if (err == CRYPT_OK)
        err = digest_final(lookup->digest, lookup->id.digest, &len);
    digest_free(lookup->digest);
    return err;
}

/*
 * Adds the lists of FILE up to the first that is none. OpenSSL's errors are
 * dropped after each, before they push the host's out of the ring.
 */
static enum crypt_err add_lists(struct lookup *lookup, struct pem_file *file)
{
    enum pem_file_step step = PEM_FILE_OBJECT;
    const uint8_t *der = NULL;
    size_t len = 0;
    size_t count = 0;
    bool sound = true;

    while (step == PEM_FILE_OBJECT && sound) {
        ERR_set_mark();
        step = pem_file_next(file, "X509 CRL", &der, &len);
        if (step == PEM_FILE_OBJECT) {
            sound = crl_result_add(&lookup->result, der, len, &lookup->query);
            count++;
        }
        ERR_pop_to_mark();
    }
    return sound && step == PEM_FILE_END && count > 0 ? CRYPT_OK
                                                      : CRYPT_MALFORMED;
}

static void log_fault(
    const struct lookup *lookup, const char *name, enum crypt_err err)
{
    static const struct words faults[] = {
        [CRYPT_NOMEM] = {W_LOG_CRL_SHORTAGE},
        [CRYPT_FAILED] = {W_LOG_CRL_UNREADABLE},
        [CRYPT_MALFORMED] = {W_LOG_CRL_NONE},
        [CRYPT_UNSUPPORTED] = {W_LOG_CRL_NOT_FILE},
    };

    if (lookup->folder)
        log_warn(words(W_LOG_CRL_IN), lookup->store->path, name,
            words_of(&faults[err]));
    else
        log_warn(words(W_LOG_CRL), name, words_of(&faults[err]));
}

static enum crypt_err read_file(
    struct lookup *lookup, int folder, const char *name)
{
    struct pem_file file;
    struct stat st;
    enum crypt_err err;

    if (fstatat(folder, name, &st, 0) == 0 && S_ISDIR(st.st_mode))
        return CRYPT_OK;
    err = pem_file_read(folder, name, NULL, &file);
    if (err == CRYPT_OK)
        err = add_lists(lookup, &file);
    pem_file_done(&file);
    if (err != CRYPT_OK && lookup->verbose)
        log_fault(lookup, name, err);
    if (err == CRYPT_NOMEM)
        lookup->short_of_memory = true;
    if (err == CRYPT_MALFORMED)
        lookup->result.doubtful = true;
    return CRYPT_OK;
}

/* What uses the store beyond its path. */
static struct revocation last_answer(const struct lookup *lookup)
    REQUIRES(&lookup->store->lock);
static struct revocation read_files(struct lookup *lookup)
    REQUIRES(&lookup->store->lock);
static struct revocation no_files(const struct lookup *lookup, int error)
    REQUIRES(&lookup->store->lock);
static struct revocation find_answer(struct lookup *lookup)
    REQUIRES(&lookup->store->lock);

/* Out of memory or descriptors: the last answer where there is one. */
static struct revocation last_answer(const struct lookup *lookup)
{
    struct revocation answer;

    if (revocation_cache_find(
            &lookup->store->cache, &lookup->query.about, NULL, &answer))
        return answer;
    return revocation_unknown("out of memory or descriptors");
}

static struct revocation read_files(struct lookup *lookup)
{
    const struct files_id *id = &lookup->id;
    struct crl_store *store = lookup->store;
    struct revocation answer;
    bool lasts;

    lookup->verbose =
        memcmp(id->digest, store->logged.digest, CERT_SHA256_SIZE) != 0;
    store->logged = *id;
    if (for_each_file(lookup, read_file) != CRYPT_OK)
        lookup->short_of_memory = true;
    answer = crl_result_conclude(&lookup->result);
    if (lookup->short_of_memory && answer.status != REVOCATION_REVOKED)
        return last_answer(lookup);
    lasts = id->clean && !lookup->result.doubtful;
    revocation_cache_put(&store->cache, &lookup->query.about,
        lasts ? id->digest : NULL, &answer);
    return answer;
}

static struct revocation no_files(const struct lookup *lookup, int error)
{
    struct crl_store *store = lookup->store;

    if (!store->missing)
        log_warn(words(W_LOG_CRL), store->path, strerror(error));
    store->missing = true;
    store->logged = (struct files_id){.clean = false};
    if (pem_file_is_shortage(error))
        return last_answer(lookup);
    memset(&store->cache, 0, sizeof store->cache);
    return revocation_unknown("no CRL");
}

static struct revocation find_answer(struct lookup *lookup)
{
    struct crl_store *store = lookup->store;
    struct revocation answer;
    int error;

    lookup->folder = opendir(store->path);
    error = errno;
    if (!lookup->folder && error != ENOTDIR)
        return no_files(lookup, error);
    store->missing = false;
    if (identify_files(lookup) != CRYPT_OK)
        answer = last_answer(lookup);
    else if (!revocation_cache_find(&store->cache, &lookup->query.about,
                 lookup->id.digest, &answer))
        answer = read_files(lookup);
    if (lookup->folder)
        closedir(lookup->folder);
    return answer;
}

void crl_store_lookup(struct crl_store *store, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    struct lookup lookup = {.store = store, .query.about = {cert, issuer, now}};
    void *dps = NULL;

    *ret_revocation =
        revocation_unknown("its distribution points cannot be read");
    ERR_set_mark();
    if (asn1_get_extension(X509_get0_extensions(cert->x509),
            NID_crl_distribution_points, &dps)) {
        lookup.query.dps = dps;
        lock_acquire(&lookup.store->lock);
        *ret_revocation = find_answer(&lookup);
        lock_release(&lookup.store->lock);
    }
    CRL_DIST_POINTS_free(dps);
    ERR_pop_to_mark();
}

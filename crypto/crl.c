/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/crl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "conf/log.h"
#include "crypto/cert_x509.h"
#include "crypto/certpair.h"
#include "crypto/crl_file.h"
#include "crypto/pem_file.h"

/*
 * To ask after 1,900 files takes longer than to answer from what is known of
 * them, so of those without a list that matters only so many have their turn at
 * each look-up.
 */
#define ASKED_AFTER 200

struct files {
    struct crl_file *items; /* by name */
    size_t count;
};

struct crl_store {
    struct crypto *crypto;
    char *path;
    pthread_mutex_t mutex; /* guards all that follows */
    struct files files;
    struct stamp stamp;      /* of the folder */
    size_t turn;             /* the first file that has its turn */
    bool missing;            /* neither folder nor file, and the log says so */
    struct certpair subject; /* whom the lists were asked about */
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

static void forget_files(struct files *files)
{
    size_t i;

    for (i = 0; i < files->count; i++) {
        crl_file_done(&files->items[i]);
    }
    free(files->items);
    *files = (struct files){NULL, 0};
}

void crl_store_free(struct crl_store *store)
{
    if (!store)
        return;
    forget_files(&store->files);
    pthread_mutex_destroy(&store->mutex);
    free(store->path);
    free(store);
}

static int by_name(const void *a, const void *b)
{
    const struct crl_file *const one = a;
    const struct crl_file *const other = b;

    return strcmp(one->name, other->name);
}

static enum crypt_err add_name(struct files *files, const char *name)
{
    struct crl_file *items = files->items;

    /* Room doubles whenever the count is a power of two. */
    if ((files->count & (files->count - 1)) == 0)
        items = realloc(
            items, (files->count > 0 ? 2 * files->count : 1) * sizeof *items);
    if (!items)
        return CRYPT_NOMEM;
    files->items = items;
    items[files->count] = (struct crl_file){.name = strdup(name)};
    if (!items[files->count].name)
        return CRYPT_NOMEM;
    files->count++;
    return CRYPT_OK;
}

static enum crypt_err list_folder(DIR *folder, struct files *files)
{
    enum crypt_err err = CRYPT_OK;
    const struct dirent *entry = NULL;

    do {
        errno = 0;
        entry = readdir(folder);
        if (!entry && errno != 0)
            err = CRYPT_FAILED;
        if (entry && entry->d_name[0] != '.')
            err = add_name(files, entry->d_name);
    } while (entry && err == CRYPT_OK);
    if (files->count > 0)
        qsort(files->items, files->count, sizeof *files->items, by_name);
    return err;
}

/* What is known of files that are still there goes over from OLD to NEW. */
static void keep_known(struct files *old, struct files *new)
{
    size_t i = 0;
    size_t j = 0;

    while (i < old->count && j < new->count) {
        int order = by_name(&old->items[i], &new->items[j]);

        if (order == 0) {
            struct crl_file swap = old->items[i];

            old->items[i] = new->items[j];
            new->items[j] = swap;
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static void replace_files(struct crl_store *store, struct files *files)
{
    keep_known(&store->files, files);
    forget_files(&store->files);
    store->files = *files;
}

/*
 * True when the names had to be listed anew: then any file may be another one.
 * A list of names that is not whole is made again, and until then is better
 * than none.
 */
static bool relist(struct crl_store *store, DIR *folder)
{
    struct files files = {NULL, 0};
    enum crypt_err err;
    struct stat st;

    if (fstat(dirfd(folder), &st) != 0 || stamp_holds(&store->stamp, &st))
        return false;
    store->stamp = stamp_take(&st);
    err = list_folder(folder, &files);
    if (err != CRYPT_OK)
        store->stamp.settled = false;
    if (err == CRYPT_OK || store->files.count == 0)
        replace_files(store, &files);
    else
        forget_files(&files);
    return true;
}

static void list_file(struct crl_store *store)
{
    struct files files = {NULL, 0};

    store->stamp.settled = false;
    (void)add_name(&files, store->path);
    replace_files(store, &files);
}

static void list_nothing(struct crl_store *store, int error)
{
    if (!store->missing)
        log_warn("crl: %s: %s", store->path, strerror(error));
    store->missing = true;
    store->stamp.settled = false;
    if (!pem_file_is_shortage(error))
        forget_files(&store->files);
}

/* FOLDER is AT_FDCWD when the path is a file. */
static void reread(struct crl_store *store, int folder, struct crl_file *file,
    const struct crl_subject *subject)
{
    struct stat st;

    /* What is not there is read, too, to be logged once. */
    if (fstatat(folder, file->name, &st, 0) != 0)
        st = (struct stat){0};
    if (S_ISDIR(st.st_mode)) {
        crl_file_forget(file);
        file->stamp.settled = false;
    } else if (!stamp_holds(&file->stamp, &st)) {
        crl_file_read(file, folder, store->path, &st, subject);
    }
}

static void reread_some(struct crl_store *store, int folder, bool all,
    const struct crl_subject *subject)
{
    size_t count = store->files.count;
    size_t i;

    for (i = 0; i < count; i++) {
        struct crl_file *file = &store->files.items[i];
        /* The files stand in a ring, of which a part has its turn. */
        size_t ahead = (i + count - store->turn % count) % count;

        if (all || ahead < ASKED_AFTER || crl_file_matters(file))
            reread(store, folder, file, subject);
    }
    store->turn = count > 0 ? (store->turn + ASKED_AFTER) % count : 0;
}

static void refresh(struct crl_store *store, const struct crl_subject *subject)
{
    DIR *folder = opendir(store->path);
    int error = errno;
    bool all = false;

    if (!folder && error != ENOTDIR) {
        list_nothing(store, error);
        return;
    }
    store->missing = false;
    if (folder)
        all = relist(store, folder);
    else
        list_file(store);
    reread_some(store, folder ? dirfd(folder) : AT_FDCWD, all, subject);
    if (folder)
        closedir(folder);
}

/* What the lists said of another certificate does not count. */
static enum crypt_err turn_to(
    struct crl_store *store, const struct crl_subject *subject)
{
    struct certpair pair;
    enum crypt_err err =
        certpair_make(store->crypto, subject->cert, subject->issuer, &pair);
    size_t i;

    if (err != CRYPT_OK || certpair_equal(&pair, &store->subject))
        return err;
    for (i = 0; i < store->files.count; i++)
        crl_file_turn(&store->files.items[i], subject);
    store->subject = pair;
    return CRYPT_OK;
}

/* Why no list settles it, the nearest miss last. */
enum shortfall {
    NO_LIST,
    NO_MATCH,
    FORGED,
    MALFORMED,
    INCOMPLETE,
    REMOVED,
    EARLY,
    STALE,
    FITS,
};

static enum shortfall judge(const struct crl_row *row, int64_t now)
{
    if (row->saying == CRL_SAYS_NOTHING)
        return NO_MATCH;
    if (row->saying == CRL_SAYS_FORGED)
        return FORGED;
    if (row->saying == CRL_SAYS_MALFORMED)
        return MALFORMED;
    if (row->entry.kind == CRL_ENTRY_REMOVED)
        return REMOVED;
    if (!row->complete)
        return INCOMPLETE;
    if (now < row->this_update)
        return EARLY;
    return now > row->next_update ? STALE : FITS;
}

struct tally {
    enum shortfall nearest;
    const struct crl_row *revokes; /* the newest of them */
    const struct crl_row *clears;  /* the one that holds longest */
};

static void count_row(
    const struct crl_row *row, int64_t now, struct tally *tally)
{
    enum shortfall shortfall = judge(row, now);

    if (row->saying == CRL_SAYS_ENTRY && row->entry.kind == CRL_ENTRY_REVOKED) {
        if (!tally->revokes || tally->revokes->this_update < row->this_update)
            tally->revokes = row;
    } else if (shortfall == FITS) {
        if (!tally->clears || tally->clears->next_update < row->next_update)
            tally->clears = row;
    } else if (tally->nearest < shortfall) {
        tally->nearest = shortfall;
    }
}

static struct revocation conclude(const struct tally *tally)
{
    static const char *const why[] = {
        [NO_LIST] = "there is no list",
        [NO_MATCH] = "no list is about it",
        [FORGED] = "the list is not signed by its CA",
        [MALFORMED] = "the list is malformed",
        [INCOMPLETE] = "the list is not complete",
        [REMOVED] = "the list takes an entry back",
        [EARLY] = "the list is not valid yet",
        [STALE] = "the list is out of date",
    };
    struct revocation answer = {.status = REVOCATION_NOT_CHECKED};

    if (tally->revokes) {
        answer.status = REVOCATION_REVOKED;
        answer.reason = tally->revokes->entry.reason;
        answer.revoked_at = tally->revokes->entry.revoked_at;
    } else if (tally->clears) {
        answer.status = REVOCATION_GOOD;
        answer.next_update = tally->clears->next_update;
    } else {
        answer = revocation_unknown(why[tally->nearest]);
    }
    return answer;
}

static struct revocation look_up(
    struct crl_store *store, const struct crl_subject *subject, int64_t now)
{
    struct tally tally = {.nearest = NO_LIST};
    size_t i;
    size_t j;

    if (turn_to(store, subject) != CRYPT_OK)
        return revocation_unknown("out of memory");
    refresh(store, subject);
    for (i = 0; i < store->files.count; i++)
        for (j = 0; j < store->files.items[i].count; j++)
            count_row(&store->files.items[i].rows[j], now, &tally);
    return conclude(&tally);
}

void crl_store_lookup(struct crl_store *store, const struct cert *cert,
    const struct cert *issuer, int64_t now, struct revocation *ret_revocation)
{
    struct crl_subject subject = {.cert = cert, .issuer = issuer};
    int found = -1;

    ERR_set_mark();
    subject.points = X509_get_ext_d2i(
        cert_x509(cert), NID_crl_distribution_points, &found, NULL);
    if (!subject.points && found != -1) {
        *ret_revocation =
            revocation_unknown("its distribution points cannot be read");
    } else {
        pthread_mutex_lock(&store->mutex);
        *ret_revocation = look_up(store, &subject, now);
        pthread_mutex_unlock(&store->mutex);
    }
    CRL_DIST_POINTS_free(subject.points);
    ERR_pop_to_mark();
}

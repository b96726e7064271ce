/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists for each of Japan's municipalities, and a long one: how long a lookup
 * takes and how much memory. JPKI_CRL_FILES and JPKI_CRL_LONG tell how many
 * lists of 2,000 entries there are and how many entries the long one has; with
 * 1900 and 100000 it is as many as there may be. With JPKI_CRL_PEM set they are
 * in PEM.
 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/crl.h"
#include "tests/unit/crypto/pki.h"

#define CA 1
#define ENTRIES 2000
#define LATER 51 /* lookups after the first */

/* A busy machine is slow, but not for ever. */
#define FIRST_MAX 60.0
#define LATER_MAX 2.0
#define PEAK_MAX 64.0 /* MB */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static unsigned number_of(const char *variable, unsigned otherwise)
{
    const char *text = getenv(variable);

    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double peak_megabytes(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)usage.ru_maxrss / 1024;
}

static void make_lists(const char *folder, unsigned files, unsigned entries)
{
    struct pki_list list = {
        .ca = CA,
        .named = CA,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .more = ENTRIES,
    };
    char name[32];
    unsigned i;

    for (i = 0; i <= files; i++) {
        struct made made;

        snprintf(name, sizeof name, "City-%u CRLDP", i);
        list.point = name;
        if (i == files)
            list.more = entries;
        made = pki_crl(&list);
        snprintf(name, sizeof name, "%u.crl", i);
        pki_write(
            folder, name, &made, getenv("JPKI_CRL_PEM") ? "X509 CRL" : NULL);
        made_free(&made);
    }
}

/* In a process of its own, whose memory does not count. */
static void make_lists_apart(
    const char *folder, unsigned files, unsigned entries)
{
    pid_t child = fork();
    int status = 1;

    assert_true(child >= 0);
    if (child == 0) {
        make_lists(folder, files, entries);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static double time_look_up(struct crl_store *store, const struct pki_cert *who,
    const struct pki_cert *ca, enum revocation_status status)
{
    struct revocation revocation;
    double before = seconds();

    crl_store_lookup(store, who->cert, ca->cert, PKI_NOW, &revocation);
    before = seconds() - before;
    assert_int_equal(revocation.status, status);
    return before;
}

static int by_value(const void *a, const void *b)
{
    const double *const one = a;
    const double *const other = b;

    return (*one > *other) - (*one < *other);
}

/* The median of the later lookups, and the worst. */
struct later {
    double median;
    double worst;
};

static struct later time_later(struct crl_store *store,
    const struct pki_cert *who, const struct pki_cert *ca,
    enum revocation_status status)
{
    double took[LATER];
    int i;

    for (i = 0; i < LATER; i++)
        took[i] = time_look_up(store, who, ca, status);
    qsort(took, LATER, sizeof *took, by_value);
    return (struct later){took[LATER / 2], took[LATER - 1]};
}

static void test_look_up_in_many_lists(void **state)
{
    unsigned files = number_of("JPKI_CRL_FILES", 100);
    unsigned entries = number_of("JPKI_CRL_LONG", 20000);
    struct crypto *crypto = NULL;
    struct crl_store *store = NULL;
    char *folder = pki_make_folder();
    char point[32];
    struct pki_cert ca, good, revoked;
    double first, other;
    struct later later, again;

    assert_int_equal(crypto_new(&crypto), CRYPT_OK);
    ca = pki_ca(crypto, CA);
    good = pki_leaf(crypto, CA, "01", "City-7 CRLDP");
    snprintf(point, sizeof point, "City-%u CRLDP", files);
    revoked = pki_leaf(crypto, CA, "1000000A", point);
    make_lists_apart(folder, files, entries);
    /* What has just been written is not settled yet. */
    usleep(100000);
    assert_int_equal(crl_store_new(crypto, folder, &store), CRYPT_OK);
    first = time_look_up(store, &good, &ca, REVOCATION_GOOD);
    later = time_later(store, &good, &ca, REVOCATION_GOOD);
    other = time_look_up(store, &revoked, &ca, REVOCATION_REVOKED);
    again = time_later(store, &revoked, &ca, REVOCATION_REVOKED);
    printf("%u lists of %u entries and one of %u: first lookup %.3f s, then "
           "%.2f ms (at most %.2f), first in the long list %.2f ms, then %.2f "
           "ms (at most %.2f), peak %.1f MB\n",
        files, ENTRIES, entries, first, later.median * 1e3, later.worst * 1e3,
        other * 1e3, again.median * 1e3, again.worst * 1e3, peak_megabytes());
    assert_true(first < FIRST_MAX);
    assert_true(later.median < LATER_MAX);
    assert_true(SANITIZED || peak_megabytes() < PEAK_MAX);
    crl_store_free(store);
    pki_close_all();
    crypto_free(crypto);
    pki_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_up_in_many_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/vcard/crlspec.h"
#include "tests/vcard/keystore.h"

/*
 * make-crl [-p] [-m CERT] [-f DAYS] [-u DAYS] OUT CA-FOLDER [CERT[:REASON] ...]
 *
 * Writes a list that revokes the certificates in the files CERT, signed by the
 * CA whose key.pem and ca.der lie in CA-FOLDER; see README.md.
 */
#define ENTRIES_MAX 64
#define DAY ((time_t)24 * 60 * 60)

struct order {
    bool pem;
    const char *municipality; /* file of a certificate */
    long from, until;         /* days from now */
    const char *out, *ca_folder;
    char **certs; /* "CERT" or "CERT:REASON" */
    size_t n_certs;
};

static int read_order(int argc, char **argv, struct order *ret_order)
{
    *ret_order = (struct order){.from = -1, .until = 1};
    int option = 0;
    while ((option = getopt(argc, argv, "pm:f:u:")) != -1) {
        switch (option) {
        case 'p':
            ret_order->pem = true;
            break;
        case 'm':
            ret_order->municipality = optarg;
            break;
        case 'f':
            ret_order->from = atol(optarg);
            break;
        case 'u':
            ret_order->until = atol(optarg);
            break;
        default:
            return -1;
        }
    }
    if (argc - optind < 2 || argc - optind - 2 > ENTRIES_MAX)
        return -1;
    ret_order->out = argv[optind];
    ret_order->ca_folder = argv[optind + 1];
    ret_order->certs = argv + optind + 2;
    ret_order->n_certs = (size_t)(argc - optind - 2);
    return 0;
}

/* TEXT is cut at the reason. */
static int read_entry(char *text, struct crl_entry_spec *ret_entry)
{
    char *reason = strrchr(text, ':');
    ret_entry->reason = CRLSPEC_NO_REASON;
    if (reason) {
        *reason++ = '\0';
        ret_entry->reason = crlspec_reason(reason);
        if (ret_entry->reason == CRLSPEC_NO_REASON) {
            fprintf(stderr, "make-crl: %s: no such reason\n", reason);
            return -1;
        }
    }
    ret_entry->cert = keystore_read_cert(text);
    return ret_entry->cert ? 0 : -1;
}

static int make(const struct order *order)
{
    struct crl_entry_spec entries[ENTRIES_MAX] = {{NULL, 0}};
    struct crl_spec spec = {
        .this_update = time(NULL) + order->from * DAY,
        .next_update = time(NULL) + order->until * DAY,
        .entries = entries,
    };
    X509 *municipality = NULL;
    X509_CRL *crl = NULL;
    int rc = keystore_read_ca(order->ca_folder, &spec.ca);
    if (rc == 0 && order->municipality) {
        municipality = keystore_read_cert(order->municipality);
        rc = municipality ? 0 : -1;
        spec.partition = municipality;
    }
    while (rc == 0 && spec.n_entries < order->n_certs) {
        rc = read_entry(order->certs[spec.n_entries], &entries[spec.n_entries]);
        spec.n_entries++;
    }
    if (rc == 0) {
        crl = crlspec_make(&spec);
        rc = crl ? crlspec_write(order->out, crl, order->pem) : -1;
    }
    X509_CRL_free(crl);
    X509_free(municipality);
    for (size_t i = 0; i < spec.n_entries; i++)
        X509_free(entries[i].cert);
    keystore_ca_done(&spec.ca);
    return rc;
}

int main(int argc, char **argv)
{
    struct order order;
    if (read_order(argc, argv, &order) != 0) {
        fprintf(stderr, "usage: make-crl [-p] [-m CERT] [-f DAYS] [-u DAYS] "
                        "OUT CA-FOLDER [CERT[:REASON] ...]\n");
        return 2;
    }
    return make(&order) == 0 ? 0 : 1;
}

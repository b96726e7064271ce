/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_VALUES_H
#define CONF_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/log.h"

/*
 * The configuration (docs/design.md section 6, jpki-pkcs11.conf(5)): one table
 * of keys, conf/keys.c, which sets a type by the order of its enumerators: the
 * first is the default.
 */

enum conf_pss { CONF_PSS_AUTO, CONF_PSS_YES, CONF_PSS_NO };
enum conf_show { CONF_SHOW_BOTH, CONF_SHOW_AUTH, CONF_SHOW_SIGN };
enum conf_ca_certificates { CONF_CA_SIGN, CONF_CA_BOTH, CONF_CA_NO };
enum conf_signature_pin { CONF_PIN_ASK, CONF_PIN_EVERY, CONF_PIN_ONCE };
enum conf_last_try { CONF_LAST_TRY_REFUSE, CONF_LAST_TRY_ALLOW };
enum conf_revocation {
    CONF_REVOCATION_IF_AVAILABLE,
    CONF_REVOCATION_REQUIRE,
    CONF_REVOCATION_OFF,
};
enum conf_ocsp { CONF_OCSP_OFF, CONF_OCSP_AIA, CONF_OCSP_URL };

/* The values of a key that may repeat, in the order of the file. */
struct conf_list {
    char **items;
    size_t count;
};

struct conf {
    /* [card] */
    struct conf_list reader;
    struct conf_list ignore_reader;
    enum conf_pss pss;
    /* [slots] */
    enum conf_show show;
    enum conf_ca_certificates ca_certificates;
    bool sign_profile; /* default true */
    /* [pin] */
    enum conf_signature_pin signature_pin;
    bool fold_case;      /* default true */
    bool remember_wrong; /* default true */
    enum conf_last_try last_try;
    /* [policy] */
    unsigned minimum_age; /* default 15, at most 120 */
    enum conf_revocation revocation;
    char *crl; /* NULL when not configured */
    enum conf_ocsp ocsp;
    char *ocsp_url;        /* set when ocsp is CONF_OCSP_URL */
    unsigned ocsp_timeout; /* seconds, default 5, 1 to 60 */
    struct conf_list sign_ca;
    bool enforce; /* default false; only the system's file counts */
    /* [bridge] */
    struct conf_list bridge_hosts; /* "myna.go.jp", "localhost:8443" */
    bool combination_code;         /* default true */
    /* [log] */
    enum log_level log_level; /* default warn */
    char *log_file;           /* "syslog", "stderr" or a path; never NULL */
};

/* Frees the items and leaves the list empty. */
void conf_list_done(struct conf_list *list);

/* Frees what CONF owns; a zeroed struct is fine. */
void conf_done(struct conf *conf);

/*
 * True when a reader of this NAME is wanted: `reader` absent or part of the
 * name, and no `ignore_reader` part of it, without regard to case.
 */
bool conf_wants_reader(const struct conf *conf, const char *name);

#endif

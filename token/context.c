/* SPDX-License-Identifier: Apache-2.0 */
#include "token/context.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/log.h"
#include "conf/words.h"
#include "conf/words_log.h"
#include "crypto/context.h"
#include "crypto/crl.h"
#include "crypto/ocsp.h"
#include "crypto/trust.h"
#include "token/card/monitor.h"
#include "token/card/pin.h"
#include "token/pin_history.h"

bool context_prepare(void)
{
    static _Thread_local bool preparing;

    if (preparing)
        return false;
    preparing = true;
    crypto_prepare();
    preparing = false;
    return true;
}

/*
 * The base name of the running executable; "" when it cannot be told. The
 * kernel marks the path of one that was replaced on disk.
 */
static const char *program_name(char path[PATH_MAX])
{
    static const char mark[] = " (deleted)";
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
    const char *slash;
    char *end;

    path[len > 0 ? len : 0] = '\0';
    end = strrchr(path, ' ');
    if (end && strcmp(end, mark) == 0)
        *end = '\0';
    slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum tok_err load_conf(struct conf *ret_conf)
{
    struct conf_paths paths = {0};
    char path[PATH_MAX];
    char *error = NULL;
    int err = conf_find(&paths);

    if (err == 0)
        err = conf_load(&paths, program_name(path), ret_conf, &error);
    conf_paths_done(&paths);
    if (err == 0)
        return TOK_OK;
    if (error)
        log_report(words(W_LOG_CONF), error);
    free(error);
    return err == ENOMEM ? TOK_NOMEM : TOK_CONF;
}

enum tok_err tok_from_crypt(enum crypt_err err)
{
    if (err == CRYPT_OK)
        return TOK_OK;
    return err == CRYPT_NOMEM ? TOK_NOMEM : TOK_CRYPTO;
}

/* For a value of the configuration; crypto/ reports why it cannot be used. */
static enum tok_err from_value(enum crypt_err err)
{
    return err == CRYPT_OK || err == CRYPT_NOMEM ? tok_from_crypt(err)
                                                 : TOK_CONF;
}

/*
 * A CA that is named and cannot be read is a mistake in the configuration; a
 * CRL that is not there yet is none.
 */
static enum tok_err make_policy(struct context *context)
{
    const struct conf *conf = &context->conf;
    enum tok_err err =
        tok_from_crypt(trust_store_new(context->crypto, &context->trust));
    size_t i;

    for (i = 0; i < conf->sign_ca.count && err == TOK_OK; i++)
        err = from_value(
            trust_store_add_file(context->trust, conf->sign_ca.items[i]));
    if (conf->revocation == CONF_REVOCATION_OFF)
        return err;
    if (err == TOK_OK && conf->crl)
        err = tok_from_crypt(
            crl_store_new(context->crypto, conf->crl, &context->crl));
    if (err == TOK_OK && conf->ocsp != CONF_OCSP_OFF)
        err = from_value(ocsp_new(context->crypto, conf->ocsp_url,
            conf->ocsp_timeout, &context->ocsp));
    return err;
}

static enum tok_err fill(struct context *context)
{
    enum tok_err err = load_conf(&context->conf);

    if (err != TOK_OK)
        return err;
    (void)log_open(context->conf.log_level, context->conf.log_file);
    err = tok_from_crypt(crypto_new(&context->crypto));
    if (err == TOK_OK)
        err = make_policy(context);
    if (err == TOK_OK)
        err = pin_page_new(&context->pins);
    if (err == TOK_OK)
        err = monitor_new(&context->monitor);
    return err;
}

enum tok_err context_new(struct context **ret_context)
{
    struct context *context;
    enum tok_err err;

    /* First: in a forked child it puts the lock of the history in order. */
    pin_history_prepare();
    words_choose_language();
    context = calloc(1, sizeof *context);
    if (!context)
        return TOK_NOMEM;
    err = fill(context);
    if (err != TOK_OK) {
        context_free(context);
        return err;
    }
    *ret_context = context;
    return TOK_OK;
}

void context_free(struct context *context)
{
    if (!context)
        return;
    monitor_free(context->monitor);
    pin_page_free(context->pins);
    pin_history_cut();
    ocsp_free(context->ocsp);
    crl_store_free(context->crl);
    trust_store_free(context->trust);
    crypto_free(context->crypto);
    log_close();
    conf_done(&context->conf);
    free(context);
}

bool context_shows(const struct context *context, enum jpki_role_id role)
{
    enum conf_show other = role == JPKI_AUTH ? CONF_SHOW_SIGN : CONF_SHOW_AUTH;

    return context->conf.show != other;
}

bool context_wants_reader(const struct context *context, const char *name)
{
    return conf_wants_reader(&context->conf, name);
}

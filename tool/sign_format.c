/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/sign_format.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/words.h"
#include "conf/words_sign.h"
#include "crypto/cms.h"
#include "tool/output.h"
#include "tool/pdf.h"

_Static_assert(DOCUMENT_DIGEST == CMS_DIGEST,
    "the digest of the content goes into CMS as it is");

static enum exit_status crypto_failed(const struct document *document)
{
    complain(words(W_SIGN_CRYPTO), document->shown);
    return EXIT_TROUBLE;
}

static enum exit_status sign_raw(struct signing_key *key,
    const struct document *document, const struct content *content,
    uint8_t **ret_bytes, size_t *ret_len)
{
    enum exit_status status;

    *ret_len = CARD_SIGNATURE_SIZE;
    *ret_bytes = malloc(CARD_SIGNATURE_SIZE);
    if (!*ret_bytes)
        return crypto_failed(document);
    status = signing_key_sign(
        key, content->hash, digest_size(DOCUMENT_DIGEST), *ret_bytes);
    if (status != EXIT_GOOD)
        free(*ret_bytes);
    return status;
}

/* Signs what CMS is about to say of its content. */
static enum exit_status sign_cms_attributes(struct signing_key *key,
    const struct document *document, struct cms *cms, uint8_t **ret_der,
    size_t *ret_len)
{
    uint8_t hash[DIGEST_MAX], signature[CARD_SIGNATURE_SIZE];
    enum exit_status status;
    size_t len;

    if (cms_hash(cms, hash, &len) != CRYPT_OK)
        return crypto_failed(document);
    status = signing_key_sign(key, hash, len, signature);
    if (status != EXIT_GOOD)
        return status;
    if (cms_encode(cms, signature, sizeof signature, ret_der, ret_len) !=
        CRYPT_OK)
        return crypto_failed(document);
    return EXIT_GOOD;
}

/* CMS over a content with the digest HASH. */
static enum exit_status make_cms(struct signing_key *key,
    const struct document *document, const uint8_t *hash, int64_t at,
    uint8_t **ret_der, size_t *ret_len)
{
    enum exit_status status;
    struct cms *cms = NULL;

    if (cms_new(signing_key_cert(key), signing_key_ca(key), hash, at, &cms) !=
        CRYPT_OK)
        return crypto_failed(document);
    status = sign_cms_attributes(key, document, cms, ret_der, ret_len);
    cms_free(cms);
    return status;
}

static enum exit_status sign_cms(struct signing_key *key,
    const struct document *document, const struct content *content,
    uint8_t **ret_bytes, size_t *ret_len)
{
    return make_cms(
        key, document, content->hash, time(NULL), ret_bytes, ret_len);
}

static bool prepare_pdf(const struct document *document,
    const struct content *content, int64_t at, struct pdf *ret_pdf)
{
    static const struct words rows[PDF_ERRS] = {
        [PDF_NOMEM] = {W_PDF_NOMEM},
        [PDF_MALFORMED] = {W_PDF_MALFORMED},
        [PDF_ENCRYPTED] = {W_PDF_ENCRYPTED},
        [PDF_CERTIFIED] = {W_PDF_CERTIFIED},
    };
    enum pdf_err err = pdf_prepare(content->bytes, content->len, at, ret_pdf);

    if (err == PDF_OK)
        return true;
    complain("%s: %s", document->shown, words_of(&rows[err]));
    return false;
}

static bool check_pdf(
    const struct document *document, const struct content *content)
{
    struct pdf pdf;

    if (!prepare_pdf(document, content, time(NULL), &pdf))
        return false;
    free(pdf.bytes);
    return true;
}

/* The digest of all but the gap. */
static enum crypt_err hash_pdf(const struct signing_key *key,
    const struct pdf *pdf, uint8_t ret_hash[DIGEST_MAX])
{
    struct digest *digest = NULL;
    size_t len;
    enum crypt_err err =
        digest_new(key->token->context->crypto, CMS_DIGEST, &digest);

    if (err != CRYPT_OK)
        return err;
    err = digest_update(digest, pdf->bytes, pdf->gap);
    if (err == CRYPT_OK)
        err = digest_update(
            digest, pdf->bytes + pdf->gap_end, pdf->len - pdf->gap_end);
    if (err == CRYPT_OK)
        err = digest_final(digest, ret_hash, &len);
    digest_free(digest);
    return err;
}

/* Writes DER into the gap in hexadecimal; zeros follow it. */
static bool fill_gap(struct pdf *pdf, const uint8_t *der, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t *at = pdf->bytes + pdf->gap + 1;
    size_t room = (pdf->gap_end - pdf->gap - 2) / 2, i;

    if (len > room)
        return false;
    memset(at, '0', 2 * room);
    for (i = 0; i < len; i++) {
        *at++ = (uint8_t)digits[der[i] >> 4];
        *at++ = (uint8_t)digits[der[i] & 0xf];
    }
    return true;
}

static enum exit_status sign_prepared(struct signing_key *key,
    const struct document *document, struct pdf *pdf, int64_t at)
{
    uint8_t hash[DIGEST_MAX], *der = NULL;
    enum exit_status status;
    size_t len;

    if (hash_pdf(key, pdf, hash) != CRYPT_OK)
        return crypto_failed(document);
    status = make_cms(key, document, hash, at, &der, &len);
    if (status == EXIT_GOOD && !fill_gap(pdf, der, len))
        status = crypto_failed(document);
    free(der);
    return status;
}

static enum exit_status sign_pdf(struct signing_key *key,
    const struct document *document, const struct content *content,
    uint8_t **ret_bytes, size_t *ret_len)
{
    int64_t at = time(NULL);
    enum exit_status status;
    struct pdf pdf;

    if (!prepare_pdf(document, content, at, &pdf))
        return EXIT_TROUBLE;
    status = sign_prepared(key, document, &pdf, at);
    if (status != EXIT_GOOD) {
        free(pdf.bytes);
        return status;
    }
    *ret_bytes = pdf.bytes;
    *ret_len = pdf.len;
    return EXIT_GOOD;
}

/* The first is the default. */
static const struct sign_format formats[] = {
    {"cms", "", ".p7s", false, PDF_ROOM, NULL, sign_cms},
    {"raw", "", ".sig", false, CARD_SIGNATURE_SIZE, NULL, sign_raw},
    /* Its gap is in hexadecimal; objects and cross references follow. */
    {"pdf", ".pdf", "-signed.pdf", true, 3 * PDF_ROOM, check_pdf, sign_pdf},
};

const struct sign_format *sign_format_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (name && strcmp(name, formats[i].name) != 0)
            continue;
        if (formats[i].wants_bytes && !pdf_is_known()) {
            complain("%s", words(W_SIGN_NO_PDF));
            return NULL;
        }
        return &formats[i];
    }
    complain(words(W_SIGN_NO_FORMAT), name);
    return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "conf/words_certificate.h"
#include "token/certificates.h"
#include "token/holder.h"
#include "token/status.h"
#include "tool/log_in.h"
#include "tool/one_card.h"
#include "tool/output.h"
#include "tool/show.h"

/* jpki certificate: a certificate of the card. */

#define LINE_BYTES 48 /* that make one line of PEM */

/* RFC 4648, of N bytes, 1 to 3. */
static void print_base64(const uint8_t *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned group = (unsigned)bytes[0] << 16;

    if (n > 1)
        group |= (unsigned)bytes[1] << 8;
    if (n > 2)
        group |= bytes[2];
    putchar(digits[group >> 18]);
    putchar(digits[group >> 12 & 63]);
    putchar(n > 1 ? digits[group >> 6 & 63] : '=');
    putchar(n > 2 ? digits[group & 63] : '=');
}

/* RFC 7468. */
static void print_pem(const struct cert *cert)
{
    size_t len, i;
    const uint8_t *der = cert_field(cert, CERT_DER, &len);

    puts("-----BEGIN CERTIFICATE-----");
    for (i = 0; i < len; i += 3) {
        print_base64(der + i, len - i < 3 ? len - i : 3);
        if ((i + 3) % LINE_BYTES == 0 || i + 3 >= len)
            putchar('\n');
    }
    puts("-----END CERTIFICATE-----");
}

static void print_key(const struct cert *cert)
{
    static const char *const types[] = {
        [CERT_KEY_OTHER] = "?",
        [CERT_KEY_RSA] = "RSA",
        [CERT_KEY_EC] = "EC",
    };

    print_field(words(W_CERTIFICATE_KEY), TONE_PLAIN, "%s %u",
        types[cert_key_type(cert)], cert_key_bits(cert));
}

static void print_digest(const struct cert *cert)
{
    char text[2 * CERT_SHA256_SIZE + 1] = "";
    size_t len, i;
    const uint8_t *hash = cert_field(cert, CERT_SHA256, &len);

    for (i = 0; i < len && i < CERT_SHA256_SIZE; i++)
        snprintf(text + 2 * i, sizeof text - 2 * i, "%02X", (unsigned)hash[i]);
    print_field(words(W_CERTIFICATE_SHA256), TONE_PLAIN, "%s", text);
}

/* Which characters FLAGS tell to be substitutes: "2, 5". */
static void print_flags(const char *label, const char *flags)
{
    char text[1024] = "";
    size_t i, n = 0;

    for (i = 0; flags[i]; i++)
        if (flags[i] != '0' && n + 8 < sizeof text)
            n += (size_t)snprintf(
                text + n, sizeof text - n, "%s%zu", n ? ", " : "", i + 1);
    if (n > 0)
        print_field(label, TONE_NOTE, words(W_CERTIFICATE_SUBSTITUTES), text);
    else
        print_field(label, TONE_PLAIN, "%s",
            flags[0] ? words(W_CERTIFICATE_NO_SUBSTITUTES)
                     : words(W_CERTIFICATE_NOT_TOLD));
}

static void print_holder(struct holder *holder)
{
    char text[SHOWN_TIME_MAX], date[SHOWN_DATE_MAX];

    print_field(
        words(W_CERTIFICATE_NAME), TONE_PLAIN, "%s", show_text(holder->name));
    print_flags(words(W_CERTIFICATE_NAME_FLAGS), holder->name_flags);
    print_field(words(W_CERTIFICATE_ADDRESS), TONE_PLAIN, "%s",
        show_text(holder->address));
    print_flags(words(W_CERTIFICATE_ADDRESS_FLAGS), holder->address_flags);
    print_field(words(W_CERTIFICATE_BIRTH_DATE), TONE_PLAIN, "%s",
        show_birth_date(holder->birth_date, date));
    print_field(words(W_CERTIFICATE_SEX), TONE_PLAIN, "%s",
        show_sex(show_text(holder->sex), text));
}

static TOKEN_LOCKED void print_text(
    struct token *token, enum jpki_role_id role, const struct cert *cert)
{
    char time[SHOWN_TIME_MAX];
    struct status status;
    struct holder holder;

    status_get(token, role, &status);
    print(TONE_TITLE, "%s\n",
        role == JPKI_SIGN ? words(W_CERTIFICATE_SIGN)
                          : words(W_CERTIFICATE_AUTH));
    if (token_holder(token, &holder) && role == JPKI_SIGN)
        print_holder(&holder);
    holder_wipe(&holder);
    print_field(words(W_CERTIFICATE_FROM), TONE_PLAIN, "%s",
        show_time(status.not_before, time));
    print_field(words(W_CERTIFICATE_TO), TONE_PLAIN, "%s",
        show_time(status.not_after, time));
    print_field(words(W_CERTIFICATE_ISSUER), TONE_PLAIN, "%s",
        strcmp(status.issuer, "other") == 0 ? words(W_CERTIFICATE_ISSUER_OTHER)
                                            : status.issuer);
    print_field(
        words(W_CERTIFICATE_SERIAL), TONE_PLAIN, "%s", cert_serial_text(cert));
    print_key(cert);
    print_digest(cert);
}

/* What may be seen of the certificate now, after a log-in where it wants one.
 */
static TOKEN_LOCKED enum exit_status show(
    struct token *token, enum jpki_role_id role, bool as_pem)
{
    enum tok_err err = certificates_read(token, role);
    const struct cert *cert = token->keys[role].cert.cert;

    if (err != TOK_OK)
        return tell_error(err);
    if (!cert) {
        complain("%s", words(W_CERTIFICATE_NONE));
        return EXIT_TO_DO;
    }
    if (as_pem)
        print_pem(cert);
    else
        print_text(token, role, cert);
    return EXIT_GOOD;
}

static EXCLUDES(token_held) enum exit_status
    read_and_show(struct token *token, enum jpki_role_id role, bool as_pem)
{
    enum exit_status status = EXIT_GOOD;
    bool is_issued, is_private;

    token_lock(token);
    is_issued = token_is_issued(token, role);
    is_private = token_cert_is_private(token, role);
    token_unlock(token);
    if (!is_issued)
        status = tell_error(TOK_NOT_ISSUED);
    else if (is_private)
        status = log_in(token, role);
    if (status != EXIT_GOOD)
        return status;
    token_lock(token);
    status = show(token, role, as_pem);
    token_log_out(token, role);
    token_unlock(token);
    return status;
}

enum exit_status certificate_run(const struct options *options)
{
    enum jpki_role_id role;
    struct cards cards;
    struct token *token = NULL;
    enum exit_status status;

    for (role = 0; role < JPKI_ROLES; role++)
        if (strcmp(options->operands[0], jpki_role(role)->name) == 0)
            break;
    if (role == JPKI_ROLES) {
        complain(words(W_CERTIFICATE_NO_SUCH_ROLE), options->operands[0]);
        return EXIT_USAGE;
    }
    if (options->is_set[OPTION_PEM] && options->is_set[OPTION_TEXT]) {
        complain("%s", words(W_CERTIFICATE_ONE_FORM));
        return EXIT_USAGE;
    }
    cards_open(&cards);
    status = one_card(&cards, options, &token);
    if (status == EXIT_GOOD)
        status = read_and_show(token, role, options->is_set[OPTION_PEM]);
    cards_close(&cards);
    return status;
}

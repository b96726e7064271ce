/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fcntl.h>

#include "tests/vcard/cardfile.h"
#include "tests/vcard/certissue.h"
#include "tests/vcard/describe.h"
#include "tests/vcard/keystore.h"
#include "tests/vcard/textfile.h"

/*
 * make-persona OUTDIR DESCRIPTION.ini
 * make-persona --all PARENT DESCRIPTION.ini ...
 *
 * Makes the folder of a virtual card. Keys and certification authorities are
 * shared by all personas of one parent folder; see README.md.
 */
struct persona {
    char out[CARDFILE_PATH_MAX];
    char shared[CARDFILE_PATH_MAX];
    const char *name;
    struct description about;
    struct day birth, issued;
};

/* What differs between the two roles. */
static const struct role {
    const char *section;
    enum describe_key certificate, pin, left, policy, ca, key, card_key;
    enum describe_key key_usage, expires;
    const char *tries, *ef_cert, *ef_ca, *key_file;
    size_t ef_size;
} roles[ROLES] = {
    [AUTH] = {"auth", A_CERTIFICATE, A_PIN, A_LEFT, A_POLICY, A_CA, A_KEY,
        A_CARD_KEY, A_KEY_USAGE, A_EXPIRES, "3", "ef/000A", "ef/000B",
        "key-0017.pem", 2048},
    [SIGN] = {"sign", S_CERTIFICATE, S_PIN, S_LEFT, S_POLICY, S_CA, S_KEY,
        S_CARD_KEY, S_KEY_USAGE, S_EXPIRES, "5", "ef/0001", "ef/0002",
        "key-001A.pem", 4096},
};

#define ATR_CONTACT "3B E0 00 FF 81 31 FE 45 14"
#define ATR_CONTACTLESS "3B 88 80 01 00 00 05 E0 B3 81 A1 00 7F"

static const char *get(const struct persona *p, enum describe_key key)
{
    return p->about.values[key];
}

static bool is(const struct persona *p, enum describe_key key, const char *word)
{
    return strcmp(get(p, key), word) == 0;
}

/* A number that is the same in every build, for serials and the like. */
static unsigned long long seed(const struct persona *p, const char *what)
{
    unsigned long long hash = 1469598103934665603ULL;
    const char *const parts[] = {p->name, ":", what};
    for (size_t i = 0; i < 3; i++)
        for (const char *c = parts[i]; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
    return hash;
}

static int write_file(
    const struct persona *p, const char *name, const void *bytes, size_t len)
{
    char path[CARDFILE_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", p->out, name);
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    size_t n = fwrite(bytes, 1, len, out);
    return fclose(out) == 0 && n == len ? 0 : -1;
}

/* An EF of SIZE with LEN bytes of content and FILLER behind. */
static int write_ef(const struct persona *p, const char *name,
    const void *bytes, size_t len, size_t size, int padding)
{
    uint8_t ef[4096];
    if (len > size || size > sizeof ef) {
        fprintf(stderr, "make-persona: %s: too large\n", name);
        return -1;
    }
    memset(ef, padding, size);
    if (len > 0)
        memcpy(ef, bytes, len);
    return write_file(p, name, ef, size);
}

static int write_cert_ef(const struct persona *p, const char *name, X509 *cert,
    size_t size, int padding)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert, &der);
    int rc = len > 0 ? write_ef(p, name, der, (size_t)len, size, padding) : -1;
    OPENSSL_free(der);
    return rc;
}

/* GIVEN, else one 0 for each character: none was substituted. */
static void flags_for(
    const char *given, const char *text, char *ret_flags, size_t room)
{
    size_t n = 0;
    if (*given != '\0') {
        snprintf(ret_flags, room, "%s", given);
        return;
    }
    for (; *text != '\0' && n + 1 < room; text++)
        if ((*text & 0xC0) != 0x80)
            ret_flags[n++] = '0';
    ret_flags[n] = '\0';
}

static void auth_cn(const struct persona *p, char *ret_cn, size_t room)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    char random[15] = "";
    unsigned long long number = seed(p, "cn");
    for (size_t i = 0; i < 14; i++)
        random[i] = alphabet[(number >> (4 * i)) & 31];
    snprintf(ret_cn, room, "%s%.5s003A", random, get(p, P_MUNICIPALITY));
}

static void sign_cn(const struct persona *p, char *ret_cn, size_t room)
{
    snprintf(ret_cn, room, "%04d%02d%02d101212%014llu", p->issued.year,
        p->issued.month, p->issued.day, seed(p, "cn") % 100000000000000ULL);
}

static time_t expiry(const struct persona *p, const struct role *role)
{
    const char *last_day = get(p, role->expires);
    if (*last_day != '\0')
        return describe_end_of(describe_day(last_day, 1));
    return describe_end_of(describe_fifth_birthday(p->birth, p->issued));
}

static X509 *issue(
    const struct persona *p, int r, EVP_PKEY *key, const struct cert_ca *ca)
{
    char digits[16], name_flags[256], address_flags[256];
    struct cert_spec spec = {
        .role = r,
        .serial = 0x04000000UL +
                  (unsigned long)(seed(p, roles[r].section) & 0x3FFFFFFUL),
        .not_before = describe_end_of(p->issued) - 14 * 3600 + 12 * 60 + 13,
        .not_after = expiry(p, &roles[r]),
        .prefecture = get(p, P_PREFECTURE),
        .city = get(p, P_CITY),
        .policy = get(p, roles[r].policy),
        .key_usage = get(p, roles[r].key_usage),
        .name = get(p, P_NAME),
        .births = get(p, P_BIRTH_DIGITS),
        .sex = get(p, P_SEX),
        .address = get(p, P_ADDRESS),
        .name_flags = name_flags,
        .address_flags = address_flags,
    };
    describe_birth_digits(p->birth, digits);
    if (is(p, P_BIRTH_DIGITS, ""))
        spec.births = digits;
    else if (is(p, P_BIRTH_DIGITS, "none"))
        spec.births = "";
    flags_for(get(p, P_NAME_FLAGS), spec.name, name_flags, sizeof name_flags);
    flags_for(get(p, P_ADDRESS_FLAGS), spec.address, address_flags,
        sizeof address_flags);
    (r == SIGN ? sign_cn : auth_cn)(p, spec.cn, sizeof spec.cn);
    return certissue_holder(&spec, key, ca);
}

/* The key that the card has: its certificate's, KEY, or another. */
static int write_key(const struct persona *p, int r, EVP_PKEY *key)
{
    char path[CARDFILE_PATH_MAX + 32];
    EVP_PKEY *other = NULL;
    if (!is(p, roles[r].card_key, "")) {
        other = keystore_key(p->shared, get(p, roles[r].card_key));
        key = other;
    }
    snprintf(path, sizeof path, "%s/%s", p->out, roles[r].key_file);
    int rc = key ? keystore_write_key(path, key) : -1;
    EVP_PKEY_free(other);
    return rc;
}

static int write_issued(
    const struct persona *p, int r, const struct cert_ca *ca)
{
    int rc = -1;
    EVP_PKEY *key = keystore_key(p->shared, get(p, roles[r].key));
    X509 *cert = key ? issue(p, r, key, ca) : NULL;
    if (cert && write_key(p, r, key) == 0)
        rc = write_cert_ef(p, roles[r].ef_cert, cert, roles[r].ef_size, 0xFF);
    X509_free(cert);
    EVP_PKEY_free(key);
    return rc;
}

/* What the certificate's file holds when it is no certificate. */
static int write_no_cert(const struct persona *p, int r)
{
    static const uint8_t garbage[260] = {0x30, 0x82, 0x01, 0x00};
    const char *how = get(p, roles[r].certificate);
    if (strcmp(how, "garbage") == 0) {
        return write_ef(p, roles[r].ef_cert, garbage, sizeof garbage,
            roles[r].ef_size, 0xFF);
    }
    if (strcmp(how, "absent") == 0)
        return 0;
    if (strcmp(how, "empty") == 0)
        return write_file(p, roles[r].ef_cert, "", 0);
    if (strcmp(how, "zeros") == 0 || strcmp(how, "ff") == 0) {
        return write_ef(p, roles[r].ef_cert, NULL, 0, roles[r].ef_size,
            strcmp(how, "ff") == 0 ? 0xFF : 0x00);
    }
    fprintf(stderr, "make-persona: certificate = %s\n", how);
    return -1;
}

static int write_role(const struct persona *p, int r)
{
    struct cert_ca ca;
    unsigned generation = (unsigned)atoi(get(p, roles[r].ca));
    if (keystore_ca(p->shared, r, generation, &ca) != 0)
        return -1;
    int rc = write_cert_ef(p, roles[r].ef_ca, ca.cert, 2048, 0x00);
    if (rc == 0) {
        rc = is(p, roles[r].certificate, "yes") ? write_issued(p, r, &ca)
                                                : write_no_cert(p, r);
    }
    keystore_ca_done(&ca);
    return rc;
}

/* A CK_TOKEN_INFO in big-endian words (docs/card.md 1.3). */
static int write_token_info(const struct persona *p)
{
    static const uint32_t words[11] = {0x40D, 1, 0, 1, 0, 16, 6, 0xFFFFFFFF,
        0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF};
    char text[161];
    snprintf(text, sizeof text, "%-32s%-32s%-16s%-16s%-44s%-2s%-2s%-16s",
        is(p, P_KIND, "phone")  ? "JPKIAPGPSETOKEN"
        : is(p, P_KIND, "juki") ? "JPKIAPICCTOKEN"
                                : "JPKIAPICCTOKEN2",
        "00000000000000000000000000000001", "E16R01NJ", "0000000020500003", "",
        "03", "01", "9999999999999999");
    for (size_t i = 0; i < 44; i++)
        text[96 + i] = (char)(words[i / 4] >> (24 - 8 * (i % 4)));
    return write_file(p, "ef/0006", text, 160);
}

static int write_small_files(const struct persona *p)
{
    uint8_t present[3] = {is(p, S_CERTIFICATE, "yes") ? 0x8F : 0x00,
        is(p, A_CERTIFICATE, "yes") ? 0x8F : 0x00, 0x00};
    size_t len = sizeof present;
    const char *given = get(p, P_EF0008);
    char record[48];
    if (*given != '\0' && strcmp(given, "absent") != 0)
        len = cardfile_hex(given, present, sizeof present);
    snprintf(record, sizeof record, "\001\034%015llu%.5s%04d%02d%02d",
        seed(p, "serial") % 1000000000000000ULL, get(p, P_MUNICIPALITY),
        (p->issued.year + 10) % 10000, p->birth.month % 100,
        p->birth.day % 100);
    if (write_file(p, "common-0001", record, 30) != 0 ||
        write_token_info(p) != 0 ||
        write_ef(p, "ef/0009", NULL, 0, 16, 0x5A) != 0)
        return -1;
    return strcmp(given, "absent") == 0
               ? 0
               : write_file(p, "ef/0008", present, len);
}

/* Neither phones nor cards of before 2016 have the text application. */
static bool has_text(const struct persona *p)
{
    return is(p, P_KIND, "card") && !is(p, T_PIN, "absent");
}

/* What KEY says, else what the certificate has. */
static const char *text_value(
    const struct persona *p, enum describe_key key, const char *otherwise)
{
    return is(p, key, "") ? otherwise : get(p, key);
}

/* The number is nobody's: its check digit is wrong. */
static int write_text(const struct persona *p)
{
    static const uint8_t number[17] = {0xFF, 0x10, 0x0C, '1', '2', '3', '4',
        '5', '6', '7', '8', '9', '0', '1', '2', 0xFF, 0xFF};
    uint8_t bytes[TEXTFILE_MAX];
    char birth[16];
    snprintf(birth, sizeof birth, "%04d%02d%02d", p->birth.year % 10000,
        p->birth.month % 100, p->birth.day % 100);
    const struct textfile text = {
        .name = text_value(p, T_NAME, get(p, P_NAME)),
        .address = text_value(p, T_ADDRESS, get(p, P_ADDRESS)),
        .birth = text_value(p, T_BIRTH, birth),
        .sex = text_value(p, T_SEX, get(p, P_SEX)),
    };
    size_t len = textfile_make(&text, bytes);
    if (len == 0 || write_file(p, "text-0001", number, sizeof number) != 0)
        return -1;
    if (is(p, T_DATA, "absent"))
        return 0;
    if (is(p, T_DATA, "garbage"))
        bytes[0] ^= 0xFF;
    return write_ef(p, "text-0002", bytes, len, TEXTFILE_MAX, 0xFF);
}

static void put_pin(const char *section, const char *pin, const char *tries,
    const char *left, FILE *out)
{
    if (strcmp(pin, "absent") == 0)
        return;
    fprintf(out, "[%s]\npin = %s\ntries = %s\nleft = %s\n", section, pin, tries,
        *pin == '\0' ? "0" : left);
}

static int write_card_conf(const struct persona *p)
{
    char path[CARDFILE_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/card.conf", p->out);
    FILE *out = fopen(path, "we");
    if (!out) {
        perror(path);
        return -1;
    }
    const char *atr = is(p, P_KIND, "phone") ? ATR_CONTACTLESS : ATR_CONTACT;
    fprintf(out, "[card]\natr = %s\njpki = %s\n",
        is(p, P_ATR, "") ? atr : get(p, P_ATR),
        is(p, P_KIND, "foreign") ? "no" : "yes");
    for (size_t r = 0; r < ROLES; r++)
        put_pin(roles[r].section, get(p, roles[r].pin), roles[r].tries,
            get(p, roles[r].left), out);
    if (has_text(p))
        put_pin("text", get(p, T_PIN), "3", get(p, T_LEFT), out);
    if (is(p, P_KIND, "phone"))
        fputs("[access]\n000A = auth\n", out);
    fputs(p->about.card_conf, out);
    return fclose(out);
}

/* An old folder may hold files that the new persona has not. */
static int prepare_folder(const struct persona *p)
{
    static const char *const names[] = {"state", "lock", "card.conf",
        "common-0001", "key-0017.pem", "key-001A.pem", "ef/0001", "ef/0002",
        "ef/0006", "ef/0008", "ef/0009", "ef/000A", "ef/000B", "text-0001",
        "text-0002"};
    char path[CARDFILE_PATH_MAX + 32];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", p->out, names[i]);
        (void)unlink(path);
    }
    snprintf(path, sizeof path, "%s/ef", p->out);
    if ((mkdir(p->out, 0777) != 0 && errno != EEXIST) ||
        (mkdir(path, 0777) != 0 && errno != EEXIST)) {
        perror(path);
        return -1;
    }
    return 0;
}

static int write_folder(struct persona *p)
{
    if (prepare_folder(p) != 0)
        return -1;
    p->birth = describe_birth(&p->about);
    p->issued = describe_day(get(p, P_ISSUED), -1);
    if (!is(p, P_KIND, "foreign") &&
        (write_role(p, AUTH) != 0 || write_role(p, SIGN) != 0 ||
            write_small_files(p) != 0))
        return -1;
    if (has_text(p) && write_text(p) != 0)
        return -1;
    return write_card_conf(p);
}

/* Makes the persona OUT, sharing keys with its neighbours in SHARED. */
static int make(const char *shared, const char *out, const char *description)
{
    int rc = -1;
    struct persona *p = calloc(1, sizeof *p);
    if (!p)
        return -1;
    int lock = open(shared, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(p->shared, sizeof p->shared, "%s", shared);
    if ((size_t)snprintf(p->out, sizeof p->out, "%s", out) >= sizeof p->out ||
        lock < 0 || flock(lock, LOCK_EX) != 0) {
        perror(shared);
        goto out;
    }
    const char *slash = strrchr(p->out, '/');
    p->name = !slash ? p->out : slash + 1;
    if (describe_load(description, &p->about) == 0)
        rc = write_folder(p);
    if (rc != 0)
        fprintf(stderr, "make-persona: %s failed\n", description);
out:
    if (lock >= 0)
        close(lock);
    describe_done(&p->about);
    free(p);
    return rc;
}

static int make_all(const char *parent, int argc, char **argv)
{
    if (mkdir(parent, 0777) != 0 && errno != EEXIST) {
        perror(parent);
        return -1;
    }
    for (int i = 0; i < argc; i++) {
        char out[CARDFILE_PATH_MAX];
        const char *slash = strrchr(argv[i], '/');
        const char *name = !slash ? argv[i] : slash + 1;
        const char *dot = strrchr(name, '.');
        int len = !dot ? (int)strlen(name) : (int)(dot - name);
        snprintf(out, sizeof out, "%s/%.*s", parent, len, name);
        if (make(parent, out, argv[i]) != 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "--all") == 0)
        return make_all(argv[2], argc - 3, argv + 3) == 0 ? 0 : 1;
    if (argc != 3) {
        fprintf(stderr, "usage: make-persona OUTDIR DESCRIPTION.ini\n"
                        "       make-persona --all PARENT "
                        "DESCRIPTION.ini ...\n");
        return 2;
    }
    char *parent = strdup(argv[1]);
    if (!parent)
        return 1;
    int rc = make(dirname(parent), argv[1], argv[2]);
    free(parent);
    return rc == 0 ? 0 : 1;
}

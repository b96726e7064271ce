/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/crypto/fixture.h"

#include <dirent.h>

#include "conf/log.h"

struct crypto *crypto;
struct pki_cert ca;
char *folder;

int fixture_open(void **state)
{
    (void)state;
    if (crypto_new(&crypto) != CRYPT_OK)
        return -1;
    ca = pki_ca(crypto, CA);
    folder = pki_make_folder();
    return log_open(LOG_LEVEL_INFO, fixture_path(".log"));
}

int fixture_close(void **state)
{
    (void)state;
    log_close();
    pki_remove_folder(folder);
    pki_close_all();
    crypto_free(crypto);
    return 0;
}

int fixture_logged(const char *text)
{
    FILE *file = fopen(fixture_path(".log"), "r");
    char line[2048];
    int count = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, text) != NULL;
    fclose(file);
    return count;
}

const char *fixture_path(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void fixture_empty(void)
{
    const struct dirent *entry = NULL;
    DIR *listing = opendir(folder);

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL)
        if (strcmp(entry->d_name, ".log") != 0)
            (void)remove(fixture_path(entry->d_name));
    closedir(listing);
}

struct pki_list fixture_list(const char *point, const char *serial)
{
    return (struct pki_list){
        .ca = CA,
        .named = CA,
        .point = point,
        .this_update = PKI_NOW - PKI_DAY,
        .next_update = PKI_NOW + PKI_DAY,
        .entries = {{serial, 3}},
    };
}

void fixture_put(const char *name, const struct pki_list *list)
{
    struct made made = pki_crl(list);

    pki_write(folder, name, &made, NULL);
    made_free(&made);
}

void fixture_put_text(const char *name, const char *text)
{
    struct made made = {(uint8_t *)OPENSSL_strdup(text), strlen(text)};

    pki_write(folder, name, &made, NULL);
    made_free(&made);
}

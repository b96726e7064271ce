/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/daemon/client.h"

/*
 * holder SLOT: a program that keeps one session open and does what it is told
 * by the lines of standard input:
 *
 *     login PIN        C_Login, then finds the key
 *     logout           C_Logout
 *     sign [COUNT]     signatures with the key of the last log-in, each
 * verified by OpenSSL; ends at the first that fails change OLD NEW   C_SetPIN
 *
 * Prints the name of the return value for each line.
 */

struct holder {
    CK_FUNCTION_LIST *module;
    CK_SLOT_ID slot;
    struct client client;
};

static CK_RV log_in(struct holder *holder, char *pin, char *unused)
{
    CK_RV rv = holder->module->C_Login(
        holder->client.session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin));

    (void)unused;
    return rv == CKR_OK
               ? client_find_key(holder->module, holder->slot, &holder->client)
               : rv;
}

static CK_RV log_out(struct holder *holder, char *unused, char *unused_too)
{
    (void)unused;
    (void)unused_too;
    return holder->module->C_Logout(holder->client.session);
}

static CK_RV sign(struct holder *holder, char *count, char *unused)
{
    unsigned long left = *count ? strtoul(count, NULL, 10) : 1;
    CK_RV rv = CKR_OK;

    (void)unused;
    while (rv == CKR_OK && left-- > 0)
        rv = client_sign(holder->module, &holder->client);
    return rv;
}

static CK_RV change(struct holder *holder, char *old_pin, char *new_pin)
{
    return holder->module->C_SetPIN(holder->client.session,
        (CK_UTF8CHAR_PTR)old_pin, strlen(old_pin), (CK_UTF8CHAR_PTR)new_pin,
        strlen(new_pin));
}

static const struct {
    const char *name;
    CK_RV (*run)(struct holder *holder, char *first, char *second);
} commands[] = {
    {"login", log_in},
    {"logout", log_out},
    {"sign", sign},
    {"change", change},
};

static CK_RV run(struct holder *holder, const char *line)
{
    char words[3][32] = {"", "", ""};
    size_t i;

    (void)sscanf(line, "%31s %31s %31s", words[0], words[1], words[2]);
    for (i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(words[0], commands[i].name))
            return commands[i].run(holder, words[1], words[2]);
    client_fail("no such command: %s", words[0]);
}

static void print_name(CK_RV rv)
{
    static const struct {
        CK_RV rv;
        const char *name;
    } names[] = {
        {CKR_OK, "CKR_OK"},
        {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
        {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
        {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT"},
        {CKR_PIN_LOCKED, "CKR_PIN_LOCKED"},
        {CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN"},
        {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].rv == rv) {
            puts(names[i].name);
            return;
        }
    printf("%08lX\n", rv);
}

int main(int argc, char **argv)
{
    struct holder holder = {.module = client_load()};
    char line[128];

    if (argc != 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    holder.slot = strtoul(argv[1], NULL, 10);
    client_want(holder.module->C_Initialize(NULL), "C_Initialize");
    if (!client_sees_readers(holder.module))
        client_fail("no reader");
    client_want(holder.module->C_OpenSession(holder.slot,
                    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                    &holder.client.session),
        "C_OpenSession");
    while (fgets(line, sizeof line, stdin))
        print_name(run(&holder, line));
    client_leave(holder.module, &holder.client);
    client_want(holder.module->C_Finalize(NULL), "C_Finalize");
    return 0;
}

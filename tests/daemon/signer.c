/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/daemon/client.h"

/*
 * signer SLOT COUNT [FILE]: logs in and makes COUNT signatures, each verified
 * by OpenSSL. Prints for each the time when it was there and how long it took,
 * in milliseconds by the monotonic clock, and exits 1 at the first that failed.
 * The last one goes to FILE.signature, and what was signed to FILE.text.
 */

static void write_last(const char *name, const struct client *client)
{
    char path[2][256];
    FILE *text, *signature;

    (void)snprintf(path[0], sizeof path[0], "%s.text", name);
    (void)snprintf(path[1], sizeof path[1], "%s.signature", name);
    text = fopen(path[0], "we");
    signature = fopen(path[1], "we");
    if (!text || !signature || fputs(client->text, text) < 0 ||
        fwrite(client->signature, sizeof client->signature, 1, signature) != 1)
        client_fail("%s cannot be written", name);
    fclose(text);
    fclose(signature);
}

int main(int argc, char **argv)
{
    CK_FUNCTION_LIST *module = client_load();
    struct client client;
    unsigned long count, i;

    if (argc != 3 && argc != 4)
        return 2;
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a script counts the lines */
    count = strtoul(argv[2], NULL, 10);
    client_want(module->C_Initialize(NULL), "C_Initialize");
    if (!client_sees_readers(module))
        client_fail("no reader");
    client_want(client_log_in(module, strtoul(argv[1], NULL, 10), &client),
        "the log-in");
    for (i = 0; i < count; i++) {
        double start = client_now();
        client_want(client_sign(module, &client), "a signature");
        printf("%.1f %.1f\n", client_now(), client_now() - start);
    }
    if (argc == 4)
        write_last(argv[3], &client);
    client_leave(module, &client);
    client_want(module->C_Finalize(NULL), "C_Finalize");
    return 0;
}

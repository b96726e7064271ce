/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/daemon/client.h"
#include "tests/daemon/pcsc-control.h"
#include "tests/daemon/played_pcscd.h"

/*
 * refused FOLDER KIND [SOCKET]: no pcscd to be had, as the kinds below tell.
 * The module must show no readers, log for its whole life one line that says
 * why, and never wait. FOLDER takes the configuration, the log, and the socket
 * of what plays that pcscd, unless a real one has SOCKET. The KIND "older" is
 * a real one, of another version that libpcsclite can talk to: the module must
 * show its reader and log nothing.
 */

#define CALLS 200
#define CALL_MAX_MS 2000
#define READER_MAX_MS 20000

static const struct kind {
    const char *name, *words; /* NULL: it is to be had */
    enum played_pcscd plays;
    unsigned lines; /* in the log, at most */
} kinds[] = {
    {"absent", "pcscd is not running", PCSCD_ABSENT, 1},
    /* At first it may look like no pcscd. */
    {"refuses", "polkit", PCSCD_REFUSES, 2},
    {"differs", "versions", PCSCD_DIFFERS, 1},
    {"older", NULL, PCSCD_ABSENT, 0},
};

static const struct kind *find_kind(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    client_fail("no such kind: %s", name);
}

/* One life of the module; the longest call. */
static double live(const CK_FUNCTION_LIST *module)
{
    double worst = 0;
    int i;

    client_want(module->C_Initialize(NULL), "C_Initialize");
    for (i = 0; i < CALLS; i++) {
        double start = client_now();
        if (client_sees_readers(module))
            client_fail("a reader, though refused");
        if (client_now() - start > worst)
            worst = client_now() - start;
    }
    client_want(module->C_Finalize(NULL), "C_Finalize");
    return worst;
}

static void expect_reader(const CK_FUNCTION_LIST *module)
{
    double start = client_now();

    client_want(module->C_Initialize(NULL), "C_Initialize");
    while (!client_sees_readers(module)) {
        if (client_now() - start > READER_MAX_MS)
            client_fail("no reader, though pcscd is of a version that will do");
        control_pause(50);
    }
    client_want(module->C_Finalize(NULL), "C_Finalize");
    if (client_log_lines("") > 0)
        client_fail("nothing in the log was expected");
}

int main(int argc, char **argv)
{
    const struct kind *kind;
    char socket_path[80];
    pid_t child = 0;
    double worst;

    if (argc != 3 && argc != 4)
        return 2;
    kind = find_kind(argv[2]);
    (void)snprintf(socket_path, sizeof socket_path, "%s/socket", argv[1]);
    if (argc == 4)
        (void)snprintf(socket_path, sizeof socket_path, "%s", argv[3]);
    else
        child = play_pcscd(kind->plays, socket_path);
    setenv("PCSCLITE_CSOCK_NAME", socket_path, 1);
    client_keep_log(argv[1]);
    if (!kind->words) {
        expect_reader(client_load());
        return 0;
    }
    worst = live(client_load());
    if (child > 0)
        kill(child, SIGKILL);
    printf("%s: %u line(s) in %d calls, the longest took %.0f ms\n", kind->name,
        client_log_lines(""), CALLS, worst);
    if (client_log_lines(kind->words) < 1 || client_log_lines("") > kind->lines)
        client_fail("one line in the log was expected");
    if (worst > CALL_MAX_MS)
        client_fail("a call waits");
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <winscard.h>

#include "tests/daemon/client.h"

/*
 * refused FOLDER KIND [SOCKET]: no pcscd to be had, as the kinds below tell.
 * The module must show no readers, log for its whole life one line that says
 * why, and never wait. FOLDER takes the configuration, the log, and the socket
 * of what plays that pcscd, unless a real one has SOCKET.
 */

#define CALLS 200
#define CALL_MAX_MS 2000

static int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(sock, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(sock, 8) != 0)
        client_fail("no socket: %s", path);
    return sock;
}

/* As polkit has pcscd do: it closes the connection when something was said. */
static void refuse(int peer)
{
    char first;

    (void)recv(peer, &first, 1, MSG_PEEK);
}

/* Speaks another version of the protocol: pcscd's winscard_msg.h. */
static void differ(int peer)
{
    uint32_t header[2]; /* size, command */
    struct {
        int32_t major, minor;
        uint32_t code;
    } version;

    if (recv(peer, header, sizeof header, MSG_WAITALL) != sizeof header ||
        recv(peer, &version, sizeof version, MSG_WAITALL) != sizeof version)
        return;
    version.minor++;
    version.code = (uint32_t)SCARD_E_SERVICE_STOPPED;
    (void)send(peer, &version, sizeof version, MSG_NOSIGNAL);
    (void)recv(peer, header, sizeof header, MSG_WAITALL);
}

static const struct kind {
    const char *name, *words;
    void (*serve)(int peer); /* NULL: there is no socket */
    unsigned lines;          /* in the log, at most */
} kinds[] = {
    {"absent", "pcscd is not running", NULL, 1},
    /* At first it may look like no pcscd. */
    {"refuses", "polkit", refuse, 2},
    {"differs", "versions", differ, 1},
};

static const struct kind *find_kind(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    client_fail("no such kind: %s", name);
}

/* In a child. */
static pid_t serve_all(const struct kind *kind, const char *path)
{
    int listener = listen_on(path);
    pid_t child = fork();

    while (child == 0) {
        int peer = accept(listener, NULL, NULL);
        kind->serve(peer);
        close(peer);
    }
    close(listener);
    return child;
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
    else if (kind->serve)
        child = serve_all(kind, socket_path);
    setenv("PCSCLITE_CSOCK_NAME", socket_path, 1);
    client_keep_log(argv[1]);
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

/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/daemon/client.h"

/*
 * refused FOLDER: a pcscd that refuses its user, as polkit has it do: it takes
 * each connection and closes it. The module must show no readers, log one
 * warning for its whole life, and never wait. FOLDER takes the socket, the
 * configuration and the log.
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

/* In a child: takes connections and closes them when something was said. */
static pid_t refuse_all(int listener)
{
    pid_t child = fork();

    while (child == 0) {
        char first;
        int peer = accept(listener, NULL, NULL);
        (void)recv(peer, &first, 1, MSG_PEEK);
        close(peer);
    }
    return child;
}

static unsigned count_lines(const char *path, const char *text)
{
    FILE *file = fopen(path, "re");
    char line[512];
    unsigned count = 0;

    while (file && fgets(line, sizeof line, file))
        count += strstr(line, text) != NULL;
    if (file)
        fclose(file);
    return count;
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
    char path[3][80];
    FILE *conf;
    pid_t child;
    double worst;
    unsigned warnings;

    if (argc != 2)
        return 2;
    (void)snprintf(path[0], sizeof path[0], "%s/socket", argv[1]);
    (void)snprintf(path[1], sizeof path[1], "%s/conf", argv[1]);
    (void)snprintf(path[2], sizeof path[2], "%s/log", argv[1]);
    child = refuse_all(listen_on(path[0]));
    conf = fopen(path[1], "we");
    fprintf(conf, "[log]\nfile = %s\n", path[2]);
    fclose(conf);
    setenv("PCSCLITE_CSOCK_NAME", path[0], 1);
    setenv("JPKI_PKCS11_CONF", path[1], 1);
    worst = live(client_load());
    kill(child, SIGKILL);
    warnings = count_lines(path[2], "polkit");
    printf("refused: %u warning(s) in %d calls, the longest took %.0f ms\n",
        warnings, CALLS, worst);
    if (warnings != 1 || count_lines(path[2], "") != 1)
        client_fail("one line in the log was expected");
    if (worst > CALL_MAX_MS)
        client_fail("a call waits");
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/daemon/played_pcscd.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <winscard.h>

static int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (bind(sock, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(sock, 8) != 0)
        return -1;
    return sock;
}

/*
 * As polkit has pcscd do: it closes the connection when something was said, and
 * not in the middle of that, which libpcsclite takes for no pcscd at all.
 */
static void refuse(int peer)
{
    uint32_t header[2]; /* size, command */

    if (recv(peer, header, sizeof header, MSG_WAITALL) == sizeof header)
        (void)recv(peer, header, 1, MSG_PEEK);
}

/*
 * Speaks another version of the protocol: pcscd's winscard_msg.h. Where only
 * the minor number differs, libpcsclite 2.5 takes that of pcscd.
 */
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
    version.major++;
    version.code = (uint32_t)SCARD_E_SERVICE_STOPPED;
    (void)send(peer, &version, sizeof version, MSG_NOSIGNAL);
    (void)recv(peer, header, sizeof header, MSG_WAITALL);
}

/* In a child. */
pid_t play_pcscd(enum played_pcscd which, const char *path)
{
    static void (*const serve[])(int peer) = {
        [PCSCD_REFUSES] = refuse, [PCSCD_DIFFERS] = differ};
    int listener;
    pid_t child;

    if (which == PCSCD_ABSENT)
        return 0;
    listener = listen_on(path);
    if (listener < 0)
        return -1;
    child = fork();
    while (child == 0) {
        int peer = accept(listener, NULL, NULL);
        serve[which](peer);
        close(peer);
    }
    close(listener);
    return child;
}

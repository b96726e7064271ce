/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tool/bridge/port.h"
#include "tool/bridge/request.h"

/*
 * For libFuzzer (meson option `fuzz`): what a browser may send to jpki-bridge,
 * read message by message as the host does. What is taken has to be what is
 * promised of a request, or the program aborts.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 8017, section 9.2, note 1. */
static const uint8_t before_sha256[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09,
    0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
    0x20};

static void check(const struct request *request)
{
    size_t i;

    if (request->count > request->mode->digests_max)
        abort();
    if (request->mode->has_pin &&
        strcmp(request->origin, "https://myna.go.jp") != 0)
        abort();
    for (i = 0; i < request->count; i++)
        if (memcmp(request->digest_infos[i], before_sha256,
                sizeof before_sha256) != 0)
            abort();
}

static void serve(const struct port *port, char *message)
{
    char host[] = "myna.go.jp", *hosts[] = {host};
    const struct conf conf = {.bridge_hosts = {hosts, 1}};
    enum port_result result;
    size_t len;

    while ((result = port_read(port, message, &len)) != PORT_END) {
        struct request request;

        if (result == PORT_MESSAGE &&
            !request_parse(message, len, &conf, &request))
            check(&request);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int file = memfd_create("input", MFD_CLOEXEC);
    const struct port port = {
        .in = file, .out = -1, .watched = {{.fd = -1}, {.fd = -1}}};
    char *message = malloc(PORT_MESSAGE_MAX);

    if (message && file >= 0 && write(file, data, size) == (ssize_t)size &&
        lseek(file, 0, SEEK_SET) == 0)
        serve(&port, message);
    free(message);
    if (file >= 0)
        (void)close(file);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "token/card/pcscd_clients.h"

/* Clients of a pcscd are told by real sockets of its name and of others. */

struct daemon {
    char folder[64];
    struct sockaddr_un address;
    int listener;
};

static void listen_as(struct daemon *daemon, const char *name)
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(daemon->folder, sizeof daemon->folder, "%s/pcscd-XXXXXX",
        base ? base : "/tmp");
    assert_non_null(mkdtemp(daemon->folder));
    daemon->address.sun_family = AF_UNIX;
    (void)snprintf(daemon->address.sun_path, sizeof daemon->address.sun_path,
        "%s/%s", daemon->folder, name);
    daemon->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(daemon->listener, (void *)&daemon->address,
                         sizeof daemon->address),
        0);
    assert_int_equal(listen(daemon->listener, 4), 0);
}

static void stop_daemon(struct daemon *daemon)
{
    close(daemon->listener);
    unlink(daemon->address.sun_path);
    rmdir(daemon->folder);
}

/* A connection that the daemon has accepted. */
struct client {
    int ends[2];
};

static struct client come(const struct daemon *daemon)
{
    struct client client;

    client.ends[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client.ends[0], (const void *)&daemon->address,
                         sizeof daemon->address),
        0);
    client.ends[1] = accept(daemon->listener, NULL, NULL);
    assert_int_not_equal(client.ends[1], -1);
    return client;
}

static void leave(struct client client)
{
    close(client.ends[0]);
    close(client.ends[1]);
}

static void test_clients_come_and_go(void **state)
{
    struct daemon daemon = {.listener = -1};
    uint64_t nobody, one, two;
    struct client first, second;

    listen_as(&daemon, "pcscd.comm");
    nobody = pcscd_clients();
    first = come(&daemon);
    one = pcscd_clients();
    assert_int_not_equal(one, nobody);
    second = come(&daemon);
    two = pcscd_clients();
    assert_int_not_equal(two, one);
    assert_int_equal(pcscd_clients(), two);
    leave(second);
    assert_int_equal(pcscd_clients(), one);
    leave(first);
    assert_int_equal(pcscd_clients(), nobody);
    stop_daemon(&daemon);
}

/* More of them than are read at once. */
static void test_each_of_many_clients_counts(void **state)
{
    struct daemon daemon = {.listener = -1};
    struct client clients[100];
    uint64_t before, last, now;
    size_t i;

    listen_as(&daemon, "pcscd.comm");
    before = last = pcscd_clients();
    for (i = 0; i < sizeof clients / sizeof *clients; i++) {
        clients[i] = come(&daemon);
        now = pcscd_clients();
        assert_true(now > last);
        last = now;
    }
    for (i = 0; i < sizeof clients / sizeof *clients; i++)
        leave(clients[i]);
    assert_int_equal(pcscd_clients(), before);
    stop_daemon(&daemon);
}

/* A longest name, whose line is the longest, and ones that are nearly pcscd's.
 */
static void test_other_sockets_are_nobody(void **state)
{
    char longest[sizeof((struct sockaddr_un *)0)->sun_path];
    const char *names[] = {"pcscd.comm2", "xpcscd.comm", longest};
    uint64_t before = pcscd_clients();
    size_t i;

    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        struct daemon other = {.listener = -1};
        struct client client;
        listen_as(&other, names[i]);
        client = come(&other);
        assert_int_equal(pcscd_clients(), before);
        leave(client);
        stop_daemon(&other);
    }
}

/*
 * In a network namespace of its own, where that may be: the clients of a real
 * pcscd come and go.
 */
static int prepare(void **state)
{
    if (unshare(CLONE_NEWNET) != 0)
        (void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
    if (access("/proc/net/unix", R_OK) != 0) {
        puts("skipped: no /proc/net/unix");
        exit(77);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clients_come_and_go),
        cmocka_unit_test(test_each_of_many_clients_counts),
        cmocka_unit_test(test_other_sockets_are_nobody),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}

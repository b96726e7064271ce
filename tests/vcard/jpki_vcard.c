/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/vcard/link.h"
#include "tests/vcard/vcard.h"

/*
 * jpki-vcard [-p PORT] [FOLDER]: the virtual card in a reader of vpcd, the
 * virtual reader driver of pcscd; without a folder an empty reader. See
 * README.md.
 *
 * vpcd's protocol: two bytes of length, then a message. A message of one byte
 * is an order of the reader, anything else a command APDU. A card is in the
 * reader as long as it is connected.
 */
enum order { ORDER_OFF, ORDER_ON, ORDER_RESET, ORDER_ATR = 4 };

#define RETRY_MS 100

struct slot {
    struct vcard *card; /* NULL: never had one */
    uint16_t port;
    int sock; /* -1: not connected */
    bool inserted;
    bool ready_said;
    struct vcontrol_link link;
    unsigned power_up_us; /* what power-up and reset take */
    /* The card goes after so many commands, with data, of this kind; 0: not. */
    unsigned last_ins, commands_left;
};

static void say(const char *text)
{
    puts(text);
    fflush(stdout);
}

static int dial(uint16_t port)
{
    const int one = 1;
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (sock < 0)
        return -1;
    (void)setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(sock, (struct sockaddr *)&to, sizeof to) != 0) {
        close(sock);
        return -1;
    }
    return sock;
}

static void hang_up(struct slot *slot)
{
    if (slot->sock >= 0) {
        close(slot->sock);
        slot->sock = -1;
    }
    if (slot->card)
        vcard_power_off(slot->card);
}

/*
 * vpcd sends length and message apart and waits, by Nagle's rule, for the
 * acknowledgement of the first: it must not be delayed.
 */
static bool receive(int sock, void *bytes, size_t len)
{
    const int one = 1;
    (void)setsockopt(sock, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
    return recv(sock, bytes, len, MSG_WAITALL) == (ssize_t)len;
}

static bool reply(int sock, const uint8_t *bytes, size_t len)
{
    uint8_t message[2 + 258] = {(uint8_t)(len >> 8), (uint8_t)len};
    memcpy(message + 2, bytes, len);
    return send(sock, message, len + 2, MSG_NOSIGNAL) == (ssize_t)(len + 2);
}

static void take_out(struct slot *slot)
{
    hang_up(slot);
    slot->inserted = false;
}

static bool obey(struct slot *slot, uint8_t order)
{
    size_t len = 0;
    const uint8_t *atr = vcard_atr(slot->card, &len);
    switch (order) {
    case ORDER_OFF:
        vcard_power_off(slot->card);
        return true;
    case ORDER_ON:
        vcard_power_on(slot->card);
        link_wait(slot->power_up_us);
        if (!slot->ready_said) {
            slot->ready_said = true;
            say("ready");
        }
        return true;
    case ORDER_RESET:
        vcard_warm_reset(slot->card);
        link_wait(slot->power_up_us);
        return true;
    case ORDER_ATR:
        return reply(slot->sock, atr, len);
    default:
        return true;
    }
}

/*
 * The way of the command and the card's work on it. A chip refuses at once to
 * sign without a PIN.
 */
static void take_time(
    const struct slot *slot, const uint8_t *command, size_t len)
{
    const bool signs = command[1] == 0x2A && vcard_is_verified(slot->card);
    link_wait(slot->link.per_apdu +
              (unsigned long long)slot->link.per_byte * len +
              (signs ? slot->link.per_signature : 0));
}

#define HEADER_LEN 5

/* True where the card is to go once this was answered. */
static bool is_last(struct slot *slot, const uint8_t *command, size_t len)
{
    return slot->commands_left > 0 && len > HEADER_LEN &&
           command[1] == slot->last_ins && --slot->commands_left == 0;
}

/* A command to the card. False when the line is dead. */
static bool transmit(struct slot *slot, const uint8_t *command, size_t len)
{
    uint8_t response[258];
    /* vpcd has no way to say that a card is mute for want of power. */
    vcard_power_on(slot->card);
    take_time(slot, command, len);
    size_t n = vcard_transmit(slot->card, command, len, response);
    link_wait((unsigned long long)slot->link.per_byte * n);
    bool sent = reply(slot->sock, response, n);
    if (is_last(slot, command, len))
        take_out(slot);
    return sent;
}

/* One message of the reader. False when the line is dead. */
static bool serve(struct slot *slot)
{
    uint8_t prefix[2], command[1024];
    if (!receive(slot->sock, prefix, sizeof prefix))
        return false;
    size_t len = (size_t)(prefix[0] << 8 | prefix[1]);
    if (len > sizeof command || !receive(slot->sock, command, len))
        return false;
    return len == 1 ? obey(slot, command[0]) : transmit(slot, command, len);
}

static void put_ledger(const struct slot *slot)
{
    struct vcard_ledger l = {0};
    if (slot->card)
        vcard_ledger(slot->card, &l);
    printf("apdus=%u selects=%u reads=%u verifies=%u,%u wrong=%u,%u "
           "queries=%u,%u changes=%u,%u signatures=%u,%u denied=%u "
           "power_ons=%u warm_resets=%u tries=%u,%u verified=%d,%d\n",
        l.apdus, l.selects, l.reads, l.verifies[0], l.verifies[1], l.wrong[0],
        l.wrong[1], l.queries[0], l.queries[1], l.changes[0], l.changes[1],
        l.signatures[0], l.signatures[1], l.denied, l.power_ons, l.warm_resets,
        l.tries[0], l.tries[1], l.verified[0], l.verified[1]);
    fflush(stdout);
}

/* Puts the card in, another one where FOLDER is not empty. */
static void put_in(struct slot *slot, const char *folder)
{
    if (*folder != '\0') {
        struct vcard *card = vcard_load(folder);
        if (!card) {
            say("error");
            return;
        }
        take_out(slot);
        vcard_free(slot->card);
        slot->card = card;
    }
    slot->inserted = slot->card;
    slot->ready_said = false;
}

/* What the way to the card is told to be. False: it is another line. */
static bool set_link(struct slot *slot, const char *line)
{
    struct vcontrol_link link = {0};
    unsigned ms = 0;
    if (sscanf(line, "signing %u", &ms) == 1) {
        slot->link.per_signature = ms * 1000;
    } else if (sscanf(line, "power-up %u", &ms) == 1) {
        slot->power_up_us = ms * 1000;
    } else if (sscanf(line, "link %u %u %u", &link.per_apdu, &link.per_byte,
                   &link.per_signature) == 3) {
        slot->link = link;
    } else {
        return false;
    }
    return true;
}

/* A line of the control pipe. False: end. */
static bool control(struct slot *slot, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line, "remove") == 0) {
        take_out(slot);
        say("removed");
    } else if (sscanf(line, "remove after %x %u", &slot->last_ins,
                   &slot->commands_left) == 2) {
        return true;
    } else if (strncmp(line, "insert", 6) == 0) {
        put_in(slot, line[6] == ' ' ? line + 7 : "");
    } else if (strcmp(line, "ledger") == 0) {
        put_ledger(slot);
    } else if (strcmp(line, "quit") == 0) {
        return false;
    } else if (!set_link(slot, line)) {
        say("error");
    }
    return true;
}

static int open_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

static bool take_signal(struct slot *slot, int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return true;
    if (info.ssi_signo == SIGUSR1)
        take_out(slot);
    else if (info.ssi_signo == SIGUSR2)
        put_in(slot, "");
    else
        return false;
    return true;
}

static bool take_line(struct slot *slot, bool *ret_stdin_open)
{
    char line[1100];
    ssize_t n = 0;
    size_t len = 0;
    while (
        len + 1 < sizeof line && (n = read(STDIN_FILENO, line + len, 1)) == 1) {
        if (line[len] == '\n') {
            line[len] = '\0';
            return control(slot, line);
        }
        len++;
    }
    *ret_stdin_open = false;
    return true;
}

static void run(struct slot *slot, int signals)
{
    bool stdin_open = true;
    bool going = true;
    while (going) {
        if (slot->inserted && slot->sock < 0)
            slot->sock = dial(slot->port);
        struct pollfd fds[3] = {
            {.fd = slot->sock, .events = POLLIN},
            {.fd = stdin_open ? STDIN_FILENO : -1, .events = POLLIN},
            {.fd = signals, .events = POLLIN},
        };
        bool retry = slot->inserted && slot->sock < 0;
        if (poll(fds, 3, retry ? RETRY_MS : -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents != 0 && !serve(slot))
            hang_up(slot);
        if (fds[1].revents != 0)
            going = take_line(slot, &stdin_open);
        if (going && fds[2].revents != 0)
            going = take_signal(slot, signals);
    }
}

int main(int argc, char **argv)
{
    struct slot slot = {.port = 35963, .sock = -1};
    int option = 0;
    while ((option = getopt(argc, argv, "p:")) != -1) {
        if (option != 'p')
            return 2;
        slot.port = (uint16_t)strtoul(optarg, NULL, 10);
    }
    if (optind + 1 < argc) {
        fprintf(stderr, "usage: jpki-vcard [-p PORT] [FOLDER]\n");
        return 2;
    }
    int signals = open_signals();
    if (optind < argc) {
        slot.card = vcard_load(argv[optind]);
        slot.inserted = true;
    }
    if (signals < 0 || (slot.inserted && !slot.card))
        return 1;
    run(&slot, signals);
    hang_up(&slot);
    vcard_free(slot.card);
    close(signals);
    return 0;
}

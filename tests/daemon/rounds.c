/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/daemon/client.h"
#include "tests/daemon/pcsc-control.h"

/*
 * rounds: one process that lives through $JPKI_ROUNDS times card in, log in,
 * sign, card out, without C_Finalize. In every tenth round, or
 * $JPKI_ROUNDS_KILL_EVERY, pcscd is killed while the card is in use and
 * restarted. Begins and ends with the card in the reader.
 */

struct worst {
    double gone; /* the longest call after pcscd's death */
    double back; /* from its start to a signature */
    double in;   /* from the card's insertion to a signature */
};

/* Bounds that a busy machine keeps; what was measured is printed. */
#define GONE_MAX_MS 5000
#define BACK_MAX_MS 20000

static CK_FUNCTION_LIST *module;

static unsigned descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* A line of /proc/self/status. */
static unsigned status_line(const char *name)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    unsigned number = 0;

    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            (void)sscanf(line + strlen(name), ": %u", &number);
    fclose(file);
    return number;
}

/* Tries until there is a signature; the time since START. */
static double sign_until(double start, struct client *ret_client)
{
    CK_RV rv = CKR_GENERAL_ERROR;

    while (rv != CKR_OK) {
        rv = CKR_TOKEN_NOT_PRESENT;
        if (client_sees_readers(module))
            rv = client_log_in(module, CLIENT_AUTH, ret_client);
        if (rv == CKR_OK) {
            rv = client_sign(module, ret_client);
            if (rv != CKR_OK)
                client_leave(module, ret_client);
        }
        if (rv != CKR_OK && client_now() - start > BACK_MAX_MS)
            client_fail("no signature: %08lX", rv);
        if (rv != CKR_OK)
            control_pause(20);
    }
    return client_now() - start;
}

static void keep_worst(double *worst, double time)
{
    if (time > *worst)
        *worst = time;
}

/* What a program may call when pcscd is dead; each must return. */
static void call_all(struct client *client, double *worst)
{
    CK_SESSION_INFO session;
    CK_TOKEN_INFO token;
    double start = client_now();

    if (client_sign(module, client) == CKR_OK)
        client_fail("a signature without pcscd");
    keep_worst(worst, client_now() - start);
    start = client_now();
    (void)client_sees_readers(module);
    keep_worst(worst, client_now() - start);
    start = client_now();
    if (module->C_GetTokenInfo(CLIENT_AUTH, &token) == CKR_OK)
        client_fail("a token without pcscd");
    keep_worst(worst, client_now() - start);
    start = client_now();
    if (module->C_GetSessionInfo(client->session, &session) == CKR_OK)
        client_fail("a session outlived pcscd");
    keep_worst(worst, client_now() - start);
    if (*worst > GONE_MAX_MS)
        client_fail("a call took %.0f ms after pcscd's death", *worst);
}

static void kill_and_restart(struct client *client, struct worst *worst)
{
    double start;

    control_signal_service(SIGKILL);
    call_all(client, &worst->gone);
    client_leave(module, client);
    control_pause(200);
    control_launch_service();
    start = client_now();
    keep_worst(&worst->back, sign_until(start, client));
}

static void one_round(bool with_kill, struct worst *worst)
{
    struct client client = {0}, sign = {0};
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;

    keep_worst(&worst->in, sign_until(client_now(), &client));
    if (with_kill)
        kill_and_restart(&client, worst);
    client_want(client_log_in(module, CLIENT_SIGN, &sign), "log-in to sign");
    client_want(client_sign(module, &sign), "sign");
    control_remove();
    if (client_sign(module, &client) == CKR_OK)
        client_fail("a signature without a card");
    if (module->C_GetTokenInfo(CLIENT_AUTH, &token) != CKR_TOKEN_NOT_PRESENT ||
        module->C_GetSessionInfo(client.session, &info) !=
            CKR_SESSION_HANDLE_INVALID)
        client_fail("the card's removal was not seen");
    client_leave(module, &client);
    client_leave(module, &sign);
    control_insert();
}

int main(void)
{
    unsigned rounds = client_number("JPKI_ROUNDS", 10);
    unsigned kill_every = client_number("JPKI_ROUNDS_KILL_EVERY", 5);
    unsigned i, fds = 0, threads = 0, memory = 0, memory_now;
    struct worst worst = {0};

    control_find();
    module = client_load();
    client_want(module->C_Initialize(NULL), "C_Initialize");
    for (i = 0; i < rounds; i++) {
        one_round(i % kill_every == 0, &worst);
        if (i == 1) { /* all that is made once is made */
            fds = descriptors();
            threads = status_line("Threads");
            memory = status_line("VmRSS");
        }
    }
    memory_now = status_line("VmRSS");
    printf("%u rounds; after the insertion %.0f ms, after pcscd's death %.0f "
           "ms, after its start %.0f ms at most; memory %+d KiB\n",
        rounds, worst.in, worst.gone, worst.back, (int)(memory_now - memory));
    if (descriptors() != fds || status_line("Threads") != threads)
        client_fail("%u descriptors instead of %u, %u threads instead of %u",
            descriptors(), fds, status_line("Threads"), threads);
    if (memory_now > memory + 1024)
        client_fail("memory grows");
    client_want(module->C_Finalize(NULL), "C_Finalize");
    return 0;
}

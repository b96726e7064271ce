/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/client.h"

/*
 * The controls of tests/vcard/control.h, found when the program runs: the same
 * program works behind pcscd, without them.
 */
static void *find(const char *name)
{
    static void *library;

    if (!library)
        library = dlopen("libpcsclite.so.1", RTLD_NOW | RTLD_LOCAL);
    return library ? dlsym(library, name) : NULL;
}

bool card_is_here(void)
{
    return find("vcontrol_link") != NULL;
}

void card_link(int reader, const struct vcontrol_link *link)
{
    void (*control)(int, const struct vcontrol_link *) = NULL;

    *(void **)&control = find("vcontrol_link");
    if (control)
        control(reader, link);
}

void card_loss(int reader, const struct vcontrol_loss *loss)
{
    void (*control)(int, const struct vcontrol_loss *) = NULL;

    *(void **)&control = find("vcontrol_loss");
    if (control)
        control(reader, loss);
}

unsigned card_lost(int reader)
{
    unsigned (*control)(int) = NULL;

    *(void **)&control = find("vcontrol_lost");
    return control ? control(reader) : 0;
}

void card_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    void (*control)(int, struct vcard_ledger *) = NULL;

    memset(ret_ledger, 0, sizeof *ret_ledger);
    *(void **)&control = find("vcontrol_ledger");
    if (control)
        control(reader, ret_ledger);
}

void card_print(void)
{
    struct vcard_ledger ledger;

    card_ledger(0, &ledger);
    printf("commands=%u verifies=%u lost=%u\n", ledger.apdus,
        ledger.verifies[0] + ledger.verifies[1], card_lost(0));
}

struct vcontrol_loss card_read_loss(const char *text)
{
    struct vcontrol_loss loss = {0};
    unsigned long long seed = 0;
    char when[8] = "";

    if (sscanf(text, "%u %7s %llu", &loss.per_mille, when, &seed) != 3) {
        fprintf(stderr, "not a loss: %s\n", text);
        exit(2);
    }
    loss.after = strcmp(when, "after") == 0;
    loss.seed = seed;
    return loss;
}

void card_set_up(void)
{
    const char *link_text = getenv("BENCH_LINK");
    const char *loss_text = getenv("BENCH_LOSS");
    struct vcontrol_link link = {0};
    struct vcontrol_loss loss = {0};
    int i;

    if (link_text && sscanf(link_text, "%u %u %u", &link.per_apdu,
                         &link.per_byte, &link.per_signature) != 3) {
        fprintf(stderr, "not a link: %s\n", link_text);
        exit(2);
    }
    if (loss_text)
        loss = card_read_loss(loss_text);
    for (i = 0; i < SLOTS_MAX / 2 && card_is_here(); i++) {
        card_link(i, &link);
        card_loss(i, &loss);
    }
}

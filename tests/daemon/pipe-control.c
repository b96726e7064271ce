/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/daemon/pcsc-control.h"
#include "tests/module/card_process.h"
#include "tests/vcard/control.h"

/*
 * What support.h needs of control.h for the card in $JPKI_READER0 of a real
 * pcscd, by jpki-vcard's control pipe and what it answers in its log: programs
 * of tests/module that bring no card of their own run on it unchanged.
 */

#define ANSWER_MAX 1024

static bool present;

void card_process_start(void)
{
    /* with-pcscd.sh has started it. */
}

static FILE *open_by(const char *variable, const char *mode)
{
    const char *path = getenv(variable);
    FILE *file = path ? fopen(path, mode) : NULL;

    if (!file) {
        fprintf(stderr, "%s cannot be opened\n", variable);
        abort();
    }
    return file;
}

static void order(const char *what, const char *argument)
{
    FILE *out = open_by("JPKI_VCARD_CTL0", "we");

    fprintf(out, "%s%s\n", what, argument);
    fclose(out);
}

int vcontrol_reader_add(const char *name)
{
    (void)name; /* it is there */
    return 0;
}

void vcontrol_remove(int reader)
{
    (void)reader;
    if (!present)
        return;
    order("remove", "");
    control_wait_for_card(false);
    present = false;
}

int vcontrol_insert(int reader, const char *folder)
{
    vcontrol_remove(reader);
    order("insert ", folder);
    control_wait_for_card(true);
    present = true;
    return 0;
}

void vcontrol_reset(void)
{
    vcontrol_remove(0);
}

void vcontrol_fault(int reader, unsigned at, enum vfault how, uint32_t value)
{
    (void)reader;
    (void)at;
    (void)how;
    (void)value;
    fputs("no faults behind pcscd\n", stderr);
    abort();
}

/* The answer to an order that is given once the log is LEN bytes long. */
static void await_answer(FILE *log, long len, char ret_line[ANSWER_MAX])
{
    ret_line[0] = '\0';
    while (!strchr(ret_line, '\n')) {
        if (fseek(log, len, SEEK_SET) != 0 || !fgets(ret_line, ANSWER_MAX, log))
            ret_line[0] = '\0';
        clearerr(log);
        control_pause(1);
    }
}

void vcontrol_ledger(int reader, struct vcard_ledger *ret_ledger)
{
    struct vcard_ledger *l = ret_ledger;
    char line[ANSWER_MAX];
    int verified[2];
    FILE *log;

    memset(l, 0, sizeof *l);
    if (reader != 0 || !present)
        return;
    log = open_by("JPKI_VCARD_LOG0", "re");
    (void)fseek(log, 0, SEEK_END);
    order("ledger", "");
    await_answer(log, ftell(log), line);
    fclose(log);
    if (sscanf(line,
            "apdus=%u selects=%u reads=%u verifies=%u,%u wrong=%u,%u "
            "queries=%u,%u changes=%u,%u signatures=%u,%u denied=%u "
            "power_ons=%u warm_resets=%u tries=%u,%u verified=%d,%d",
            &l->apdus, &l->selects, &l->reads, &l->verifies[0], &l->verifies[1],
            &l->wrong[0], &l->wrong[1], &l->queries[0], &l->queries[1],
            &l->changes[0], &l->changes[1], &l->signatures[0],
            &l->signatures[1], &l->denied, &l->power_ons, &l->warm_resets,
            &l->tries[0], &l->tries[1], &verified[0], &verified[1]) != 20) {
        fprintf(stderr, "no ledger: %s", line);
        abort();
    }
    l->verified[0] = verified[0];
    l->verified[1] = verified[1];
}

bool vcontrol_is_verified(int reader)
{
    struct vcard_ledger ledger;

    vcontrol_ledger(reader, &ledger);
    return ledger.verified[0] || ledger.verified[1];
}

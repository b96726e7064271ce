/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/words.h"
#include "conf/words_sign.h"
#include "token/errors.h"
#include "tool/cards.h"
#include "tool/interrupt.h"
#include "tool/one_card.h"
#include "tool/outfile.h"
#include "tool/output.h"
#include "tool/sign_format.h"

/*
 * jpki sign: all that can go wrong with the files is found out before the PIN
 * is asked for; what was signed is in its place before the next is begun.
 */
struct batch {
    const struct sign_format *format;
    bool overwrite;
    struct document *documents;
    size_t count;
    struct crypto *crypto; /* the context's */
};

static void batch_done(struct batch *batch)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
        document_done(&batch->documents[i]);
    free(batch->documents);
}

/* The files of the command line, unread. False: no memory. */
static bool batch_name(struct batch *batch, const struct options *options)
{
    size_t i;

    batch->count = 0;
    batch->documents = calloc((size_t)options->count, sizeof *batch->documents);
    if (!batch->documents)
        return false;
    batch->count = (size_t)options->count;
    for (i = 0; i < batch->count; i++)
        if (!document_name(&batch->documents[i], options->operands[i],
                batch->format->ending, batch->format->suffix))
            return false;
    return true;
}

static void complain_of_output(const struct document *document, int error)
{
    if (error == EEXIST)
        complain(words(W_SIGN_EXISTS), document->out_shown);
    else
        complain(
            words(W_SIGN_CANNOT_WRITE), document->out_shown, strerror(error));
}

/* The output of DOCUMENT under its other name; false, as was told. */
static bool open_output(const struct batch *batch,
    const struct document *document, struct outfile *file)
{
    if (outfile_open(file, document->out, document->room, batch->overwrite))
        return true;
    complain_of_output(document, errno);
    return false;
}

/* The same, and leaves it closed: there may be more of them than descriptors.
 */
static bool try_output(const struct batch *batch,
    const struct document *document, struct outfile *file)
{
    if (!open_output(batch, document, file))
        return false;
    if (outfile_close(file))
        return true;
    complain_of_output(document, errno);
    return false;
}

/*
 * True where the outputs of what could be read can be made, one after another,
 * and all fit on the disk, of which each gets back what the file had that it
 * replaces; none is made.
 */
static bool check_outputs(const struct batch *batch)
{
    struct outfile *files = calloc(batch->count, sizeof *files);
    bool ok = files != NULL;
    sigset_t before;
    size_t i;

    if (!ok)
        (void)tell_error(TOK_NOMEM);
    /* No signal leaves them behind. */
    interrupt_hold(&before);
    for (i = 0; files && i < batch->count; i++) {
        if (batch->documents[i].room == 0)
            continue;
        ok &= try_output(batch, &batch->documents[i], &files[i]);
    }
    while (files && i-- > 0)
        if (files[i].temporary)
            outfile_discard(&files[i]);
    interrupt_release(&before);
    free(files);
    return ok;
}

static bool check_document(const struct batch *batch, struct document *document)
{
    struct content content;
    bool ok;

    if (!document_read(
            document, batch->crypto, batch->format->wants_bytes, &content))
        return false;
    memcpy(document->hash, content.hash, sizeof document->hash);
    document->room = content.len + batch->format->room;
    ok = !batch->format->check || batch->format->check(document, &content);
    content_done(&content);
    return ok;
}

/* True where PATH is there already and is DOCUMENT's file. */
static bool is_file_of(const char *path, const struct document *document)
{
    struct stat st;

    return stat(path, &st) == 0 && st.st_dev == document->st.st_dev &&
           st.st_ino == document->st.st_ino;
}

/* No file twice, no output of one that is another's, or another's file. */
static bool check_pair(const struct document *a, const struct document *b)
{
    if (strcmp(a->out, b->out) != 0 && !is_file_of(a->path, b) &&
        !is_file_of(a->out, b) && !is_file_of(b->out, a))
        return true;
    complain(words(W_SIGN_TWICE), a->shown, b->shown);
    return false;
}

/* Reads all files and tells of all that is wrong with them. */
static bool check_files(const struct batch *batch)
{
    bool ok = true;
    size_t i, j;

    for (i = 0; i < batch->count; i++)
        ok &= check_document(batch, &batch->documents[i]);
    ok &= check_outputs(batch);
    for (i = 0; ok && i < batch->count; i++)
        for (j = 0; ok && j < i; j++)
            ok = check_pair(&batch->documents[j], &batch->documents[i]);
    if (!ok)
        complain("%s", words(W_SIGN_NOTHING));
    return ok;
}

/* Signs CONTENT, which is that of DOCUMENT, into FILE. */
static enum exit_status make(struct batch *batch, struct signing_key *key,
    const struct document *document, const struct content *content,
    struct outfile *file)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum exit_status status =
        batch->format->sign(key, document, content, &bytes, &len);

    if (status != EXIT_GOOD)
        return status;
    if (!outfile_write(file, bytes, len, &document->st, batch->overwrite)) {
        complain_of_output(document, errno);
        status = EXIT_TROUBLE;
    }
    free(bytes);
    return status;
}

static enum exit_status sign_content(struct batch *batch,
    struct signing_key *key, struct document *document,
    const struct content *content)
{
    enum exit_status status;
    struct outfile file;

    if (!open_output(batch, document, &file))
        return EXIT_TROUBLE;
    status = make(batch, key, document, content, &file);
    outfile_discard(&file);
    document->is_signed = status == EXIT_GOOD;
    return status;
}

/*
 * Signs DOCUMENT, with the content as it is after the question for the PIN.
 * *RET_GO_ON: what went wrong is a matter of this file alone, and nothing was
 * signed for it.
 */
static enum exit_status sign_one(struct batch *batch, struct signing_key *key,
    struct document *document, bool *ret_go_on)
{
    struct content content;
    enum exit_status status = signing_key_authorise(key);

    *ret_go_on = status == EXIT_GOOD;
    if (status != EXIT_GOOD)
        return status;
    interrupt_catch();
    status = EXIT_TROUBLE;
    if (!document_read(
            document, batch->crypto, batch->format->wants_bytes, &content))
        return status;
    if (memcmp(content.hash, document->hash, digest_size(DOCUMENT_DIGEST)) !=
        0) {
        complain(words(W_SIGN_CHANGED), document->shown);
    } else {
        status = sign_content(batch, key, document, &content);
        *ret_go_on = status == EXIT_GOOD;
    }
    content_done(&content);
    return status;
}

static void tell_signed(const struct batch *batch, bool is_signed)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
        if (batch->documents[i].is_signed == is_signed)
            fprintf(stderr, "  %s\n", batch->documents[i].shown);
}

/* Which of them are signed; after the first. */
static void tell_outcome(const struct batch *batch, size_t made)
{
    fflush(stdout);
    if (made == batch->count) {
        print(TONE_GOOD, words(W_SIGN_ALL_DONE), made);
        print(TONE_PLAIN, "\n");
        return;
    }
    if (made > 0) {
        complain(words(W_SIGN_WERE_SIGNED), made, batch->count);
        tell_signed(batch, true);
    }
    complain("%s", words(W_SIGN_WERE_NOT));
    tell_signed(batch, false);
}

/* All of them; the status is that of the first that was not signed. */
static enum exit_status sign_all(struct batch *batch, struct signing_key *key)
{
    enum exit_status status = EXIT_GOOD;
    bool go_on = true;
    size_t i, made = 0;

    for (i = 0; i < batch->count && go_on; i++) {
        struct document *document = &batch->documents[i];
        enum exit_status one = sign_one(batch, key, document, &go_on);

        if (status == EXIT_GOOD)
            status = one;
        if (document->is_signed) {
            made++;
            printf("[%zu/%zu] %s -> %s\n", i + 1, batch->count, document->shown,
                document->out_shown);
            fflush(stdout);
        }
        if (interrupt_came() && made < batch->count) {
            complain("%s", words(W_SIGN_STOPPED));
            go_on = false;
            if (status == EXIT_GOOD)
                status = EXIT_TO_DO;
        }
    }
    tell_outcome(batch, made);
    return status;
}

static enum exit_status use_cards(
    struct batch *batch, struct cards *cards, const struct options *options)
{
    struct signing_key key = {.count = batch->count};
    enum exit_status status;

    if (!cards->context)
        return tell_error(cards->err);
    batch->crypto = cards->context->crypto;
    if (!check_files(batch))
        return EXIT_TROUBLE;
    status = one_card(cards, options, &key.token);
    if (status != EXIT_GOOD)
        return status;
    status = signing_key_check(&key);
    if (status == EXIT_GOOD)
        status = sign_all(batch, &key);
    signing_key_done(&key);
    return status;
}

enum exit_status sign_run(const struct options *options)
{
    struct batch batch = {.overwrite = options->is_set[OPTION_FORCE]};
    enum exit_status status;
    struct cards cards;

    batch.format = sign_format_find(options->value[OPTION_FORMAT]);
    if (!batch.format)
        return EXIT_USAGE;
    if (batch_name(&batch, options)) {
        cards_open(&cards);
        status = use_cards(&batch, &cards, options);
        cards_close(&cards);
    } else {
        status = tell_error(TOK_NOMEM);
    }
    batch_done(&batch);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/pin_scan.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/vcard/persona.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct secret secrets[PINS];
unsigned held[PINS];

static const struct {
    const char *name, *first, *alphabet;
    size_t len;
} kinds[TYPED_SIGN] = {
    [NOW_AUTH] = {"the PIN", DIGITS, DIGITS, 4},
    /* Small and large hexadecimal digits differ in its first letter. */
    [NOW_SIGN] = {"the password", "JKLMNO", LETTERS DIGITS, 16},
    [NEW_AUTH] = {"the new PIN", DIGITS, DIGITS, 4},
    [NEW_SIGN] = {"the new password", LETTERS, LETTERS DIGITS, 6},
    [WRONG_AUTH] = {"the wrong PIN", DIGITS, DIGITS, 4},
    [WRONG_SIGN] = {"the wrong password", LETTERS, LETTERS DIGITS, 12},
    [BAD_SIGN] = {"the malformed password", LETTERS, LETTERS "-+", 9},
};

static bool is_for_signing_only;

void pin_scan_for_signing_only(void)
{
    is_for_signing_only = true;
}

static bool is_drawn(size_t i)
{
    return !is_for_signing_only || i == NOW_SIGN || i == NEW_SIGN ||
           i == WRONG_SIGN || i == BAD_SIGN;
}

static void draw(size_t i)
{
    secret_draw(&secrets[i], kinds[i].first, kinds[i].alphabet, kinds[i].len);
}

/* True when I is another one's beginning, or the whole of it. */
static bool is_like_another(size_t i)
{
    size_t k;

    for (k = 0; k < TYPED_SIGN; k++)
        if (k != i && is_drawn(k) &&
            memcmp(secrets[k].masked, secrets[i].masked,
                secrets[i].len < secrets[k].len ? secrets[i].len
                                                : secrets[k].len) == 0)
            return true;
    return false;
}

/* Draws again what is found by chance; true when there was any. */
static bool draw_found(const struct find *finds, size_t found)
{
    size_t i;

    for (i = 0; i < found && i < FINDS_MAX; i++)
        draw(finds[i].secret < TYPED_SIGN ? finds[i].secret : NOW_SIGN);
    return found > 0;
}

/* Files of the card that everybody may read: what they say is no finding. */
static bool draw_found_on_card(const char *folder)
{
    static const char *const files[] = {
        "0001", "0002", "0006", "0008", "000A", "000B"};
    struct find finds[FINDS_MAX];
    char path[VCARD_PERSONA_FOLDER_SIZE + 16];
    bool found = false;
    size_t i;

    for (i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "%s/ef/%s", folder, files[i]);
        if (access(path, R_OK) == 0)
            found |= draw_found(finds, scan_file(path, secrets, PINS, finds));
    }
    return found;
}

/*
 * What a log says with four digits in a row, and the kernel of the sockets
 * among which token/card/pcscd_clients.c looks. It stays, so that no PIN is
 * drawn that is in it.
 */
static void write_what_is_no_secret(void)
{
    static char text[64], sockets[1 << 18];

    struct tm utc;
    time_t now = time(NULL);
    int fd = open("/proc/net/unix", O_RDONLY | O_CLOEXEC);
    ssize_t len;
    size_t used = 0;

    gmtime_r(&now, &utc);
    (void)snprintf(
        text, sizeof text, "%d %d", (int)getpid(), utc.tm_year + 1900);
    while ((len = read(fd, sockets + used, sizeof sockets - used)) > 0)
        used += (size_t)len;
    if (fd >= 0)
        close(fd);
}

/*
 * Draws until none is in memory, or on the card, in any form: that would be by
 * chance.
 */
static void draw_all(const char *folder)
{
    struct find finds[FINDS_MAX];
    size_t i;

    for (i = 0; i < TYPED_SIGN; i++)
        if (is_drawn(i))
            draw(i);
    do {
        for (i = 0; i < TYPED_SIGN; i++)
            while (is_drawn(i) && is_like_another(i))
                draw(i);
        secret_lower(&secrets[NOW_SIGN], &secrets[TYPED_SIGN]);
    } while (draw_found_on_card(folder) ||
             draw_found(finds, scan_memory(secrets, PINS, finds)));
}

/* Gives the card its PINs, as the office does; in a child, which ends. */
static bool set_pin(
    struct vcard *card, uint8_t ef, const char *was, enum pin pin)
{
    uint8_t select_jpki[] = {0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
        0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
    uint8_t select_ef[] = {0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, ef};
    uint8_t verify[5 + SECRET_MAX] = {0x00, 0x20, 0x00, 0x80};
    uint8_t change[5 + SECRET_MAX] = {0x00, 0x24, 0x01, 0x80};
    uint8_t answer[258];

    verify[4] = (uint8_t)strlen(was);
    memcpy(verify + 5, was, verify[4]);
    change[4] = (uint8_t)secrets[pin].len;
    secret_reveal(&secrets[pin], change + 5);
    (void)vcard_transmit(card, select_jpki, sizeof select_jpki, answer);
    (void)vcard_transmit(card, select_ef, sizeof select_ef, answer);
    (void)vcard_transmit(card, verify, 5u + verify[4], answer);
    return vcard_transmit(card, change, 5u + change[4], answer) == 2 &&
           answer[0] == 0x90;
}

static void issue(const char *folder)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct vcard *card = vcard_load(folder);
        if (!card)
            _exit(1);
        vcard_power_on(card);
        if (secrets[NOW_AUTH].len > 0 &&
            !set_pin(card, 0x18, AUTH_PIN, NOW_AUTH))
            _exit(1);
        _exit(set_pin(card, 0x1b, SIGN_PIN, NOW_SIGN) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Brings into memory what a use of the module brings there, but its PINs. */
static void warm_up(CK_SLOT_ID slot, const char *wrong, const char *pin)
{
    CK_SESSION_HANDLE session = open_session(slot);

    EXPECT_LOGIN(CKR_PIN_INCORRECT, session, wrong);
    EXPECT_LOGIN(CKR_OK, session, pin);
    assert_int_equal(sign_data(session), CKR_OK);
}

static bool drawn;

static void draw_once(const char *folder)
{
    if (drawn)
        return;
    assert_int_equal(vcontrol_insert(0, folder), 0);
    warm_up(AUTH, "0000", AUTH_PIN);
    warm_up(SIGN, "WRONG0", SIGN_PIN);
    write_what_is_no_secret();
    draw_all(folder);
    vcontrol_remove(0);
    drawn = true;
}

void put_card_in(int reader)
{
    char folder[VCARD_PERSONA_FOLDER_SIZE];

    assert_int_equal(vcard_persona_copy("adult", folder), 0);
    draw_once(folder);
    issue(folder);
    assert_int_equal(vcontrol_insert(reader, folder), 0);
}

int begin_first(void)
{
    struct find finds[FINDS_MAX];
    int reader = start(NULL, NULL);

    assert_false(drawn);
    draw(NOW_SIGN);
    assert_int_equal(scan_memory(secrets, PINS, finds), 0);
    drawn = true;
    put_card_in(reader);
    drawn = false;
    return reader;
}

int begin(const char *conf)
{
    int reader = start(NULL, conf);

    memset(held, 0, sizeof held);
    put_card_in(reader);
    return reader;
}

/* A call with PINs, and what the caller has in clear for its time. */
struct job {
    CK_SESSION_HANDLE session;
    CK_USER_TYPE user;
    bool changes;
    CK_ULONG len[2];
    CK_RV rv;
};

static uint8_t clear[2][SECRET_MAX];
static struct job job;
static sem_t asked, answered;

/*
 * On a stack of its own, which nobody else's calls tidy up before it is
 * searched.
 */
static void *work(void *list)
{
    CK_FUNCTION_LIST *const *functions_now = list;

    for (;;) {
        while (sem_wait(&asked) != 0)
            continue;
        if (job.changes)
            job.rv = (*functions_now)
                         ->C_SetPIN(job.session, clear[0], job.len[0], clear[1],
                             job.len[1]);
        else
            job.rv = (*functions_now)
                         ->C_Login(job.session, job.user, clear[0], job.len[0]);
        (void)sem_post(&answered);
    }
    return NULL;
}

static CK_RV let_work(const char *function)
{
    static CK_FUNCTION_LIST *list;
    static bool started;
    pthread_t worker;

    list = functions();
    if (!started) {
        assert_int_equal(sem_init(&asked, 0, 0), 0);
        assert_int_equal(sem_init(&answered, 0, 0), 0);
        assert_int_equal(pthread_create(&worker, NULL, work, &list), 0);
        started = true;
    }
    (void)sem_post(&asked);
    while (sem_wait(&answered) != 0)
        continue;
    explicit_bzero(clear, sizeof clear);
    return checked(job.rv, function, __FILE__, __LINE__);
}

CK_RV log_in(CK_SESSION_HANDLE session, CK_USER_TYPE user, enum pin pin)
{
    job = (struct job){session, user, false, {secrets[pin].len, 0}, 0};
    secret_reveal(&secrets[pin], clear[0]);
    return let_work("C_Login");
}

CK_RV change_pin(CK_SESSION_HANDLE session, enum pin old_pin, enum pin new_pin)
{
    job = (struct job){session, CKU_USER, true,
        {secrets[old_pin].len, secrets[new_pin].len}, 0};
    secret_reveal(&secrets[old_pin], clear[0]);
    secret_reveal(&secrets[new_pin], clear[1]);
    return let_work("C_SetPIN");
}

unsigned stray_finds(bool exactly)
{
    struct find finds[FINDS_MAX];
    unsigned found[PINS] = {0}, bad = 0;
    size_t i, count = scan_memory(secrets, PINS, finds);

    for (i = 0; i < count && i < FINDS_MAX; i++) {
        const struct find *find = &finds[i];
        found[find->secret]++;
        if (find->set_apart && found[find->secret] <= held[find->secret])
            continue;
        print_error("%s, as %s, at %" PRIxPTR " in %s\n",
            find->secret == TYPED_SIGN ? "the password as typed"
                                       : kinds[find->secret].name,
            find->form, find->address, find->mapping);
        bad++;
    }
    for (i = 0; i < PINS && exactly; i++)
        if (found[i] < held[i]) {
            print_error("%s is not held\n", kinds[i].name);
            bad++;
        }
    return bad;
}

void scanned(bool exactly, const char *file, int line)
{
    if (stray_finds(exactly) > 0)
        _fail(file, line);
}

bool pin_scan_is_blind(void)
{
    if (is_emulated())
        puts("skipped: an emulator does not tell which pages are set apart");
    return is_emulated();
}

int pin_scan_unload(void **state)
{
    if (unload_module(state) != 0)
        return -1;
    memset(held, 0, sizeof held);
    return stray_finds(true) == 0 ? 0 : -1;
}

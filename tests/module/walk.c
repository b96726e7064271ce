/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/walk.h"

#include <string.h>
#include <strings.h>

static const struct {
    CK_MECHANISM_TYPE type;
    const char *hash;
} mechanisms[] = {
    {CKM_RSA_PKCS, NULL},
    {CKM_SHA256_RSA_PKCS, "SHA256"},
    {CKM_SHA384_RSA_PKCS, "SHA384"},
};

struct walk walk;

/* SplitMix64. */
unsigned walk_below(unsigned n)
{
    uint64_t z = walk.random += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % n);
}

bool walk_chance(unsigned percent)
{
    return walk_below(100) < percent;
}

struct model_slot *walk_slot(int role)
{
    return &walk.model.slots[role];
}

size_t walk_any_session(int role)
{
    size_t i = walk_below(MODEL_SESSIONS), n;

    for (n = 0; n < MODEL_SESSIONS && !walk_chance(2); n++, i++)
        if (walk_slot(role)->sessions[i % MODEL_SESSIONS].handle)
            break;
    return i % MODEL_SESSIONS;
}

/* PIN with the case of its letters at random. */
static void scramble_case(char *pin)
{
    for (; *pin; pin++)
        if (*pin >= 'A' && *pin <= 'Z' && walk_chance(30))
            *pin = (char)(*pin - 'A' + 'a');
}

/* What somebody may type for ROLE's PIN, or what a program may offer. */
static void type_pin(int role, char ret_pin[MODEL_TEXT])
{
    static const char *const malformed[][7] = {
        {"", "123", "12345", "12a4", " 123", "abcdef", "0123456789abcdef"},
        {"", "1234", "ABC12", "ABC-123", "ABC 123", "A", "ABCDEFGHIJKLMNOPQ"},
    };
    static const char *const guesses[][6] = {
        {"0000", "1111", "9999", "1234", "4321", "2580"},
        {"WRONG1", "PASSW0RD", "ABC123", "ABC124", "ABCDEF1234567890",
            "000000"},
    };
    const struct model_slot *slot = walk_slot(role);
    unsigned kind = walk_below(100);
    const char *pin = slot->pin;

    if (kind < (walk.guessing ? 75u : 4u))
        pin = WALK_PICK(guesses[role]);
    else if (kind < 80 && kind >= 75)
        pin = WALK_PICK(malformed[role]);
    else if (kind < 85 && kind >= 80)
        pin = walk.typed[role];
    else if (kind < 88 && kind >= 85 && slot->has_refused)
        pin = slot->refused;
    strcpy(ret_pin, pin);
    if (role == SIGN && walk_chance(20))
        scramble_case(ret_pin);
    if (strcasecmp(ret_pin, slot->pin) != 0)
        strcpy(walk.typed[role], ret_pin);
}

static void expect(CK_RV rv, CK_RV expected)
{
    if (rv != expected)
        print_error("got %#lx, should be %#lx\n", rv, expected);
    assert_true(rv == expected);
}

void walk_open(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];
    CK_FLAGS flags = CKF_SERIAL_SESSION;

    if (session->handle)
        return;
    session->rw = walk_chance(50);
    if (session->rw)
        flags |= CKF_RW_SESSION;
    EXPECT(CKR_OK, C_OpenSession, (CK_SLOT_ID)role, flags, NULL, NULL,
        &session->handle);
}

void walk_close(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];

    if (!session->handle)
        return;
    EXPECT(CKR_OK, C_CloseSession, session->handle);
    model_close(&walk.model, role, session);
}

void walk_close_all(int role, size_t i)
{
    EXPECT(CKR_OK, C_CloseAllSessions, (CK_SLOT_ID)role);
    for (i = 0; i < MODEL_SESSIONS; i++)
        model_close(&walk.model, role, &walk_slot(role)->sessions[i]);
}

/* What a fresh log-in gives to see. */
static void look_around(int role, CK_SESSION_HANDLE session)
{
    walk.keys[role] = find_object(session, CKO_PRIVATE_KEY);
    assert_true(walk.keys[role] != 0);
    if (walk.cert_lens[role] == 0)
        walk.cert_lens[role] =
            attribute(session, find_object(session, CKO_CERTIFICATE), CKA_VALUE,
                walk.certs[role], sizeof walk.certs[role]);
}

void walk_login(int role, size_t i)
{
    CK_SESSION_HANDLE session = walk_slot(role)->sessions[i].handle;
    char pin[MODEL_TEXT];
    CK_RV expected = CKR_SESSION_HANDLE_INVALID;

    type_pin(role, pin);
    if (session)
        expected = model_login(&walk.model, role, pin);
    expect(login(session, CKU_USER, pin), expected);
    if (expected == CKR_OK)
        look_around(role, session);
}

void walk_login_context(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];
    char pin[MODEL_TEXT];
    CK_RV expected = CKR_SESSION_HANDLE_INVALID;

    type_pin(role, pin);
    if (session->handle)
        expected = model_login_context(&walk.model, role, session, pin);
    expect(login(session->handle, CKU_CONTEXT_SPECIFIC, pin), expected);
}

void walk_logout(int role, size_t i)
{
    CK_SESSION_HANDLE session = walk_slot(role)->sessions[i].handle;
    CK_RV expected = CKR_SESSION_HANDLE_INVALID;

    if (session)
        expected = model_logout(&walk.model, role);
    expect(CALL(C_Logout, session), expected);
}

void walk_set_pin(int role, size_t i)
{
    static const char *const new_pins[][5] = {
        {"1234", "4321", "2580", "123", "12x4"},
        {"ABC123", "new123", "A1B2C3D4E5F6G7H8", "NEW", "NEW-123"},
    };
    const struct model_session *session = &walk_slot(role)->sessions[i];
    const char *choice = WALK_PICK(new_pins[role]);
    CK_RV expected = CKR_SESSION_HANDLE_INVALID;
    char old_pin[MODEL_TEXT], new_pin[MODEL_TEXT];

    type_pin(role, old_pin);
    strcpy(new_pin, choice);
    if (session->handle)
        expected = model_set_pin(&walk.model, role, session, old_pin, new_pin);
    expect(CALL(C_SetPIN, session->handle, (CK_UTF8CHAR *)old_pin,
               strlen(old_pin), (CK_UTF8CHAR *)new_pin, strlen(new_pin)),
        expected);
}

void walk_sign_init(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];
    struct walk_paper *paper = &walk.papers[role][i];
    size_t which = walk_below(sizeof mechanisms / sizeof *mechanisms);
    CK_MECHANISM mechanism = {mechanisms[which].type, NULL, 0};
    CK_RV expected = CKR_SESSION_HANDLE_INVALID;

    if (session->handle)
        expected = model_sign_init(&walk.model, role, session);
    expect(CALL(C_SignInit, session->handle, &mechanism, walk.keys[role]),
        expected);
    if (expected == CKR_OK) {
        paper->mechanism = which;
        paper->len = 0;
    }
}

void walk_sign_cancel(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];

    if (!session->handle)
        return;
    EXPECT(CKR_OK, C_SignInit, session->handle, NULL, 0);
    model_sign_cancel(session);
}

static void write_on(struct walk_paper *paper)
{
    int n;

    for (n = 0; n < WALK_PIECE; n++)
        paper->data[paper->len++] = (CK_BYTE)walk_below(256);
}

void walk_sign_update(int role, size_t i)
{
    struct model_session *session = &walk_slot(role)->sessions[i];
    struct walk_paper *paper = &walk.papers[role][i];
    size_t before = session->parts ? paper->len : 0;

    if (!session->handle || before + WALK_PIECE > WALK_DATA_MAX)
        return;
    paper->len = before;
    write_on(paper);
    expect(CALL(C_SignUpdate, session->handle, paper->data + before,
               (CK_ULONG)WALK_PIECE),
        model_sign_update(session));
}

static void check_signature(
    int role, const struct walk_paper *paper, const uint8_t *sig)
{
    assert_true(openssl_verifies(walk.certs[role], walk.cert_lens[role],
        mechanisms[paper->mechanism].hash, paper->data, paper->len, sig,
        SIGNATURE_SIZE));
    walk.signatures++;
}

void walk_sign(int role, size_t i)
{
    static const CK_ULONG rooms[] = {0, 1, SIGNATURE_SIZE - 1, SIGNATURE_SIZE,
        SIGNATURE_SIZE, SIGNATURE_SIZE, SIGNATURE_SIZE, SIGNATURE_SIZE + 1};
    struct model_session *session = &walk_slot(role)->sessions[i];
    struct walk_paper *paper = &walk.papers[role][i];
    uint8_t sig[SIGNATURE_SIZE + 1];
    CK_ULONG len = WALK_PICK(rooms);
    CK_BYTE *buffer = len ? sig : NULL;
    bool final = session->parts && walk_chance(95);
    CK_RV expected;

    if (!session->handle)
        return;
    if (!session->parts) {
        paper->len = 0;
        write_on(paper);
    }
    expected = model_sign(&walk.model, role, session, final, len);
    expect(final ? CALL(C_SignFinal, session->handle, buffer, &len)
                 : CALL(C_Sign, session->handle, paper->data, paper->len,
                       buffer, &len),
        expected);
    if (expected == CKR_OK && buffer)
        check_signature(role, paper, sig);
}

void walk_look_at_token(int role, size_t i)
{
    const CK_FLAGS pin_state = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
                               CKF_USER_PIN_LOCKED | CKF_USER_PIN_INITIALIZED;
    CK_FLAGS flags = token_flags((CK_SLOT_ID)role);

    /* Without a connection the card is not asked. */
    if (ledger(walk.reader).queries[role] != walk.queries[role])
        model_see(&walk.model, role);
    assert_true((flags & pin_state) == model_pin_flags(&walk.model, role));
}

void walk_look_at_session(int role, size_t i)
{
    const struct model_session *session = &walk_slot(role)->sessions[i];
    CK_SESSION_INFO info;

    if (!session->handle)
        return;
    EXPECT(CKR_OK, C_GetSessionInfo, session->handle, &info);
    assert_true(
        (info.state == CKS_RO_USER_FUNCTIONS ||
            info.state == CKS_RW_USER_FUNCTIONS) == walk_slot(role)->logged_in);
    assert_true((find_object(session->handle, CKO_PRIVATE_KEY) !=
                    CK_INVALID_HANDLE) == walk_slot(role)->logged_in);
}

/* As NSS does between C_SignInit and its question for the PIN. */
void walk_read_attribute(int role, size_t i)
{
    CK_SESSION_HANDLE session = walk_slot(role)->sessions[i].handle;
    CK_BBOOL asks;

    if (!session || !walk_slot(role)->logged_in)
        return;
    attribute(
        session, walk.keys[role], CKA_ALWAYS_AUTHENTICATE, &asks, sizeof asks);
    model_read_attribute(&walk.model, role);
}

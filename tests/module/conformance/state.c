/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/module/conformance/conformance.h"
#include "tests/vcard/persona.h"

/* Brings the module and a card into the state that a row starts from. */

static struct fixture fixture;

enum session_kind { NO_SESSION, RO, RW };

static const struct {
    const char *persona; /* NULL: no card */
    const char *conf;
    CK_SLOT_ID slot;
    enum session_kind session;
    bool logged_in;
} specs[STATES] = {
    [OFF] = {"adult", NULL, AUTH, NO_SESSION, false},
    [FINALIZED] = {"adult", NULL, AUTH, RO, true},
    [CHILD] = {"adult", NULL, AUTH, RO, true},
    [RESTARTED] = {"adult", NULL, AUTH, RO, true},
    [READY] = {"adult", NULL, AUTH, NO_SESSION, false},
    [EMPTY] = {NULL, NULL, AUTH, NO_SESSION, false},
    [FOREIGN] = {"foreign", NULL, AUTH, NO_SESSION, false},
    [HIDDEN] = {"adult", "[slots]\nshow = sign\n", AUTH, NO_SESSION, false},
    [NO_PSS] = {"quirk-no-pss", NULL, AUTH, NO_SESSION, false},
    [PUBLIC] = {"adult", NULL, AUTH, RO, false},
    [PUBLIC_RW] = {"adult", NULL, AUTH, RW, false},
    [USER] = {"adult", NULL, AUTH, RO, true},
    [USER_RW] = {"adult", NULL, AUTH, RW, true},
    [LOCKED] = {"locked-auth", NULL, AUTH, RO, false},
    [LOCKED_RW] = {"locked-auth", NULL, AUTH, RW, false},
    [SPARED] = {"last-try", "[pin]\nlast_try = refuse\n", AUTH, RW, false},
    [NO_PSS_USER] = {"quirk-no-pss", NULL, AUTH, RO, true},
    [SIGN_PUBLIC] = {"adult", NULL, SIGN, RO, false},
    [SIGN_PUBLIC_RW] = {"adult", NULL, SIGN, RW, false},
    [SIGN_USER] = {"adult", NULL, SIGN, RO, true},
    [SIGN_USER_RW] = {"adult", NULL, SIGN, RW, true},
    [EVERY_USER] = {"adult", "[pin]\nsignature_pin = every\n", SIGN, RO, true},
    [NOT_ISSUED] = {"child-6a82", NULL, SIGN, RO, false},
    [NOT_ISSUED_RW] = {"child-6a82", NULL, SIGN, RW, false},
};

static const char *const pins[] = {[AUTH] = AUTH_PIN, [SIGN] = SIGN_PIN};
static const char *const new_pins[] = {[AUTH] = "4321", [SIGN] = "XYZ789"};

/* Where a token's value is; a pointer's token stands for that address. */
static const struct {
    void *at;
    bool is_number;
    size_t unit;
    CK_ULONG *length;
} places[TOKENS] = {
    [SOMETHING] = {fixture.data, false, 0, NULL},
    [SLOT] = {&fixture.slot, true, 0, NULL},
    [SESSION] = {&fixture.session, true, 0, NULL},
    [CLOSED] = {&fixture.closed, true, 0, NULL},
    [OTHER_SESSION] = {&fixture.other_session, true, 0, NULL},
    [KEY] = {&fixture.key, true, 0, NULL},
    [PUBLIC_KEY] = {&fixture.public_key, true, 0, NULL},
    [CERTIFICATE] = {&fixture.certificate, true, 0, NULL},
    [STATUS_OBJECT] = {&fixture.status, true, 0, NULL},
    [OTHER_CERTIFICATE] = {&fixture.other_certificate, true, 0, NULL},
    [INIT_ARGS] = {&fixture.init_args, false, 0, NULL},
    [MECHANISM] = {&fixture.mechanism, false, 0, NULL},
    [DIGEST_MECHANISM] = {&fixture.digest_mechanism, false, 0, NULL},
    [DATA] = {fixture.data, false, 0, NULL},
    [SIGNATURE] = {fixture.sig, false, 0, NULL},
    [PIN] = {fixture.pin, false, 0, NULL},
    [PIN_LEN] = {&fixture.pin_len, true, 0, NULL},
    [NEW_PIN] = {fixture.new_pin, false, 0, NULL},
    [NEW_PIN_LEN] = {&fixture.new_pin_len, true, 0, NULL},
    [TEMPLATE] = {&fixture.templ, false, 0, NULL},
    [VERSION] = {&fixture.version, false, 0, NULL},
    [INTERFACE_NAME] = {fixture.interface_name, false, 0, NULL},
    [ATTRIBUTE] = {&fixture.attr, false, 1, &fixture.attr.ulValueLen},
    [ATTRIBUTE_SIZE] = {&fixture.attr_size, false, 0,
        &fixture.attr_size.ulValueLen},
    [INFO] = {fixture.out, false, 0, NULL},
    [OUT] = {fixture.out, false, 1, NULL},
    [OUT_NUMBERS] = {fixture.out, false, sizeof(CK_ULONG), NULL},
    [OUT_INTERFACES] = {fixture.out, false, sizeof(CK_INTERFACE), NULL},
    [OUT_LENGTH] = {&fixture.len, false, 0, &fixture.len},
    [OUT_NUMBER] = {&fixture.number, false, 0, NULL},
    [OUT_POINTER] = {&fixture.pointer, false, 0, NULL},
};

union arg state_argument(struct value value)
{
    union arg arg = {0};

    if (value.token == NUMBER)
        arg.n = value.number;
    else if (value.token == NIL || value.token == END)
        arg.p = NULL;
    else if (places[value.token].is_number)
        arg.n = *(CK_ULONG *)places[value.token].at;
    else
        arg.p = places[value.token].at;
    return arg;
}

CK_ULONG *state_length(enum token token)
{
    return places[token].length;
}

size_t state_unit(enum token token)
{
    return places[token].unit;
}

/* A copy of a persona for all rows that leave its counters as they were. */
static struct folder {
    const char *persona;
    char path[VCARD_PERSONA_FOLDER_SIZE];
} folders[8];

/* The card in READER, which stays there as long as rows want the same. */
static struct folder *current;
static int reader;

static struct folder *folder_of(const char *persona)
{
    size_t i = 0;

    while (folders[i].persona && strcmp(folders[i].persona, persona) != 0)
        i++;
    assert_true(i < sizeof folders / sizeof *folders);
    if (!folders[i].persona)
        assert_int_equal(vcard_persona_copy(persona, folders[i].path), 0);
    folders[i].persona = persona;
    return &folders[i];
}

static void insert_card(const char *persona)
{
    if (current && persona && strcmp(current->persona, persona) == 0)
        return;
    vcontrol_reset();
    current = NULL;
    reader = vcontrol_reader_add("Virtual Reader");
    assert_true(reader >= 0);
    if (!persona)
        return;
    current = folder_of(persona);
    assert_int_equal(vcontrol_insert(reader, current->path), 0);
}

/* What was spent on a card, or done with it, must not meet the next row. */
static void drop_spent_card(void)
{
    struct vcard_ledger now = ledger(reader);
    bool spent = now.wrong[AUTH] || now.wrong[SIGN] || now.changes[AUTH] ||
                 now.changes[SIGN];

    if (current && spent)
        assert_int_equal(
            vcard_persona_copy(current->persona, current->path), 0);
    if (spent || fixture.card_moved)
        current = NULL;
}

static CK_ULONG set_pin(CK_BYTE field[64], const char *text)
{
    size_t len = strlen(text);

    assert_true(len <= 64);
    memcpy(field, text, len);
    return len;
}

static void set_mechanisms(const struct row *row)
{
    CK_MECHANISM_TYPE type = row->mechanism;

    fixture.pss.hashAlg = CKM_SHA256;
    fixture.pss.mgf = CKG_MGF1_SHA256;
    fixture.pss.sLen = 32;
    fixture.mechanism.mechanism = type ? type : CKM_SHA256_RSA_PKCS;
    fixture.digest_mechanism.mechanism = type ? type : CKM_SHA256;
    if (type == CKM_RSA_PKCS_PSS || type == CKM_SHA256_RSA_PKCS_PSS) {
        fixture.mechanism.pParameter = &fixture.pss;
        fixture.mechanism.ulParameterLen = sizeof fixture.pss;
    }
}

static void sweep(const struct row *row, CK_FUNCTION_LIST *list)
{
    const struct function_row *function = &function_rows[row->function];
    const char *pin = row->pin ? row->pin : pins[specs[row->state].slot];
    size_t i, unit = 1;

    memset(&fixture, 0, sizeof fixture);
    fixture.row = row;
    fixture.list = list;
    fixture.slot = specs[row->state].slot;
    fixture.session = fixture.closed = fixture.key = fixture.certificate =
        0x10001;
    memset(fixture.data, '1', sizeof fixture.data);
    memset(fixture.out, GUARD, sizeof fixture.out);
    memset(&fixture.number, GUARD, sizeof fixture.number);
    fixture.pointer = &fixture;
    fixture.pin_len = set_pin(fixture.pin, pin);
    fixture.new_pin_len = set_pin(
        fixture.new_pin, row->new_pin ? row->new_pin : new_pins[fixture.slot]);
    set_mechanisms(row);
    fixture.class = CKO_PUBLIC_KEY;
    fixture.templ =
        (CK_ATTRIBUTE){CKA_CLASS, &fixture.class, sizeof fixture.class};
    fixture.version = (CK_VERSION){2, 40};
    memcpy(fixture.interface_name, "PKCS 11", sizeof "PKCS 11");
    for (i = 0; i < ARGS_MAX; i++)
        if (places[function->args[i].token].unit)
            unit = places[function->args[i].token].unit;
    fixture.len = row->has_room ? row->room : OUT_SIZE / unit;
    fixture.attr = (CK_ATTRIBUTE){row->attribute, fixture.out, fixture.len};
    fixture.attr_size = (CK_ATTRIBUTE){row->attribute, NULL, fixture.len};
}

/* The first object of CLASS that has ATTRIBUTE with the number VALUE. */
static CK_OBJECT_HANDLE find(
    CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class}, {type, &value, sizeof value}};
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0, rows = type == CKA_CLASS ? 1 : 2;

    EXPECT(CKR_OK, C_FindObjectsInit, fixture.session, templ, rows);
    EXPECT(CKR_OK, C_FindObjects, fixture.session, &found, 1, &count);
    EXPECT(CKR_OK, C_FindObjectsFinal, fixture.session);
    return found;
}

#define CATEGORY_TOKEN_USER 1

void state_find_objects(struct fixture *at)
{
    at->certificate =
        find(CKO_CERTIFICATE, CKA_CERTIFICATE_CATEGORY, CATEGORY_TOKEN_USER);
    at->public_key = find(CKO_PUBLIC_KEY, CKA_CLASS, CKO_PUBLIC_KEY);
    at->key = find(CKO_PRIVATE_KEY, CKA_CLASS, CKO_PRIVATE_KEY);
    at->status = find(CKO_DATA, CKA_CLASS, CKO_DATA);
}

static void open_session_of(enum session_kind kind)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION | (kind == RW ? CKF_RW_SESSION : 0);

    fixture.closed = open_session(fixture.slot);
    EXPECT(CKR_OK, C_CloseSession, fixture.closed);
    EXPECT(CKR_OK, C_OpenSession, fixture.slot, flags, NULL, NULL,
        &fixture.session);
}

static void initialize(void)
{
    CK_ULONG count = 0;

    EXPECT(CKR_OK, C_Initialize, NULL);
    EXPECT(CKR_OK, C_GetSlotList, CK_FALSE, NULL, &count);
}

static void walk_to(enum state state)
{
    size_t i;

    if (state == OFF)
        return;
    initialize();
    if (specs[state].session != NO_SESSION)
        open_session_of(specs[state].session);
    if (specs[state].logged_in)
        EXPECT_LOGIN(CKR_OK, fixture.session, pins[fixture.slot]);
    if (specs[state].session != NO_SESSION)
        state_find_objects(&fixture);
    if (state == FINALIZED || state == RESTARTED)
        EXPECT(CKR_OK, C_Finalize, NULL);
    if (state == RESTARTED)
        initialize();
    for (i = 0; i < STEPS_MAX && fixture.row->first[i]; i++)
        fixture.row->first[i](&fixture);
}

struct fixture *state_prepare(const struct row *row, CK_FUNCTION_LIST *list)
{
    enum state state = row->state;

    sweep(row, list);
    configure(specs[state].conf);
    insert_card(specs[state].persona);
    fixture.reader = reader;
    walk_to(state);
    return &fixture;
}

void state_clear(void)
{
    /* A call that crashed is in flight for ever, and every row after it. */
    if (CALL(C_Finalize, NULL) == CKR_FUNCTION_FAILED) {
        print_error("The module cannot be left: no more rows.\n");
        exit(EXIT_FAILURE);
    }
    drop_spent_card();
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/module/conformance/conformance.h"
#include "tests/vcard/persona.h"

/* Brings the module and a card into the state that a row starts from. */

static struct desk desk;

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
    [SOMETHING] = {desk.data, false, 0, NULL},
    [SLOT] = {&desk.slot, true, 0, NULL},
    [SESSION] = {&desk.session, true, 0, NULL},
    [CLOSED] = {&desk.closed, true, 0, NULL},
    [OTHER_SESSION] = {&desk.other_session, true, 0, NULL},
    [KEY] = {&desk.key, true, 0, NULL},
    [PUBLIC_KEY] = {&desk.public_key, true, 0, NULL},
    [CERTIFICATE] = {&desk.certificate, true, 0, NULL},
    [STATUS_OBJECT] = {&desk.status, true, 0, NULL},
    [OTHER_CERTIFICATE] = {&desk.other_certificate, true, 0, NULL},
    [INIT_ARGS] = {&desk.init_args, false, 0, NULL},
    [MECHANISM] = {&desk.mechanism, false, 0, NULL},
    [DIGEST_MECHANISM] = {&desk.digest_mechanism, false, 0, NULL},
    [DATA] = {desk.data, false, 0, NULL},
    [SIGNATURE] = {desk.sig, false, 0, NULL},
    [PIN] = {desk.pin, false, 0, NULL},
    [PIN_LEN] = {&desk.pin_len, true, 0, NULL},
    [NEW_PIN] = {desk.new_pin, false, 0, NULL},
    [NEW_PIN_LEN] = {&desk.new_pin_len, true, 0, NULL},
    [TEMPLATE] = {&desk.templ, false, 0, NULL},
    [VERSION] = {&desk.version, false, 0, NULL},
    [INTERFACE_NAME] = {desk.interface_name, false, 0, NULL},
    [ATTRIBUTE] = {&desk.attr, false, 1, &desk.attr.ulValueLen},
    [ATTRIBUTE_SIZE] = {&desk.attr_size, false, 0, &desk.attr_size.ulValueLen},
    [INFO] = {desk.out, false, 0, NULL},
    [OUT] = {desk.out, false, 1, NULL},
    [OUT_NUMBERS] = {desk.out, false, sizeof(CK_ULONG), NULL},
    [OUT_INTERFACES] = {desk.out, false, sizeof(CK_INTERFACE), NULL},
    [OUT_LENGTH] = {&desk.len, false, 0, &desk.len},
    [OUT_NUMBER] = {&desk.number, false, 0, NULL},
    [OUT_POINTER] = {&desk.pointer, false, 0, NULL},
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
    if (spent || desk.card_moved)
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

    desk.pss.hashAlg = CKM_SHA256;
    desk.pss.mgf = CKG_MGF1_SHA256;
    desk.pss.sLen = 32;
    desk.mechanism.mechanism = type ? type : CKM_SHA256_RSA_PKCS;
    desk.digest_mechanism.mechanism = type ? type : CKM_SHA256;
    if (type == CKM_RSA_PKCS_PSS || type == CKM_SHA256_RSA_PKCS_PSS) {
        desk.mechanism.pParameter = &desk.pss;
        desk.mechanism.ulParameterLen = sizeof desk.pss;
    }
}

static void sweep(const struct row *row, CK_FUNCTION_LIST *list)
{
    const struct function_row *function = &function_rows[row->function];
    const char *pin = row->pin ? row->pin : pins[specs[row->state].slot];
    size_t i, unit = 1;

    memset(&desk, 0, sizeof desk);
    desk.row = row;
    desk.list = list;
    desk.slot = specs[row->state].slot;
    desk.session = desk.closed = desk.key = desk.certificate = 0x10001;
    memset(desk.data, '1', sizeof desk.data);
    memset(desk.out, GUARD, sizeof desk.out);
    memset(&desk.number, GUARD, sizeof desk.number);
    desk.pointer = &desk;
    desk.pin_len = set_pin(desk.pin, pin);
    desk.new_pin_len = set_pin(
        desk.new_pin, row->new_pin ? row->new_pin : new_pins[desk.slot]);
    set_mechanisms(row);
    desk.class = CKO_PUBLIC_KEY;
    desk.templ = (CK_ATTRIBUTE){CKA_CLASS, &desk.class, sizeof desk.class};
    desk.version = (CK_VERSION){2, 40};
    memcpy(desk.interface_name, "PKCS 11", sizeof "PKCS 11");
    for (i = 0; i < ARGS_MAX; i++)
        if (places[function->args[i].token].unit)
            unit = places[function->args[i].token].unit;
    desk.len = row->has_room ? row->room : OUT_SIZE / unit;
    desk.attr = (CK_ATTRIBUTE){row->attribute, desk.out, desk.len};
    desk.attr_size = (CK_ATTRIBUTE){row->attribute, NULL, desk.len};
}

/* The first object of CLASS that has ATTRIBUTE with the number VALUE. */
static CK_OBJECT_HANDLE find(
    CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    CK_ATTRIBUTE templ[] = {
        {CKA_CLASS, &class, sizeof class}, {type, &value, sizeof value}};
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0, rows = type == CKA_CLASS ? 1 : 2;

    EXPECT(CKR_OK, C_FindObjectsInit, desk.session, templ, rows);
    EXPECT(CKR_OK, C_FindObjects, desk.session, &found, 1, &count);
    EXPECT(CKR_OK, C_FindObjectsFinal, desk.session);
    return found;
}

#define CATEGORY_TOKEN_USER 1

void state_find_objects(struct desk *at)
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

    desk.closed = open_session(desk.slot);
    EXPECT(CKR_OK, C_CloseSession, desk.closed);
    EXPECT(CKR_OK, C_OpenSession, desk.slot, flags, NULL, NULL, &desk.session);
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
        EXPECT_LOGIN(CKR_OK, desk.session, pins[desk.slot]);
    if (specs[state].session != NO_SESSION)
        state_find_objects(&desk);
    if (state == FINALIZED || state == RESTARTED)
        EXPECT(CKR_OK, C_Finalize, NULL);
    if (state == RESTARTED)
        initialize();
    for (i = 0; i < STEPS_MAX && desk.row->first[i]; i++)
        desk.row->first[i](&desk);
}

struct desk *state_prepare(const struct row *row, CK_FUNCTION_LIST *list)
{
    enum state state = row->state;

    sweep(row, list);
    configure(specs[state].conf);
    insert_card(specs[state].persona);
    desk.reader = reader;
    walk_to(state);
    return &desk;
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

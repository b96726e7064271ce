/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/model.h"

#include <string.h>

#include "tests/module/model_pins.h"

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const struct {
    const char *alphabet;
    size_t min, max;
    unsigned tries;
    bool asks_each_time;
} roles[] = {
    {DIGITS, 4, 4, 3, false},
    {DIGITS CAPITALS, 6, 16, 5, true},
};

static void forget(char text[MODEL_TEXT])
{
    memset(text, 0, MODEL_TEXT);
}

static void keep(char text[MODEL_TEXT], const char *pin)
{
    forget(text);
    memcpy(text, pin, strnlen(pin, MODEL_TEXT - 1));
}

#define WRONG_FOR_MS 10000

/* What is over with C_Finalize: not what is known of wrong PINs. */
static void begin_again(struct model_slot *slot)
{
    memset(slot->sessions, 0, sizeof slot->sessions);
    slot->logged_in = false;
    forget(slot->held);
    slot->has_refused = false;
    slot->seen_any = false;
}

void model_insert(
    struct model *model, int person, const char *auth_pin, const char *sign_pin)
{
    const char *const pins[] = {auth_pin, sign_pin};
    int role;

    model->person = person;
    for (role = 0; role < 2; role++) {
        struct model_slot *slot = &model->slots[role];
        memset(slot, 0, sizeof *slot);
        slot->max = slot->left = roles[role].tries;
        keep(slot->pin, pins[role]);
    }
}

void model_restart(struct model *model, const struct model_rules *rules)
{
    model->rules = *rules;
    memset(model->recent, 0, sizeof model->recent);
    begin_again(&model->slots[0]);
    begin_again(&model->slots[1]);
}

void model_see(struct model *model, int role)
{
    struct model_slot *slot = &model->slots[role];

    slot->seen_any = true;
    slot->seen = slot->left;
}

CK_FLAGS model_pin_flags(const struct model *model, int role)
{
    const struct model_slot *slot = &model->slots[role];
    CK_FLAGS flags = CKF_USER_PIN_INITIALIZED;

    if (!slot->seen_any)
        return flags;
    /* No prompt for a PIN that will not be taken. */
    if (slot->seen == 0)
        return CKF_USER_PIN_LOCKED;
    if (slot->seen == 1 && model->rules.spare_last)
        flags = 0;
    if (slot->seen < slot->max)
        flags |= CKF_USER_PIN_COUNT_LOW;
    if (slot->seen == 1)
        flags |= CKF_USER_PIN_FINAL_TRY;
    return flags;
}

static void end_signature(struct model_session *session)
{
    session->signing = false;
    session->parts = false;
    session->needs_pin = false;
    forget(session->pin);
}

static void log_out(struct model_slot *slot)
{
    int i;

    slot->logged_in = false;
    forget(slot->held);
    for (i = 0; i < MODEL_SESSIONS; i++)
        end_signature(&slot->sessions[i]);
}

void model_close(struct model *model, int role, struct model_session *session)
{
    struct model_slot *slot = &model->slots[role];
    int i, open = 0;

    memset(session, 0, sizeof *session);
    for (i = 0; i < MODEL_SESSIONS; i++)
        open += slot->sessions[i].handle != 0;
    if (open == 0)
        log_out(slot);
}

/* PIN as the card would get it; false when it cannot be right. */
static bool shape(const struct model *model, int role, const char *pin,
    char ret_shaped[MODEL_TEXT])
{
    size_t len = strlen(pin), i;

    if (len < roles[role].min || len > roles[role].max)
        return false;
    forget(ret_shaped);
    for (i = 0; i < len; i++) {
        char c = pin[i];
        if (model->rules.fold_case && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!strchr(roles[role].alphabet, c))
            return false;
        ret_shaped[i] = c;
    }
    return true;
}

/* The card's part of a VERIFY. */
static bool card_verify(struct model_slot *slot, const char *pin)
{
    slot->verifies++;
    if (slot->left == 0)
        return false;
    if (strcmp(slot->pin, pin) == 0) {
        slot->left = slot->max;
        return true;
    }
    slot->left--;
    slot->wrongs++;
    return false;
}

/* A VERIFY by the module, which learns by it. */
static bool send_pin(struct model *model, int role, const char *pin)
{
    struct model_slot *slot = &model->slots[role];
    bool good = card_verify(slot, pin);

    /* A locked card refuses the right PIN as well. */
    if (!good && slot->left > 0)
        model_note_refused(slot, pin);
    model_see(model, role);
    return good;
}

/* Rule 3: not again, unless a full counter and time say that it changed. */
static bool is_known_wrong(struct model *model, int role, const char *shaped)
{
    struct model_slot *slot = &model->slots[role];
    struct model_wrong *wrong = model_find_wrong(slot, shaped);

    if (!wrong || !model->rules.remember_wrong)
        return false;
    model_see(model, role);
    if (slot->left == slot->max && wrong->unsent &&
        model->now - wrong->unsent_at > WRONG_FOR_MS) {
        model_release(slot, shaped);
        return false;
    }
    return slot->left > 0;
}

/* Rule 4. */
static CK_RV refuse(struct model_slot *slot, const char *pin)
{
    if (slot->has_refused && strcmp(slot->refused, pin) == 0)
        return CKR_FUNCTION_FAILED;
    slot->has_refused = true;
    keep(slot->refused, pin);
    return CKR_PIN_INCORRECT;
}

/* A PIN of the right form that is not held: rules 2 to 4. */
static CK_RV offer_shaped(
    struct model *model, int role, const char *pin, const char *shaped)
{
    struct model_slot *slot = &model->slots[role];
    bool sent;

    if (is_known_wrong(model, role, shaped)) {
        struct model_wrong *wrong = model_find_wrong(slot, shaped);
        if (!wrong->unsent)
            wrong->unsent_at = model->now;
        wrong->unsent = true;
        return refuse(slot, pin);
    }
    if (slot->left > 0 || !model_find_wrong(slot, shaped) ||
        !model->rules.remember_wrong) {
        if (model_is_of_another_card(model, role, shaped))
            return CKR_PIN_INCORRECT;
        slot->has_refused = false;
    }
    sent = slot->left > 0 && !(model->rules.spare_last && slot->left == 1);
    if (sent && send_pin(model, role, shaped)) {
        model_note_accepted(model, role, shaped);
        return CKR_OK;
    }
    model_see(model, role);
    if (slot->left > 0)
        return sent ? CKR_PIN_INCORRECT : CKR_FUNCTION_FAILED;
    log_out(slot);
    return CKR_PIN_LOCKED;
}

/* A PIN that a program gives, to be checked. */
static CK_RV offer(
    struct model *model, int role, const char *pin, char ret_shaped[MODEL_TEXT])
{
    if (!shape(model, role, pin, ret_shaped))
        return refuse(&model->slots[role], pin);
    return offer_shaped(model, role, pin, ret_shaped);
}

/* CKA_ALWAYS_AUTHENTICATE */
static bool always_authenticates(const struct model *model, int role)
{
    return roles[role].asks_each_time &&
           model->rules.signature_pin != MODEL_ONCE;
}

CK_RV model_login(struct model *model, int role, const char *pin)
{
    struct model_slot *slot = &model->slots[role];
    char shaped[MODEL_TEXT];
    CK_RV rv;

    if (slot->logged_in)
        return CKR_USER_ALREADY_LOGGED_IN;
    rv = offer(model, role, pin, shaped);
    if (rv != CKR_OK)
        return rv;
    slot->logged_in = true;
    if (!always_authenticates(model, role) ||
        model->rules.signature_pin != MODEL_EVERY)
        keep(slot->held, shaped);
    return CKR_OK;
}

/*
 * The PIN of C_Login once more costs nothing: the signature checks it. But that
 * wants a full counter, which only a VERIFY restores after a mistake.
 */
static bool is_held(const struct model_slot *slot, const char *shaped)
{
    return slot->held[0] && strcmp(slot->held, shaped) == 0 &&
           (!slot->seen_any || slot->seen == slot->max);
}

CK_RV model_login_context(struct model *model, int role,
    struct model_session *session, const char *pin)
{
    struct model_slot *slot = &model->slots[role];
    char shaped[MODEL_TEXT];
    CK_RV rv = CKR_OK;

    if (!session->signing)
        model_read_attribute(model, role);
    if (!session->signing || !always_authenticates(model, role))
        return CKR_OPERATION_NOT_INITIALIZED;
    if (!shape(model, role, pin, shaped))
        rv = refuse(slot, pin);
    else if (!is_held(slot, shaped))
        rv = offer_shaped(model, role, pin, shaped);
    if (rv == CKR_OK)
        keep(session->pin, shaped);
    else
        session->needs_pin = session->signing;
    return rv;
}

void model_read_attribute(struct model *model, int role)
{
    int i;

    for (i = 0; i < MODEL_SESSIONS && always_authenticates(model, role); i++) {
        struct model_session *session = &model->slots[role].sessions[i];
        session->needs_pin = session->signing;
    }
}

CK_RV model_logout(struct model *model, int role)
{
    if (!model->slots[role].logged_in)
        return CKR_USER_NOT_LOGGED_IN;
    log_out(&model->slots[role]);
    return CKR_OK;
}

CK_RV model_set_pin(struct model *model, int role,
    const struct model_session *session, const char *old_pin,
    const char *new_pin)
{
    struct model_slot *slot = &model->slots[role];
    size_t len = strlen(new_pin), i;
    char changed[MODEL_TEXT], shaped[MODEL_TEXT];
    CK_RV rv;

    if (!session->rw)
        return CKR_SESSION_READ_ONLY;
    if (len < roles[role].min || len > roles[role].max)
        return CKR_PIN_LEN_RANGE;
    if (!shape(model, role, new_pin, changed))
        return CKR_PIN_INVALID;
    rv = offer(model, role, old_pin, shaped);
    if (rv != CKR_OK)
        return rv;
    model_others_change(model, role, changed);
    model_forget_wrong(slot);
    model_note_accepted(model, role, changed);
    for (i = 0; i < MODEL_SESSIONS; i++)
        forget(slot->sessions[i].pin);
    if (slot->held[0])
        keep(slot->held, changed);
    return CKR_OK;
}

CK_RV model_sign_init(
    struct model *model, int role, struct model_session *session)
{
    if (session->signing)
        return CKR_OPERATION_ACTIVE;
    if (!model->slots[role].logged_in)
        return CKR_KEY_HANDLE_INVALID; /* it died with the log-in */
    session->signing = true;
    return CKR_OK;
}

void model_sign_cancel(struct model_session *session)
{
    end_signature(session);
}

CK_RV model_sign_update(struct model_session *session)
{
    if (!session->signing)
        return CKR_OPERATION_NOT_INITIALIZED;
    session->parts = true;
    return CKR_OK;
}

CK_RV model_sign(struct model *model, int role, struct model_session *session,
    bool final, CK_ULONG room)
{
    struct model_slot *slot = &model->slots[role];
    char pin[MODEL_TEXT];

    if (!session->signing)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (session->parts && !final) {
        end_signature(session);
        return CKR_OPERATION_ACTIVE;
    }
    if (room == 0)
        return CKR_OK;
    if (room < 256)
        return CKR_BUFFER_TOO_SMALL;
    if (session->pin[0])
        keep(pin, session->pin);
    else if (always_authenticates(model, role) &&
             (model->rules.signature_pin == MODEL_EVERY || session->needs_pin))
        forget(pin);
    else
        keep(pin, slot->held);
    end_signature(session);
    if (!pin[0])
        return CKR_USER_NOT_LOGGED_IN;
    /* Not full: it may be an old PIN, and is not sent. */
    if (slot->left == slot->max && send_pin(model, role, pin)) {
        slot->signatures++;
        return CKR_OK;
    }
    model_see(model, role);
    log_out(slot);
    return CKR_USER_NOT_LOGGED_IN;
}

bool model_others_verify(struct model *model, int role, const char *pin)
{
    return card_verify(&model->slots[role], pin);
}

void model_others_change(struct model *model, int role, const char *new_pin)
{
    struct model_slot *slot = &model->slots[role];

    slot->changes++;
    keep(slot->pin, new_pin);
}

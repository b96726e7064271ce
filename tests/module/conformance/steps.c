/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/steps.h"

#include <string.h>

/* A call on the way to a row: through the row's list, and it must give RV. */
#define STEP(rv, function, ...) \
    assert_int_equal(f->list->function(__VA_ARGS__), (rv))

static struct cryptoki_list_3_0 *list_3_0(void)
{
    return (struct cryptoki_list_3_0 *)(void *)function_list(3, 0);
}

void pull_card(struct fixture *f)
{
    vcontrol_remove(f->reader);
    f->card_moved = true;
}

void take_card_out(struct fixture *f)
{
    CK_SLOT_INFO info;

    pull_card(f);
    STEP(CKR_OK, C_GetSlotInfo, f->slot, &info);
    assert_int_equal(info.flags & CKF_TOKEN_PRESENT, 0);
}

void put_card_back(struct fixture *f)
{
    take_card_out(f);
    insert(f->reader, "adult");
}

void open_other(struct fixture *f)
{
    struct fixture own = *f;

    f->session = own.other_session = open_session(1 - f->slot);
    state_find_objects(f);
    own.other_certificate = f->certificate;
    *f = own;
}

void find_all(struct fixture *f)
{
    CK_OBJECT_HANDLE found[16];
    CK_ULONG count = 0;

    STEP(CKR_OK, C_FindObjects, f->session, found, 16, &count);
    assert_true(count > 0);
}

void search_nothing(struct fixture *f)
{
    CK_ATTRIBUTE templ = {CKA_LABEL, f->data, 3};

    STEP(CKR_OK, C_FindObjectsInit, f->session, &templ, 1);
}

void begin_digest_and_sign(struct fixture *f)
{
    begin_digest(f);
    begin_sign(f);
}

void authorise(struct fixture *f)
{
    assert_int_equal(login(f->session, CKU_CONTEXT_SPECIFIC, SIGN_PIN), CKR_OK);
}

void make_sign(struct fixture *f)
{
    CK_ULONG len = SIGNATURE_SIZE;

    begin_sign(f);
    STEP(CKR_OK, C_Sign, f->session, f->data, 32, f->sig, &len);
    assert_int_equal(len, SIGNATURE_SIZE);
}

/* Of the row's mechanism, whichever of the two it is. */
static void set_parameters(struct fixture *f, void *parameter, CK_ULONG len)
{
    f->mechanism.pParameter = f->digest_mechanism.pParameter = parameter;
    f->mechanism.ulParameterLen = f->digest_mechanism.ulParameterLen = len;
}

#define DEFINE_STEP(name, rv, function, ...) \
    void name(struct fixture *f)             \
    {                                        \
        STEP(rv, function, __VA_ARGS__);     \
    }
#define DEFINE_CANCEL(name, flags)                                     \
    void name(struct fixture *f)                                       \
    {                                                                  \
        assert_int_equal(                                              \
            list_3_0()->C_SessionCancel(f->session, (flags)), CKR_OK); \
    }
#define DEFINE_PARAMETER(name, action) \
    void name(struct fixture *f)       \
    {                                  \
        action;                        \
    }
#define DEFINE_CHECK(name, function, rv)                       \
    bool name(struct fixture *f)                               \
    {                                                          \
        return f->list->function(f->session, NULL, 0) == (rv); \
    }

STEPS(DEFINE_STEP)
CANCELS(DEFINE_CANCEL)
PARAMETERS(DEFINE_PARAMETER)
CHECKS(DEFINE_CHECK)

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/module/conformance/functions.h"

#include "tests/module/support.h"

const struct reason function_reasons[] = {
    {'p', "takes no pointer"},
    {'m', "every pointer has to be given"},
    {'n', "every pointer may be NULL"},
    {'h', "takes no handle"},
    {'i', "takes no slot"},
    {'o', "gives nothing of variable length"},
    {'w', "answers alike in every state"},
    {'k', "the card has it"},
    {'r', "refused, whatever its arguments and the state are"},
    {'x', "never succeeds on this card"},
    {'a', "no other argument that could be wrong"},
};

const size_t function_reasons_count =
    sizeof function_reasons / sizeof *function_reasons;

/* clang-format off */
/* The answer before C_Initialize, and CKR_OK or that of a card that only signs. */
#define OFF_RV CKR_CRYPTOKI_NOT_INITIALIZED
#define FREE CKR_OK, CKR_OK
#define HAS OFF_RV, CKR_OK
#define NOT_SUPPORTED OFF_RV, CKR_FUNCTION_NOT_SUPPORTED
#define NO_RNG OFF_RV, CKR_RANDOM_NO_RNG
#define NOT_PARALLEL OFF_RV, CKR_FUNCTION_NOT_PARALLEL

#define INIT_SHAPE "++r+ioooor+rr", (N(0), P(1), N(2)), (I(SESSION), \
    I(MECHANISM), I(KEY))
#define CRYPT_SHAPE "++r+irrrrr+rr", (N(0), P(1), N(2), P(3), P(4)), \
    (I(SESSION), I(DATA), LIT(32), I(OUT), I(OUT_LENGTH))
#define FINAL_SHAPE "++r+irrrrr+rr", (N(0), P(1), P(2)), (I(SESSION), I(OUT), \
    I(OUT_LENGTH))
#define VERIFY_INIT_SHAPE "++r+ioooor+rr", (N(0), P(1), N(2)), (I(SESSION), \
    I(MECHANISM), I(PUBLIC_KEY))
#define SESSION_SHAPE "+pp+ioooor+rr", (N(0)), (I(SESSION))
#define MESSAGE_SHAPE "++r+irrrrr+rr", (N(0), P(1), N(2), P(3), N(4), P(5), \
    N(6), P(7), P(8)), (I(SESSION), I(SOMETHING), LIT(16), I(SOMETHING), \
    LIT(16), I(DATA), LIT(32), I(OUT), I(OUT_LENGTH))
#define MESSAGE_BEGIN_SHAPE "++r+ioooor+rr", (N(0), P(1), N(2), P(3), N(4)), \
    (I(SESSION), I(SOMETHING), LIT(16), I(SOMETHING), LIT(16))
#define MESSAGE_NEXT_SHAPE "++r+irrrrr+rr", (N(0), P(1), N(2), P(3), N(4), \
    P(5), P(6), N(7)), (I(SESSION), I(SOMETHING), LIT(16), I(DATA), LIT(32), \
    I(OUT), I(OUT_LENGTH), LIT(0))
#define SIGN_MESSAGE_SHAPE "++r+irrrrr+rr", (N(0), P(1), N(2), P(3), N(4), \
    P(5), P(6)), (I(SESSION), I(SOMETHING), LIT(16), I(DATA), LIT(32), I(OUT), \
    I(OUT_LENGTH))
#define PARAMETER_SHAPE "++r+ioooor+rr", (N(0), P(1), N(2)), (I(SESSION), \
    I(SOMETHING), LIT(16))
#define VERIFY_MESSAGE_SHAPE "++r+ioooor+rr", (N(0), P(1), N(2), P(3), N(4), \
    P(5), N(6)), (I(SESSION), I(SOMETHING), LIT(16), I(DATA), LIT(32), \
    I(SIGNATURE), LIT(SIGNATURE_SIZE))

#define N(i) args[i].n
#define P(i) args[i].p
#define DEFINE_CALL(name, list_, off, refusal, applies, parameters, values) \
    static CK_RV call_##name(CK_FUNCTION_LIST *list, const union arg *args) \
    { \
        return (list_)->name parameters; \
    }
#define LIST_3_0 ((struct cryptoki_list_3_0 *)(void *)list)
#define EXPAND(macro, ...) macro(__VA_ARGS__)
#define CALL_2_40(name, ...) EXPAND(DEFINE_CALL, name, list, __VA_ARGS__)
#define CALL_3_0(name, ...) EXPAND(DEFINE_CALL, name, LIST_3_0, __VA_ARGS__)

FUNCTIONS_2_40(CALL_2_40)
FUNCTIONS_3_0(CALL_3_0)

#define I(token) {token, 0}
#define LIT(number) {NUMBER, (number)}
#define BARE(...) __VA_ARGS__
#define DEFINE_ROW(name, off, refusal, applies, parameters, values) \
    [F_##name] = {#name, call_##name, off, refusal, applies, {BARE values}},
#define ROW_OF(name, ...) EXPAND(DEFINE_ROW, name, __VA_ARGS__)

const struct function_row function_rows[FUNCTIONS] = {
    FUNCTIONS_2_40(ROW_OF)
    FUNCTIONS_3_0(ROW_OF)
};
/* clang-format on */

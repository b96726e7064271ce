/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/vcard/fault.h"

#include <string.h>

void fault_plan(
    struct faults *faults, const struct vfault_plan *plans, size_t count)
{
    faults->count = 0;
    for (size_t i = 0; i < count && i < VFAULTS_MAX; i++)
        faults->plans[faults->count++] = plans[i];
}

static void drop(struct faults *faults, size_t i)
{
    faults->count--;
    memmove(&faults->plans[i], &faults->plans[i + 1],
        (faults->count - i) * sizeof faults->plans[0]);
}

struct vfault_plan fault_next(struct faults *faults)
{
    struct vfault_plan due = {.how = VFAULT_NONE};
    size_t i = 0;
    while (i < faults->count) {
        struct vfault_plan *plan = &faults->plans[i];
        if (plan->at > 0) {
            plan->at--;
            i++;
            continue;
        }
        if (due.how == VFAULT_NONE)
            due = *plan;
        if (plan->for_good)
            i++;
        else
            drop(faults, i);
    }
    return due;
}

#define ADDED 0xA5

/* Gives the body NEW_BODY bytes, with its status word behind. */
static void resize(uint8_t *response, size_t *len, size_t new_body)
{
    const size_t body = *len - 2;
    const uint8_t sw[2] = {response[body], response[body + 1]};
    if (new_body > FAULT_RESPONSE_MAX - 2)
        new_body = FAULT_RESPONSE_MAX - 2;
    if (new_body > body)
        memset(response + body, ADDED, new_body - body);
    memcpy(response + new_body, sw, 2);
    *len = new_body + 2;
}

static void set_sw(uint8_t *response, size_t len, uint32_t sw)
{
    response[len - 2] = (uint8_t)(sw >> 8);
    response[len - 1] = (uint8_t)sw;
}

static void flip(uint8_t *response, size_t body, size_t bit)
{
    if (bit / 8 < body)
        response[bit / 8] ^= (uint8_t)(1U << (bit % 8));
}

static void change(const struct faults *faults, const struct vfault_plan *due,
    uint8_t *response, size_t *len)
{
    const size_t body = *len - 2, value = due->value;
    switch (due->how) {
    case VFAULT_SW:
    case VFAULT_SW_AFTER:
        *len = 2;
        set_sw(response, *len, due->value);
        break;
    case VFAULT_SW_BODY:
        set_sw(response, *len, due->value);
        break;
    case VFAULT_FLIP:
        flip(response, body, value);
        break;
    case VFAULT_CUT:
        resize(response, len, value < body ? value : body);
        break;
    case VFAULT_LESS:
        resize(response, len, value < body ? body - value : 0);
        break;
    case VFAULT_MORE:
        resize(response, len, body + value);
        break;
    case VFAULT_LENGTH:
        resize(response, len, value);
        break;
    case VFAULT_FILL:
        memset(response, (int)value, body);
        break;
    case VFAULT_AGAIN:
        if (faults->last_len > 0) {
            memcpy(response, faults->last, faults->last_len);
            *len = faults->last_len;
        }
        break;
    default:
        break;
    }
}

void fault_change(struct faults *faults, const struct vfault_plan *due,
    uint8_t response[FAULT_RESPONSE_MAX], size_t *len)
{
    change(faults, due, response, len);
    memcpy(faults->last, response, *len);
    faults->last_len = *len;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKEN_STATUS_JSON_H
#define TOKEN_STATUS_JSON_H

#include "token/status.h"

#define STATUS_JSON_MAX 2048 /* bytes, with the NUL */

/*
 * STATUS as one ASCII JSON object of schema 1 (docs/design.md section 3), never
 * with name, address, birth date or sex. RET_TEXT is empty where it does not
 * fit.
 */
void status_json(const struct status *status, char ret_text[STATUS_JSON_MAX]);

#endif

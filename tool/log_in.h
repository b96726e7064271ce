/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_LOG_IN_H
#define TOOL_LOG_IN_H

#include "tool/use_pin.h"

/*
 * Asks for ROLE's PIN and logs in to its key: its certificate and the verdict
 * on it are there afterwards. The caller logs out by token_log_out. As use_pin.
 */
enum exit_status log_in(struct token *token, enum jpki_role_id role)
    EXCLUDES(token_held);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_TEXT_H
#define TOOL_BRIDGE_TEXT_H

#include "tool/bridge/work.h"

/*
 * Reads the text application by its PIN: the answer to "04", name, address,
 * birth date and sex, each as the hexadecimal digits of its UTF-8; a refusal
 * where the card lacks one of them. Lock held; let go meanwhile.
 */
json_t *text_work(struct work *work) TOKEN_LOCKED;

#endif

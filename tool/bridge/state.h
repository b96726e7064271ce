/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_BRIDGE_STATE_H
#define TOOL_BRIDGE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include "tool/state_folder.h"

#define STATE_UUID_SIZE 16

/*
 * The number by which sites know this installation: random, made at the first
 * call. False: it could not be kept.
 */
bool state_uuid(uint8_t ret_uuid[STATE_UUID_SIZE]);

#endif

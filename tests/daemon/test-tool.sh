#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The client test through a real pcscd.
. "$(dirname "$0")/common.sh"
beside_pcscd adult
"$here/../client/test-tool.sh" "$work/card"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same as the client test, through a real pcscd.
. "$(dirname "$0")/common.sh"
beside_pcscd adult
JPKI_PERSONA=$work/card "$here/../vcard/test-opensc.sh"

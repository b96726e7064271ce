#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The days that decide, with faketime's clock under pkcs11-tool.
. "$(dirname "$0")/common.sh"
skip_without faketime
. "$here/policy.sh"

# tool ARGS...: at $now, UTC, in the zone $zone; the clock stands still. OpenSC 0.27
# loads a module that is not there yet with RTLD_DEEPBIND, past faketime.
tool() {
    at=$(TZ=$zone date -d "$now UTC" '+%Y-%m-%d %H:%M:%S')
    # shellcheck disable=SC2016 # for the other shell
    on_card env TZ="$zone" FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f "$at" \
        sh -c 'LD_PRELOAD="$LD_PRELOAD $0" exec pkcs11-tool --module "$0" "$@"' \
        "$JPKI_MODULE" "$@"
}

# Midnight in Japan is 15:00 in UTC.
for zone in JST-9 HST10 UTC0; do
    configure
    insert turns-15
    now='2026-06-14 14:59:59'
    refused minor 'younger than'
    now='2026-06-14 15:00:00'
    allowed
    now='2029-06-15 14:59:59'
    allowed
    now='2029-06-15 15:00:00'
    refused expired 'renew it'

    insert leap-day
    now='2023-02-28 14:59:59'
    refused minor 'younger than'
    now='2023-02-28 15:00:00'
    allowed
done

# The first generation of CAs, in its time and after it.
zone=JST-9
configure "sign_ca = $JPKI_PERSONAS/ca-sign-1/ca.der"
insert generation-1
now='2022-06-01 03:00:00'
allowed
now='2025-06-01 03:00:00'
refused expired 'renew it'
configure "sign_ca = $JPKI_PERSONAS/ca-sign-2/ca.der"
now='2022-06-01 03:00:00'
refused untrusted-issuer sign_ca
echo ok

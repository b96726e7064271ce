# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # for those who source this
# OpenSSL's PKCS#11 engine: sourced after common.sh.
openssl engine pkcs11 >/dev/null 2>&1 || skip 'no PKCS#11 engine for OpenSSL'

# What OpenSSL's PKCS#11 engine says of a PIN that is refused: words for the CKR_; since
# libp11 0.4.21 its number only, and to a program that shows no errors of OpenSSL nothing.
engine_version=$(dpkg-query -W -f '${Version}' libengine-pkcs11-openssl 2>/dev/null || true)
case $engine_version in
0.4.2[1-9]* | 0.4.[3-9][0-9]* | 0.[5-9]* | [1-9]*)
    engine_incorrect='reason(160)'
    engine_locked='reason(164)'
    engine_refusal='PKCS11_get_private_key returned NULL'
    ;;
*)
    engine_incorrect='PIN incorrect'
    engine_locked='PIN locked'
    engine_refusal='Login failed'
    ;;
esac

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# NSS 3.110 does not make the log-in for one signature when a program signs by
# SGN_Begin, SGN_Update and SGN_End; by SGN_Digest it does.
#
#   Software    NSS 3.110 (Debian 13), NSS 3.87.1 for comparison (Debian 12),
#               SoftHSM 2.6.1
#   Input       two RSA keys of one token, alike but for CKA_ALWAYS_AUTHENTICATE; a
#               program that has logged in signs with each, RSA with SHA-256, by
#               SGN_Digest and by SGN_Begin, SGN_Update, SGN_End; the callback for the
#               password gives the right one
#   Seen        3.87.1: all sign; with the second key the callback is called once for
#               each signature. 3.110: the same for SGN_Digest; SGN_Begin with the
#               second key never calls it and fails with
#               SEC_ERROR_TOKEN_NOT_LOGGED_IN.
#   Expected    a log-in of CKU_CONTEXT_SPECIFIC after C_SignInit in each way, as the
#               attribute asks (PKCS #11, 4.9), and as 3.87.1 makes it
#   Why         The signing keys of eID and PIV cards have this attribute. Programs
#               that sign as they read, such as those on libxmlsec1-nss, stop working
#               with them by an upgrade, and the error tells people to log in, which
#               they did.
#
# Needs apt-get, Debian's archive keyring, dpkg-deb and gcc on amd64, Debian 12. Exits
# 0 while the behaviour is as told, 1 when it changed, 77 where the packages cannot be
# had.
set -eu

. "$(dirname "$0")/releases/releases.sh"

get_packages 'libnss3=2:3.87.1-1+deb12u2
    libnss3-dev=2:3.87.1-1+deb12u2 libnspr4=2:4.35-1 libnspr4-dev=2:4.35-1
    libsqlite3-0=3.40.1-2+deb12u2 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1
    gnutls-bin=3.7.9-2+deb12u7 libp11-kit0=0.24.1-2' \
    'libnss3=2:3.110-1+deb13u5 libnspr4=2:4.36-1
    libsqlite3-0=3.46.1-7+deb13u2 libsofthsm2=2.6.1-3
    libssl3t64=3.5.9-1~deb13u1 libstdc++6=14.2.0-19 libgcc-s1=14.2.0-19
    zlib1g=1:1.3.dfsg+really1.3.1-1+deb13u1 libzstd1=1.5.7+dfsg-1
    libc6=2.41-12+deb13u5'

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
LD_LIBRARY_PATH=$libraries12 12/root/usr/bin/softhsm2-util \
    --module "$libraries12/softhsm/libsofthsm2.so" --init-token --free \
    --label card --so-pin 12345678 --pin 1234 >log
openssl genrsa -out key.pem 2048 2>log

# write_key LABEL OPTION...: onto the token.
write_key() {
    label=$1
    shift
    LD_LIBRARY_PATH=$libraries12 GNUTLS_PIN=1234 12/root/usr/bin/p11tool \
        --provider "$libraries12/softhsm/libsofthsm2.so" --login --write \
        --load-privkey key.pem --mark-sign "$@" --label "$label" \
        pkcs11:token=card >log 2>&1
}
write_key ordinary
write_key always --mark-always-authenticate

cat >signs.c <<'END'
#include <cryptohi.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <prerror.h>
#include <secmod.h>
#include <stdio.h>
#include <string.h>

static int asked;

static char *give_pin(PK11SlotInfo *slot, PRBool retry, void *arg)
{
    asked++;
    return retry ? NULL : PORT_Strdup("1234");
}

static SECStatus sign_digest(SECKEYPrivateKey *key)
{
    unsigned char bytes[32] = {7};
    SECItem digest = {siBuffer, bytes, sizeof bytes}, signature = {0};

    return SGN_Digest(key, SEC_OID_SHA256, &signature, &digest);
}

static SECStatus sign_text(SECKEYPrivateKey *key)
{
    SGNContext *context =
        SGN_NewContext(SEC_OID_PKCS1_SHA256_WITH_RSA_ENCRYPTION, key);
    SECItem signature = {0};

    if (SGN_Begin(context) != SECSuccess ||
        SGN_Update(context, (const unsigned char *)"text", 4) != SECSuccess)
        return SECFailure;
    return SGN_End(context, &signature);
}

static void show(const char *key, const char *way, SECStatus status)
{
    printf("%s, %s: %s, asked %d\n", key, way,
        status == SECSuccess ? "signed" : PORT_ErrorToName(PORT_GetError()), asked);
    asked = 0;
}

int main(int argc, char **argv)
{
    char module[512];
    PK11SlotInfo *slot;
    SECKEYPrivateKeyList *keys;
    SECKEYPrivateKeyListNode *node;

    snprintf(module, sizeof module, "name=softhsm library=%s", argv[1]);
    NSS_NoDB_Init(NULL);
    SECMOD_LoadUserModule(module, NULL, PR_FALSE);
    PK11_SetPasswordFunc(give_pin);
    slot = PK11_FindSlotByName("card");
    if (!slot || PK11_Authenticate(slot, PR_TRUE, NULL) != SECSuccess)
        return 2;
    asked = 0;
    keys = PK11_ListPrivKeysInSlot(slot, NULL, NULL);
    for (node = PRIVKEY_LIST_HEAD(keys); !PRIVKEY_LIST_END(node, keys);
         node = PRIVKEY_LIST_NEXT(node)) {
        const char *name = PK11_GetPrivateKeyNickname(node->key);
        show(name, "SGN_Digest", sign_digest(node->key));
        show(name, "SGN_Begin", sign_text(node->key));
    }
    return 0;
}
END
gcc -o signs signs.c -I12/root/usr/include/nss -I12/root/usr/include/nspr \
    -L"$libraries12" -lnss3 -lnspr4 -Wl,-rpath-link,"$libraries12"

echo 'NSS 3.87.1'
LD_LIBRARY_PATH=$libraries12 ./signs "$libraries12/softhsm/libsofthsm2.so" |
    sort | tee seen12
echo 'NSS 3.110'
13/root/usr/lib64/ld-linux-x86-64.so.2 --library-path "$libraries13" \
    ./signs "$libraries13/softhsm/libsofthsm2.so" | sort | tee seen13

cat >told12 <<'END'
always, SGN_Begin: signed, asked 1
always, SGN_Digest: signed, asked 1
ordinary, SGN_Begin: signed, asked 0
ordinary, SGN_Digest: signed, asked 0
END
sed 's/^always, SGN_Begin:.*/always, SGN_Begin: SEC_ERROR_TOKEN_NOT_LOGGED_IN, asked 0/' \
    told12 >told13
if ! cmp -s seen12 told12 || ! cmp -s seen13 told13; then
    echo 'changed'
    exit 1
fi

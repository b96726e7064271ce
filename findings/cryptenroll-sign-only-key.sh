#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# systemd-cryptenroll enrols a PKCS #11 key that cannot decrypt.
#
#   Software    systemd-cryptenroll 252.39, cryptsetup 2.6.1, p11-kit 0.24.1,
#               SoftHSM 2.6.1, Debian 12
#   Input       a LUKS2 header in a file, and a token with an RSA-2048 key whose
#               CKA_DECRYPT is false and its certificate with the key usage
#               digitalSignature and nonRepudiation, as signing cards have them
#   Seen        C_DecryptInit answers CKR_KEY_FUNCTION_NOT_PERMITTED for this key.
#               systemd-cryptenroll logs in, says "New PKCS#11 token enrolled as key
#               slot 1." and ends with 0. Nobody can open that slot.
#   Expected    a refusal: CKA_DECRYPT and the key usage are there to be read while
#               the PIN is at hand, and one C_Decrypt of the encrypted secret would
#               tell as well.
#   Why         Whoever enrols such a card with --wipe-slot=password, and most eID
#               cards are of this kind, has locked himself out of the disk, and
#               learns it at the next start of the machine.
#
# Needs apt-get with Debian 12's sources, dpkg-deb, openssl, unshare, and root for a
# mount namespace with a p11-kit configuration of its own. Exits 0 while the
# behaviour is as told, 1 when it changed, 77 where the packages cannot be had.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get -q download systemd=252.39-1~deb12u2 \
    libsystemd-shared=252.39-1~deb12u2 cryptsetup-bin=2:2.6.1-4~deb12u2 \
    libcryptsetup12=2:2.6.1-4~deb12u2 libdevmapper1.02.1=2:1.02.185-2 \
    libjson-c5=0.16-2 libargon2-1=0~20171227-0.3+deb12u1 \
    libpopt0=1.19+dfsg-1 libp11-kit0=0.24.1-2 softhsm2=2.6.1-2.1 \
    libsofthsm2=2.6.1-2.1 gnutls-bin=3.7.9-2+deb12u7 \
    opensc=0.23.0-0.3+deb12u2 opensc-pkcs11=0.23.0-0.3+deb12u2 \
    libglib2.0-0=2.74.6-2+deb12u9 libip4tc2=1.8.9-2 \
    libkmod2=30+20221128-1 >log 2>&1 || {
    echo "the packages cannot be had here:"
    cat log
    exit 77
}
for package in *.deb; do
    dpkg-deb -x "$package" root
done
unshare -m true 2>log || {
    echo "no namespaces here:"
    cat log
    exit 77
}
libraries=$work/root/usr/lib/x86_64-linux-gnu
softhsm=$libraries/softhsm/libsofthsm2.so
LD_LIBRARY_PATH=$libraries:$libraries/systemd:$work/root/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH
bin=$work/root/usr/bin

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
"$bin/softhsm2-util" --module "$softhsm" --init-token --free --label card \
    --so-pin 12345678 --pin 1234 >log
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
    -subj /CN=signer -addext keyUsage=critical,digitalSignature,nonRepudiation \
    2>log
for object in '--load-privkey key.pem --mark-sign' \
    '--load-certificate cert.pem'; do
    # shellcheck disable=SC2086 # two or three words
    GNUTLS_PIN=1234 "$bin/p11tool" --provider "$softhsm" --login --write \
        $object --label signer --id 01 pkcs11:token=card >log 2>&1
done

openssl x509 -in cert.pem -noout -pubkey >public.pem
echo secret | openssl pkeyutl -encrypt -pubin -inkey public.pem -out secret
"$bin/pkcs11-tool" --module "$softhsm" --login --pin 1234 --id 01 --decrypt \
    -m RSA-PKCS --input-file secret 2>&1 | grep CKR_ | tee decrypted

truncate -s 20M disk
printf password >password
root/sbin/cryptsetup luksFormat -q --type luks2 --disable-locks \
    --pbkdf pbkdf2 --pbkdf-force-iterations 1000 disk --key-file password

# p11-kit and systemd-cryptenroll find their files in /etc, /usr/share and /run.
mkdir -p etc/pkcs11/modules share
echo "module: $softhsm" >etc/pkcs11/modules/softhsm.module
cp -a /etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf etc
cat >enrol <<'END'
mount -t tmpfs tmpfs /run
mount --bind etc /etc
mount --bind share /usr/share
exec "$@"
END
PASSWORD=password PIN=1234 unshare -m sh enrol "$bin/systemd-cryptenroll" \
    --pkcs11-token-uri='pkcs11:token=card;id=%01' disk >enrolled 2>&1 ||
    echo "systemd-cryptenroll fails: $?"
cat enrolled
"$bin/systemd-cryptenroll" disk 2>&1 | tee slots

if ! grep -q CKR_KEY_FUNCTION_NOT_PERMITTED decrypted ||
    ! grep -q 'New PKCS#11 token enrolled as key slot 1' enrolled ||
    ! grep -q '1 pkcs11' slots; then
    echo 'changed'
    exit 1
fi

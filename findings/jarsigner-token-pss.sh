#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# jarsigner cannot sign by SHA256withRSASSA-PSS, an algorithm of Java's own PKCS #11
# provider, with which keytool signs.
#
#   Software    OpenJDK 17.0.19 (Debian 12) and 21.0.13 (Debian 13): SunPKCS11,
#               keytool, jarsigner; SoftHSM 2.6.1
#   Input       a 2048-bit RSA key of a token with its certificate;
#               -sigalg SHA256withRSASSA-PSS, which Java's PKCS #11 guide lists for
#               CKM_SHA256_RSA_PKCS_PSS, for "keytool -certreq" and for jarsigner;
#               for comparison jarsigner with SHA256withRSA and with RSASSA-PSS
#   Seen        keytool: a request that verifies, PSS with SHA-256 and a salt of 32.
#               jarsigner of both: "SignatureException: Cannot derive
#               AlgorithmIdentifier". With RSASSA-PSS 17 signs with SHA-256; 21 with
#               SHA-384, which its manual says for RSASSA-PSS and keys of this size,
#               and -digestalg SHA-256 does not change it.
#   Expected    the jar signed as the request is: the key, the provider and the name of
#               the algorithm are the same
#   Why         Some eID cards sign PSS with SHA-256 only. SHA256withRSASSA-PSS is how
#               to ask for that; without it jarsigner of 21 has no way to sign by PSS
#               with such a card, where that of 17 had RSASSA-PSS.
#
# Needs apt-get, Debian's archive keyring, dpkg-deb and openssl on amd64, Debian 12.
# Exits 0 while the behaviour is as told, 1 when it changed, 77 where the packages
# cannot be had.
set -eu

. "$(dirname "$0")/java/configuration.sh"
. "$(dirname "$0")/releases/releases.sh"

get_packages 'openjdk-17-jre-headless=17.0.19+10-1~deb12u2
    softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 gnutls-bin=3.7.9-2+deb12u7
    libp11-kit0=0.24.1-2' \
    'openjdk-21-jre-headless=21.0.13+9-1~deb13u2 libsofthsm2=2.6.1-3
    libssl3t64=3.5.9-1~deb13u1 libstdc++6=14.2.0-19 libgcc-s1=14.2.0-19
    zlib1g=1:1.3.dfsg+really1.3.1-1+deb13u1 libzstd1=1.5.7+dfsg-1
    libc6=2.41-12+deb13u5'
link_configuration "$work/12/root"
link_configuration "$work/13/root"
java12() {
    LD_LIBRARY_PATH=$libraries12 \
        12/root/usr/lib/jvm/java-17-openjdk-amd64/bin/java "$@"
}
java13() {
    home=$work/13/root/usr/lib/jvm/java-21-openjdk-amd64
    13/root/usr/lib64/ld-linux-x86-64.so.2 \
        --library-path "$libraries13:$home/lib" "$home/bin/java" "$@"
}

mkdir tokens
echo "directories.tokendir = $work/tokens" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
LD_LIBRARY_PATH=$libraries12 12/root/usr/bin/softhsm2-util \
    --module "$libraries12/softhsm/libsofthsm2.so" --init-token --free \
    --label card --so-pin 12345678 --pin 1234 >log
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
    -subj '/CN=signer' 2>log

# write_object OPTION...: onto the token.
write_object() {
    LD_LIBRARY_PATH=$libraries12 GNUTLS_PIN=1234 12/root/usr/bin/p11tool \
        --provider "$libraries12/softhsm/libsofthsm2.so" --login --write \
        --label signer --id 01 "$@" pkcs11:token=card >log 2>&1
}
write_object --load-certificate cert.pem
write_object --load-privkey key.pem --mark-sign

for version in 12 13; do
    printf 'name = card\nlibrary = %s\nslotListIndex = 0\n' \
        "$work/$version/root/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so" \
        >"java$version.cfg"
done
java12 -m jdk.jartool/sun.tools.jar.Main cf in.jar cert.pem

# on_token VERSION MAIN OPTION...: a program of the JDK, with the token's key.
on_token() {
    version=$1
    main=$2
    shift 2
    "java$version" -Duser.language=en -m "$main" \
        -providerClass sun.security.pkcs11.SunPKCS11 \
        -providerArg "java$version.cfg" -storetype PKCS11 -keystore NONE \
        -storepass 1234 "$@" >said 2>&1
}

# pss OPTION...: digest and salt of the last PSS parameters in what asn1parse reads.
pss() {
    openssl asn1parse "$@" | tac | sed '/:rsassaPss/q' >parsed
    echo "PSS, $(grep -m 1 -o 'sha[0-9]*' parsed)," \
        "salt $(printf %d "0x$(sed -n 's/.*INTEGER *://p' parsed)")"
}

# request VERSION: by keytool.
request() {
    rm -f request.pem
    if on_token "$1" java.base/sun.security.tools.keytool.Main -certreq \
        -alias signer -sigalg SHA256withRSASSA-PSS -file request.pem &&
        openssl req -in request.pem -noout -verify >log 2>&1; then
        echo "keytool, SHA256withRSASSA-PSS: $(pss -in request.pem)"
    else
        echo "keytool, SHA256withRSASSA-PSS: $(grep error said)"
    fi
}

# jar VERSION ALGORITHM [OPTION...]: signed by jarsigner.
jar() {
    version=$1
    shift
    if on_token "$version" jdk.jartool/sun.security.tools.jarsigner.Main \
        -signedjar out.jar -sigalg "$@" in.jar signer; then
        "java$version" -m jdk.jartool/sun.tools.jar.Main xf out.jar \
            META-INF/SIGNER.RSA
        case $1 in
        *PSS) echo "jarsigner, $*: $(pss -inform DER -in META-INF/SIGNER.RSA)" ;;
        *) echo "jarsigner, $*: signed" ;;
        esac
    else
        echo "jarsigner, $*: $(sed -n 's/.*Exception: //p' said)"
    fi
}

# try VERSION: all of them.
try() {
    request "$1"
    jar "$1" SHA256withRSASSA-PSS
    jar "$1" SHA256withRSA
    jar "$1" RSASSA-PSS
    jar "$1" RSASSA-PSS -digestalg SHA-256
}
echo 'OpenJDK 17.0.19'
try 12 | tee seen12
echo 'OpenJDK 21.0.13'
try 13 | tee seen13

cat >told12 <<'END'
keytool, SHA256withRSASSA-PSS: PSS, sha256, salt 32
jarsigner, SHA256withRSASSA-PSS: Cannot derive AlgorithmIdentifier
jarsigner, SHA256withRSA: signed
jarsigner, RSASSA-PSS: PSS, sha256, salt 32
jarsigner, RSASSA-PSS -digestalg SHA-256: PSS, sha256, salt 32
END
sed '/RSASSA-PSS.*: PSS/{/^jarsigner/s/sha256, salt 32/sha384, salt 48/}' told12 >told13
if ! cmp -s seen12 told12 || ! cmp -s seen13 told13; then
    echo 'changed'
    exit 1
fi

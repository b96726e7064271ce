#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Shows what the module does, on a virtual card: no reader, no card, nothing
# that could lock a real PIN. Installs what is missing, builds, then plays seven
# short scenes with standard programs. It fails when one of them does not end
# as it says. With --installed it builds and installs nothing, and takes the
# module and the command jpki-vcard that the system has.
#
# JPKI_BUILD_DIR names the build directory (default: build-demo).
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
build=${JPKI_BUILD_DIR:-$top/build-demo}
auth_label='JPKI Auth (4-digit PIN)'
sign_label='JPKI Sign (6-16 chars)'
auth_pin=1234
sign_pin=ABC123

scratch=$(mktemp -d)
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# What is said, by key: English, then Japanese for a LANG of ja.
sentences() {
    cat <<'END'
install|Installing what is missing and building; this takes a minute the first time.|足りないものを入れてビルドします。初回は1分ほどかかります。
intro|All of this happens on a virtual My Number Card. No real card is touched.|すべて仮想のマイナンバーカードで行います。本物のカードには触れません。
pins|Its PINs: 1234 for authentication, ABC123 for signing.|暗証番号: 利用者証明用 1234、署名用 ABC123
s1|1. One card, two slots|1. カード1枚、スロット2つ
s1a|Each of the card's two keys has its own PIN, so each is a slot of its own.|カードの2つの鍵は暗証番号が別なので、それぞれ独立したスロットになります。
s2|2. A wrong PIN, and the counter|2. 暗証番号の誤りと残り回数
s2a|Three wrong PINs in a row lock the card. Asking for the counter costs no try.|3回続けて間違えるとロックされます。残り回数は、減らさずに確認できます。
full|all three tries left|残り3回
low|two tries left|残り2回
final|one try left|残り1回
locked|locked|ロックされています
s2b|Two wrong PINs cost two tries:|誤った暗証番号を2回入力すると、残り回数が2つ減ります。
s2c|ABC123 cannot be a 4-digit PIN. It is not sent to the card, and costs nothing:|ABC123は4桁の数字ではないのでカードに送られず、回数も減りません。
s2d|With one try left no program sends a PIN, not even the right one:|残りが1回のときは、正しい暗証番号であってもプログラムからは送りません。
s2e|A person who is sure of it allows that for one command (last_try = allow). The right PIN brings all tries back:|確信のある本人は、1つのコマンドにだけそれを許します(last_try = allow)。正しい暗証番号を入れると残り回数は元に戻ります。
s3|3. Logging in to a web server|3. ウェブサーバーへのログイン
s3a|A TLS 1.3 server on this machine asks for a client certificate; curl answers with the card.|このコンピューターのTLS 1.3サーバーがクライアント証明書を求め、curlがカードで応じます。
s3b|The server answered with a page, and it knows who called:|サーバーがページを返しました。相手の証明書も確認できています。
s4|4. Signing a document|4. 文書への署名
s4a|The signing key wants its own PIN, and so does the signing certificate: it holds name and address.|署名用の鍵には専用の暗証番号が必要です。氏名や住所を含む署名用証明書を読み出すときも同じです。
s4b|Anybody can verify the signature with the certificate:|証明書があれば誰でも署名を検証できます。
s4c|One changed byte, and it does not verify:|1バイトでも変えると検証は失敗します。
s5|5. A child's card|5. 15歳未満のカード
s5a|Nobody under 15 is issued a signing certificate. The slot says so and takes no PIN.|15歳未満には署名用証明書が発行されません。スロットはそう表示し、暗証番号を受け付けません。
s5b|Logging in with the authentication key works for a child as well:|利用者証明用の鍵は子どもでも使えます。
s6|6. What the card says of itself|6. カードの状態
s6a|Each slot has a data object named JPKI status: JSON, with neither name nor address in it.|どのスロットにも「JPKI status」というデータオブジェクトがあります。氏名も住所も含まないJSONです。
s6b|The adult's card, before any log-in:|大人のカード。ログインはしていません。
s6c|The signing slot of the same card, after its password:|同じカードの署名用スロット。パスワードを入れた後です。
s6d|The child's card. Its signing slot says in words why it cannot sign:|15歳未満のカード。署名できない理由を署名用スロットが文で示します。
s7|7. Cards that must not sign|7. 署名してはいけないカード
s7a|A child of nine has a card with a signing certificate, which nobody should have issued. The password is right, and still:|9歳の子どものカードに、発行されるはずのない署名用証明書が入っています。パスワードは正しくても、署名は拒否されます。
s7b|The status object says why:|理由は「JPKI status」に書かれています。
s7c|The holder of the next card has moved. The city has revoked the certificate, which is still on the card and looks good. A revocation list tells:|次のカードの持ち主は引っ越しました。署名用証明書は失効していますが、カードには残ったままで、見ただけでは分かりません。失効リスト(CRL)と照らし合わせて、署名を拒否します。
s7d|Here too it says why:|こちらも理由が書かれています。
end|Done. What was shown:|終わりです。確認できたこと:
e1|two slots, one for each PIN|暗証番号ごとに1つ、2つのスロット
e2|a wrong PIN costs one try; a PIN of the wrong form costs none; no program uses the last one|誤った暗証番号で減るのは1回だけ。形式の違う番号では減らない。最後の1回はプログラムからは使えない
e3|a log-in to a TLS 1.3 server with the authentication key|利用者証明用の鍵によるTLS 1.3サーバーへのログイン
e4|a signature that verifies, and a forgery that does not|検証できる署名と、検証に失敗する改ざん
e5|no signing with a child's card|15歳未満のカードでは署名できない
e6|what the card is, its counters and its end, from standard tools and without a PIN|カードの種類、残り回数、有効期限は、標準のツールで暗証番号なしに確認できる
e7|no signature by a child, none with a certificate that a move has revoked, and the reason in words|15歳未満の人のカードや、引っ越しで失効した証明書では署名できず、その理由は文で示される
END
}

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-C}}} in
ja*) column=3 ;;
*) column=2 ;;
esac

say() {
    sentences | awk -F'|' -v key="$1" -v column=$column \
        '$1 == key { print $column }'
}

heading() {
    echo
    say "$1"
    echo '----------------------------------------'
}

fail() {
    echo "demo.sh: $*" >&2
    exit 1
}

# shown COMMAND...: the command as a person would type it, with short paths.
shown() {
    printf '  $'
    for word in "$@"; do
        word=${word#"$scratch"/}
        [ "$word" != "$module" ] || word=jpki-pkcs11.so
        case $word in
        *[!A-Za-z0-9_./:=,-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    echo
}

# show COMMAND...: prints it, runs it, keeps its output in $scratch/output and
# prints that indented. Answers what the command answered.
show() {
    shown "$@"
    status=0
    on_card "$@" >"$scratch/output" 2>&1 || status=$?
    sed -e '/^Using slot /d' -e '/:error:/d' -e "s,$scratch/,,g" -e 's/^/    /' \
        "$scratch/output"
    return $status
}

# on_card COMMAND...: with the virtual card in place of the PC/SC library.
on_card() {
    set -- env JPKI_PKCS11_CONF="$conf" PKCS11_MODULE_PATH="$module" "$@"
    if [ "$installed" ]; then
        jpki-vcard run "$card" "$@"
    else
        LD_LIBRARY_PATH="$build/tests/vcard/lib" JPKI_VCARD="$card" "$@"
    fi
}

# A card of its own, so that the PIN counters of the build's own persona stay full.
insert() {
    card=$scratch/$1
    if [ "$installed" ]; then
        jpki-vcard make "$card" "$1" >/dev/null
    else
        cp -R "$build/tests/vcard/personas/$1" "$card"
    fi
}

# revoke LIST CERTIFICATE:REASON: the city's revocation list.
revoke() {
    if [ "$installed" ]; then
        jpki-vcard crl "$1" "$scratch/ca-sign" "$2"
    else
        "$build/tests/vcard/make-crl" "$1" "$build/tests/vcard/personas/ca-sign" "$2"
    fi
}

tool() {
    verb=$1
    shift
    "$verb" pkcs11-tool --module "$module" "$@"
}

# The flags of the token LABEL, into $flags and to be read.
flags_of() {
    flags=$(tool on_card -L | sed -n "/$1/,/serial num/ \
        s/^ *token flags *: *//p")
    echo "    token flags: $flags"
}

# expect_pin STATE: what the flags of the authentication token tell of its PIN.
expect_pin() {
    flags_of "$auth_label"
    case $flags in
    *'PIN locked'*) state=locked ;;
    *'final user PIN try'*) state=final ;;
    *'count low'*) state=low ;;
    *) state=full ;;
    esac
    echo "    => $(say "$state")"
    [ "$state" = "$1" ] || fail "the counter should be: $1"
}

scene_slots() {
    heading s1
    say s1a
    tool show -L || fail 'no slots'
    grep -qF "$auth_label" "$scratch/output" || fail 'no authentication slot'
    grep -qF "$sign_label" "$scratch/output" || fail 'no signing slot'
}

# refused PIN: the authentication slot must not take it.
refused() {
    ! tool show --slot-index 0 --login --pin "$1" -O ||
        fail "$1 was taken"
}

scene_pin() {
    heading s2
    say s2a
    expect_pin full
    say s2b
    refused 9999
    expect_pin low
    refused 8888
    expect_pin final
    say s2c
    refused $sign_pin
    expect_pin final
    say s2d
    refused $auth_pin
    expect_pin final
    say s2e
    { cat "$conf" && printf '[pin]\nlast_try = allow\n'; } >"$scratch/last-try.conf"
    ordinary=$conf
    conf=$scratch/last-try.conf
    tool show --slot-index 0 --login --pin $auth_pin -O ||
        fail 'the right PIN was refused'
    conf=$ordinary
    expect_pin full
}

# A server that asks for a certificate of the card's CA, on whatever port is
# free.
start_server() {
    openssl x509 -inform DER -in "$card/ef/000B" -out "$scratch/auth-ca.pem"
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$scratch/server.key" \
        -out "$scratch/server.pem" 2>/dev/null
    # There before it is read, however late the server starts to write.
    : >"$scratch/server.log"
    openssl s_server -accept 127.0.0.1:0 -tls1_3 -www \
        -cert "$scratch/server.pem" -key "$scratch/server.key" \
        -Verify 1 -verify_return_error \
        -CAfile "$scratch/auth-ca.pem" \
        </dev/null >>"$scratch/server.log" 2>&1 &
    server=$!
    looks=300
    while [ "$looks" -gt 0 ] && kill -0 "$server" 2>/dev/null; do
        port=$(sed -n 's/^ACCEPT .*://p' "$scratch/server.log")
        [ -z "$port" ] || return 0
        looks=$((looks - 1))
        sleep 0.1
    done
    cat "$scratch/server.log" >&2
    fail 'the server did not start'
}

scene_login() {
    heading s3
    say s3a
    start_server
    uri="pkcs11:model=My%20Number%20Card;object=User%20Authentication"
    show curl --silent --show-error --cacert "$scratch/server.pem" \
        --cert "$uri;type=cert" --key "$uri;type=private" --pass $auth_pin \
        --output "$scratch/page.html" "https://localhost:$port/" ||
        fail 'the log-in failed'
    say s3b
    grep -E 'Verify return code|Subject:|Issuer:' "$scratch/page.html" |
        sed 's/^ */    /'
    grep -q 'Verify return code: 0 (ok)' "$scratch/page.html" ||
        fail 'the server did not accept the certificate'
}

scene_sign() {
    heading s4
    say s4a
    echo 'I rent the house at 1-2-3.' >"$scratch/contract.txt"
    tool show --slot-index 1 --login --pin $sign_pin \
        --sign --mechanism SHA256-RSA-PKCS --input-file "$scratch/contract.txt" \
        --output-file "$scratch/contract.sig" || fail 'no signature'
    tool show --slot-index 1 --login --pin $sign_pin \
        --read-object --type cert --label 'Digital Signature' \
        --output-file "$scratch/cert.der" || fail 'no certificate'
    openssl x509 -inform DER -in "$scratch/cert.der" -pubkey -noout \
        >"$scratch/key.pem"
    say s4b
    show openssl dgst -sha256 -verify "$scratch/key.pem" \
        -signature "$scratch/contract.sig" "$scratch/contract.txt" ||
        fail 'the signature does not verify'
    say s4c
    sed 's/1-2-3/1-2-4/' "$scratch/contract.txt" >"$scratch/forged.txt"
    ! show openssl dgst -sha256 -verify "$scratch/key.pem" \
        -signature "$scratch/contract.sig" "$scratch/forged.txt" ||
        fail 'a forgery verifies'
}

scene_child() {
    heading s5
    say s5a
    insert child-6a82
    flags_of "$sign_label"
    case $flags in
    *'login required'*) fail 'the signing slot takes a PIN' ;;
    esac
    ! tool show --slot-index 1 --login --pin $sign_pin --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$scratch/contract.txt" \
        --output-file "$scratch/child.sig" || fail 'a child has signed'
    [ ! -s "$scratch/child.sig" ] || fail 'a child has signed'
    say s5b
    tool show --slot-index 0 --login --pin $auth_pin --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$scratch/contract.txt" \
        --output-file "$scratch/child.sig" || fail 'the child cannot log in'
}

# read_status SLOT WANTED [PIN]: the slot's status, into $scratch/status. It must
# have WANTED somewhere.
read_status() {
    set -- "$1" "$2" ${3:+--login --pin "$3"}
    slot=$1
    wanted=$2
    shift 2
    set -- --slot-index "$slot" "$@" --read-object --type data \
        --label 'JPKI status'
    tool shown "$@"
    tool on_card "$@" >"$scratch/status" 2>/dev/null || fail 'no status'
    grep -q "$wanted" "$scratch/status" ||
        fail "the status does not say: $wanted"
}

# A line for each member, those that are too long folded.
print_members() {
    sed -e 's/":/": /' -e 's/^"/  "/' | fold -s -w 72 |
        sed -e 's/^/    /' -e 's/^    \([^{} ]\)/          \1/'
}

# status_of SLOT WANTED [PIN]: all of it.
status_of() {
    read_status "$@"
    sed -e 's/^{/{\n/' -e 's/}$/\n}/' -e 's/,"/,\n"/g' "$scratch/status" |
        print_members
    echo
}

# reason_of WANTED: what it says of the signing key, after the password.
reason_of() {
    read_status 1 "$1" $sign_pin
    sed -e 's/}$//' -e 's/,"/,\n"/g' "$scratch/status" |
        grep -E '^"(verdict|reason|revocation)"' | print_members
}

scene_status() {
    heading s6
    say s6a
    card=$scratch/adult
    say s6b
    status_of 0 '"tries_left":3'
    say s6c
    status_of 1 '"verdict":"allowed"' $sign_pin
    card=$scratch/child-6a82
    say s6d
    status_of 1 '"verdict":"not-issued"'
}

# no_signature: the signing key must not be used, even with the password.
no_signature() {
    rm -f "$scratch/refused.sig"
    ! tool show --slot-index 1 --login --pin $sign_pin --sign \
        --mechanism SHA256-RSA-PKCS --input-file "$scratch/contract.txt" \
        --output-file "$scratch/refused.sig" || fail 'it was signed'
    [ ! -e "$scratch/refused.sig" ] || fail 'it was signed'
}

scene_policy() {
    heading s7
    say s7a
    insert minor
    no_signature
    say s7b
    reason_of '"verdict":"minor"'
    echo
    say s7c
    insert changed-address
    revoke "$scratch/city.crl" "$card/ef/0001:affiliationChanged" ||
        fail 'no revocation list'
    cp "$conf" "$scratch/city.conf"
    printf '[policy]\ncrl = %s\n' "$scratch/city.crl" >>"$scratch/city.conf"
    conf=$scratch/city.conf
    no_signature
    say s7d
    reason_of '"revocation":"revoked (affiliationChanged)"'
}

summary() {
    heading end
    for line in e1 e2 e3 e4 e5 e6 e7; do
        echo "  - $(say $line)"
    done
}

# What the system has, into $module; the signing CA of the cards is beside them.
find_installed() {
    command -v jpki-vcard >/dev/null || fail 'no command jpki-vcard is installed'
    for module in /usr/lib/*/pkcs11 /usr/lib64/pkcs11 /usr/lib/pkcs11 none; do
        module=$module/jpki-pkcs11.so
        [ ! -e "$module" ] || break
    done
    [ -e "$module" ] || fail 'no jpki-pkcs11.so is installed'
    conf=$scratch/cards.conf
    printf '[policy]\nsign_ca = %s\n' "$scratch/ca-sign/ca.der" >"$conf"
}

build_all() {
    module=$build/pkcs11/jpki-pkcs11.so
    conf=$build/tests/vcard/jpki-pkcs11.conf
    say install
    sh "$top/packaging/install-deps.sh" build demo
    {
        [ -f "$build/build.ninja" ] || meson setup "$build" "$top"
        ninja -C "$build"
    } >"$scratch/build.log" 2>&1 || {
        cat "$scratch/build.log" >&2
        fail 'the build failed'
    }
}

prepare() {
    if [ "$installed" ]; then
        find_installed
    else
        build_all
    fi
    cat "$conf" "$top/packaging/jpki-pkcs11.conf" >"$scratch/demo.conf"
    conf=$scratch/demo.conf
    echo
    say intro
    say pins
}

installed=
case ${1:-} in
'') ;;
--installed) installed=yes ;;
*)
    echo 'usage: demo.sh [--installed]' >&2
    exit 2
    ;;
esac
prepare
insert adult
scene_slots
scene_pin
scene_login
scene_sign
scene_child
scene_status
scene_policy
summary

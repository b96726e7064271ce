#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# jpki sign: one PIN for many files, each signature verified by openssl; what
# refuses a signature, and what then becomes of the files.
. "$(dirname "$0")/common.sh"
skip_without openssl
mkdir "$work/files"
cd "$work/files"
openssl x509 -inform DER -in "$JPKI_PERSONAS/ca-sign/ca.der" -out "$work/ca.pem"

# signs STATUS PIN ARGUMENT...: jpki sign, where somebody types PIN.
signs() {
    status=$1
    pin=$2
    shift 2
    types "$status" "$pin" -- "$JPKI" sign "$@"
}

# signing_commands: how many the card got, each with 51 bytes of DigestInfo.
signing_commands() {
    awk '$3 == "2A" && $6 == 51' "$JPKI_VCARD_LEDGER" | wc -l
}

expect_signing_commands() {
    sent=$(signing_commands)
    [ "$sent" -eq "$1" ] || fail "$sent signing commands, not $1"
    others=$(awk '$3 == "2A" && $6 != 51' "$JPKI_VCARD_LEDGER" | wc -l)
    [ "$others" -eq 0 ] || fail "$others signing commands of another kind"
}

# is_cms FILE: openssl verifies its signature and the chain, and takes it for DER.
is_cms() {
    openssl cms -verify -binary -inform DER -in "$1.p7s" -content "$1" \
        -CAfile "$work/ca.pem" -purpose any -out /dev/null 2>"$work/output" ||
        fail "$1.p7s does not verify"
    openssl cms -cmsout -inform DER -in "$1.p7s" -outform DER |
        cmp - "$1.p7s" || fail "$1.p7s is no DER"
}

# no_output: nothing was written, not under another name either.
no_output() {
    left=$(find . -name '*.p7s' -o -name '*.sig' -o -name '.jpki-*')
    [ -z "$left" ] || fail "left: $left"
}

insert adult
new_ledger
for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20; do
    echo "file $i" >"file $i"
done

# Twenty files, one PIN, asked for once; it is sent to check it, and with each.
signs 0 abc123 file*
says 'You are about to make 20 legally binding signatures'
says '[echo off]'
says '[20/20] file 20 -> file 20.p7s'
says 'All signed: 20.'
expect_sent_pins 21
expect_sent_pins 21 ABC123
expect_signing_commands 20
expect_tries sign 5
for file in file\ ??; do
    is_cms "$file"
done
[ "$(stat -c %a 'file 01.p7s')" = "$(stat -c %a 'file 01')" ] || fail 'its mode'

# Nobody may read more of it than of the file, nor what was made public by umask.
for modes in '600 022 600' '644 077 600' '755 022 644'; do
    # shellcheck disable=SC2086 # three
    set -- $modes
    chmod "$1" 'file 01'
    rm 'file 01.p7s'
    (umask "$2" && signs 0 abc123 'file 01')
    [ "$(stat -c %a 'file 01.p7s')" = "$3" ] || fail "its mode is not $3"
done
chmod 644 'file 01'
# Of a group that this one's files are not of by themselves.
if [ "$(id -u)" -eq 0 ]; then
    chgrp 1 'file 01'
    rm 'file 01.p7s'
    signs 0 abc123 'file 01'
    [ "$(stat -c %g 'file 01.p7s')" = 1 ] || fail 'of another group'
fi

# What is signed: type, digest, time, certificate; with both certificates.
openssl cms -cmsout -print -inform DER -in 'file 01.p7s' >"$work/output"
for text in 'pkcs7-data' 'messageDigest' 'signingTime' \
    'id-smime-aa-signingCertificateV2' 'eContent: <ABSENT>'; do
    says "$text"
done
[ "$(grep -c 'd.certificate' "$work/output")" -eq 2 ] || fail 'certificates'

# What is there is not overwritten, and no PIN is asked for to find that out.
echo another >'file 01.p7s'
cp 'file 01.p7s' "$work/before"
new_ledger
jpki 4 sign file\ 01
says 'file 01.p7s is there already'
says 'no PIN was asked for'
cmp 'file 01.p7s' "$work/before" || fail 'overwritten'
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
signs 0 ABC123 --force 'file 01'
! cmp -s 'file 01.p7s' "$work/before" || fail 'not overwritten'
is_cms 'file 01'
rm -f ./*.p7s

# Raw: of PKCS #1, over the SHA-256 of the file.
signs 0 ABC123 --format raw 'file 01'
openssl x509 -inform DER -in "$card/ef/0001" -noout -pubkey >"$work/key.pem"
openssl dgst -sha256 -verify "$work/key.pem" -signature 'file 01.sig' \
    'file 01' >/dev/null || fail 'the raw signature'
rm 'file 01.sig'

# Files that cannot be signed: all of them are named, none is signed.
new_ledger
mkdir folder
mkfifo fifo
jpki 4 sign 'file 01' missing folder fifo
for text in 'missing cannot be read' 'folder is not a file' \
    'fifo is not a file' 'Nothing was signed'; do
    says "$text"
done
jpki 4 sign 'file 01' './file 01'
says 'are the same file'
ln 'file 01' other-name
jpki 4 sign 'file 01' other-name
says 'are the same file'
jpki 2 sign
jpki 2 sign --format xml 'file 01'
says 'no format "xml"'
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
no_output
# Outputs that cannot get their name, or for which there is no room: told before
# the PIN.
ln -s nowhere 'file 02.p7s'
jpki 4 sign 'file 02'
says 'file 02.p7s is there already'
rm 'file 02.p7s'
mkdir 'file 02.p7s'
for option in '' --force; do
    # shellcheck disable=SC2086 # none, or one
    jpki 4 sign $option 'file 02'
    says 'file 02.p7s cannot be written: Is a directory'
done
rmdir 'file 02.p7s'
long=$(printf '字%.0s' $(seq 84))
echo long >"$long"
jpki 4 sign "$long"
says 'cannot be written: File name too long'
rm "$long"
(
    # As a full disk: less than one CMS.
    trap '' XFSZ
    ulimit -f 16
    jpki 4 sign 'file 02'
)
says 'file 02.p7s cannot be written: File too large'
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
no_output
if [ "$(id -u)" -ne 0 ]; then
    mkdir closed
    cp 'file 01' closed
    chmod 500 closed
    jpki 4 sign 'closed/file 01'
    says 'cannot be written'
    chmod 700 closed
fi

# Another's file in a folder with the sticky bit, which root may replace by a
# capability alone: told before the PIN, too.
if [ "$(id -u)" -eq 0 ] && setpriv --bounding-set=-fowner true 2>/dev/null; then
    mkdir -m 1777 common
    cp 'file 01' common
    echo theirs >'common/file 01.p7s'
    chown 1 common 'common/file 01.p7s'
    status=0
    on_card setpriv --bounding-set=-fowner "$JPKI" sign --force 'common/file 01' ||
        status=$?
    [ "$status" -eq 4 ] || fail "another's file: exit status $status"
    says 'common/file 01.p7s cannot be written: Operation not permitted'
    [ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
    [ "$(cat 'common/file 01.p7s')" = theirs ] || fail "another's file is changed"
    signs 0 ABC123 --force 'common/file 01'
    is_cms 'common/file 01'
    rm -r common
    new_ledger
fi

# On a small disk: new files need room all at once, those that replace others one
# after the other. Where the disk is full by then, nothing is signed for what
# cannot be written.
cat >"$work/small" <<'END'
mount -t tmpfs -o "size=$1" tmpfs "$2" || exit 77
cd "$2"
shift 2
cp "$WORK/files/file 01" "$WORK/files/file 02" "$WORK/files/file 03" .
for i in ${REPLACED:+01 02 03}; do
    head -c "$REPLACED" /dev/zero >"file $i.p7s"
done
"$@" || status=$?
cp ./*.p7s "$WORK/signed" 2>/dev/null || true
exit "${status:-0}"
END
# small STATUS ANSWER SIZE ARGUMENT...: jpki sign of three files on a disk of SIZE.
small() {
    expected=$1
    answer=$2
    size=$3
    shift 3
    rm -rf "$work/signed"
    mkdir -p "$work/signed" "$work/disk"
    types "$expected" ${answer:+"$answer"} -- unshare -m sh "$work/small" "$size" "$work/disk" \
        "$JPKI" sign "$@" 'file 01' 'file 02' 'file 03'
}
if [ "$(id -u)" -eq 0 ] &&
    unshare -m mount -t tmpfs tmpfs "$work/files" 2>/dev/null; then
    WORK=$work
    REPLACED=
    export WORK REPLACED
    small 4 '' 32k
    says 'cannot be written: No space left on device'
    says 'no PIN was asked for'
    REPLACED=6000
    small 4 '' 44k --force
    says 'cannot be written: No space left on device'
    [ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
    small 0 ABC123 60k --force
    says 'All signed: 3.'
    for i in 01 02 03; do
        cp "$work/signed/file $i.p7s" .
        is_cms "file $i"
    done
    rm -f ./*.p7s
    # Here they grow, and only the first one fits.
    new_ledger
    REPLACED=0
    small 4 '' 24k --force
    says 'file 02.p7s cannot be written: No space left on device'
    says 'no PIN was asked for'
    [ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
    [ "$(stat -c %s "$work/signed/file 01.p7s")" = 0 ] || fail 'replaced'
    # As a container has a file of the host.
    touch 'file 01.p7s' "$work/mounted"
    types 4 -- unshare -m sh -c 'mount --bind "$1" "$2.p7s" && exec "$JPKI" sign --force "$2"' \
        sh "$work/mounted" 'file 01'
    says 'file 01.p7s cannot be written: Device or resource busy'
    says 'no PIN was asked for'
    [ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
    rm 'file 01.p7s'
fi

# A file that changed after it was read is not signed, the others are: here while
# the first is.
new_ledger
cp 'file 02' "$work/unchanged"
cat >"$work/changed" <<'END'
#!/bin/sh
(
    until grep -q ' 20 00 80 6 ' "$JPKI_VCARD_LEDGER"; do
        sleep 0.02
    done
    echo more >>'file 02'
) &
exec "$JPKI" sign 'file 01' 'file 02' 'file 03'
END
chmod +x "$work/changed"
export JPKI
JPKI_VCARD_SIGNING=1000
export JPKI_VCARD_SIGNING
types 4 ABC123 -- "$work/changed"
unset JPKI_VCARD_SIGNING
says 'file 02 has changed since this command began: not signed'
says '2 of 3 are signed:'
says 'Not signed:'
expect_signing_commands 2
is_cms 'file 01'
is_cms 'file 03'
[ ! -e 'file 02.p7s' ] || fail 'signed what had changed'
mv "$work/unchanged" 'file 02'
rm -f ./*.p7s

# The signature of one file never takes the place of another that is to be signed.
new_ledger
echo never overwritten >'file 01.p7s'
cp 'file 01.p7s' "$work/before"
jpki 4 sign --force 'file 01' 'file 01.p7s' 'file 02'
says 'are the same file, or would have the same signature file'
says 'no PIN was asked for'
ln -s 'file 01.p7s' 'link'
jpki 4 sign --force 'file 01' link
cmp 'file 01.p7s' "$work/before"
[ ! -s "$JPKI_VCARD_LEDGER" ] || fail 'the card was asked'
rm -f ./*.p7s link

# Wrong PINs: one try each; none where it cannot be one.
new_ledger
signs 1 WRONG11 'file 01'
says 'Tries left: 4'
expect_sent_pins 1
types 1 12345 '' 'abc 123' -- "$JPKI" sign 'file 01'
says 'That cannot be the'
expect_sent_pins 1
types 130 '^C' -- "$JPKI" sign 'file 01'
expect_sent_pins 1
expect_signing_commands 0
no_output

"$host_faults" && numbers='1 2 3 15' || numbers=

# No signal leaves a file behind: before the PIN is asked for, as the outputs are
# tried, and while they are written.
insert adult
new_ledger
! "$host_faults" || export LD_PRELOAD="$JPKI_HOST_FAULT_LIB"
for number in $numbers; do
    JPKI_SIGNAL_AT="temporary $number 1"
    export JPKI_SIGNAL_AT
    types $((128 + number)) -- "$JPKI" sign 'file 01' 'file 02'
    no_output
done
expect_sent_pins 0
for number in $numbers; do
    JPKI_SIGNAL_AT="temporary $number 3"
    signs 1 ABC123 'file 01' 'file 02'
    says 'Not signed:'
    no_output
done
unset JPKI_SIGNAL_AT LD_PRELOAD
expect_signing_commands 0

# run_row PERSONA TYPED STATUSES SENT SIGNED TEXTS: a row of the table.
run_row() {
    persona=$1
    statuses=$3
    sent_now=$4
    signed=$5
    texts=$6
    insert "$persona"
    new_ledger
    answers=$2
    set --
    while [ -n "$answers" ]; do
        set -- "$@" "${answers%%, *}"
        case $answers in
        *', '*) answers=${answers#*, } ;;
        *) answers= ;;
        esac
    done
    types "$statuses" "$@" -- "$JPKI" sign 'file 01' 'file 02'
    says_all "$texts"
    expect_sent_pins "$sent_now"
    left=$(find . -name '*.p7s' | wc -l)
    [ "$left" -eq "$signed" ] || fail "$persona: $left signed, not $signed"
    [ "$(signing_commands)" -ge "$signed" ] || fail 'too few commands'
    rm -f ./*.p7s
    no_output
    persona=
}

# The table of docs/tool.md; in Japanese the first persona of each row.
sed -n '/^## jpki sign$/,/^## jpki report$/s/^| \([a-z].*\)|$/\1/p' \
    "$docs/tool.md" | grep -v '^persona' >"$work/table"
[ -s "$work/table" ] || fail 'no table'
while IFS='|' read -r personas typed statuses sent_pins signed english japanese; do
    personas=$(echo "$personas" | sed 's/^ *//; s/ *$//')
    for each in $(echo "$personas" | tr -d ,); do
        set -- "$each" "$(echo "$typed" | sed 's/^ *//; s/ *$//')" "$statuses" \
            "$sent_pins" "$signed"
        echo "$each"
        run_row "$@" "$(echo "$english" | sed 's/^ *//; s/ *$//')"
        [ "$each" = "${personas%%,*}" ] || continue
        in_japanese
        run_row "$@" "$(echo "$japanese" | sed 's/^ *//; s/ *$//')"
        in_english
    done
done <"$work/table"

# Revoked: its holder has moved.
insert changed-address
"$JPKI_MAKE_CRL" "$work/list" "$JPKI_PERSONAS/ca-sign" \
    "$card/ef/0001:affiliationChanged"
conf=$JPKI_PKCS11_CONF
use_conf "$work/conf" "crl = $work/list"
run_row changed-address ABC123 1 1 0 \
    'This card may not sign (revoked): / after a change of name, address'
JPKI_PKCS11_CONF=$conf

# A PIN for each, where it is configured so.
insert adult
new_ledger
use_conf "$work/conf" '[pin]' 'signature_pin = every'
types 0 ABC123 ABC123 ABC123 -- "$JPKI" sign 'file 01' 'file 02' 'file 03'
says 'The configuration wants the PIN for each (signature_pin = every): 3 of 3'
expect_signing_commands 3
types 1 ABC123 WRONG11 -- "$JPKI" sign --force 'file 01' 'file 02' 'file 03'
says '1 of 3 are signed'
expect_sent_pins 1 WRONG11
expect_signing_commands 4
rm -f ./*.p7s
JPKI_PKCS11_CONF=$conf

# removed N STATUS WHEN: the card is taken out at the Nth signing command.
commands_before() {
    awk -v nth="$1" '
        $3 ~ /^power|^warm/ { next }
        $3 == "2A" && ++signing == nth { print count + 0; exit }
        { count++ }' "$work/whole"
}
insert adult
new_ledger
signs 0 ABC123 file\ 0?
cp "$JPKI_VCARD_LEDGER" "$work/whole"
rm -f ./*.p7s
for fault in removed removed-after; do
    insert adult
    new_ledger
    LD_PRELOAD=$JPKI_CARD_FAULT_LIB
    JPKI_CARD_FAULT="$fault $(commands_before 4)"
    export LD_PRELOAD JPKI_CARD_FAULT
    signs 3 ABC123 file\ 0?
    unset LD_PRELOAD JPKI_CARD_FAULT
    says 'The card was taken out meanwhile'
    says '3 of 9 are signed:'
    says '  file 03'
    says 'Not signed:'
    says '  file 04'
    for file in 'file 01' 'file 02' 'file 03'; do
        is_cms "$file"
    done
    [ "$(find . -name '*.p7s' -o -name '.jpki-*' | wc -l)" -eq 3 ] ||
        fail 'there is more'
    expect_sent_pins 5
    rm -f ./*.p7s
done

# Called off when the card is asked for the counter before the third signature: after
# the PINs of the log-in and of two signatures.
insert adult
new_ledger
signs 0 ABC123 file\ 0?
JPKI_CARD_SIGNAL="A4 2 $(selects_before 4)"
LD_PRELOAD=$JPKI_CARD_FAULT_LIB
rm -f ./*.p7s
new_ledger
export JPKI_CARD_SIGNAL LD_PRELOAD
signs 1 ABC123 file\ 0?
unset JPKI_CARD_SIGNAL LD_PRELOAD
says 'Stopped on request'
expect_sent_pins 3
expect_signing_commands 2
rm -f ./*.p7s

# While it signs, no PIN is in the command line or environment of any process
# that comes from it.
insert adult
new_ledger
for i in $(seq 1 60); do
    echo "more $i" >"more $i"
done
cat >"$work/watched" <<'END'
#!/bin/sh
"$JPKI" sign more* &
jpki=$!
looks=0
while kill -0 "$jpki" 2>/dev/null; do
    for process in "$jpki" $(pgrep -P "$jpki"); do
        cat "/proc/$process/cmdline" "/proc/$process/environ" 2>/dev/null
    done | grep -qaiF ABC123 && echo 'A PIN IS SEEN'
    grep -q ' 2A ' "$JPKI_VCARD_LEDGER" && looks=$((looks + 1))
done
wait "$jpki" && echo "looks: $looks"
END
chmod +x "$work/watched"
export JPKI
types 0 ABC123 -- "$work/watched"
keeps_quiet 'A PIN IS SEEN'
keeps_quiet 'looks: 0'
says 'looks: '
expect_signing_commands 60
echo ok

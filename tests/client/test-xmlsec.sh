#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program on libxmlsec1-nss signs XML with one prompt for the log-in and one for
# the signature, which NSS 3.110 leaves out; the command xmlsec1 verifies. A wrong
# password costs one try, one of the wrong form and a locked card none.
. "$(dirname "$0")/common.sh"
. "$here/nss.sh"
skip_without xmlsec1
: "${JPKI_XML_SIGNER:?is not set}"

make_template() {
    ns=http://www.w3.org
    c14n=$ns/2001/10/xml-exc-c14n#
    cat >"$work/in.xml" <<END
<document>text<Signature xmlns="$ns/2000/09/xmldsig#"><SignedInfo>
<CanonicalizationMethod Algorithm="$c14n"/>
<SignatureMethod Algorithm="$ns/2001/04/xmldsig-more#rsa-sha256"/>
<Reference URI=""><Transforms>
<Transform Algorithm="$ns/2000/09/xmldsig#enveloped-signature"/>
<Transform Algorithm="$c14n"/></Transforms>
<DigestMethod Algorithm="$ns/2001/04/xmlenc#sha256"/><DigestValue/></Reference>
</SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data>
</KeyInfo></Signature></document>
END
}

# sign PIN
sign() {
    token=$(unset JPKI_VCARD_LEDGER && token_label 1)
    on_card "$JPKI_XML_SIGNER" "sql:$work/db" "$token:Digital Signature" "$1" \
        "$work/in.xml" "$work/out.xml"
}

# check_signed CASE VERIFYS PROMPTS
check_signed() {
    rm -f "$work/out.xml"
    check_pin sign "$1" adult "$right" "$2" 1 "$tries" "asked $3 times"
    xmlsec1 --verify --trusted-pem "$work/ca.pem" "$work/out.xml" \
        >"$work/output" 2>&1 || fail 'not valid for xmlsec1'
}

use_key sign
read_key
use_conf "$work/conf" '[app xml-signer]' 'show = sign' 'sign_profile = no'
make_database
make_template
# With a mechanism that digests too, SGN_Begin of NSS 3.110 goes past what reads
# CKA_ALWAYS_AUTHENTICATE.
if [ "$(pkg-config --modversion nss | cut -d. -f2)" -lt 110 ]; then
    check_signed right 2 2
    # Nothing is kept of the log-in: what is typed for the signature is verified at once.
    use_conf "$work/every" '[pin]' 'signature_pin = every'
    check_signed every 3 2
else
    check_signed right 2 1
    check_every sign
fi
JPKI_PKCS11_CONF=$work/conf
rm "$work/out.xml"
check_refusals sign 'asked 2 times' 'asked 0 times'
[ ! -e "$work/out.xml" ] || fail 'a document without the password'
echo ok

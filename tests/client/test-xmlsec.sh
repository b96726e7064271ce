#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program on libxmlsec1-nss signs XML with one prompt for the log-in and one for
# the signature, which NSS 3.110 leaves out; the command xmlsec1 verifies. A wrong
# password costs one try and signs nothing.
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
    on_card "$JPKI_XML_SIGNER" "sql:$work/db" "$token:Digital Signature" "$1" \
        "$work/in.xml" "$work/out.xml"
}

insert adult
token=$(token_label 1)
use_conf "$work/conf" '[app xml-signer]' 'show = sign' 'sign_profile = no'
make_database
make_template
openssl x509 -inform DER -in "$JPKI_PERSONAS/ca-sign/ca.der" -out "$work/ca.pem"

new_ledger
! sign WRONG1 || fail 'signed with a wrong password'
expect_sent_pins 1
expect_signing_commands 0
expect_tries sign 4
sign ABC123 || fail 'not signed'
# With a mechanism that digests too, SGN_Begin of NSS 3.110 goes past what reads
# CKA_ALWAYS_AUTHENTICATE.
if [ "$(pkg-config --modversion nss | cut -d. -f2)" -lt 110 ]; then
    says 'asked 2 times'
else
    says 'asked 1 times'
fi
expect_signing_commands 1
expect_tries sign 5
xmlsec1 --verify --trusted-pem "$work/ca.pem" "$work/out.xml" \
    >"$work/output" 2>&1 || fail 'not valid for xmlsec1'
echo ok

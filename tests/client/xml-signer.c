/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>

#include <cert.h>
#include <keyhi.h>
#include <libxml/parser.h>
#include <nss.h>
#include <pk11pub.h>
#include <xmlsec/nss/crypto.h>
#include <xmlsec/nss/pkikeys.h>
#include <xmlsec/nss/x509.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

/*
 * xml-signer DATABASE NICKNAME PIN TEMPLATE OUT: a program on libxmlsec1-nss.
 * Fills in the signature of a document with the key of the certificate
 * TOKEN:LABEL, and prints how often NSS asked for a PIN.
 */

static const char *pin;
static int prompts;

static char *give_pin(PK11SlotInfo *slot, PRBool retry, void *unused)
{
    (void)slot;
    (void)unused;
    prompts++;
    return retry ? NULL : PORT_Strdup(pin);
}

/* The key with its certificate, which the signature then holds; NULL: none. */
static xmlSecKeyPtr find_key(const char *nickname)
{
    CERTCertificate *cert = PK11_FindCertFromNickname(nickname, NULL);
    SECKEYPrivateKey *private =
        cert == NULL ? NULL : PK11_FindKeyByAnyCert(cert, NULL);

    if (private == NULL)
        return NULL;
    xmlSecKeyPtr key = xmlSecKeyCreate();
    xmlSecKeyDataPtr data = xmlSecKeyDataCreate(xmlSecNssKeyDataX509Id);

    xmlSecKeySetValue(
        key, xmlSecNssPKIAdoptKey(private, CERT_ExtractPublicKey(cert)));
    xmlSecNssKeyDataX509AdoptKeyCert(data, cert);
    xmlSecNssKeyDataX509AdoptCert(data, CERT_DupCertificate(cert));
    xmlSecKeyAdoptData(key, data);
    return key;
}

static bool sign(xmlDocPtr document, xmlSecKeyPtr key)
{
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);

    context->signKey = key;
    return xmlSecDSigCtxSign(context,
               xmlSecFindNode(root, xmlSecNodeSignature, xmlSecDSigNs)) == 0 &&
           context->status == xmlSecDSigStatusSucceeded;
}

int main(int argc, char **argv)
{
    if (argc != 6 || NSS_Initialize(argv[1], "", "", SECMOD_DB,
                         NSS_INIT_READONLY) != SECSuccess)
        return 2;
    pin = argv[3];
    PK11_SetPasswordFunc(give_pin);
    xmlSecInit();
    xmlSecNssInit();

    xmlSecKeyPtr key = find_key(argv[2]);
    xmlDocPtr document = xmlParseFile(argv[4]);
    bool signed_it = key != NULL && document != NULL && sign(document, key);

    printf("asked %d times\n", prompts);
    if (signed_it)
        xmlSaveFile(argv[5], document);
    return signed_it ? 0 : 1;
}

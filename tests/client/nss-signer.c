/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cert.h>
#include <cryptohi.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <prinit.h>
#include <secmod.h>

/*
 * nss-signer DATABASE TOKEN: a program built on NSS, which holds a log-in as
 * browsers do: NSS asks for a PIN whenever the token says that nobody is logged
 * in. Makes a signature for each line of standard input, which is the PIN to
 * give when it is asked for. Prints "signed" or "not signed", after "asked, "
 * where NSS asked. The key is that of the first certificate of the token.
 */

static char typed[64];
static bool asked;

static char *give_pin(PK11SlotInfo *slot, PRBool retry, void *unused)
{
    (void)slot;
    (void)unused;
    asked = true;
    return retry ? NULL : PORT_Strdup(typed);
}

static bool sign_with(SECKEYPrivateKey *key)
{
    static const unsigned char text[] = "to be signed";
    SECItem signature = {siBuffer, NULL, 0};
    bool good = SEC_SignData(&signature, text, sizeof text, key,
                    SEC_OID_PKCS1_SHA256_WITH_RSA_ENCRYPTION) == SECSuccess;

    SECITEM_FreeItem(&signature, PR_FALSE);
    return good;
}

static bool sign(PK11SlotInfo *slot)
{
    CERTCertList *certs = NULL;
    SECKEYPrivateKey *key = NULL;
    bool good = false;

    if (PK11_Authenticate(slot, PR_TRUE, NULL) == SECSuccess)
        certs = PK11_ListCertsInSlot(slot);
    if (certs && !CERT_LIST_EMPTY(certs))
        key = PK11_FindPrivateKeyFromCert(
            slot, CERT_LIST_HEAD(certs)->cert, NULL);
    if (key) {
        good = sign_with(key);
        SECKEY_DestroyPrivateKey(key);
    }
    if (certs)
        CERT_DestroyCertList(certs);
    return good;
}

int main(int argc, char **argv)
{
    PK11SlotInfo *slot;

    if (argc != 3 || NSS_Initialize(argv[1], "", "", SECMOD_DB,
                         NSS_INIT_READONLY) != SECSuccess)
        return 2;
    PK11_SetPasswordFunc(give_pin);
    setvbuf(stdout, NULL, _IOLBF, 0);
    slot = PK11_FindSlotByName(argv[2]);
    if (!slot)
        return 2;
    while (fgets(typed, sizeof typed, stdin)) {
        bool good;

        typed[strcspn(typed, "\n")] = '\0';
        asked = false;
        good = sign(slot);
        printf(
            "%s%s\n", asked ? "asked, " : "", good ? "signed" : "not signed");
    }
    PK11_FreeSlot(slot);
    return NSS_Shutdown() == SECSuccess ? 0 : 1;
}

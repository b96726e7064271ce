// SPDX-License-Identifier: Apache-2.0

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/*
 * XmlSignatures CONFIGURATION PIN FOLDER: logs in once, then makes an enveloped XML
 * signature for each line of standard input, with the one key of the token. Each
 * is written out, read back and verified under the token's certificate, and is then
 * FOLDER/LINE.xml.
 */
public class XmlSignatures {
    private static final String RSA_SHA256 =
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private static final XMLSignatureFactory FACTORY =
            XMLSignatureFactory.getInstance("DOM");

    private static Document parse(byte[] text) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();

        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(
                new ByteArrayInputStream(text));
    }

    private static byte[] write(Document document) throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();

        TransformerFactory.newInstance().newTransformer().transform(
                new DOMSource(document), new StreamResult(text));
        return text.toByteArray();
    }

    private static SignedInfo wholeDocument() throws Exception {
        Transform enveloped = FACTORY.newTransform(
                Transform.ENVELOPED, (TransformParameterSpec) null);
        Reference whole = FACTORY.newReference("",
                FACTORY.newDigestMethod(DigestMethod.SHA256, null),
                List.of(enveloped), null, null);

        return FACTORY.newSignedInfo(
                FACTORY.newCanonicalizationMethod(
                        CanonicalizationMethod.INCLUSIVE,
                        (C14NMethodParameterSpec) null),
                FACTORY.newSignatureMethod(RSA_SHA256, null), List.of(whole));
    }

    private static byte[] sign(
            Document document, PrivateKey key, X509Certificate certificate)
            throws Exception {
        KeyInfoFactory keys = FACTORY.getKeyInfoFactory();
        KeyInfo signer = keys.newKeyInfo(
                List.of(keys.newX509Data(List.of(certificate))));

        FACTORY.newXMLSignature(wholeDocument(), signer)
                .sign(new DOMSignContext(key, document.getDocumentElement()));
        return write(document);
    }

    private static boolean verifies(byte[] text, PublicKey key)
            throws Exception {
        NodeList signatures = parse(text).getElementsByTagNameNS(
                XMLSignature.XMLNS, "Signature");
        DOMValidateContext context =
                new DOMValidateContext(key, signatures.item(0));

        return FACTORY.unmarshalXMLSignature(context).validate(context);
    }

    private static String keyLabel(KeyStore store) throws Exception {
        for (String label : Collections.list(store.aliases()))
            if (store.isKeyEntry(label))
                return label;
        throw new Exception("no key");
    }

    public static void main(String[] args) throws Exception {
        Provider token = Security.getProvider("SunPKCS11").configure(args[0]);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in));
        String line;

        Security.addProvider(token);
        KeyStore store = KeyStore.getInstance("PKCS11", token);
        store.load(null, args[1].toCharArray());
        String label = keyLabel(store);
        PrivateKey key = (PrivateKey) store.getKey(label, null);
        X509Certificate certificate =
                (X509Certificate) store.getCertificate(label);
        while ((line = lines.readLine()) != null) {
            String form = "<form><text>" + line + "</text></form>";
            byte[] text = sign(parse(form.getBytes("UTF-8")), key, certificate);
            if (!verifies(text, certificate.getPublicKey()))
                throw new Exception("does not verify: " + line);
            Files.write(Path.of(args[2], line + ".xml"), text);
            System.out.println("signed: " + line);
        }
    }
}

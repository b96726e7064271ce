// SPDX-License-Identifier: Apache-2.0

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * SignPdf CONF PIN ALGORITHM PDF...: lists the key store, then has PDFBox sign each
 * file, as FILE.signed, with the key "Digital Signature".
 */
public final class SignPdf {
    private static final String ALIAS = "Digital Signature";

    private final Provider token;
    private final String algorithm;
    private final PrivateKey key;
    private final X509Certificate certificate;

    private SignPdf(Provider token, KeyStore store, String algorithm) throws Exception {
        this.token = token;
        this.algorithm = algorithm;
        key = (PrivateKey) store.getKey(ALIAS, null);
        certificate = (X509Certificate) store.getCertificate(ALIAS);
    }

    private byte[] cms(InputStream content) throws IOException {
        try {
            ContentSigner signer =
                    new JcaContentSignerBuilder(algorithm).setProvider(token).build(key);
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addSignerInfoGenerator(
                    new JcaSignerInfoGeneratorBuilder(
                                    new JcaDigestCalculatorProviderBuilder().build())
                            .build(signer, certificate));
            generator.addCertificates(new JcaCertStore(List.of(certificate)));
            return generator
                    .generate(new CMSProcessableByteArray(content.readAllBytes()), false)
                    .getEncoded();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void sign(String file) throws IOException {
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
        try (PDDocument document = PDDocument.load(new File(file));
                FileOutputStream out = new FileOutputStream(file + ".signed")) {
            document.addSignature(signature, this::cms);
            document.saveIncremental(out);
        }
    }

    public static void main(String[] args) throws Exception {
        Provider token = Security.getProvider("SunPKCS11").configure(args[0]);
        KeyStore store = KeyStore.getInstance("PKCS11", token);
        store.load(null, args[1].toCharArray());
        for (String alias : Collections.list(store.aliases()))
            System.out.println((store.isKeyEntry(alias) ? "key: " : "certificate: ") + alias);

        SignPdf signer = new SignPdf(token, store, args[2]);
        for (int i = 3; i < args.length; i++)
            signer.sign(args[i]);
    }
}

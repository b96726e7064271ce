// SPDX-License-Identifier: Apache-2.0

import java.io.FileInputStream;
import java.net.URI;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Prints pages of a site that asks for a certificate: CONF PIN CA.pem URL... */
public final class TlsPage {
    private TlsPage() {}

    public static void main(String[] args) throws Exception {
        Provider provider = Security.getProvider("SunPKCS11").configure(args[0]);
        Security.addProvider(provider);
        KeyStore token = KeyStore.getInstance("PKCS11", provider);
        token.load(null, args[1].toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(token, null);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust(args[2]).getTrustManagers(), null);
        for (int i = 3; i < args.length; i++) {
            HttpsURLConnection connection =
                    (HttpsURLConnection) URI.create(args[i]).toURL().openConnection();
            connection.setSSLSocketFactory(context.getSocketFactory());
            connection.getInputStream().transferTo(System.out);
        }
    }

    private static TrustManagerFactory trust(String file) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (FileInputStream in = new FileInputStream(file)) {
            store.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust;
    }
}

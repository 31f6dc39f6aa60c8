package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A certificate for 127.0.0.1, made by keytool, and the trust in it. */
final class SelfSigned {
    private static final String PASSWORD = "belfry-test";

    static final SelfSigned INSTANCE = new SelfSigned();

    private final Path keyStore;
    private final X509TrustManager trustManager;
    private final SSLContext context;

    private SelfSigned() {
        try {
            Path directory = Files.createTempDirectory("belfry-tls");
            directory.toFile().deleteOnExit();
            keyStore = directory.resolve("belfry.p12");
            make(keyStore);
            keyStore.toFile().deleteOnExit();
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(keyStore)) {
                store.load(in, PASSWORD.toCharArray());
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            trustManager = (X509TrustManager) trust.getTrustManagers()[0];
            context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void make(Path keyStore) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "belfry",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-keystore",
                        keyStore.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
    }

    /** Spring's own properties, as they stand on the command line. */
    String[] serverOptions() {
        return List.of("--server.ssl.key-store=" + keyStore, "--server.ssl.key-store-password=" + PASSWORD)
                .toArray(String[]::new);
    }

    SSLContext context() {
        return context;
    }

    X509TrustManager trustManager() {
        return trustManager;
    }
}

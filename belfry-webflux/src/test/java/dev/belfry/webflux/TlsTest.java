package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.tcp.SslProvider;

/** A stream behind TLS: of all handlers only that of TLS stays. */
class TlsTest {
    private static final KeyManagerFactory KEYS = init();

    @TempDir
    static Path dir;

    private static KeyManagerFactory init() {
        try {
            return KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path store = dir.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KEYS.init(keys, "changeit".toCharArray());
    }

    private static SSLContext trusting() throws GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(dir.resolve("keys.p12"))) {
            trusted.load(in, "changeit".toCharArray());
            trusted.setCertificateEntry("ca", trusted.getCertificate("a"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        return tls;
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2"})
    void aStreamGoesOnBehindTls(HttpProtocol protocol) throws Exception {
        boolean http2 = protocol == HttpProtocol.H2;
        SslProvider.GenericSslContextSpec<?> ofServer =
                http2 ? Http2SslContextSpec.forServer(KEYS) : Http11SslContextSpec.forServer(KEYS);
        try (TestServer server = new TestServer(
                EndpointSettings.DEFAULT,
                new InMemoryEventLog(),
                http -> http.protocol(protocol).secure(spec -> spec.sslContext(ofServer)))) {
            HttpClient client = HttpClient.newBuilder()
                    .version(http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                    .sslContext(trusting())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.uri("").toString().replace("http://127.0.0.1", "https://localhost")))
                    .header("Accept", "text/event-stream")
                    .build();
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.version()).isEqualTo(client.version());
            await().until(() -> server.streams.size() == 1);
            Receipt receipt = server.log
                    .append(Publication.of(Notification.of("a", "x".repeat(200_000)), Notification.of("a", "end")))
                    .join();
            StringBuilder heard = new StringBuilder();
            try (InputStream in = response.body()) {
                while (!heard.toString().contains("data: end\n")) {
                    heard.append(new String(in.readNBytes(in.available() > 0 ? in.available() : 1), UTF_8));
                }
            }
            assertThat(heard)
                    .startsWith(":\nretry: ")
                    .contains("id: " + receipt.first() + "\n")
                    .hasSizeGreaterThan(200_000);
            await().until(() -> server.streams.size() == 0);
        }
    }
}

package dev.belfry.boot;

import dev.belfry.security.JwkSet;
import dev.belfry.security.KeyFile;
import dev.belfry.security.KeySource;
import dev.belfry.security.KeyText;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/** The keys that the properties name. A bad one is refused at the start, by the name of its property and without its value. */
record TokenKeys(List<KeySource> sources) implements AutoCloseable {
    private static final String HIDDEN = "******";

    static TokenKeys of(BelfryProperties.Security security, ResourceLoader resources) {
        BelfryProperties.Jwt jwt = security.jwt();
        List<KeySource> sources = new ArrayList<>();
        Path file = security.keyFile();
        if (file != null) {
            sources.add(read("key-file", file, () -> KeyFile.open(file)));
        }
        String secret = jwt.secret();
        if (secret != null) {
            sources.add(read("jwt.secret", HIDDEN, () -> KeySource.of(KeyText.read(secret))));
        }
        String publicKey = jwt.publicKey();
        if (publicKey != null) {
            sources.add(read("jwt.public-key", shortened(publicKey), () -> publicKeys(publicKey, resources)));
        }
        String uri = jwt.jwkSetUri();
        if (uri != null) {
            sources.add(read("jwt.jwk-set-uri", uri, () -> JwkSet.at(http(uri))));
        }
        String issuer = jwt.issuer();
        if (issuer != null && sources.isEmpty()) {
            sources.add(read(
                    "jwt.issuer", issuer, () -> JwkSet.ofIssuer(http(issuer).toString())));
        }
        return new TokenKeys(List.copyOf(sources));
    }

    private static <K> K read(String property, Object value, Supplier<K> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "belfry.security." + property, value, capitalized(String.valueOf(e.getMessage())) + ".");
        }
    }

    private static String capitalized(String rule) {
        return rule.substring(0, 1).toUpperCase(Locale.ROOT) + rule.substring(1);
    }

    private static String shortened(String value) {
        return KeyText.isPem(value) ? "-----BEGIN …" : value;
    }

    private static KeySource publicKeys(String value, ResourceLoader resources) {
        if (KeyText.isPem(value)) {
            return KeySource.of(KeyText.read(value));
        }
        Resource resource = resources.getResource(value);
        try {
            return resource.isFile()
                    ? KeyFile.open(resource.getFile().toPath())
                    : KeySource.of(KeyText.read(resource.getContentAsString(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalArgumentException("it is expected to be PEM, or a file or resource with PEM", e);
        }
    }

    private static URI http(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("it is expected to be a URI such as https://id.example.com");
        }
        return uri;
    }

    @Override
    public void close() {
        for (KeySource source : sources) {
            if (source instanceof KeyFile file) {
                file.close();
            }
        }
    }
}

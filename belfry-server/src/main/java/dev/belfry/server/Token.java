package dev.belfry.server;

import dev.belfry.security.BelfryGrants;
import dev.belfry.security.InvalidToken;
import dev.belfry.security.KeyFile;
import dev.belfry.security.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Makes a token, without a server: it is signed by a key that the server knows, and says what its bearer may do. */
@Command(
        name = "token",
        description = "Prints a token that says what its bearer may do.",
        mixinStandardHelpOptions = true,
        versionProvider = Belfry.Version.class)
final class Token implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Key key;

    /** One of both. */
    static final class Key {
        @Option(
                names = "--key-file",
                required = true,
                paramLabel = "FILE",
                description =
                        "A file with a secret, as belfry serve --key-file makes it, or with a private key in PEM.")
        private @Nullable Path file;

        @Option(
                names = "--secret-env",
                required = true,
                paramLabel = "NAME",
                description = "The environment variable that has the secret.")
        private @Nullable String variable;
    }

    @Option(names = "--publish", paramLabel = "PATTERN", description = "May publish to these topics. Repeatable.")
    private List<String> publish = List.of();

    @Option(names = "--subscribe", paramLabel = "PATTERN", description = "May read these topics. Repeatable.")
    private List<String> subscribe = List.of();

    @Option(names = "--sub", paramLabel = "NAME", description = "Whose token it is.")
    private @Nullable String subject;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description = "How long it is good: 90s, 30m, 1h or 7d. Default: 1h.")
    private Duration expires = Duration.ofHours(1);

    @Option(names = "--issuer", paramLabel = "URI", description = "What belfry.security.jwt.issuer asks for.")
    private @Nullable String issuer;

    @Option(names = "--audience", paramLabel = "NAME", description = "What belfry.security.jwt.audience asks for.")
    private @Nullable String audience;

    @Option(
            names = "--claim",
            paramLabel = "NAME",
            description = "The claim that belfry.security.jwt.claim names. Default: belfry.")
    private String claim = "belfry";

    @Override
    public Integer call() {
        Map<String, Object> claims = claims();
        try {
            System.out.println(SigningKey.read(keyText()).sign(claims));
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println("belfry: " + e.getMessage());
            return 1;
        }
    }

    private Map<String, Object> claims() {
        Map<String, Object> grants = new LinkedHashMap<>();
        grants.put("publish", publish);
        grants.put("subscribe", subscribe);
        Map<String, Object> claims = new LinkedHashMap<>();
        add(claims, "iss", issuer);
        add(claims, "aud", audience);
        add(claims, "sub", subject);
        Instant now = Instant.now();
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(expires).getEpochSecond());
        claims.put(claim, grants);
        try {
            // a token that no server would take is of no use
            new BelfryGrants(claim).read(claims);
        } catch (InvalidToken e) {
            throw new ParameterException(spec.commandLine(), "--publish and --subscribe: " + e.getMessage());
        }
        return claims;
    }

    private static void add(Map<String, Object> claims, String name, @Nullable Object value) {
        if (value != null) {
            claims.put(name, value);
        }
    }

    private String keyText() {
        if (key.file != null) {
            return KeyFile.read(key.file);
        }
        String secret = System.getenv(key.variable);
        if (secret == null) {
            throw new IllegalArgumentException("the environment has no " + key.variable);
        }
        return secret;
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("([1-9]\\d{0,8})([smhd])");

        @Override
        public Duration convert(String text) {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw new TypeConversionException("expected a time such as 90s, 30m, 1h or 7d");
            }
            long number = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
    }
}

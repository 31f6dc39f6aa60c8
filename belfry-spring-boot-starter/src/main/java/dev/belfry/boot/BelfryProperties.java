package dev.belfry.boot;

import dev.belfry.LogSettings;
import dev.belfry.Retention;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.StreamSettings;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.wire.PollSettings;
import dev.belfry.wire.PublishSettings;
import dev.belfry.wire.WireSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * What an application may set. A value that breaks a rule is refused when it is used, at the start, by its full name.
 *
 * @param path Where the endpoint is. Begins with a slash and does not end with one.
 * @param allowedOrigins Origins, besides the server's own, whose pages may use the endpoint, spelled as a browser does:
 *     https://app.example.com. None by default.
 * @param allowedHeaders Request headers, besides those of the protocol, that pages of the allowed origins may send, such as
 *     HX-Request. None by default.
 * @param security Who may use the endpoint.
 * @param log Where events are kept.
 * @param publish What a publisher may send.
 * @param stream The times and bounds of streams.
 * @param poll The bounds of polling.
 * @param cloudevents How events read as CloudEvents.
 * @param memory What all that strangers make the server hold may take.
 * @param http What all clients of the web server may take of it together.
 * @param http2 What a client may do on a connection of HTTP/2.
 */
@ConfigurationProperties("belfry")
public record BelfryProperties(
        @DefaultValue("/api/notifications") String path,
        @DefaultValue Set<String> allowedOrigins,
        @DefaultValue Set<String> allowedHeaders,
        @DefaultValue Security security,
        @DefaultValue Log log,
        @DefaultValue Publish publish,
        @DefaultValue Stream stream,
        @DefaultValue Poll poll,
        @DefaultValue Cloudevents cloudevents,
        @DefaultValue Memory memory,
        @DefaultValue Http http,
        @DefaultValue Http2 http2) {
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#*@\\s]+");
    private static final Pattern HEADER = Pattern.compile("[\\w-]+");

    /**
     * Who may use the endpoint.
     *
     * @param open Whether anybody who reaches the server may publish and read. A server that is neither open nor has keys refuses to
     *     start on anything but a loopback address.
     * @param loopbackOnly Whether the Host of a request, for whatever path, must be a name of this machine's loopback, which guards
     *     against DNS rebinding. Unless set it is true when server.address is a loopback address, belfry.security.open is false and there
     *     are no keys.
     * @param jwt Which tokens are accepted.
     * @param keyFile A file of secrets, one a line, or of public keys in PEM. It is read again when it changes. Secrets must be readable
     *     by its owner only.
     * @param defaultSubscribe Patterns that everybody with a name may subscribe to; {sub} stands for the name: users/{sub}/**. For an
     *     application with Spring Security this is the default, else there are none.
     * @param defaultPublish Patterns that everybody with a name may publish to; {sub} stands for the name. None by default.
     * @param anonymous Whether requests without a token may read public events.
     * @param cookieName The cookie that may hold a token, for browsers.
     * @param ticketsPath Where one-time tickets are issued.
     */
    public record Security(
            @DefaultValue("false") boolean open,
            @Nullable Boolean loopbackOnly,
            @DefaultValue Jwt jwt,
            @Nullable Path keyFile,
            @DefaultValue List<String> defaultSubscribe,
            @DefaultValue List<String> defaultPublish,
            @DefaultValue("false") boolean anonymous,
            @DefaultValue("belfry") String cookieName,
            @DefaultValue("/api/tickets") String ticketsPath) {
        /** Whether any key is set, so that tokens are asked for. */
        boolean hasKeys() {
            return keyFile != null
                    || jwt.secret() != null
                    || jwt.publicKey() != null
                    || jwt.jwkSetUri() != null
                    || jwt.issuer() != null;
        }
    }

    /**
     * Which tokens are accepted.
     *
     * @param secret A shared secret for HS256, 32 bytes or more; or several, separated by white space.
     * @param publicKey Public keys in PEM (RSA, EC P-256, Ed25519), or where a file of them is: file:/etc/belfry/keys.pem. A file is
     *     read again when it changes.
     * @param jwkSetUri Where the keys of an identity provider are. They are fetched when tokens come, and again when they change.
     * @param issuer What iss must be in every token. Without any other key, its OpenID configuration says where its keys are.
     * @param audience Of which aud must have one in every token.
     * @param claim The claim that has the grants: {publish: [...], subscribe: [...]}.
     */
    public record Jwt(
            @Nullable String secret,
            @Nullable String publicKey,
            @Nullable String jwkSetUri,
            @Nullable String issuer,
            @DefaultValue Set<String> audience,
            @DefaultValue("belfry") String claim) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Jwt[secret=" + (secret == null ? "none" : "******") + ", jwkSetUri=" + jwkSetUri + ", issuer="
                    + issuer + ", audience=" + audience + ", claim=" + claim + "]";
        }
    }

    /**
     * Where events are kept.
     *
     * @param type Which log. Unless set it is rocksdb when belfry-log-rocksdb is on the class path, else memory, which is
     *     gone with the process.
     * @param directory Where the log has its files. It is created when it is missing, and one process uses it at a time.
     * @param durability What a publication that was answered has outlived: the machine (fsync) or the process (os).
     * @param retention How much is kept. The oldest events go first, as soon as any of the limits is passed.
     * @param idempotencyWindow How long an idempotency key is known.
     * @param idempotencyKeys How many idempotency keys are known. Beyond it the oldest are forgotten first.
     * @param queueEvents How many notifications may wait to be written before publishers are told to come again.
     * @param queueBytes How many bytes of notifications may wait to be written.
     */
    public record Log(
            @Nullable Type type,
            @DefaultValue("./belfry-data") Path directory,
            @DefaultValue("fsync") Durability durability,
            @DefaultValue KeptEvents retention,
            @DefaultValue("24h") Duration idempotencyWindow,
            @DefaultValue("1000000") long idempotencyKeys,
            @DefaultValue("65536") int queueEvents,
            @DefaultValue("64MB") DataSize queueBytes) {
        /** Which log. */
        public enum Type {
            /** On disk. */
            ROCKSDB,
            /** Gone with the process. */
            MEMORY
        }

        /** What a publication that was answered has outlived. */
        public enum Durability {
            /** A power failure: it is on the disk. */
            FSYNC,
            /** The end of the process: the operating system has it. */
            OS
        }
    }

    /**
     * How much is kept.
     *
     * @param age How old an event may become, counted from when the log took it.
     * @param bytes How many bytes the events may take, data and overhead, as the log counts them.
     * @param events How many events. Any number by default.
     */
    public record KeptEvents(
            @DefaultValue("7d") Duration age,
            @DefaultValue("1GB") DataSize bytes,
            @Nullable Long events) {}

    /**
     * What a publisher may send.
     *
     * @param maxBodySize The size of a request, or of a WebSocket message. Beyond it the answer is 413, or close code 1009.
     * @param maxBatch How many notifications one request may have.
     * @param bodyTimeout How long the body of a request may take to come. Beyond it the answer is 408.
     */
    public record Publish(
            @DefaultValue("4MB") DataSize maxBodySize,
            @DefaultValue("1000") int maxBatch,
            @DefaultValue("30s") Duration bodyTimeout) {}

    /**
     * The times and bounds of streams.
     *
     * @param heartbeat After how long a silent stream gets a sign of life, on the endpoint and from controllers.
     * @param retry How long a client should wait before it reconnects, at least. Up to half as much is added at random.
     * @param writeStallTimeout How long a client may take nothing of what waits for it before it is cut off.
     * @param maxConnections How many streams may be open at once. Unless set it is 90 % of the connections that the
     *     process has file descriptors for.
     * @param maxPatterns How many topics or patterns one subscription may have.
     * @param directWrites Whether events may go to a plain connection's socket past its channel, which is faster. Without it
     *     every byte passes the handlers of the channel.
     * @param maxLifetime How long a stream may be open. Up to a tenth less is taken at random, and the client comes back. Unless set
     *     it is as long as its token or its permissions last.
     */
    public record Stream(
            @DefaultValue("25s") Duration heartbeat,
            @DefaultValue("2s") Duration retry,
            @DefaultValue("2m") Duration writeStallTimeout,
            @Nullable Integer maxConnections,
            @DefaultValue("256") int maxPatterns,
            @DefaultValue("true") boolean directWrites,
            @Nullable Duration maxLifetime) {}

    /**
     * The bounds of polling.
     *
     * @param defaultLimit How many events an answer has when the request does not say.
     * @param maxLimit How many a request may ask for.
     * @param maxWait How long a long poll may be held. A request for more is held this long.
     */
    public record Poll(
            @DefaultValue("100") int defaultLimit,
            @DefaultValue("1000") int maxLimit,
            @DefaultValue("60s") Duration maxWait) {}

    /**
     * How events read as CloudEvents.
     *
     * @param source The source of events that were not published as CloudEvents, a URI or a part of one. Unless set it is
     *     belfry.path.
     */
    public record Cloudevents(@Nullable String source) {}

    /**
     * What all that strangers make the server hold may take: bodies, answers and events that wait for their clients, patterns.
     *
     * @param budget How much in all, on the heap and outside. Unless set it is a quarter of the heap, 16 MB at least.
     * @param perAddress How much one client address, or a network of IPv6 with 64 bits, may hold of it; of each use it has the same
     *     part. Behind a proxy all clients have one address. Unless set it is half.
     */
    public record Memory(
            @Nullable DataSize budget, @Nullable DataSize perAddress) {}

    /**
     * What all clients of the web server may take of it together.
     *
     * @param maxConnections How many connections may be open at once, to the endpoint and to all else that the server has.
     *     What comes beyond is closed at once. Unless set it is the number of file descriptors that the process may have,
     *     less a reserve for the log and the process.
     */
    public record Http(@Nullable Integer maxConnections) {}

    /**
     * What a client may do on a connection of HTTP/2.
     *
     * @param maxResets How many streams it may reset within 30 seconds, and how many the server resets for its mistakes.
     *     Beyond it the connection is closed, with all of its streams. A proxy has many users on one connection, and each
     *     request that one of them cancels is a reset.
     */
    public record Http2(@DefaultValue("10000") int maxResets) {}

    int maxConnections() {
        Integer set = http.maxConnections();
        return set == null ? FileDescriptors.forConnections() : (int) positive("http.max-connections", set);
    }

    MemoryBudget toMemoryBudget() {
        DataSize budget = memory.budget();
        long bytes = budget == null ? MemoryBudget.defaultLimitBytes() : positive("memory.budget", budget);
        DataSize perAddress = memory.perAddress();
        return new MemoryBudget(
                bytes, perAddress == null ? Math.max(1, bytes / 2) : positive("memory.per-address", perAddress));
    }

    int maxResets() {
        return (int) positive("http2.max-resets", http2.maxResets());
    }

    LogSettings toLogSettings() {
        KeptEvents kept = log.retention();
        Long events = kept.events();
        Retention retention = new Retention(
                positive("log.retention.age", kept.age()),
                positive("log.retention.bytes", kept.bytes()),
                events == null ? Long.MAX_VALUE : positive("log.retention.events", events));
        return LogSettings.DEFAULT
                .withRetention(retention)
                .withIdempotencyWindow(positive("log.idempotency-window", log.idempotencyWindow()))
                .withIdempotencyKeys(positive("log.idempotency-keys", log.idempotencyKeys()))
                .withQueue(
                        (int) positive("log.queue-events", log.queueEvents()),
                        positive("log.queue-bytes", log.queueBytes()));
    }

    EndpointSettings toEndpointSettings(boolean loopbackOnly) {
        check(path.matches("(/[^/*{}?\\s]+)+"), "path", path, "It is a path such as /api/notifications.");
        checkCors();
        WireSettings wire = new WireSettings(
                path,
                toPublishSettings(),
                toPollSettings(),
                (int) positive("stream.max-patterns", stream.maxPatterns()),
                cloudEventsSource());
        return new EndpointSettings(wire, toStreamSettings(), allowedOrigins, allowedHeaders, loopbackOnly);
    }

    private String cloudEventsSource() {
        String source = cloudevents.source();
        check(
                source == null || source.matches("[\\x21-\\x7E]+"),
                "cloudevents.source",
                String.valueOf(source),
                "It is a URI, such as https://example.com/notifications, or a part of one.");
        return source == null ? path : source;
    }

    private void checkCors() {
        for (String origin : allowedOrigins) {
            check(
                    ORIGIN.matcher(origin).matches(),
                    "allowed-origins",
                    origin,
                    "An origin is a scheme, a host and perhaps a port, such as https://app.example.com.");
        }
        for (String header : allowedHeaders) {
            check(
                    HEADER.matcher(header).matches(),
                    "allowed-headers",
                    header,
                    "A header is a name of letters, digits, hyphens and underscores, such as HX-Request.");
        }
    }

    private PublishSettings toPublishSettings() {
        long maxBody = positive("publish.max-body-size", publish.maxBodySize());
        check(maxBody <= Integer.MAX_VALUE, "publish.max-body-size", publish.maxBodySize(), "It is less than 2GB.");
        return new PublishSettings(
                (int) maxBody,
                (int) positive("publish.max-batch", publish.maxBatch()),
                positive("publish.body-timeout", publish.bodyTimeout()));
    }

    StreamSettings toStreamSettings() {
        Integer maxConnections = stream.maxConnections();
        check(!stream.retry().isNegative(), "stream.retry", stream.retry(), "It is not negative.");
        return new StreamSettings(
                positive("stream.heartbeat", stream.heartbeat()),
                stream.retry(),
                positive("stream.write-stall-timeout", stream.writeStallTimeout()),
                maxConnections == null
                        ? FileDescriptors.forStreams()
                        : (int) positive("stream.max-connections", maxConnections),
                stream.directWrites(),
                stream.maxLifetime() == null ? null : positive("stream.max-lifetime", stream.maxLifetime()));
    }

    private PollSettings toPollSettings() {
        positive("poll.default-limit", poll.defaultLimit());
        check(
                poll.maxLimit() >= poll.defaultLimit(),
                "poll.max-limit",
                poll.maxLimit(),
                "It is not less than belfry.poll.default-limit, which is " + poll.defaultLimit() + ".");
        check(!poll.maxWait().isNegative(), "poll.max-wait", poll.maxWait(), "It is not negative.");
        return new PollSettings(poll.defaultLimit(), poll.maxLimit(), poll.maxWait());
    }

    private static Duration positive(String name, Duration value) {
        check(value.toMillis() > 0, name, value, "It is at least 1ms.");
        return value;
    }

    private static long positive(String name, DataSize value) {
        return positive(name, value.toBytes());
    }

    private static long positive(String name, long value) {
        check(value > 0, name, value, "It is more than zero.");
        return value;
    }

    static void check(boolean holds, String name, Object value, String rule) {
        if (!holds) {
            throw new InvalidConfigurationPropertyValueException("belfry." + name, value, rule);
        }
    }
}

package dev.belfry.mercure;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Permissions;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.testkit.RawHttp;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.ClientLimits;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.PublicationBodyFilter;
import dev.belfry.webflux.RefusalListener;
import dev.belfry.wire.Problem;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** A Mercure hub on a real server and a log in memory. Its tokens are names in a map: whether signatures hold is for others to test. */
final class TestHub implements AutoCloseable {
    static final String HUB_URL = "https://example.com/.well-known/mercure";

    final EventLog log = new InMemoryEventLog();
    final Hub hub = new Hub(log);
    final StreamRegistry streams;
    private final Map<String, MercureBearer> tokens = new ConcurrentHashMap<>();
    private final DisposableServer server;
    private final MercureSettings settings;

    /** An open one. */
    TestHub() {
        this(settings(false, false), false);
    }

    TestHub(MercureSettings settings, boolean isSecured) {
        this(settings, isSecured, ClientLimits.NONE);
    }

    TestHub(MercureSettings settings, boolean isSecured, ClientLimits limits) {
        this.settings = settings;
        EndpointSettings endpoint = new EndpointSettings(
                EndpointSettings.DEFAULT.wire(),
                EndpointSettings.DEFAULT.stream(),
                Set.of("https://app.example.com"),
                Set.of(),
                false);
        streams = new StreamRegistry(hub, endpoint.stream());
        // anonymous readers of public updates
        Authorizer anonymous = exchange -> Mono.just(new Permissions(null, Set.of(), Set.of(), null));
        MercureHandler handler = new MercureHandler(
                hub,
                streams,
                limits,
                endpoint,
                settings,
                isSecured ? anonymous : Authorizer.OPEN,
                isSecured ? this::read : null,
                RefusalListener.NONE);
        HttpHandler http = WebHttpHandlerBuilder.webHandler(handler)
                .filter(new PublicationBodyFilter(MercureSettings.PATH))
                .build();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .httpRequestDecoder(decoder -> decoder.maxInitialLineLength(1 << 16))
                .route(routes -> routes.route(request -> true, new ReactorHttpHandlerAdapter(http)))
                .bindNow();
    }

    static MercureSettings settings(boolean isStrict, boolean hasSubscriptions) {
        return new MercureSettings(URI.create(HUB_URL), true, true, isStrict, hasSubscriptions, null);
    }

    int port() {
        return server.port();
    }

    private Mono<MercureBearer> read(String token) {
        MercureBearer bearer = tokens.get(token);
        return bearer == null
                ? Mono.error(new Problem(401, "invalid-token", "the token is not accepted"))
                : Mono.just(bearer);
    }

    /** Makes a token known; how it is spelled is what it says of itself without being verified. */
    String token(String spelling, @Nullable Instant expires, Map<String, Object> claims) {
        MercureGrants.Allowed allowed = new MercureGrants(settings).read(claims);
        Permissions permissions = new Permissions("me", allowed.publish(), allowed.subscribe(), expires);
        tokens.put(spelling, new MercureBearer(permissions, new LinkedHashMap<>(claims)));
        return spelling;
    }

    RawHttp request(String method, String pathAndQuery, String body, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + pathAndQuery + " HTTP/1.1\nHost: example.com");
        for (String header : headers) {
            head.append('\n').append(header);
        }
        if (!body.isEmpty()) {
            head.append("\nContent-Type: application/x-www-form-urlencoded\nContent-Length: ")
                    .append(body.length());
        }
        return RawHttp.request(port(), head.toString()).send(body);
    }

    RawHttp subscribe(String query, String... headers) {
        return request("GET", MercureSettings.PATH + "?" + query, "", headers);
    }

    /** Publishes a form of names and values in turn. */
    Answer publish(String[] headers, String... fields) {
        try (RawHttp http = request("POST", MercureSettings.PATH, form(fields), headers)) {
            return Answer.of(http);
        }
    }

    /** The id of an update that must be taken. */
    String published(String... fields) {
        Answer answer = publish(new String[0], fields);
        if (answer.status() != 200) {
            throw new AssertionError(answer.toString());
        }
        return answer.body();
    }

    Answer send(String method, String pathAndQuery, String body, String... headers) {
        try (RawHttp http = request(method, pathAndQuery, body, headers)) {
            return Answer.of(http);
        }
    }

    static String form(String... fields) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(encoded(fields[i]))
                    .append('=')
                    .append(encoded(fields[i + 1]));
        }
        return form.toString();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        hub.drain();
        streams.close();
        server.disposeNow();
        hub.close();
        log.close();
    }
}

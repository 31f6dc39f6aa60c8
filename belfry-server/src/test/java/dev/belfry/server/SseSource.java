package dev.belfry.server;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.HttpConnectStrategy;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import com.launchdarkly.eventsource.StreamHttpErrorException;
import com.launchdarkly.logging.LDLogger;
import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** Server-Sent Events, parsed by LaunchDarkly's client. */
final class SseSource implements Feed.Source {
    private final EventSource eventSource;

    private SseSource(ConnectStrategy connect, @Nullable String cursor) {
        eventSource = new EventSource.Builder(connect).lastEventId(cursor).build();
    }

    /** By OkHttp, in the given versions of HTTP. */
    static SseSource of(URI uri, @Nullable String cursor, Protocol... protocols) {
        HttpConnectStrategy http = ConnectStrategy.http(uri).clientBuilderActions(client -> {
            client.protocols(Arrays.asList(protocols));
            if (uri.getScheme().equals("https")) {
                client.sslSocketFactory(
                        SelfSigned.INSTANCE.context().getSocketFactory(), SelfSigned.INSTANCE.trustManager());
            }
            if (List.of(protocols).contains(Protocol.HTTP_2)) {
                client.addNetworkInterceptor(chain -> {
                    if (chain.connection().protocol() != Protocol.HTTP_2) {
                        throw new IOException(
                                "not HTTP/2 but " + chain.connection().protocol());
                    }
                    return chain.proceed(chain.request());
                });
            }
        });
        return new SseSource(http, cursor);
    }

    /** Of a response to HTTP/1.0, whose body is everything up to the end of the connection. */
    static SseSource toConnectionEnd(URI uri, @Nullable String cursor) {
        return new SseSource(new OverHttp10(uri), cursor);
    }

    @Override
    public void connect() throws Exception {
        try {
            eventSource.start();
        } catch (StreamHttpErrorException e) {
            throw new Refused(e.getCode());
        }
    }

    @Override
    public void readTo(Consumer<Received> sink) throws StreamException {
        while (true) {
            MessageEvent event = eventSource.readMessage();
            sink.accept(new Received(event.getLastEventId(), event.getEventName(), event.getData()));
        }
    }

    @Override
    public void close() {
        eventSource.close();
    }

    /** The client's parser on a connection of our own. */
    private static final class OverHttp10 extends ConnectStrategy {
        private final URI uri;

        OverHttp10(URI uri) {
            this.uri = uri;
        }

        @Override
        public Client createClient(LDLogger logger) {
            return new Client() {
                @Override
                public Result connect(String lastEventId) throws StreamException {
                    try {
                        RawHttp http = ToConnectionEnd.request(uri, "text/event-stream", lastEventId);
                        return new Result(http.bodyStream(), uri, http);
                    } catch (Refused e) {
                        throw new StreamHttpErrorException(e.status());
                    } catch (UncheckedIOException e) {
                        throw new com.launchdarkly.eventsource.StreamIOException(e.getCause());
                    }
                }

                @Override
                public boolean awaitClosed(long timeoutMillis) {
                    return true;
                }

                @Override
                public URI getOrigin() {
                    return uri;
                }

                @Override
                public void close() {}
            };
        }
    }
}

package dev.belfry.security;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** By the JDK's client, which is made when it is first needed. It follows no redirect: the URI is the one that somebody set. */
final class HttpKeyFetcher implements KeyFetcher {
    private static final int MAX_BYTES = 256 << 10;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int OK = 200;

    private static final class Client {
        static final HttpClient CLIENT = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newFixedThreadPool(2, task -> {
                    Thread thread = new Thread(task, "belfry-key-sets");
                    thread.setDaemon(true);
                    return thread;
                }))
                .build();
    }

    @Override
    public CompletableFuture<byte[]> fetch(URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                Client.CLIENT.sendAsync(request, head -> new BoundedBody(head.statusCode()));
        CompletableFuture<byte[]> body = answer.thenApply(HttpResponse::body);
        // the time of the request is that of its head only
        return body.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).whenComplete((bytes, error) -> {
            if (error != null) {
                answer.cancel(true);
            }
        });
    }

    /** The body of a 200, up to a size. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int status;
        private Flow.@Nullable Subscription subscription;

        BoundedBody(int status) {
            this.status = status;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            if (status == OK) {
                subscription.request(Long.MAX_VALUE);
            } else {
                fail("status " + status);
            }
        }

        private void fail(String reason) {
            if (subscription != null) {
                subscription.cancel();
            }
            body.completeExceptionally(new IOException(reason));
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (bytes.size() + part.remaining() > MAX_BYTES) {
                    fail("too large");
                    return;
                }
                byte[] copy = new byte[part.remaining()];
                part.get(copy);
                bytes.writeBytes(copy);
            }
        }

        @Override
        public void onError(Throwable error) {
            body.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            body.complete(bytes.toByteArray());
        }
    }
}

package dev.belfry.bench.tutorial;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The way that the WebFlux tutorials show, on the same Boot: a sink, a counter, and a flux of server-sent events. */
@SpringBootApplication
public class TutorialServer {
    /** Started by the benchmark as a process of its own. */
    public static void main(String... args) {
        SpringApplication.run(TutorialServer.class, args);
    }

    /** What is posted. */
    record Notification(String type, String message) {}

    /** Both ends of the sink. */
    @RestController
    @RequestMapping("/api/notifications")
    static class NotificationController {
        private static final AtomicInteger counter = new AtomicInteger();
        private final Sinks.Many<Notification> sink = Sinks.many().multicast().onBackpressureBuffer(1024, false);

        @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<ServerSentEvent<String>> stream() {
            return sink.asFlux()
                    .map(n -> ServerSentEvent.<String>builder()
                            .id(String.valueOf(counter.incrementAndGet()))
                            .event("notification")
                            .data(n.type() + ": " + n.message())
                            .build());
        }

        @PostMapping
        void publish(@RequestBody Notification notification) {
            sink.emitNext(notification, Sinks.EmitFailureHandler.busyLooping(java.time.Duration.ofSeconds(5)));
        }
    }
}

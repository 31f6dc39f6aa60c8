package dev.belfry.example.tutorial;

import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** One line a second, as any controller would send it. The starter writes it as the standard says. */
@RestController
class SseController {
    @GetMapping(path = "/sse", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<String> lines() {
        return Flux.interval(Duration.ofSeconds(1)).onBackpressureDrop().map(n -> "VioletBeach: " + n);
    }
}

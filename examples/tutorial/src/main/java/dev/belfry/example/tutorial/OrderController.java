package dev.belfry.example.tutorial;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Start;
import dev.belfry.Subscription;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What becomes of an order, published and followed from the application's own code. */
@RestController
@RequestMapping("/api/orders/{order}/status")
class OrderController {
    private final Hub hub;

    OrderController(Hub hub) {
        this.hub = hub;
    }

    /** Answers when the log has it on disk. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Mono<Published> publish(@PathVariable String order, @RequestBody Status status) {
        Notification notification =
                new Notification(List.of(topic(order)), "status", Data.text(status.text()), false, null);
        return hub.publish(notification)
                .map(receipt -> new Published(receipt.first().toString()));
    }

    /** A browser that comes back says where it was, and goes on there. */
    @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<Event> follow(
            @PathVariable String order,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "now") String lastEventId) {
        // by way of a topic, which has no wildcards: nobody follows all orders as the order *
        TopicPattern pattern = TopicPattern.of(topic(order).name());
        EventFilter filter = Permissions.OPEN.filter(Set.of(pattern));
        return hub.subscribe(new Subscription(filter, Start.parse(lastEventId)));
    }

    private static Topic topic(String order) {
        return new Topic("orders/" + order);
    }

    @ExceptionHandler
    ProblemDetail invalid(InvalidInput e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
    }

    record Status(String text) {}

    record Published(String id) {}
}

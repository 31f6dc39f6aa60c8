package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers with a problem. */
public final class ProblemResponse {
    private static final MediaType MEDIA_TYPE = MediaType.parseMediaType(Problem.MEDIA_TYPE);

    private ProblemResponse() {}

    /** Writes it, with the headers that belong to its status. */
    public static Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        ServerHttpResponse response = exchange.getResponse();
        HttpStatus status = HttpStatus.valueOf(problem.status());
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        SecurityHeaders.addTo(headers);
        headers.setContentType(MEDIA_TYPE);
        headers.setCacheControl("no-store");
        Duration retryAfter = problem.retryAfter();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfter.toSeconds()));
        }
        if (status == HttpStatus.CONTENT_TOO_LARGE || status == HttpStatus.REQUEST_TIMEOUT) {
            // the rest of the body is not waited for
            headers.setConnection("close");
        }
        byte[] json = problem.json();
        headers.setContentLength(json.length);
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        return response.writeWith(Mono.just(response.bufferFactory().wrap(json)));
    }
}

package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** An answer that says what was wrong: problem+json (RFC 9457), its {@code code} stable, its {@code detail} for a person. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final HttpStatus status;
    private final String code;

    Problem(HttpStatus status, String code, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
    }

    static Problem badRequest(String code, String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, code, detail);
    }

    /** What a client is told of an error of core, or null when it is not his to know. */
    static @Nullable Problem of(Throwable error) {
        if (error instanceof Problem problem) {
            return problem;
        }
        return error instanceof BelfryException known
                ? new Problem(statusOf(known), known.code(), String.valueOf(known.getMessage()))
                : null;
    }

    private static HttpStatus statusOf(BelfryException error) {
        if (error instanceof BelfryException.InvalidInput) {
            return HttpStatus.BAD_REQUEST;
        }
        if (error instanceof BelfryException.IdempotencyConflict) {
            return HttpStatus.UNPROCESSABLE_CONTENT;
        }
        return error instanceof BelfryException.LogStorage storage && storage.outOfSpace()
                ? HttpStatus.INSUFFICIENT_STORAGE
                : HttpStatus.SERVICE_UNAVAILABLE;
    }

    HttpStatus status() {
        return status;
    }

    String code() {
        return code;
    }

    Mono<Void> write(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(RETRY_AFTER.toSeconds()));
        }
        if (status == HttpStatus.CONTENT_TOO_LARGE || status == HttpStatus.REQUEST_TIMEOUT) {
            // the rest of the body is not waited for
            headers.setConnection("close");
        }
        byte[] json = json();
        headers.setContentLength(json.length);
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return response.setComplete();
        }
        DataBuffer body = response.bufferFactory().wrap(json);
        return response.writeWith(Mono.just(body));
    }

    private byte[] json() {
        ByteBuf out = Unpooled.buffer();
        JsonFormat.ascii("{\"type\":\"about:blank\",\"title\":", out);
        JsonFormat.writeString(status.getReasonPhrase().getBytes(UTF_8), out);
        JsonFormat.ascii(",\"status\":" + status.value() + ",\"code\":", out);
        JsonFormat.writeString(code.getBytes(UTF_8), out);
        JsonFormat.ascii(",\"detail\":", out);
        JsonFormat.writeString(String.valueOf(getMessage()).getBytes(UTF_8), out);
        out.writeByte('}');
        byte[] json = new byte[out.readableBytes()];
        out.readBytes(json);
        return json;
    }
}

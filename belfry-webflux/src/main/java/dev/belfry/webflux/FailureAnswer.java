package dev.belfry.webflux;

import dev.belfry.Failure;
import dev.belfry.RareLine;
import dev.belfry.wire.Problem;
import io.netty.channel.Channel;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What doors answer when a request fails: those of the endpoint, and those of other protocols in their own words. */
public final class FailureAnswer {
    private static final Logger log = LoggerFactory.getLogger(FailureAnswer.class);
    private static final RareLine failed = RareLine.error(log);

    private final RefusalListener refusals;
    private final BiFunction<ServerWebExchange, Problem, Mono<Void>> writer;

    FailureAnswer(Authorizer authorizer, RefusalListener refusals) {
        this(refusals, (exchange, problem) -> {
            authorizer.refused(exchange, problem);
            return ProblemResponse.write(exchange, problem);
        });
    }

    /**
     * For another protocol.
     *
     * @param writer says a problem to the client
     */
    public FailureAnswer(RefusalListener refusals, BiFunction<ServerWebExchange, Problem, Mono<Void>> writer) {
        this.refusals = refusals;
        this.writer = writer;
    }

    /** A problem; an error of the application's own goes on to the application. */
    public Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
        if (error instanceof Authorization.Failed ofAuthorizer) {
            return Mono.error(ofAuthorizer.error);
        }
        Problem problem = Problem.of(error);
        if (problem != null) {
            refusals.refused(problem.code());
        }
        Channel channel = NettyExchange.channel(exchange.getResponse());
        if (!channel.isActive()) {
            log.debug("client gone cause={}", error.getClass().getSimpleName());
            return Mono.empty();
        }
        if (problem == null) {
            failed.log("request failed cause={}", new Failure(error));
        }
        if (exchange.getResponse().isCommitted()) {
            log.debug("failed behind the headers cause={}", error.getClass().getSimpleName());
            channel.close();
            return Mono.empty();
        }
        return writer.apply(exchange, problem == null ? Problem.internalError() : problem);
    }
}

package dev.belfry.webflux;

import dev.belfry.Failure;
import dev.belfry.RareLine;
import dev.belfry.wire.Problem;
import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What the doors answer when a request fails. */
final class FailureAnswer {
    private static final Logger log = LoggerFactory.getLogger(FailureAnswer.class);
    private static final RareLine failed = RareLine.error(log);

    private final Authorizer authorizer;
    private final RefusalListener refusals;

    FailureAnswer(Authorizer authorizer, RefusalListener refusals) {
        this.authorizer = authorizer;
        this.refusals = refusals;
    }

    /** A problem; an error of the application's own goes on to the application. */
    Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
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
        return write(exchange, problem == null ? Problem.internalError() : problem);
    }

    private Mono<Void> write(ServerWebExchange exchange, Problem problem) {
        authorizer.refused(exchange, problem);
        return ProblemResponse.write(exchange, problem);
    }
}

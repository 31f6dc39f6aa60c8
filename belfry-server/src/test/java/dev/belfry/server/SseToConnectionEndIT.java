package dev.belfry.server;

class SseToConnectionEndIT extends TransportContract {
    SseToConnectionEndIT() {
        super(Transport.SSE_TO_CONNECTION_END);
    }
}

package dev.belfry.server;

class SseIT extends TransportContract {
    SseIT() {
        super(Transport.SSE);
    }
}

package dev.belfry.server;

class SseOverH2cIT extends TransportContract {
    SseOverH2cIT() {
        super(Transport.SSE_H2C);
    }
}

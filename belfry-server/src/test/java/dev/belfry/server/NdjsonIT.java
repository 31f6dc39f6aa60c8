package dev.belfry.server;

class NdjsonIT extends TransportContract {
    NdjsonIT() {
        super(Transport.NDJSON);
    }
}

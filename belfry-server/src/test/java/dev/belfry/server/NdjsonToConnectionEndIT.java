package dev.belfry.server;

class NdjsonToConnectionEndIT extends TransportContract {
    NdjsonToConnectionEndIT() {
        super(Transport.NDJSON_TO_CONNECTION_END);
    }
}

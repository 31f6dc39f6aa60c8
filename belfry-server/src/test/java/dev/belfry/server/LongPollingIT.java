package dev.belfry.server;

class LongPollingIT extends TransportContract {
    LongPollingIT() {
        super(Transport.LONG_POLLING);
    }
}

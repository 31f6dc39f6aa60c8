package dev.belfry.server;

class PollingIT extends TransportContract {
    PollingIT() {
        super(Transport.POLLING);
    }
}

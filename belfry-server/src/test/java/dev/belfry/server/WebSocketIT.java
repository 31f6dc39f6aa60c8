package dev.belfry.server;

class WebSocketIT extends TransportContract {
    WebSocketIT() {
        super(Transport.WEBSOCKET);
    }
}

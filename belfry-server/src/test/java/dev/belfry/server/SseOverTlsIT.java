package dev.belfry.server;

/** With Spring's own properties, and HTTP/2 agreed on by ALPN. */
class SseOverTlsIT extends TransportContract {
    SseOverTlsIT() {
        super(Transport.SSE_TLS, SelfSigned.INSTANCE.serverOptions());
    }
}

package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * How a server is spoken to: the bytes that subscribe and the bytes that publish, over HTTP/1.1.
 *
 * @param name of the server, and of the transport when it is not SSE
 * @param port on the loopback
 * @param subscribePath where subscribers ask; {@code %d} becomes the subscriber's number
 * @param subscribeHeaders further header lines, each ended by CRLF
 * @param publishPath where publishers post; {@code %d} becomes the publisher's number
 * @param contentType of what is posted
 * @param template what is posted, with {@code %s} for the payload
 */
record Target(
        String name,
        int port,
        String subscribePath,
        String subscribeHeaders,
        String publishPath,
        String contentType,
        String template) {
    static final String SSE = "Accept: text/event-stream\r\n";
    static final String NDJSON = "Accept: application/x-ndjson\r\n";
    static final String WEBSOCKET = String.join(
            "\r\n",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");

    /** Not a header: the request goes over HTTP/2, for SSE. */
    static final String HTTP2 = "";

    Target with(String otherName, String otherHeaders) {
        return new Target(otherName, port, subscribePath, otherHeaders, publishPath, contentType, template);
    }

    /** The tutorial's way sends no headers before there is an event. */
    boolean answersAtOnce() {
        return !name.equals(Peer.TUTORIAL.title);
    }

    boolean isHttp2() {
        return subscribeHeaders.isEmpty();
    }

    Target on(String otherSubscribePath, String otherPublishPath) {
        return new Target(name, port, otherSubscribePath, subscribeHeaders, otherPublishPath, contentType, template);
    }

    static Target belfry(String name, int port, String subscribeHeaders) {
        return new Target(name, port, "/api/notifications", subscribeHeaders, "/api/notifications", "text/plain", "%s");
    }

    ByteBuffer subscribeRequest(int subscriber) {
        if (isHttp2()) {
            return Http2Request.of("localhost:" + port, subscribePath.formatted(subscriber), "text/event-stream");
        }
        return bytes("GET " + subscribePath.formatted(subscriber) + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n"
                + subscribeHeaders + "\r\n");
    }

    ByteBuffer publishRequest(int publisher, byte[] payload) {
        String body = template.formatted(new String(payload, US_ASCII));
        return bytes("POST " + publishPath.formatted(publisher) + " HTTP/1.1\r\nHost: localhost:" + port
                + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}

package dev.belfry.server;

/**
 * One event, as a client read it.
 *
 * @param data the text, or the JSON as it was spelled
 */
record Received(String id, String event, String data) {
    boolean isGap() {
        return event.equals("belfry.gap");
    }
}

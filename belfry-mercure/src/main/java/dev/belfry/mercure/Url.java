package dev.belfry.mercure;

/**
 * A URL in the parts that the URL Standard gives it, as a pattern sees them: without the characters that set them apart.
 *
 * @param port empty for the default one
 * @param isOpaque whether the path is one text and no list, as in {@code urn:isbn:1}
 */
record Url(
        String protocol,
        String username,
        String password,
        String hostname,
        String port,
        String pathname,
        String search,
        String hash,
        boolean isOpaque) {
    String part(UrlPart part) {
        return switch (part) {
            case PROTOCOL -> protocol;
            case USERNAME -> username;
            case PASSWORD -> password;
            case HOSTNAME -> hostname;
            case PORT -> port;
            case PATHNAME -> pathname;
            case SEARCH -> search;
            case HASH -> hash;
        };
    }

    /** One text for an index to find patterns by: all parts but those of the user, each with what sets it apart. */
    String spelling() {
        return protocol + ':' + hostname + ':' + port + pathname + '?' + search + '#' + hash;
    }
}

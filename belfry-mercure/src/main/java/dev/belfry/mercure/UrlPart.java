package dev.belfry.mercure;

/** The parts of a URL, in the order in which a pattern has them. */
enum UrlPart {
    PROTOCOL,
    USERNAME,
    PASSWORD,
    HOSTNAME,
    PORT,
    PATHNAME,
    SEARCH,
    HASH
}

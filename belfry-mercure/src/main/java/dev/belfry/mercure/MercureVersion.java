package dev.belfry.mercure;

/** The two versions on the wire. */
enum MercureVersion {
    /** Drafts up to 07, and the stable hubs of 0.x. */
    V0,
    /** Draft 08. */
    V1
}

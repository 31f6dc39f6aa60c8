package dev.belfry.attack.strangers;

/** What must hold for every attack that does not say otherwise. */
public enum Rule {
    /** Health says UP when the attack is over. */
    HEALTHY,

    /** Every honest event is accepted. */
    ACCEPTING,

    /** The honest clients' latency is what it usually is. */
    PROMPT
}
